"""What the office clock is made of: hours, holidays, and the walk over the open spans of a calendar. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.calendar.limit import TEN_YEARS
from pipeline.errors import DefinitionError

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` up to, not including, ``until``; empty when ``until`` is not later. Both aware."""

    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """One stretch of office hours on the wall clock, up to and not including ``until``."""

    start: time
    until: time


Hours = Mapping[int, tuple[WorkingHours, ...]]  # weekday (Monday = 0) -> stretches; a weekday left out is closed


@dataclass(frozen=True, slots=True)
class Musim:
    """Other hours from one date through another (Ramadan); they replace the ordinary week altogether."""

    start_date: date
    end_date: date
    hours: Hours
    name: str = ""


Span = tuple[datetime, datetime]  # open time in UTC, not empty


@dataclass(frozen=True, slots=True)
class OfficeCalendar:
    """When the office is open: its hours as the wall clock of its zone shows them, its holidays, its seasons.

    A value: change it with ``dataclasses.replace``. Raises DefinitionError when it contradicts itself.
    """

    zone: str
    hours: Hours
    libur: Mapping[date, str] = field(default_factory=dict)
    musim: tuple[Musim, ...] = ()
    _zone: ZoneInfo = field(init=False, repr=False)
    _open: dict[date, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "_zone", ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise DefinitionError(f'Zona waktu "{self.zone}" tidak dikenal. Tulis seperti "Asia/Makassar".') from error
        for hours in (self.hours, *(m.hours for m in self.musim)):
            _check_hours(hours)
        _check_seasons(self.musim)

    def local(self, moment: datetime) -> datetime:
        """The moment on the office's wall clock. Raises ValueError for a naive datetime."""
        return utc(moment).astimezone(self._zone)

    def time_at(self, hari: date) -> tuple[WorkingHours, ...]:
        """The hours of that date; none on a holiday or a closed weekday."""
        if hari in self.libur:
            return ()
        hours = next((m.hours for m in self.musim if m.start_date <= hari <= m.end_date), self.hours)
        return hours.get(hari.weekday(), ())

    def open_spans(self, hari: date) -> tuple[Span, ...]:
        """The open spans of that local date in order, as UTC."""
        span = self._open.get(hari)
        if span is None:
            span = self._open[hari] = tuple(_spans_of(hari, self.time_at(hari), self._zone))
        return span


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for a naive datetime."""
    # Needed before any comparison: two datetimes of one zone compare by wall clock, wrong across a DST change.
    if moment.tzinfo is None:
        raise ValueError(f"waktu tanpa zona: {moment.isoformat()}")
    return moment.astimezone(UTC)


def working_days(calendar: OfficeCalendar, since: date) -> Iterator[date]:
    """The dates with office hours from ``since`` on, without end.

    Raises DefinitionError after ten years without any.
    """
    closed_days = 0
    while closed_days <= TEN_YEARS:
        if calendar.open_spans(since):
            closed_days = 0
            yield since
        else:
            closed_days += 1
        since += A_DAY
    raise DefinitionError(f"Kalender kantor tidak punya jam kerja selama 10 tahun sebelum {since.isoformat()}.")


def open_spans(calendar: OfficeCalendar, start: datetime, until: datetime | None = None) -> Iterator[Span]:
    """The open spans between two UTC moments, cut to fit; without ``until`` they never end."""
    hari = calendar.local(start).date()
    for day in working_days(calendar, hari) if until is None else _dates(hari, calendar.local(until).date()):
        for first, end in calendar.open_spans(day):
            a, b = max(first, start), end if until is None else min(end, until)
            if a < b:
                yield a, b


def merge(intervals: Iterable[Interval]) -> list[Span]:
    """The intervals in UTC, in order, those that overlap or touch made one, the empty ones gone."""
    result: list[Span] = []
    for start, until in sorted((utc(i.start), utc(i.until)) for i in intervals):
        if start >= until:
            continue
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(result[-1][1], until)
        else:
            result.append((start, until))
    return result


def _dates(since: date, until: date) -> Iterator[date]:
    while since <= until:
        yield since
        since += A_DAY


def _spans_of(hari: date, hours: tuple[WorkingHours, ...], zone: ZoneInfo) -> Iterator[Span]:
    """Wall clock hours as UTC spans, also on the day the clock is put forward or back."""
    if not hours:
        return
    midnight = datetime.combine(hari, time(), zone)
    shift, new_shift = _offset(midnight), _offset(midnight + A_DAY)
    if shift == new_shift:
        yield from (_span(hari, j, shift) for j in hours)
        return
    replace = _change(midnight.astimezone(UTC), (midnight + A_DAY).astimezone(UTC), shift, zone)
    yield from ((a, min(b, replace)) for a, b in (_span(hari, j, shift) for j in hours) if a < replace)
    yield from ((max(a, replace), b) for a, b in (_span(hari, j, new_shift) for j in hours) if b > replace)


def _span(hari: date, hours: WorkingHours, shift: timedelta) -> Span:
    return datetime.combine(hari, hours.start, UTC) - shift, datetime.combine(hari, hours.until, UTC) - shift


def _change(first: datetime, last: datetime, shift: timedelta, zone: ZoneInfo) -> datetime:
    """The moment from ``first`` to ``last`` at which the offset is no longer ``shift``."""
    a_tick = timedelta.resolution
    ticks = range((last - first) // a_tick)
    return first + a_tick * bisect_left(
        ticks, True, key=lambda tick: _offset((first + a_tick * tick).astimezone(zone)) != shift
    )


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta()


def _check_hours(hours: Hours) -> None:
    for hari, fragment in hours.items():
        if hari not in range(7):
            raise DefinitionError(f"Hari {hari} tidak ada: Senin = 0 sampai Minggu = 6.")
        bounds = [t for p in fragment for t in (p.start, p.until)]
        if any(t.tzinfo for t in bounds) or any(p.start >= p.until for p in fragment) or bounds != sorted(bounds):
            raise DefinitionError(f"Jam kerja hari ke-{hari + 1} harus berurutan dan tidak bertumpang tindih.")


def _check_seasons(musim: tuple[Musim, ...]) -> None:
    if any(m.start_date > m.end_date for m in musim):
        raise DefinitionError("Musim jam kerja berakhir sebelum mulai.")
    in_order = sorted(musim, key=lambda m: m.start_date)
    if any(a.end_date >= b.start_date for a, b in pairwise(in_order)):
        raise DefinitionError("Dua musim jam kerja bertumpang tindih tanggalnya.")
