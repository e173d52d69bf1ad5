"""What a superior named in the SOP may do with a file on a desk below: give it to another person there."""

from functools import partial
from uuid import UUID

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import DecidedAlready, InputInvalid, NotFound
from pipeline.kantor.office import desks
from pipeline.queries.desk.delegasi import Subordinate, read_gone, read_permohonan_of
from pipeline.roles import Peran
from pipeline.services.desk.supervise import reason_problems, reassign
from pipeline.services.people.actor import Petugas
from web.auth import acting_in, current_peran, petugas
from web.forms import Form, posted, posted_fields, redraw
from web.petugas import bp
from web.petugas.permohonan import permohonan_page, subordinate


def desk_below(tugas_id: UUID) -> tuple[Subordinate, Peran]:
    """The desk I am the superior of, and in which role. Raises DecidedAlready when it has the file no more."""
    one = subordinate(read_permohonan_of(tugas_id))
    if one is not None and one.langkah.superior is not None:
        return one, one.langkah.superior
    superior, sentence = read_gone(tugas_id)
    if superior in current_peran():
        raise DecidedAlready(sentence)
    raise NotFound


@bp.post("/tugas/<uuid:tugas_id>/alihkan")
@petugas(*desks())
def reassign_tugas(tugas_id: UUID) -> Response:
    """Put the file into another person's hands."""
    one, superior = desk_below(tugas_id)
    try:
        name = _reassign(tugas_id, one, acting_in(superior))
    except InputInvalid as error:
        return redraw(partial(_page, one.permohonan_id), Form(posted_fields("kepada", "alasan")), error)
    flash(f"{one.nomor} dialihkan kepada {name}.")
    return redirect(url_for("petugas.permohonan", permohonan_id=one.permohonan_id), 303)


def _page(permohonan_id: UUID, form: Form) -> str:
    return permohonan_page(permohonan_id, reassign_form=form)


def _reassign(tugas_id: UUID, one: Subordinate, actor: Petugas) -> str:
    """Give the file to the posted person, and return their name."""
    candidate = {str(person_id): (person_id, name) for person_id, name in one.candidate}
    if posted("kepada") not in candidate:
        raise InputInvalid({"kepada": "Pilih petugas yang menerima berkas ini."} | reason_problems(posted("alasan")))
    person_id, name = candidate[posted("kepada")]
    reassign(tugas_id, person_id, posted("alasan"), actor=actor, now=clock.now())
    return name
