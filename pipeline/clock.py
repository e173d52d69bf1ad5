"""The office clock: what ``now`` is for services, the calendar and dates on paper.

In demo mode ``alurizin jam`` may move it, so that deadlines can be shown; sessions, leases, retries and heartbeats keep
the real one (``real_now``).
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.settings import settings


@dataclass(frozen=True, slots=True)
class Shift:
    """How far the office clock is ahead of the real one."""

    difference: timedelta = timedelta()


def real_now() -> datetime:
    """The machine's clock, aware UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The office clock, aware UTC."""
    s = settings()
    return real_now() + read_shift(s.data).difference if s.demo else real_now()


def read_shift(data: Path) -> Shift:
    """The shift kept in the data folder; none when the clock was never moved."""
    try:
        return Shift(timedelta(seconds=float(json.loads(_file(data).read_text(encoding="ascii"))["detik"])))
    except FileNotFoundError:
        return Shift()


def write_shift(data: Path, shift: Shift) -> None:
    """Move the office clock of the instance in ``data``, for all its processes at once."""
    tmp = _file(data).with_suffix(".baru")
    tmp.write_text(json.dumps({"detik": shift.difference.total_seconds()}), encoding="ascii")
    tmp.replace(_file(data))  # one step: a reader sees the old or the new shift


def _file(data: Path) -> Path:
    return data / "jam.json"
