"""The levels of escalation: when each of them falls due, whom it reaches, and how it is told. Pure.

A tenggat of a step has three, by shares of its limit; a complete file has two, by the days of its promise.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from pipeline.calendar.due import Interval, Limit, OfficeCalendar, due, share_at
from pipeline.roles import Peran
from pipeline.sop.values import Langkah, Sop


@dataclass(frozen=True, slots=True)
class Level:
    """A level: its name in the table ``eskalasi``, and the share of the limit after which it falls due."""

    nama: str
    bagian: Fraction


@dataclass(frozen=True, slots=True)
class DueDate:
    """When a level falls due, and whom it is meant for."""

    tingkat: str
    kepada: Peran
    pada: datetime


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a level reaches. ``kosong``: the roles it climbed past; ``kepada`` is among them when it reached nobody."""

    kepada: Peran
    kosong: tuple[Peran, ...] = ()


LEVEL = (
    Level("pengingat", Fraction(4, 5)),
    Level("lewat", Fraction(1)),
    Level("dua_kali", Fraction(2)),
)
#: Of a whole file: a working day before the promise, and when it is over. Silence may count as granted then.
BERKAS_LEVELS = (("berkas_4_hari", Peran.KABID_PERIZINAN, 1), ("berkas_5_hari", Peran.KEPALA_DINAS, 0))

#: What has happened at a level.
WORDS: Mapping[str, str] = {
    "pengingat": "Pengingat: 80 % waktu terpakai",
    "lewat": "Batas waktu terlewati",
    "dua_kali": "Dua kali batas waktu terlewati",
    "berkas_4_hari": "Janji layanan habis satu hari kerja lagi",
    "berkas_5_hari": "Janji layanan terlewati",
}
#: The levels from the mildest to the worst.
ORDER = tuple(WORDS)


def recipient(langkah: Langkah, tingkat: Level) -> Peran:
    """Reminder to the desk, lapse to the superior the SOP names, twice the limit to the Kepala Dinas."""
    if tingkat.nama == "pengingat" or langkah.atasan is None:
        return langkah.peran
    return langkah.atasan if tingkat.nama == "lewat" else Peran.KEPALA_DINAS


def schedule(
    kalender: OfficeCalendar, langkah: Langkah, mulai: datetime, batas: Limit, jeda: Sequence[Interval]
) -> Iterator[DueDate]:
    """The levels of a visit in the order they fall due; ``batas`` with what a superior has added."""
    for t in LEVEL:
        yield DueDate(t.nama, recipient(langkah, t), share_at(kalender, mulai, batas, t.bagian, jeda))


def case_schedule(
    kalender: OfficeCalendar, complete_at: datetime, janji: Limit, jeda: Sequence[Interval]
) -> Iterator[DueDate]:
    """The levels of a whole file; ``jeda``: when it lay with the applicant after it was complete."""
    for nama, kepada, kurang in BERKAS_LEVELS:
        batas = Limit(max(janji.hari - kurang, 0), janji.menit)
        yield DueDate(nama, kepada, due(kalender, complete_at, batas, jeda).at)


def climb(sop: Sop, kepada: Peran, filled: Collection[Peran]) -> Reached:
    """The nearest role from ``kepada`` upwards that somebody holds, and the empty ones below it."""
    chain = superiors(sop, kepada)
    for n, peran in enumerate(chain):
        if peran in filled:
            return Reached(peran, chain[:n])
    return Reached(kepada, chain)


def superiors(sop: Sop, peran: Peran) -> tuple[Peran, ...]:
    """The role, the one the SOP puts above it, and so on up to the Kepala Dinas."""
    chain = [peran]
    while chain[-1] is not Peran.KEPALA_DINAS:
        above = (t.atasan for t in sop.langkah if t.peran is chain[-1] and t.atasan and t.atasan not in chain)
        chain.append(next(above, Peran.KEPALA_DINAS))
    return tuple(chain)


def describe(data: Mapping[str, object]) -> str:
    """A level that was raised, as the history says it, from the data of its peristiwa. The file stays where it is."""
    apa, kepada = WORDS[str(data["tingkat"])], Peran(str(data["kepada"]))
    kosong = empty_roles(data.get("kosong"))
    if kepada in kosong:
        return f"{apa}; belum ada yang dapat diberi tahu, {join(kosong)} sedang kosong"
    sebab = f" karena {join(kosong)} sedang kosong" if kosong else ""
    return f"{apa}, diberitahukan ke {kepada.nama}{sebab}"


def empty_roles(kosong: object) -> tuple[Peran, ...]:
    """The roles a level climbed past, as a row or a peristiwa keeps them."""
    return tuple(Peran(str(p)) for p in kosong) if isinstance(kosong, list | tuple) else ()


def join(peran: Sequence[Peran]) -> str:
    """Roles in a sentence: "A, B dan C"."""
    *awal, akhir = [p.nama for p in peran]
    return f"{', '.join(awal)} dan {akhir}" if awal else akhir
