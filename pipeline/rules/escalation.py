"""The levels of escalation: whom each of them reaches, and how it is told. Pure. When it falls due: ``deadlines``."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.roles import Peran
from pipeline.rules.deadlines import REMINDER, percent
from pipeline.sop.values import Sop


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a level reaches. ``empty``: the roles it climbed past; ``recipient`` too when it reached nobody."""

    recipient: Peran
    empty: tuple[Peran, ...] = ()


#: What has happened at a level.
WORDS: Mapping[str, str] = {
    REMINDER.name: f"Pengingat: {percent(REMINDER)} waktu terpakai",
    "lewat": "Batas waktu terlewati",
    "dua_kali": "Dua kali batas waktu terlewati",
    "berkas_4_hari": "Janji layanan habis satu hari kerja lagi",
    "berkas_5_hari": "Janji layanan terlewati",
}
#: The levels from the mildest to the worst.
ORDER = tuple(WORDS)


def climb(sop: Sop, recipient: Peran, filled: Collection[Peran]) -> Reached:
    """The nearest role from ``recipient`` upwards that somebody holds, and the empty ones below it."""
    chain = superiors(sop, recipient)
    for n, peran in enumerate(chain):
        if peran in filled:
            return Reached(peran, chain[:n])
    return Reached(recipient, chain)


def superiors(sop: Sop, peran: Peran) -> tuple[Peran, ...]:
    """The role and all above it, up to the head of the office."""
    above = next((t.ladder for t in sop.langkah if peran in t.ladder), (peran,))
    return tuple(dict.fromkeys(above[above.index(peran) :]))


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
