"""What a restored office says of itself, signed: from which moment on its records may lack something, and which numbers
it left alone because decrees may have been issued under them. Pure.

How many are left alone of a series, when the office has not told its last number: twice what its busiest day drew, for
each day begun between the backup and the restore; at least ``FEWEST``. A number is only lost, never given twice.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.hashing import canonical
from pipeline.rules.history.daily_head import Signed, encode

FORMAT = "alurizin-pemulihan-1"
FEWEST = 20


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Numbers of a series, both included, that this office will not draw. ``declared``: it told the last one itself."""

    sop: str
    kind: str
    year: int
    first: int
    last: int
    declared: bool = False


@dataclass(frozen=True, slots=True)
class SeriesAtBackup:
    """How a series stood in the backup; ``freed``: numbers that were free for the next document, and may be used."""

    sop: str
    kind: str
    year: int
    last: int = 0
    busiest_day: int = 0
    freed: tuple[int, ...] = ()


def left_alone(series: SeriesAtBackup, away: timedelta, declared: int | None) -> tuple[LeftAlone, ...]:
    """What is left alone of one series. ``declared``: the last number issued, as the office tells it."""
    key = (series.sop, series.kind, series.year)
    days = max(1, math.ceil(away / timedelta(days=1)))
    last = series.last + max(FEWEST, 2 * series.busiest_day * days) if declared is None else declared
    lost = (LeftAlone(*key, series.last + 1, last, declared is not None),) if last > series.last else ()
    return (*(LeftAlone(*key, number, number) for number in series.freed), *lost)


def sign_restoration(
    number: int,
    gaps: Sequence[LeftAlone],
    *,
    backup: str,
    backup_at: datetime,
    restored_at: datetime,
    key: Ed25519PrivateKey,
) -> Signed:
    """The statement of a restore. ``backup``: its name."""
    statement: dict[str, object] = {
        "format": FORMAT,
        "number": number,
        "backup": backup,
        "backup_at": backup_at.isoformat(),
        "restored_at": restored_at.isoformat(),
        "gaps": [asdict(gap) for gap in gaps],
    }
    return Signed(statement, encode(key.sign(canonical(statement))))


def gaps_of(statement: Mapping[str, object]) -> tuple[LeftAlone, ...]:
    """The numbers a kept statement leaves alone."""
    gaps = statement.get("gaps")
    return tuple(LeftAlone(**gap) for gap in gaps if isinstance(gap, dict)) if isinstance(gaps, list) else ()
