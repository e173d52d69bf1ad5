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

    sequence: int
    kind: str
    at: datetime
    actor: str | None = None
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
    sequence, before = 0, ""
    for row in rows:
        linked = (row["sequence"], row["previous_hash"], row["hash"]) == (sequence + 1, before, chain_hash(before, row))
        sequence, before = int(str(row["sequence"])), str(row["hash"])
        yield Entry(_event(row, kept := _words(row)), linked, kept, before)


def _words(row: Mapping[str, object]) -> Words:
    data, words = row["data"], row["words"]
    sealed = data.get("words") if isinstance(data, Mapping) else None
    if sealed is None:
        return Words.WHOLE if words is None else Words.BROKEN  # words that nothing binds
    if not isinstance(words, Mapping):
        return Words.MISSING
    return Words.WHOLE if seal(str(row["salt"]), words) == sealed else Words.BROKEN


def _event(row: Mapping[str, object], kept: Words) -> Event:
    data, words, at = row["data"], row["words"], row["at"]
    return Event(
        sequence=int(str(row["sequence"])),
        kind=str(row["kind"]),
        at=at if isinstance(at, datetime) else datetime.fromisoformat(str(at)),
        actor=str(row["actor"]) if row["actor"] else None,
        peran=str(row["peran"]) if row["peran"] else None,
        data=data if isinstance(data, Mapping) else {},
        words=words if kept is Words.WHOLE and isinstance(words, Mapping) else None,
    )
