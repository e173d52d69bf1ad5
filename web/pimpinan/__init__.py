"""The leaders' page: where the files are, and which are late."""

from flask import Blueprint, abort, render_template, request

from pipeline import clock
from pipeline.queries.pimpinan import read_di_meja, read_meja
from pipeline.roles import PERAN_PETUGAS, Peran
from web.auth import petugas
from web.petugas.meja import gangguan, halaman_ke, sisa_meja

bp = Blueprint("pimpinan", __name__, url_prefix="/pimpinan")
PIMPINAN = (Peran.KABID_PERIZINAN, Peran.SEKRETARIS, Peran.KEPALA_DINAS)


@bp.get("")
@petugas(*PIMPINAN)
def pimpinan() -> str:
    """Open files per desk, and the late ones; ``?peran=`` of one desk, ``?tampil=semua`` those in time as well."""
    now, peran, halaman = clock.now(), _peran(), halaman_ke()
    lewat = request.args.get("tampil") != "semua"
    daftar, lagi = read_di_meja(peran, hanya_lewat=lewat, halaman=halaman, now=now)
    return render_template(
        "pimpinan/pimpinan.html",
        meja=read_meja(now=now),
        daftar=[(baris, sisa_meja(baris.tenggat, now)) for baris in daftar if baris.tenggat],
        lewat=lewat,
        lagi=lagi,
        halaman=halaman,
        peran=peran,
        gangguan=gangguan(),
    )


def _peran() -> Peran | None:
    teks = request.args.get("peran", "")
    peran = next((p for p in PERAN_PETUGAS if p == teks), None)
    if teks and peran is None:
        abort(404)
    return peran
