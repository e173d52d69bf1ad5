"""The pace of the desks in a month: how many tugas they finished, in time or not, and how long they took.

Read from what a sweep has counted (``services/deadlines/pace``), to the minute: a month of a province is half a million
tugas, and no page can look at them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from sqlalchemy import func, select

from pipeline.db import connection
from pipeline.models import DailyPace, PaceDay
from pipeline.queries.desk.performance import next_month
from pipeline.sop.registry import SOPS

Place = tuple[str, str]  # code of a SOP and of a langkah
Counted = tuple[int, bool, int]  # minutes, whether in time, how many


@dataclass(frozen=True, slots=True)
class Performance:
    """A set of finished tugas in numbers. ``middle``: median; ``p90``: nine of ten took no longer."""

    total: int
    in_time: int
    middle: timedelta | None
    p90: timedelta | None

    @property
    def percent(self) -> int | None:
        """Of those finished in time, rounded down: 100 means all of them."""
        return self.in_time * 100 // self.total if self.total else None


@dataclass(frozen=True, slots=True)
class MonthPace:
    """A month in numbers: all of it, and each langkah that finished something. ``counted_at`` None: not counted yet."""

    total: Performance
    langkah: Mapping[Place, Performance]
    counted_at: datetime | None


def read_pace(month: date) -> MonthPace:
    """The month that ``month`` begins, as it was last counted; langkah that no SOP has any more are left out."""
    days = (DailyPace.day >= month, DailyPace.day < next_month(month))
    tally = (
        select(DailyPace.sop, DailyPace.langkah, DailyPace.minutes, DailyPace.in_time, func.sum(DailyPace.total))
        .where(*days)
        .group_by(DailyPace.sop, DailyPace.langkah, DailyPace.minutes, DailyPace.in_time)
    )
    latest = select(func.max(PaceDay.counted_at)).where(PaceDay.day >= month, PaceDay.day < next_month(month))
    places: dict[Place, list[Counted]] = {}
    with connection() as conn:
        for sop, langkah, minutes, in_time, total in conn.execute(tally):
            if sop in SOPS and any(t.code == langkah for t in SOPS[sop].langkah):
                places.setdefault((sop, langkah), []).append((minutes, in_time, total))
        counted_at = conn.scalar(latest)
    every = [counted for place in places.values() for counted in place]
    return MonthPace(summarize(every), {k: summarize(v) for k, v in places.items()}, counted_at)


def summarize(every: Iterable[Counted]) -> Performance:
    """The set in numbers."""
    in_order = sorted(every)
    up_to = list(accumulate(total for *_, total in in_order))
    if not up_to:
        return Performance(0, 0, None, None)

    def nth(n: int) -> timedelta:
        return timedelta(minutes=next(c[0] for c, end in zip(in_order, up_to, strict=True) if end > n))

    count, in_time = up_to[-1], sum(total for _, kept, total in in_order if kept)
    middle = (nth((count - 1) // 2) + nth(count // 2)) / 2
    return Performance(count, in_time, middle, nth(-(-9 * count // 10) - 1))
