"""Which backups are kept: the last ones, and the last of each day, week and month. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Keep:
    """How many of each; all zero: every backup is kept."""

    last: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0

    @property
    def everything(self) -> bool:
        return not (self.last or self.daily or self.weekly or self.monthly)


def kept(moments: Iterable[datetime], keep: Keep) -> set[datetime]:
    """The moments of the backups that stay; the newest always does."""
    newest_first = sorted(moments, reverse=True)
    if keep.everything:
        return set(newest_first)
    ways: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (keep.last, lambda at: at),
        (keep.daily, lambda at: at.date()),
        (keep.weekly, lambda at: at.isocalendar()[:2]),
        (keep.monthly, lambda at: (at.year, at.month)),
    )
    stay = set(newest_first[:1])
    for count, period in ways:
        last_of: dict[object, datetime] = {}
        for at in newest_first:
            last_of.setdefault(period(at), at)
        stay.update(list(last_of.values())[:count])
    return stay
