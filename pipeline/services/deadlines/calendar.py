"""The administrator changes the calendar: seen beforehand, checked, logged, and every open deadline moved with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.calendar.due import Interval
from pipeline.calendar.edit import DEFAULT, CalendarContent, Change, apply
from pipeline.calendar.log import describe, differences, hours, plain
from pipeline.calendar.national import NationalHoliday as PublicHoliday
from pipeline.calendar.national import national_libur
from pipeline.db import connection, unit_of_work
from pipeline.errors import DefinitionError, InputInvalid, NaskahChanged
from pipeline.hashing import change_hash, digest
from pipeline.json import Json
from pipeline.models import Calendar, CalendarChange, Libur, OfficeHoursRow
from pipeline.queries.calendar import read_content
from pipeline.services.deadlines.recompute import NewTenggat, SweepResult, new_deadlines
from pipeline.services.deadlines.recompute import recompute_deadlines as recompute
from pipeline.services.deadlines.running import Running, at_applicant, read_running
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_admin
from pipeline.text import date_at

CHANGED = "Kalender sudah diubah orang lain sejak Anda membukanya. Buka lagi halamannya, lalu ulangi perubahan Anda."
VIEWED_AT_MOST = 5000
MOVED_AT_ONCE = 400  # files moved while the administrator waits; the sweep does the rest
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class ImpactExample:
    """A file whose tenggat would move."""

    nomor: str
    pemegang: str
    langkah: str
    old: datetime
    new: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a change would do to the files on desks. ``every`` False: more are open than were looked at."""

    version: int  # of the calendar it was computed from
    change: tuple[str, ...]
    berkas: int
    every: bool
    shifted: int
    no_longer_overdue: int
    newly_overdue: int
    janji_moved: int
    contoh: tuple[ImpactExample, ...]


def seed_calendar(now: datetime) -> bool:
    """Fill in what the calendar lacks: the usual hours, and the days off of two years back and two ahead.

    Years that are there already stay as the office has edited them. True when something was written.
    """
    with connection() as conn:
        version, _, content = read_content(conn)
    if version and not _missing(content, now):
        return False
    with unit_of_work() as s:
        return _seed(s, now)


def preview_change(change: Change, *, now: datetime) -> Impact:
    """What the change would do, without writing; counted like what ``change_calendar`` does. Raises InputInvalid."""
    with unit_of_work() as s:
        version, _, content = read_content(s.connection())
        new = _changed(content, change)
        running = read_running(s, VIEWED_AT_MOST + 1)
        every, running = len(running) <= VIEWED_AT_MOST, running[:VIEWED_AT_MOST]
        at_pemohon = at_applicant(s, [b.permohonan_id for b in running])
    calendar = new.office()
    none: list[Interval] = []
    moves = [(b, new_deadlines(calendar, b, at_pemohon.get(b.permohonan_id, none))) for b in running]
    return _effect(version, describe(*differences(content, new)), moves, every=every, now=now)


def change_calendar(change: Change, *, actor: Petugas, version: int, now: datetime) -> SweepResult:
    """Change the calendar seen as ``version``, log it, and move the open deadlines: a few hundred now, the rest swept.

    Raises NotAuthorised, InputInvalid, and NaskahChanged when another administrator was faster; then nothing changed.
    """
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        _seed(s, now)
        current, content = _lock(s)
        if version != current:
            raise NaskahChanged(CHANGED)
        _write(s, content, _changed(content, change), current + 1, actor.person_id, now)
    return recompute(now=now, at_most=MOVED_AT_ONCE)


def _changed(content: CalendarContent, change: Change) -> CalendarContent:
    """The calendar after the change, if it is another one and makes sense."""
    new = apply(content, change)
    if plain(new) == plain(content):
        raise InputInvalid({}, "Tidak ada yang berubah.")
    try:
        new.office()
    except DefinitionError as error:
        raise InputInvalid({}, str(error)) from error
    return new


