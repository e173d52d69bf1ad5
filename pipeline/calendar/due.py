"""Tenggat: how much office time a limit grants, when it is used up, how much is left. Pure; every result is UTC.

A limit is a budget of office time from the arrival. "N hari" are hari kerja: the budget reaches to the end of office
hours of the N-th working day after the day of arrival; a file that comes outside office hours arrives at the next
opening. Pauses stop the clock, it resumes exactly. ``hours`` and ``limit`` have the values, ``explain`` the words.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial
from itertools import islice

from pipeline.calendar.explain import explain
from pipeline.calendar.hours import (
    A_DAY,
    Interval,
    Musim,
    OfficeCalendar,
    Span,
    WorkingHours,
    merge,
    open_spans,
    utc,
    working_days,
)
from pipeline.calendar.limit import Limit

__all__ = [
    "Due",
    "Interval",
    "Limit",
    "Musim",
    "OfficeCalendar",
    "WorkingHours",
    "budget",
    "due",
    "in_days",
    "office_time",
    "remaining",
    "share_at",
    "shares_at",
    "usual_day",
]  # fmt: skip

_ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Due:
    """A tenggat (UTC) and, on request, the sum it came from."""

    at: datetime
    _explain: Callable[[], str] = field(repr=False, compare=False)

    @property
    def explanation(self) -> str:
        """Indonesian, in the office's zone. Made when asked for: deciding a file needs only ``at``."""
        return self._explain()


def due(calendar: OfficeCalendar, start: datetime, limit: Limit, pauses: Sequence[Interval] = ()) -> Due:
    """When the limit lapses: the first moment the office time since ``start`` outside the pauses reaches its budget.

    Raises DefinitionError for a calendar without working hours, ValueError for a naive datetime.
    """
    at = share_at(calendar, start, limit, 1, pauses)
    return Due(at, partial(explain, calendar, start, limit, merge(pauses), at))


def share_at(
    calendar: OfficeCalendar,
    start: datetime,
    limit: Limit,
    share: Fraction | int,
    pauses: Sequence[Interval] = (),
) -> datetime:
    """When that share of the budget is used: 1 is the tenggat, 2 twice the limit (shares: ``rules/deadlines``)."""
    return next(shares_at(calendar, start, limit, (share,), pauses))


def shares_at(
    calendar: OfficeCalendar,
    start: datetime,
    limit: Limit,
    shares: Iterable[Fraction | int],
    pauses: Sequence[Interval] = (),
) -> Iterator[datetime]:
    """When each of these shares is used, the smallest first; the days are walked once, as far as they are asked for."""
    begin = utc(start)
    total, spans = budget(calendar, begin, limit), _running(calendar, begin, merge(pauses))
    used, opens, closes = _ZERO, begin, begin
    for share in shares:
        needed = -(-total * share.numerator // share.denominator)  # up to the full microsecond
        while used + (closes - opens) < needed:
            used += closes - opens
            opens, closes = next(spans)  # they never end
        yield opens + (needed - used)


def budget(calendar: OfficeCalendar, start: datetime, limit: Limit) -> timedelta:
    """The office time the limit grants to a file that arrives at ``start``."""
    minutes = timedelta(minutes=limit.minutes)
    if not limit.hari:
        return minutes
    begin = utc(start)
    arrived, _ = next(open_spans(calendar, begin))
    after = working_days(calendar, calendar.local(arrived).date() + A_DAY)
    last = next(islice(after, limit.hari - 1, None))
    return _open_time(calendar, begin, calendar.open_spans(last)[-1][1]) + minutes


def office_time(calendar: OfficeCalendar, intervals: Iterable[Interval]) -> timedelta:
    """The office time within the intervals, exact; a moment that several of them cover counts once."""
    return sum((_open_time(calendar, begins, until) for begins, until in merge(intervals)), _ZERO)


def remaining(calendar: OfficeCalendar, now: datetime, due_at: datetime) -> timedelta:
    """Office time left until ``due_at``; negative once it has passed and the office has worked on."""
    first, end = utc(now), utc(due_at)
    return _open_time(calendar, first, end) if first < end else -_open_time(calendar, end, first)


def in_days(calendar: OfficeCalendar, start: datetime, length: timedelta) -> tuple[int, timedelta]:
    """That much office time from ``start`` on as hari kerja, each as long as the calendar makes it, and the rest."""
    begin, _ = next(open_spans(calendar, utc(start)))
    for hari, day in enumerate(working_days(calendar, calendar.local(begin).date())):
        a_day = sum((b - a for a, b in calendar.open_spans(day)), _ZERO)
        if length < a_day:
            return hari, length
        length -= a_day
    raise AssertionError("the working days never end")


def usual_day(calendar: OfficeCalendar) -> timedelta:
    """The office time of an ordinary working day, on average: for lengths of time that begin on no particular day."""
    opened = [sum((_length(j) for j in hours), _ZERO) for hours in calendar.hours.values() if hours]
    return sum(opened, _ZERO) / len(opened) if opened else A_DAY


def _length(hours: WorkingHours) -> timedelta:
    return datetime.combine(date.min, hours.until) - datetime.combine(date.min, hours.start)


def _open_time(calendar: OfficeCalendar, begins: datetime, until: datetime) -> timedelta:
    return sum((b - a for a, b in open_spans(calendar, begins, until)), _ZERO)


def _running(calendar: OfficeCalendar, begins: datetime, jeda: list[Span]) -> Iterator[Span]:
    """The open spans from ``start`` on outside the pauses."""
    for stops, onward in jeda:
        yield from open_spans(calendar, begins, stops)
        begins = max(begins, onward)
    yield from open_spans(calendar, begins)
