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
from pipeline.calendar.national import Libur as PublicHoliday
from pipeline.db import connection
from pipeline.models import Calendar, CalendarChange, Libur, OfficeHoursRow, Person
from pipeline.queries.paging import read_page

REMIND_FROM = 7  # July
SEGERA = timedelta(days=90)
NOTES_PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class InForce:
    """The calendar in force. ``versi`` 0: the database has none yet, and the office's first one holds."""

    versi: int
    sidik: str
    kalender: OfficeCalendar


@dataclass(frozen=True, slots=True)
class Written:
    """The calendar as its page shows and changes it."""

    versi: int
    isi: CalendarContent


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One line of the change log; ``oleh`` empty: the system."""

    versi: int
    pada: datetime
    oleh: str
    perubahan: tuple[str, ...]


_latest: InForce | None = None


def in_force(conn: Connection, versi: int | None, sidik: str | None) -> InForce:
    """The calendar of this version, or a newer one. A version this process has seen costs no statement."""
    global _latest  # replaced whole: another thread sees the old or the new one
    if versi is None or sidik is None:
        return InForce(0, "", office_calendar())
    latest = _latest
    if latest is None or (latest.versi, latest.sidik) != (versi, sidik):
        latest = _latest = _load(conn)
    return latest


def calendar_in_force() -> OfficeCalendar:
    """The calendar in force, for pages: one small statement; ask once per request."""
    with connection() as conn:
        return read_in_force(conn).kalender


def read_in_force(conn: Connection) -> InForce:
    """The calendar in force."""
    row = conn.execute(select(Calendar.versi, Calendar.sidik)).first()
    return in_force(conn, row.versi, row.sidik) if row else in_force(conn, None, None)


def read_calendar() -> Written:
    """The whole calendar, for the administrator's page."""
    with connection() as conn:
        versi, _, isi = read_content(conn)
    return Written(versi, isi)


def read_content(conn: Connection) -> tuple[int, str, CalendarContent]:
    """versi, sidik and contents in one statement: a change that commits meanwhile is seen whole or not at all."""
    libur = select(
        func.jsonb_object_agg(Libur.tanggal, func.jsonb_build_array(Libur.nama, Libur.sumber, Libur.perkiraan))
    ).scalar_subquery()
    jam = select(
        func.jsonb_agg(
            func.jsonb_build_array(
                OfficeHoursRow.nama, OfficeHoursRow.start_date, OfficeHoursRow.end_date, OfficeHoursRow.jam
            )
        )
    ).scalar_subquery()
    row = conn.execute(select(Calendar.versi, Calendar.sidik, libur.label("libur"), jam.label("jam"))).first()
    if row is None:
        return 0, "", CalendarContent({}, USUAL_HOURS)
    return row.versi, row.sidik, _contents(row)


def read_warning(today: date) -> tuple[str, ...]:
    """What the calendar still lacks, as sentences; empty when all is well. For administrators and operators."""
    next_year = today.year + 1
    with connection() as conn:
        estimates = _estimates(conn, today, next_year)
        empty = not conn.scalar(
            select(func.count()).where(Libur.tanggal >= date(next_year, 1, 1), Libur.tanggal <= date(next_year, 12, 31))
        )
    until = today + SEGERA
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


def read_note(*, halaman: int) -> tuple[tuple[CalendarEntry, ...], bool]:
    """A page of the change log, newest first; and whether more follow."""
    k = CalendarChange
    query = (
        select(k.versi, k.pada, func.coalesce(Person.nama, "").label("nama"), k.sebelum, k.sesudah)
        .outerjoin(Person, Person.id == k.oleh)
        .order_by(k.id.desc())
    )
    with connection() as conn:
        rows, more = read_page(conn, query, halaman, per_page=NOTES_PER_PAGE)
    entries = tuple(CalendarEntry(r.versi, r.pada, r.nama, describe(r.sebelum, r.sesudah)) for r in rows)
    return entries, more


def _estimates(conn: Connection, today: date, until_year: int) -> Sequence[date]:
    return conn.scalars(
        select(Libur.tanggal).where(Libur.perkiraan, Libur.tanggal >= today, Libur.tanggal <= date(until_year, 12, 31))
    ).all()


def _load(conn: Connection) -> InForce:
    versi, sidik, isi = read_content(conn)
    return InForce(versi, sidik, isi.office())


def _contents(row: Row[*tuple[object, ...]]) -> CalendarContent:
    libur = {
        date.fromisoformat(h): PublicHoliday(date.fromisoformat(h), nama, sumber, perkiraan)
        for h, (nama, sumber, perkiraan) in (row.libur or {}).items()
    }
    usual: Hours = USUAL_HOURS
    musim = []
    for nama, start, end, stored in row.jam or ():
        jam = _hours(stored)
        if start is None:
            usual = jam
        else:
            musim.append(Musim(date.fromisoformat(start), date.fromisoformat(end), jam, nama))
    return CalendarContent(dict(sorted(libur.items())), usual, tuple(sorted(musim, key=lambda m: m.start_date)))


def _hours(stored: Mapping[str, Sequence[tuple[str, str]]]) -> Hours:
    return MappingProxyType(
        {
            int(hari): tuple(WorkingHours(time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans)
            for hari, spans in sorted(stored.items())
        }
    )
