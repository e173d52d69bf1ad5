"""Where a file is, in the words the public sees, and its way through the SOP."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.rules.transitions import Status
from pipeline.sop.values import CaseData, JenisKeputusan, Langkah, Sop, salah_satu

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
    keputusan: str | None
    penjelasan: str = ""  # the sum the tenggat of an open one came from


@dataclass(frozen=True, slots=True)
class Titik:
    """One langkah of the journey: when it was done, or by when it will be."""

    langkah: Langkah
    kata: str  # the public state word of this langkah
    keadaan: Keadaan
    selesai_pada: datetime | None = None
    tenggat: datetime | None = None
    penjelasan: str = ""
    untaken: bool = False  # the signed document was archived without its applicant


def kata_status(sop: Sop, status: str, langkah: str | None) -> str:
    """The public state word, e.g. "Pemeriksaan berkas"."""
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
        _titik(visited, _kata(visited, status), sop.posisi(visited.kode) - posisi, latest.get(visited.kode), langkah)
        for visited in sop.langkah
        if not salah_satu(visited.lewati_bila, data)
    )


def _kata(langkah: Langkah, status: str) -> str:
    """Until it is signed a refusal is no more than advice, and no word of it is public."""
    return langkah.status_tolak or langkah.status if status == Status.DITOLAK else langkah.status


def _titik(visited: Langkah, kata: str, distance: int, kunjungan: Kunjungan | None, kini: str | None) -> Titik:
    if distance < 0:
        selesai, keputusan = (kunjungan.selesai_pada, kunjungan.keputusan) if kunjungan else (None, None)
        return Titik(visited, kata, Keadaan.SUDAH, selesai, untaken=keputusan == JenisKeputusan.ARSIPKAN)
    if distance == 0 and kini is not None:
        tenggat, penjelasan = (kunjungan.tenggat, kunjungan.penjelasan) if kunjungan else (None, "")
        return Titik(visited, kata, Keadaan.KINI, None, tenggat, penjelasan)
    return Titik(visited, kata, Keadaan.NANTI)
