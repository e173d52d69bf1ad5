"""Pauses as a row keeps them: [[from, to], …] in ISO 8601. Pure."""

from collections.abc import Sequence
from datetime import datetime

from pipeline.calendar.due import Interval


def read_pauses(kept: Sequence[object]) -> tuple[Interval, ...]:
    """What a row keeps, as intervals; what is no pair is left out."""
    pairs = (pair for pair in kept if isinstance(pair, list))
    return tuple(Interval(*(datetime.fromisoformat(str(t)) for t in pair)) for pair in pairs)


def write_pauses(pauses: Sequence[Interval]) -> list[object]:
    """Intervals, as a row keeps them."""
    return [[p.start.isoformat(), p.until.isoformat()] for p in pauses]
