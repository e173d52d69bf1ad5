"""Where the files of the office are now: how many per desk, which are late, who has them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from pipeline.db import connection
from pipeline.models import Orang, Permohonan, Tugas
from pipeline.queries.antrean import PER_HALAMAN
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.sop import Langkah
from pipeline.sops import get_sop


@dataclass(frozen=True, slots=True)
class Meja:
    """A desk: its open files, those late, and since when the oldest lies there."""

    peran: Peran
    jumlah: int
    lewat: int
    tertua_pada: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiMeja:
    """A file on a desk of the office."""

    permohonan_id: UUID
    nomor: str
    nama_lembaga: str
    peran: Peran
    langkah: Langkah
    tenggat: datetime | None
    pemegang: str | None  # who took it; None: nobody yet


_TERBUKA = (Tugas.selesai_pada.is_(None), Tugas.peran.in_([str(p) for p in PERAN_PETUGAS]))


def read_meja(*, now: datetime) -> tuple[Meja, ...]:
    """Every desk of the office in the order of the SOP, the empty ones too."""
    pilih = (
        select(
            Tugas.peran, func.count(), func.count().filter(Tugas.tenggat < now), func.min(Tugas.dibuat_pada)
        )
        .where(*_TERBUKA)
        .group_by(Tugas.peran)
    )  # fmt: skip
    with connection() as conn:
        ada = {str(r[0]): Meja(Peran(r[0]), r[1], r[2], r[3]) for r in conn.execute(pilih)}
    return tuple(ada.get(p, Meja(p, 0, 0, None)) for p in PERAN_PETUGAS)


def read_di_meja(
    peran: Peran | None, *, hanya_lewat: bool, halaman: int, now: datetime
) -> tuple[tuple[DiMeja, ...], bool]:
    """A page of the open files of one desk or of all, the longest late first, and whether more follow."""
    t, p = Tugas, Permohonan
    saring = [*_TERBUKA, *([t.peran == str(peran)] if peran else []), *([t.tenggat < now] if hanya_lewat else [])]
    pilih = (
        select(t.permohonan_id, p.nomor, p.nama_lembaga, p.sop, p.sop_versi, t.peran, t.langkah, t.tenggat, Orang.nama)
        .join(p, p.id == t.permohonan_id)
        .outerjoin(Orang, Orang.id == t.diambil_oleh)
        .where(*saring)
        .order_by(t.tenggat, t.id)
        .limit(PER_HALAMAN + 1)
        .offset((max(1, min(halaman, 1000)) - 1) * PER_HALAMAN)
    )
    with connection() as conn:
        rows = conn.execute(pilih).all()
    semua = tuple(
        DiMeja(
            permohonan_id=r.permohonan_id,
            nomor=r.nomor or "",
            nama_lembaga=r.nama_lembaga,
            peran=Peran(r.peran),
            langkah=get_sop(r.sop, r.sop_versi)[r.langkah],
            tenggat=r.tenggat,
            pemegang=r.nama,
        )
        for r in rows
    )
    return semua[:PER_HALAMAN], len(semua) > PER_HALAMAN
