"""The calendar in force, as the tables say it: a value, kept per process until its version changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from sqlalchemy import Connection, Row, func, select

from pipeline.calendar.due import Musim, OfficeCalendar, WorkingHours
from pipeline.calendar.edit import CalendarContent
from pipeline.calendar.hours import Hours
from pipeline.calendar.log import describe
from pipeline.calendar.national import USUAL_HOURS, office_calendar
from pipeline.calendar.national import NationalHoliday as PublicHoliday
from pipeline.db import connection, read_once
from pipeline.models import Calendar, CalendarChange, Libur, OfficeHoursRow, Person
from pipeline.queries.paging import read_page

REMIND_FROM = 7  # July
WARNED_AHEAD = timedelta(days=90)
NOTES_PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class InForce:
    """The calendar in force. ``version`` 0: the database has none yet, and the office's first one holds."""

    version: int
    digest: str
    calendar: OfficeCalendar


@dataclass(frozen=True, slots=True)
class Written:
    """The calendar as its page shows and changes it."""

    version: int
    content: CalendarContent


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One line of the change log; ``actor`` empty: the system."""

    version: int
    at: datetime
    actor: str
    change: tuple[str, ...]


_latest: InForce | None = None


def in_force(conn: Connection, version: int | None, digest: str | None) -> InForce:
    """The calendar of this version, or a newer one. A version this process has seen costs no statement."""
    global _latest  # replaced whole: another thread sees the old or the new one
    if version is None or digest is None:
        return InForce(0, "", office_calendar())
    latest = _latest
    if latest is None or (latest.version, latest.digest) != (version, digest):
        latest = _latest = _load(conn)
    return latest


def calendar_in_force() -> OfficeCalendar:
    """The calendar in force, for pages: one small statement; ask once per request."""
    with connection() as conn:
        return read_in_force(conn).calendar


def read_in_force(conn: Connection) -> InForce:
    """The calendar in force."""
    return read_once(conn, ("calendar",), _read_in_force)


def _read_in_force(conn: Connection) -> InForce:
    row = conn.execute(select(Calendar.version, Calendar.digest)).first()
    return in_force(conn, row.version, row.digest) if row else in_force(conn, None, None)


def read_calendar() -> Written:
    """The whole calendar, for the administrator's page."""
    with connection() as conn:
        version, _, content = read_content(conn)
    return Written(version, content)


def read_content(conn: Connection) -> tuple[int, str, CalendarContent]:
    """versi, sidik and contents in one statement: a change that commits meanwhile is seen whole or not at all."""
    libur = select(
        func.jsonb_object_agg(Libur.day, func.jsonb_build_array(Libur.name, Libur.source, Libur.estimate))
    ).scalar_subquery()
    hours = select(
        func.jsonb_agg(
            func.jsonb_build_array(
                OfficeHoursRow.name, OfficeHoursRow.start_date, OfficeHoursRow.end_date, OfficeHoursRow.hours
            )
        )
    ).scalar_subquery()
    row = conn.execute(select(Calendar.version, Calendar.digest, libur.label("libur"), hours.label("hours"))).first()
    if row is None:
        return 0, "", CalendarContent({}, USUAL_HOURS)
    return row.version, row.digest, _contents(row)


def read_warning(today: date) -> tuple[str, ...]:
    """What the calendar still lacks, as sentences; empty when all is well. For administrators and operators."""
    next_year = today.year + 1
    with connection() as conn:
        estimates = _estimates(conn, today, next_year)
        empty = not conn.scalar(
            select(func.count()).where(Libur.day >= date(next_year, 1, 1), Libur.day <= date(next_year, 12, 31))
        )
    until = today + WARNED_AHEAD
    near = sum(day <= until for day in estimates)
    estimated_next_year = sum(day.year == next_year for day in estimates)
    reminding = today.month >= REMIND_FROM
    sentences = (
        (near, f"{near} tanggal perkiraan jatuh dalam 90 hari ke depan. Tenggat bisa bergeser sampai dipastikan."),
        (reminding and empty, f"Tabel hari libur {next_year} masih kosong."),
        (
            reminding and estimated_next_year,
            f"Tabel hari libur {next_year} masih memuat {estimated_next_year} tanggal perkiraan."
            f" Pastikan setelah keputusan bersama tiga menteri terbit.",
        ),
    )
    return tuple(sentence for applies, sentence in sentences if applies)


def read_calendar_log(*, page: int) -> tuple[tuple[CalendarEntry, ...], bool]:
    """A page of the change log, newest first; and whether more follow."""
    query = (
        select(
            CalendarChange.version,
            CalendarChange.at,
            func.coalesce(Person.name, "").label("name"),
            CalendarChange.before,
            CalendarChange.after,
        )
        .outerjoin(Person, Person.id == CalendarChange.actor)
        .order_by(CalendarChange.id.desc())
    )
    with connection() as conn:
        rows, more = read_page(conn, query, page, per_page=NOTES_PER_PAGE)
    entries = tuple(CalendarEntry(r.version, r.at, r.name, describe(r.before, r.after)) for r in rows)
    return entries, more


def _estimates(conn: Connection, today: date, until_year: int) -> Sequence[date]:
    return conn.scalars(
        select(Libur.day).where(Libur.estimate, Libur.day >= today, Libur.day <= date(until_year, 12, 31))
    ).all()


def _load(conn: Connection) -> InForce:
    version, digest, content = read_content(conn)
    return InForce(version, digest, content.office())


def _contents(row: Row[*tuple[object, ...]]) -> CalendarContent:
    libur = {
        date.fromisoformat(h): PublicHoliday(date.fromisoformat(h), name, source, estimate)
        for h, (name, source, estimate) in (row.libur or {}).items()
    }
    usual: Hours = USUAL_HOURS
    musim = []
    for name, start, end, stored in row.hours or ():
        hours = _hours(stored)
        if start is None:
            usual = hours
        else:
            musim.append(Musim(date.fromisoformat(start), date.fromisoformat(end), hours, name))
    return CalendarContent(dict(sorted(libur.items())), usual, tuple(sorted(musim, key=lambda m: m.start_date)))


def _hours(stored: Mapping[str, Sequence[tuple[str, str]]]) -> Hours:
    return MappingProxyType(
        {
            int(hari): tuple(WorkingHours(time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans)
            for hari, spans in sorted(stored.items())
        }
    )
