"""The officers' rooms: queue, file, inspection, draft, approval, signature."""

from flask import Blueprint

bp = Blueprint("petugas", __name__, url_prefix="/petugas")

from web.petugas import (  # noqa: E402 - need bp
    antrean,
    berkas,
    certificate,
    clock,
    counter,
    desk_form,
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
    "berkas",
    "bp",
    "certificate",
    "clock",
    "counter",
    "desk_form",
    "draft",
    "extend",
    "keputusan",
    "permohonan",
    "sign",
    "substitute",
    "superior",
    "tugas",
]
