"""Where a file is, in the words the public sees, and its way through the SOP."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.rules.transitions import Status
from pipeline.sop.values import CaseData, Langkah, Sop
from pipeline.sop.way import way
from pipeline.sop.words import KeputusanKind

_WORDS: Mapping[str, str] = {
    Status.TINDAKAN: "Perlu tindakan Anda",
    Status.TERBIT: "Terbit",
    Status.SELESAI: "Selesai",
    Status.DITOLAK: "Ditolak",
    Status.DIBATALKAN: "Dibatalkan",
}


class State(StrEnum):
    """Of one langkah in the journey of a file."""

    SUDAH = "sudah"
    KINI = "kini"
    NANTI = "nanti"


@dataclass(frozen=True, slots=True)
class JourneyVisit:
    """One tugas of the file: a langkah visited."""

    langkah: str
    started_at: datetime
    tenggat: datetime | None
    closed_at: datetime | None
    keputusan: str | None
    explanation: str = ""  # the sum the tenggat of an open one came from


@dataclass(frozen=True, slots=True)
class Point:
    """One langkah of the journey: when it was done, or by when it will be."""

    langkah: Langkah
    word: str  # the public state word of this langkah
    state: State
    closed_at: datetime | None = None
    tenggat: datetime | None = None
    explanation: str = ""
    untaken: bool = False  # the signed document was archived without its applicant


def status_words(sop: Sop, status: str, langkah: str | None) -> str:
    """The public state word, e.g. "Pemeriksaan berkas"."""
    if status in _WORDS or langkah is None:
        return _WORDS.get(status, "Selesai")
    visited = sop[langkah]
    return visited.correction_status or visited.status if status == Status.PERBAIKAN else visited.status


def walk(
    sop: Sop, data: CaseData, status: str, langkah: str | None, kunjungan: Iterable[JourneyVisit]
) -> tuple[Point, ...]:
    """Every langkah of the SOP that this case passes, or has been to, in order. A file withdrawn stops where it was."""
    latest = {k.langkah: k for k in kunjungan}
    passed = {t.code for t in way(sop, data)} | latest.keys()
    if langkah is not None:
        position = sop.position(langkah)
    else:
        position = len(sop.langkah) if status != Status.DIBATALKAN else max(map(sop.position, latest), default=0)
    side = sop.side_of(sop[langkah]) if langkah is not None else ()

    def distance(visited: Langkah) -> int:
        """How far ahead it lies; of desks that have the file at the same time those that have decided lie behind."""
        visit = latest.get(visited.code)
        if visited.code in side and visit is not None:
            return 0 if visit.closed_at is None else -1
        return sop.position(visited.code) - position

    return tuple(
        _point(visited, _words(visited, status), distance(visited), latest.get(visited.code), langkah)
        for visited in sop.langkah
        if visited.code in passed
    )


def _words(langkah: Langkah, status: str) -> str:
    """Until it is signed a refusal is no more than advice, and no word of it is public."""
    return langkah.refusal_status or langkah.status if status == Status.DITOLAK else langkah.status


def _point(visited: Langkah, word: str, distance: int, kunjungan: JourneyVisit | None, current: str | None) -> Point:
    if distance < 0:
        done, keputusan = (kunjungan.closed_at, kunjungan.keputusan) if kunjungan else (None, None)
        return Point(visited, word, State.SUDAH, done, untaken=keputusan == KeputusanKind.ARSIPKAN)
    if distance == 0 and current is not None:
        tenggat, explanation = (kunjungan.tenggat, kunjungan.explanation) if kunjungan else (None, "")
        return Point(visited, word, State.KINI, None, tenggat, explanation)
    return Point(visited, word, State.NANTI)