def _effect(
    version: int, change: tuple[str, ...], moves: Sequence[tuple[Running, NewTenggat]], *, every: bool, now: datetime
) -> Impact:
    shifted = [(b, t) for b, t in moves if t.tugas != b.tenggat]
    return Impact(
        version=version,
        change=change,
        berkas=len(moves),
        every=every,
        shifted=len(shifted),
        no_longer_overdue=sum(b.tenggat < now <= t.tugas for b, t in shifted),
        newly_overdue=sum(t.tugas < now <= b.tenggat for b, t in shifted),
        janji_moved=sum(t.janji != b.tenggat_janji for b, t in moves),
        contoh=tuple(
            ImpactExample(b.nomor, b.pemegang, b.langkah.activity, b.tenggat, t.tugas) for b, t in shifted[:EXAMPLES]
        ),
    )


def _years(now: datetime) -> range:
    year = date_at(now).year
    return range(year - 2, year + 3)


def _missing(content: CalendarContent, now: datetime) -> list[int]:
    """Years of which no day of the package's list is there."""
    present = {h.year for h, x in content.libur.items() if x.source == DEFAULT}
    return [year for year in _years(now) if year not in present]


def _seed(s: Session, now: datetime) -> bool:
    row = {"id": 1, "version": 0, "digest": "", "changed_at": now}
    s.execute(upsert(Calendar).values(row).on_conflict_do_nothing())
    version, content = _lock(s)
    lacking = _missing(content, now)
    if version and not lacking:
        return False
    default = {
        x.day: PublicHoliday(x.day, x.name, DEFAULT, x.estimate) for year in lacking for x in national_libur(year)
    }
    new = CalendarContent({**default, **content.libur}, content.hours, content.musim)
    _write(s, content if version else CalendarContent({}, {}), new, version + 1, None, now)
    return True


def _lock(s: Session) -> tuple[int, CalendarContent]:
    """The calendar, for one change at a time."""
    s.execute(select(Calendar.version).with_for_update())
    version, _, content = read_content(s.connection())
    return version, content


def _write(
    s: Session, old: CalendarContent, new: CalendarContent, version: int, actor: UUID | None, now: datetime
) -> None:
    old_values, new_values = differences(old, new)
    _write_libur(s, old, new)
    if {"jam", "musim"} & {*old_values, *new_values}:
        _write_hours(s, new)
    s.execute(update(Calendar).values(version=version, digest=digest(plain(new)), changed_at=now))
    before = s.scalar(select(CalendarChange.hash).order_by(CalendarChange.id.desc()).limit(1)) or ""
    row: Json = {"version": version, "actor": actor, "at": now, "before": old_values, "after": new_values}
    s.execute(insert(CalendarChange).values(**row, hash=change_hash(before, row)))


def _write_libur(s: Session, old: CalendarContent, new: CalendarContent) -> None:
    def changed(a: CalendarContent, b: CalendarContent) -> list[date]:
        return [hari for hari, libur in a.libur.items() if b.libur.get(hari) != libur]

    if missing := changed(old, new):
        s.execute(delete(Libur).where(Libur.day.in_(missing)))
    if added := changed(new, old):
        rows = [new.libur[hari] for hari in added]
        s.execute(
            insert(Libur),
            [{"day": x.day, "name": x.name, "source": x.source, "estimate": x.estimate} for x in rows],
        )


def _write_hours(s: Session, new: CalendarContent) -> None:
    s.execute(delete(OfficeHoursRow))
    ordinary = {"name": "Jam biasa", "start_date": None, "end_date": None, "hours": hours(new.hours)}
    musim = [
        {"name": m.name, "start_date": m.start_date, "end_date": m.end_date, "hours": hours(m.hours)} for m in new.musim
    ]
    s.execute(insert(OfficeHoursRow), [ordinary, *musim])
