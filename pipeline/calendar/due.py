"""Tenggat: how much office time a limit grants, when it is used up, how much is left. Pure; every result is UTC.

A limit is a budget of office time from the arrival. "N hari" are hari kerja: the budget reaches to the end of office
hours of the N-th working day after the day of arrival; a file that comes outside office hours arrives at the next
opening. Pauses stop the clock, it resumes exactly. ``calendar_hours`` has the values, ``calendar_explain`` the words.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial
from itertools import islice

from pipeline.calendar.explain import explain
from pipeline.calendar.hours import (
    SEHARI,
    Interval,
    Limit,
    Musim,
    OfficeCalendar,
    Span,
    WorkingHours,
    merge,
    open_spans,
    utc,
    working_days,
)

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
    """When that share of the budget is used: 4/5 for the reminder, 1 the tenggat, 2 twice the limit."""
    awal = utc(start)
    sisa = -(-budget(calendar, awal, limit) * share.numerator // share.denominator)  # up to the full microsecond
    if sisa <= _ZERO:
        return awal
    for mulai, sampai in _running(calendar, awal, merge(pauses)):
        if sampai - mulai >= sisa:
            return mulai + sisa
        sisa -= sampai - mulai
    raise AssertionError("the open spans never end")


def budget(calendar: OfficeCalendar, start: datetime, limit: Limit) -> timedelta:
    """The office time the limit grants to a file that arrives at ``start``."""
    menit = timedelta(minutes=limit.menit)
    if not limit.hari:
        return menit
    awal = utc(start)
    tiba, _ = next(open_spans(calendar, awal))
    sesudah = working_days(calendar, calendar.local(tiba).date() + SEHARI)
    terakhir = next(islice(sesudah, limit.hari - 1, None))
    return _open_time(calendar, awal, calendar.buka(terakhir)[-1][1]) + menit


def office_time(calendar: OfficeCalendar, intervals: Iterable[Interval]) -> timedelta:
    """The office time within the intervals, exact; a moment that several of them cover counts once."""
    return sum((_open_time(calendar, mulai, sampai) for mulai, sampai in merge(intervals)), _ZERO)


def remaining(calendar: OfficeCalendar, now: datetime, due_at: datetime) -> timedelta:
    """Office time left until ``due_at``; negative once it has passed and the office has worked on."""
    awal, akhir = utc(now), utc(due_at)
    return _open_time(calendar, awal, akhir) if awal <= akhir else -_open_time(calendar, akhir, awal)


def in_days(calendar: OfficeCalendar, start: datetime, length: timedelta) -> tuple[int, timedelta]:
    """That much office time from ``start`` on as hari kerja, each as long as the calendar makes it, and the rest."""
    awal, _ = next(open_spans(calendar, utc(start)))
    for hari, tanggal in enumerate(working_days(calendar, calendar.local(awal).date())):
        a_day = sum((b - a for a, b in calendar.buka(tanggal)), _ZERO)
        if length < a_day:
            return hari, length
        length -= a_day
    raise AssertionError("the working days never end")


def usual_day(calendar: OfficeCalendar) -> timedelta:
    """The office time of an ordinary working day, on average: for lengths of time that begin on no particular day."""
    terbuka = [sum((_length(j) for j in jam), _ZERO) for jam in calendar.jam.values() if jam]
    return sum(terbuka, _ZERO) / len(terbuka) if terbuka else SEHARI


def _length(jam: WorkingHours) -> timedelta:
    return datetime.combine(date.min, jam.sampai) - datetime.combine(date.min, jam.mulai)


def _open_time(calendar: OfficeCalendar, mulai: datetime, sampai: datetime) -> timedelta:
    return sum((b - a for a, b in open_spans(calendar, mulai, sampai)), _ZERO)


def _running(calendar: OfficeCalendar, mulai: datetime, jeda: list[Span]) -> Iterator[Span]:
    """The open spans from ``mulai`` on outside the pauses."""
    for henti, lanjut in jeda:
        yield from open_spans(calendar, mulai, henti)
        mulai = max(mulai, lanjut)
    yield from open_spans(calendar, mulai)
