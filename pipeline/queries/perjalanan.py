"""Where a file is, in the words the public sees, and its way through the SOP."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.sop import CaseData, Langkah, Sop, salah_satu
from pipeline.transitions import Status

_KATA: Mapping[str, str] = {
    Status.TERBIT: "SK terbit",
    Status.SELESAI: "Selesai",
    Status.DITOLAK: "Ditolak",
    Status.DIBATALKAN: "Dibatalkan",
}


class Keadaan(StrEnum):
    """Of one langkah in the journey of a file."""

    SUDAH = "sudah"
    KINI = "kini"
    NANTI = "nanti"


@dataclass(frozen=True, slots=True)
class Kunjungan:
    """One tugas of the file: a langkah visited."""

    langkah: str
    mulai_pada: datetime
    tenggat: datetime | None
    selesai_pada: datetime | None
    alasan: str | None
    penjelasan: str = ""  # the sum the tenggat of an open one came from


@dataclass(frozen=True, slots=True)
class Titik:
    """One langkah of the journey: when it was done, or by when it will be."""

    langkah: Langkah
    keadaan: Keadaan
    selesai_pada: datetime | None
    tenggat: datetime | None
    penjelasan: str = ""


def kata_status(sop: Sop, status: str, langkah: str | None) -> str:
    """The public state word, e.g. "Menunggu pemeriksaan"."""
    if status in _KATA or langkah is None:
        return _KATA.get(status, "Selesai")
    visited = sop[langkah]
    return visited.status_perbaikan or visited.status if status == Status.PERBAIKAN else visited.status


def perjalanan(
    sop: Sop, data: CaseData, status: str, langkah: str | None, kunjungan: Iterable[Kunjungan]
) -> tuple[Titik, ...]:
    """Every langkah of the SOP that this case passes, in order. A file withdrawn stops where it was."""
    latest = {k.langkah: k for k in kunjungan}
    if langkah is not None:
        posisi = sop.posisi(langkah)
    else:
        posisi = len(sop.langkah) if status != Status.DIBATALKAN else max(map(sop.posisi, latest), default=0)
    return tuple(
        _titik(visited, sop.posisi(visited.kode) - posisi, langkah is not None, latest.get(visited.kode))
        for visited in sop.langkah
        if not salah_satu(visited.lewati_bila, data)
    )


def _titik(visited: Langkah, distance: int, running: bool, kunjungan: Kunjungan | None) -> Titik:
    if distance < 0:
        return Titik(visited, Keadaan.SUDAH, kunjungan.selesai_pada if kunjungan else None, None)
    if distance == 0 and running:
        tenggat, penjelasan = (kunjungan.tenggat, kunjungan.penjelasan) if kunjungan else (None, "")
        return Titik(visited, Keadaan.KINI, None, tenggat, penjelasan)
    return Titik(visited, Keadaan.NANTI, None, None)
