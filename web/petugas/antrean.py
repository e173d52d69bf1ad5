"""The queue of a role: look, search, take, give back."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.queries.desk.antrean import Choice, Show, count_antrean, read_antrean
from pipeline.queries.desk.times import read_eskalasi
from pipeline.queries.desk.tugas import search_permohonan
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.services.desk import claim as desk
from web.auth import current_peran, petugas, saya
from web.forms import page_number
from web.petugas import bp
from web.petugas.meja import acting_as, my_sheet, search_text, silent_parts, time_left

TITLE = {Show.SEMUA: "Semua", Show.SAYA: "Milik saya", Show.LEWAT: "Lewat", Show.KEMBALI: "Kembali"}


@bp.get("/antrean")
@petugas(*PERAN_PETUGAS)
def antrean() -> str:
    """One page of the queue of one of my roles."""
    now, pilihan = clock.now(), _choice()
    page = read_antrean(pilihan, now=now)
    return render_template(
        "petugas/antrean.html",
        antrean=page,
        pilihan=pilihan,
        judul=TITLE,
        sisa={b.tugas_id: time_left(b, now) for b in page.baris},
        triggered=read_eskalasi([b.permohonan_id for b in page.baris]) if page.baris else {},
        meja=count_antrean(peran) if len(peran := _my_peran()) > 1 else {},
        gangguan=silent_parts(),
    )


@bp.post("/tugas/<uuid:tugas_id>/ambil")
@petugas(*PERAN_PETUGAS)
def ambil(tugas_id: UUID) -> Response:
    """Take a file off the open queue, and open it."""
    desk.claim(tugas_id, oleh=acting_as(my_sheet(tugas_id)), now=clock.now())
    return redirect(url_for("petugas.tugas", tugas_id=tugas_id), 303)


@bp.post("/tugas/<uuid:tugas_id>/lepas")
@petugas(*PERAN_PETUGAS)
def lepas(tugas_id: UUID) -> Response:
    """Give a file back to the open queue."""
    lembar = my_sheet(tugas_id)
    desk.release(tugas_id, oleh=acting_as(lembar), now=clock.now())
    flash(f"{lembar.permohonan.nomor} dikembalikan ke antrean.")
    return redirect(url_for("petugas.antrean", peran=lembar.peran), 303)


@bp.get("/cari")
@petugas(*PERAN_PETUGAS)
def cari() -> str:
    """The applications my roles have had, by number or institution, wherever they are now."""
    text, halaman = search_text(), page_number()
    found, more = search_permohonan(text, current_peran(), halaman=halaman)
    return render_template("petugas/cari.html", cari=text, hasil=found, halaman=halaman, lagi=more)


def _choice() -> Choice:
    """The part of the queue the address asks for; a role that is not mine is refused."""
    mine = _my_peran()
    peran = next((p for p in PERAN_PETUGAS if p == request.args.get("peran")), mine[0])
    if peran not in mine:
        abort(403)
    tampil = next((t for t in Show if t == request.args.get("tampil")), Show.SEMUA)
    return Choice(peran=peran, person_id=saya().person_id, tampil=tampil, cari=search_text(), halaman=page_number())


def _my_peran() -> list[Peran]:
    return [p for p in PERAN_PETUGAS if p in current_peran()]
