"""The queue of a role: look, search, take, give back."""

from urllib.parse import urlencode
from uuid import UUID, uuid4

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.kantor.office import desks
from pipeline.queries.desk.antrean import Choice, Tab, read_antrean
from pipeline.queries.desk.permohonan import search_permohonan
from pipeline.roles import Peran
from pipeline.services.applicant.form import create_draft
from pipeline.services.desk import claim as desk
from pipeline.sop.registry import SOPS
from web.auth import current_peran, me, petugas
from web.forms import page_number, posted, posted_uuid
from web.petugas import bp
from web.petugas.desk import acting_as, my_tugas, search_text, silent_parts, time_left
from web.templating import address_pattern

TITLE = {Tab.SEMUA: "Semua", Tab.SAYA: "Milik saya", Tab.LEWAT: "Lewat", Tab.KEMBALI: "Kembali"}


@bp.get("/antrean")
@petugas(*desks())
def antrean() -> str:
    """One page of the queue of one of my roles."""
    now, choices = clock.now(), _choice()
    mine = _my_peran()
    page = read_antrean(choices, mine if len(mine) > 1 else (), now=now)
    return render_template(
        "petugas/antrean.html",
        antrean=page,
        choices=choices,
        title=TITLE,
        address=_address,
        remaining={b.tugas_id: time_left(b, now) for b in page.line},
        desk=page.desks,
        disturbance=silent_parts(),
        opens=[sop for sop in SOPS.values() if sop.first.peran == choices.peran],
        form_id=uuid4(),
    )


@bp.post("/berkas-baru")
@petugas(*desks())
def open_file() -> Response:
    """Begin a file that starts at one of my desks, and open its form."""
    sop = SOPS.get(posted("sop"))
    if sop is None or sop.first.peran not in current_peran():
        abort(404)
    who = me()
    permohonan_id = create_draft(
        sop.code, who.person_id, form_id=posted_uuid("id"), session_id=who.session_id, now=clock.now()
    )
    return redirect(url_for("pemohon.permohonan", permohonan_id=permohonan_id), 303)


@bp.post("/tugas/<uuid:tugas_id>/ambil")
@petugas(*desks())
def take(tugas_id: UUID) -> Response:
    """Take a file off the open queue, and open it."""
    desk.claim(tugas_id, actor=acting_as(my_tugas(tugas_id)), now=clock.now())
    return redirect(url_for("petugas.tugas", tugas_id=tugas_id), 303)


@bp.post("/tugas/<uuid:tugas_id>/lepas")
@petugas(*desks())
def release(tugas_id: UUID) -> Response:
    """Give a file back to the open queue."""
    tugas = my_tugas(tugas_id)
    desk.release(tugas_id, actor=acting_as(tugas), now=clock.now())
    flash(f"{tugas.permohonan.nomor} dikembalikan ke antrean.")
    return redirect(url_for("petugas.antrean", peran=tugas.peran), 303)


@bp.get("/cari")
@petugas(*desks())
def search() -> str:
    """The applications my roles have had, by number or institution, wherever they are now."""
    text, page = search_text(), page_number()
    found = search_permohonan(text, current_peran(), page=page)
    return render_template("petugas/search.html", search=text, found=found, page=page)


def _address(peran: Peran, tab: Tab | None = None, search: str = "", page: int = 1) -> str:
    """Of a part of the queue, as ``url_for`` writes it: a page has ten."""
    asked = {"peran": peran, "tampil": tab, "cari": search, "halaman": page if page > 1 else None}
    return f"{address_pattern('petugas.antrean')}?{urlencode({k: v for k, v in asked.items() if v}, safe=_AS_THEY_ARE)}"


#: Signs that werkzeug leaves as they are.
_AS_THEY_ARE = "!$'()*,/:;?@"


def _choice() -> Choice:
    """The part of the queue the address asks for; a role that is not mine is refused."""
    mine = _my_peran()
    peran = next((p for p in desks() if p == request.args.get("peran")), mine[0])
    if peran not in mine:
        abort(403)
    tab = next((t for t in Tab if t == request.args.get("tampil")), Tab.SEMUA)
    return Choice(peran=peran, person_id=me().person_id, tab=tab, search=search_text(), page=page_number())


def _my_peran() -> list[Peran]:
    return [p for p in desks() if p in current_peran()]
