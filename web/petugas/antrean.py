"""The queue of a role: look, search, take, give back."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.queries.antrean import Pilihan, Tampil, count_antrean, read_antrean
from pipeline.queries.tugas import search_permohonan
from pipeline.queries.waktu import read_eskalasi
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.services import desk
from web.auth import peran_kini, petugas, saya
from web.petugas import bp
from web.petugas.meja import gangguan, halaman_ke, lembar_saya, sebagai, sisa_waktu, teks_cari

JUDUL = {Tampil.SEMUA: "Semua", Tampil.SAYA: "Milik saya", Tampil.LEWAT: "Lewat", Tampil.KEMBALI: "Kembali"}


@bp.get("/antrean")
@petugas(*PERAN_PETUGAS)
def antrean() -> str:
    """One page of the queue of one of my roles."""
    now, pilihan = clock.now(), _pilihan()
    isi = read_antrean(pilihan, now=now)
    return render_template(
        "petugas/antrean.html",
        antrean=isi,
        pilihan=pilihan,
        judul=JUDUL,
        sisa={b.tugas_id: sisa_waktu(b, now) for b in isi.baris},
        tersulut=read_eskalasi([b.permohonan_id for b in isi.baris]) if isi.baris else {},
        meja=count_antrean(peran) if len(peran := _peran_saya()) > 1 else {},
        gangguan=gangguan(),
    )


@bp.post("/tugas/<uuid:tugas_id>/ambil")
@petugas(*PERAN_PETUGAS)
def ambil(tugas_id: UUID) -> Response:
    """Take a file off the open queue, and open it."""
    desk.claim(tugas_id, oleh=sebagai(lembar_saya(tugas_id)), now=clock.now())
    return redirect(url_for("petugas.tugas", tugas_id=tugas_id), 303)


@bp.post("/tugas/<uuid:tugas_id>/lepas")
@petugas(*PERAN_PETUGAS)
def lepas(tugas_id: UUID) -> Response:
    """Give a file back to the open queue."""
    lembar = lembar_saya(tugas_id)
    desk.release(tugas_id, oleh=sebagai(lembar), now=clock.now())
    flash(f"{lembar.permohonan.nomor} dikembalikan ke antrean.")
    return redirect(url_for("petugas.antrean", peran=lembar.peran), 303)


@bp.get("/cari")
@petugas(*PERAN_PETUGAS)
def cari() -> str:
    """The applications my roles have had, by number or institution, wherever they are now."""
    teks, halaman = teks_cari(), halaman_ke()
    hasil, lagi = search_permohonan(teks, peran_kini(), halaman=halaman)
    return render_template("petugas/cari.html", cari=teks, hasil=hasil, halaman=halaman, lagi=lagi)


def _pilihan() -> Pilihan:
    """The part of the queue the address asks for; a role that is not mine is refused."""
    punya = _peran_saya()
    peran = next((p for p in PERAN_PETUGAS if p == request.args.get("peran")), punya[0])
    if peran not in punya:
        abort(403)
    tampil = next((t for t in Tampil if t == request.args.get("tampil")), Tampil.SEMUA)
    return Pilihan(peran=peran, orang_id=saya().orang_id, tampil=tampil, cari=teks_cari(), halaman=halaman_ke())


def _peran_saya() -> list[Peran]:
    return [p for p in PERAN_PETUGAS if p in peran_kini()]
