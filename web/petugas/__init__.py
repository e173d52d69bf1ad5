"""The officers' rooms: queue, file, inspection, draft, approval, signature."""

from flask import Blueprint

bp = Blueprint("petugas", __name__, url_prefix="/petugas")

from web.petugas import (  # noqa: E402 - need bp
    antrean,
    atasan,
    bap,
    berkas,
    draf,
    keputusan,
    pengganti,
    permohonan,
    perpanjang,
    sertifikat,
    tanda_tangan,
    tugas,
    waktu,
)

__all__ = [
    "antrean",
    "atasan",
    "bap",
    "berkas",
    "bp",
    "draf",
    "keputusan",
    "pengganti",
    "permohonan",
    "perpanjang",
    "sertifikat",
    "tanda_tangan",
    "tugas",
    "waktu",
]
