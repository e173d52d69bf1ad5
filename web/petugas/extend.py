"""A superior gives a desk below more time for a file."""

from functools import partial
from uuid import UUID

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import InputInvalid
from pipeline.kantor.office import desks
from pipeline.services.desk.extend import extend
from web.auth import acting_in, petugas
from web.forms import Form, posted, posted_fields, redraw, sentences_of
from web.petugas import bp
from web.petugas.permohonan import permohonan_page
from web.petugas.superior import desk_below

REASON = "alasan-perpanjang"  # another form of the same page asks for a reason too


@bp.post("/tugas/<uuid:tugas_id>/perpanjang")
@petugas(*desks())
def extend_tenggat(tugas_id: UUID) -> Response:
    """Add working days to the limit of the visit."""
    one, superior = desk_below(tugas_id)
    try:
        hari, actor = _days(), acting_in(superior)
        extend(tugas_id, hari, posted(REASON), actor=actor, now=clock.now())
    except InputInvalid as error:
        errors = {REASON if k == "alasan" else k: v for k, v in sentences_of(error).items()}
        page = partial(_page, one.permohonan_id)
        return redraw(page, Form(posted_fields("hari", REASON)), error, errors)
    flash(f"Tenggat {one.nomor} diperpanjang {hari} hari kerja.")
    return redirect(url_for("petugas.permohonan", permohonan_id=one.permohonan_id), 303)


def _page(permohonan_id: UUID, form: Form) -> str:
    return permohonan_page(permohonan_id, time_form=form)


def _days() -> int:
    """The number typed; anything else is refused by the service like 0."""
    written = posted("hari")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 4 else 0
