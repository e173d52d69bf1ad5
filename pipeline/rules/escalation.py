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

    name: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class DueDate:
    """When a level falls due, and whom it is meant for."""

    level: str
    recipient: Peran
    at: datetime


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a level reaches. ``empty``: the roles it climbed past; ``recipient`` too when it reached nobody."""

    recipient: Peran
    empty: tuple[Peran, ...] = ()


LEVEL = (
    Level("pengingat", Fraction(4, 5)),
    Level("lewat", Fraction(1)),
    Level("dua_kali", Fraction(2)),
)
#: Of a whole file: a working day before the promise, and when it is over. Silence may count as granted then.
CASE_LEVELS = (("berkas_4_hari", Peran.KABID_PERIZINAN, 1), ("berkas_5_hari", Peran.KEPALA_DINAS, 0))

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


def recipient(langkah: Langkah, level: Level) -> Peran:
    """Reminder to the desk, lapse to the superior the SOP names, twice the limit to the Kepala Dinas."""
    if level.name == "pengingat" or langkah.superior is None:
        return langkah.peran
    return langkah.superior if level.name == "lewat" else Peran.KEPALA_DINAS


def schedule(
    calendar: OfficeCalendar, langkah: Langkah, start: datetime, limit: Limit, jeda: Sequence[Interval]
) -> Iterator[DueDate]:
    """The levels of a visit in the order they fall due; ``limit`` with what a superior has added."""
    for t in LEVEL:
        yield DueDate(t.name, recipient(langkah, t), share_at(calendar, start, limit, t.share, jeda))


def case_schedule(
    calendar: OfficeCalendar, complete_at: datetime, janji: Limit, jeda: Sequence[Interval]
) -> Iterator[DueDate]:
    """The levels of a whole file; ``jeda``: when it lay with the applicant after it was complete."""
    for name, recipient, lacking in CASE_LEVELS:
        limit = Limit(max(janji.hari - lacking, 0), janji.minutes)
        yield DueDate(name, recipient, due(calendar, complete_at, limit, jeda).at)


def climb(sop: Sop, recipient: Peran, filled: Collection[Peran]) -> Reached:
    """The nearest role from ``recipient`` upwards that somebody holds, and the empty ones below it."""
    chain = superiors(sop, recipient)
    for n, peran in enumerate(chain):
        if peran in filled:
            return Reached(peran, chain[:n])
    return Reached(recipient, chain)


def superiors(sop: Sop, peran: Peran) -> tuple[Peran, ...]:
    """The role, the one the SOP puts above it, and so on up to the Kepala Dinas."""
    chain = [peran]
    while chain[-1] is not Peran.KEPALA_DINAS:
        above = (t.superior for t in sop.langkah if t.peran is chain[-1] and t.superior and t.superior not in chain)
        chain.append(next(above, Peran.KEPALA_DINAS))
    return tuple(chain)


def describe(data: Mapping[str, object]) -> str:
    """A level that was raised, as the history says it, from the data of its peristiwa. The file stays where it is."""
    what, recipient = WORDS[str(data["level"])], Peran(str(data["recipient"]))
    empty = empty_roles(data.get("empty"))
    if recipient in empty:
        return f"{what}; belum ada yang dapat diberi tahu, {join(empty)} sedang kosong"
    cause = f" karena {join(empty)} sedang kosong" if empty else ""
    return f"{what}, diberitahukan ke {recipient.name}{cause}"


def empty_roles(empty: object) -> tuple[Peran, ...]:
    """The roles a level climbed past, as a row or a peristiwa keeps them."""
    return tuple(Peran(str(p)) for p in empty) if isinstance(empty, list | tuple) else ()


def join(peran: Sequence[Peran]) -> str:
    """Roles in a sentence: "A, B dan C"."""
    *first, end = [p.name for p in peran]
    return f"{', '.join(first)} dan {end}" if first else end
