"""A slow, plain reading of the rules for office time, minute by minute, to hold ``pipeline.calendar.due`` against.

It knows a calendar only by its fields and looks at the wall clock of every single minute.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from pipeline.calendar.due import Interval, Limit, Musim, OfficeCalendar, WorkingHours

A_MINUTE = timedelta(minutes=1)
START = datetime(2026, 3, 20, tzinfo=UTC)  # the clocks change within these weeks in Europe, Chile and Australia
DAYS = 24
WITA = ZoneInfo("Asia/Makassar")


def hours(monday_to_thursday: str, friday: str) -> dict[int, tuple[WorkingHours, ...]]:
    """Hours from "07:30-12:00 13:00-16:00"."""

    def spans(text: str) -> tuple[WorkingHours, ...]:
        cut = (p.split("-") for p in text.split())
        return tuple(WorkingHours(time.fromisoformat(a), time.fromisoformat(b)) for a, b in cut)

    return {hari: spans(friday if hari == 4 else monday_to_thursday) for hari in range(5)}


#: The office of the worked examples.
KANTOR = OfficeCalendar(
    zone="Asia/Makassar",
    hours=hours("07:30-12:00 13:00-16:00", "07:30-11:30 13:00-16:30"),
    libur={
        date(2026, 2, 16): "Cuti Bersama Imlek",
        date(2026, 2, 17): "Imlek",
        date(2026, 3, 18): "Cuti Bersama Nyepi",
        date(2026, 3, 19): "Nyepi",
        date(2026, 3, 20): "Cuti Bersama Idul Fitri",
        date(2026, 3, 21): "Idul Fitri",
        date(2026, 3, 23): "Cuti Bersama Idul Fitri",
        date(2026, 3, 24): "Cuti Bersama Idul Fitri",
        date(2026, 5, 27): "Idul Adha",
        date(2026, 5, 28): "Cuti Bersama Idul Adha",
        date(2026, 6, 1): "Hari Lahir Pancasila",
        date(2026, 8, 17): "Kemerdekaan",
        date(2026, 8, 25): "Maulid",
        date(2026, 12, 24): "Cuti Bersama Natal",
        date(2026, 12, 25): "Natal",
        date(2027, 1, 1): "Tahun Baru",
        date(2027, 1, 5): "Isra Mikraj",
    },
    musim=(Musim(date(2026, 2, 18), date(2026, 3, 20), hours("08:00-12:00 12:30-15:00", "08:00-11:30 12:30-15:30")),),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WITA)


def pauses(text: str) -> list[Interval]:
    """From "2026-11-25 09:05/10:00, …"; an end without a date is on the same day."""
    result = []
    for p in text.split(","):
        start, until = p.strip().split("/")
        result.append(Interval(at(start), at(until if "-" in until else f"{start[:10]} {until}")))
    return result


class OutOfWindow(Exception):
    """The example runs past the weeks the oracle knows."""


@lru_cache
def wall_clock(zone: str) -> list[tuple[datetime, date, time]]:
    """Every minute of the window, and what the wall clock shows in it."""
    z = ZoneInfo(zone)
    local = ((START + n * A_MINUTE, (START + n * A_MINUTE).astimezone(z)) for n in range(DAYS * 1440))
    return [(utc, wall.date(), wall.time()) for utc, wall in local]


def open_minutes(
    calendar: OfficeCalendar, since: datetime, until: datetime | None = None
) -> Iterator[tuple[datetime, date]]:
    """The open minutes from one moment to another, each with its local date."""
    minutes = wall_clock(calendar.zone)
    today, hours_today = None, ()
    for utc, hari, wall in minutes[max(0, (since - START) // A_MINUTE) :]:
        if until is not None and utc >= until:
            return
        if hari != today:
            today, hours_today = hari, hours_on(calendar, hari)
        for j in hours_today:
            if j.start <= wall < j.until:
                yield utc, hari
    if until is None:
        raise OutOfWindow


def hours_on(calendar: OfficeCalendar, hari: date) -> tuple[WorkingHours, ...]:
    if hari in calendar.libur:
        return ()
    for musim in calendar.musim:
        if musim.start_date <= hari <= musim.end_date:
            return musim.hours.get(hari.weekday(), ())
    return calendar.hours.get(hari.weekday(), ())


def budget(calendar: OfficeCalendar, start: datetime, limit: Limit) -> int:
    """Office minutes: all up to the last one of the N-th working day after the arrival, and the minute limit."""
    if limit.hari == 0:
        return limit.minutes
    office_days: list[date] = []
    for count, (_, hari) in enumerate(open_minutes(calendar, start)):
        if hari not in office_days:
            office_days.append(hari)
        if len(office_days) == limit.hari + 2:  # the day of arrival, N days, and the first minute of one more
            return count + limit.minutes
    raise AssertionError


def moment(calendar: OfficeCalendar, start: datetime, count: int, jeda: Iterable[Interval]) -> datetime:
    """The end of that many open minutes outside the pauses."""
    if count == 0:
        return start
    jeda = list(jeda)
    for utc, _ in open_minutes(calendar, start):
        if not any(j.start <= utc < j.until for j in jeda):
            count -= 1
            if count == 0:
                return utc + A_MINUTE
    raise AssertionError


def office_minutes(calendar: OfficeCalendar, distance: Iterable[Interval]) -> int:
    return len({utc for j in distance for utc, _ in open_minutes(calendar, j.start, j.until)})
