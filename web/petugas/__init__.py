"""The officers' rooms: queue, file, inspection, draft, approval, signature."""

from flask import Blueprint

bp = Blueprint("petugas", __name__, url_prefix="/petugas")

from web.petugas import (  # noqa: E402 - need bp
    antrean,
    bap,
    berkas,
    certificate,
    clock,
    draft,
    extend,
    keputusan,
    permohonan,
    sign,
    substitute,
    superior,
    tugas,
)

__all__ = [
    "antrean",
    "bap",
    "berkas",
    "bp",
    "certificate",
    "clock",
    "draft",
    "extend",
    "keputusan",
    "permohonan",
    "sign",
    "substitute",
    "superior",
    "tugas",
]
