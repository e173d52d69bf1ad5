"""Following the chain of a file's history: each peristiwa, whether it is as it was written, and its words. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.hashing import chain_hash, seal


class Words(StrEnum):
    """How the words of a peristiwa stand to the seal in it."""

    WHOLE = "whole"
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One peristiwa: its kind, who did it, its data, and its words (None: gone, or not those that were sealed)."""

    urut: int
    jenis: str
    pada: datetime
    oleh: str | None = None
    peran: str | None = None
    data: Mapping[str, object]
    words: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A peristiwa as it was read. ``linked``: it is what its hash says, and follows the one before."""

    event: Event
    linked: bool
    words: Words
    hash: str

    @property
    def sound(self) -> bool:
        return self.linked and self.words is Words.WHOLE


def follow(rows: Iterable[Mapping[str, object]]) -> Iterator[Entry]:
    """The history of one file, oldest first; each row has the columns of a peristiwa, ``salt`` and ``words``."""
    urut, sebelum = 0, ""
    for row in rows:
        linked = (row["urut"], row["sebelum"], row["hash"]) == (urut + 1, sebelum, chain_hash(sebelum, row))
        urut, sebelum = int(str(row["urut"])), str(row["hash"])
        yield Entry(_event(row, kept := _words(row)), linked, kept, sebelum)


def _words(row: Mapping[str, object]) -> Words:
    data, words = row["data"], row["words"]
    sealed = data.get("words") if isinstance(data, Mapping) else None
    if sealed is None:
        return Words.WHOLE if words is None else Words.BROKEN  # words that nothing binds
    if not isinstance(words, Mapping):
        return Words.MISSING
    return Words.WHOLE if seal(str(row["salt"]), words) == sealed else Words.BROKEN


def _event(row: Mapping[str, object], kept: Words) -> Event:
    data, words, pada = row["data"], row["words"], row["pada"]
    whole = kept is Words.WHOLE and isinstance(words, Mapping)
    return Event(
        urut=int(str(row["urut"])),
        jenis=str(row["jenis"]),
        pada=pada if isinstance(pada, datetime) else datetime.fromisoformat(str(pada)),
        oleh=str(row["oleh"]) if row["oleh"] else None,
        peran=str(row["peran"]) if row["peran"] else None,
        data=data if isinstance(data, Mapping) else {},
        words=words if whole and isinstance(words, Mapping) else None,
    )
