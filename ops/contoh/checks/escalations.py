"""What the tables say of the escalations of a file, beside what the calendar says should be there."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, select

from ops.contoh.browser.client import SampleFailed
from pipeline.calendar.due import Interval, OfficeCalendar, remaining
from pipeline.calendar.pauses import read_pauses
from pipeline.db import connection
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.queries.calendar import read_in_force
from pipeline.roles import Peran
from pipeline.rules.deadlines import VisitClock, promise
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Langkah, Sop
from pipeline.text import moment_in_words

Key = tuple[str, int, str]  # langkah ('' for the whole file), kunjungan, tingkat


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table ``eskalasi``."""

    key: Key
    tenggat_number: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A tugas: its place, its time, and when each level of its visit falls due."""

    langkah: Langkah
    started_at: datetime
    closed_at: datetime | None
    tenggat: datetime | None
    timetable: Mapping[Key, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One file."""

    nomor: str
    note: tuple[Entry, ...]
    stay: tuple[Stay, ...]  # oldest first
    janji: Mapping[Key, datetime]  # the levels of the whole file

    @property
    def tenggat(self) -> datetime:
        """Of the desk the file is on. Raises SampleFailed when it is on none."""
        tenggat = self.stay[-1].tenggat
        if tenggat is None or self.stay[-1].closed_at:
            raise SampleFailed(f"{self.nomor} tidak ada di meja petugas.")
        return tenggat

    def due(self, moment: datetime) -> set[Key]:
        """The levels of a file that lies on a desk which must have been raised at that moment."""
        return {k for k, at in {**self.stay[-1].timetable, **self.janji}.items() if at <= moment}

    def check(self, now: datetime) -> None:
        """Each level once, none early, none of a visit that had ended by then, none on a step of the applicant."""
        allowed = {k: at for s in self.stay for k, at in s.timetable.items() if at <= (s.closed_at or now)}
        allowed |= self.janji
        once = Counter((c.key, c.tenggat_number) for c in self.note)
        for c in self.note:
            if once[c.key, c.tenggat_number] > 1:
                raise SampleFailed(f"{self.nomor}: {_words(c)} dicatat lebih dari sekali.")
            if c.key not in allowed or not allowed[c.key] <= c.at <= now:
                raise SampleFailed(f"{self.nomor}: {_words(c)} tidak pada waktunya.")

    def remaining_around_return(self, langkah: str) -> tuple[timedelta, timedelta]:
        """Office time the desk had left when it sent the file back, and when it got it again."""
        leave, home = [s for s in self.stay if s.langkah.code == langkah]
        if leave.tenggat is None or home.tenggat is None or leave.closed_at is None:
            raise SampleFailed(f"{self.nomor}: {langkah} tidak bertenggat.")
        with connection() as conn:
            calendar = read_in_force(conn).calendar
        return (
            remaining(calendar, leave.closed_at, leave.tenggat),
            remaining(calendar, home.started_at, home.tenggat),
        )


def read_evidence(nomor: str) -> Evidence:
    """What there is now."""
    e, p, t = Eskalasi, Permohonan, Tugas
    with connection() as conn:
        berkas = conn.execute(select(p.id, p.sop, p.sop_version, p.complete_at).where(p.nomor == nomor)).one()
        calendar = read_in_force(conn).calendar
        note = conn.execute(
            select(e.langkah, e.kunjungan, e.level, e.tenggat_number, e.at).where(e.permohonan_id == berkas.id)
        )
        rows = conn.execute(
            select(t.langkah, t.kunjungan, t.created_at, t.closed_at, t.started_at, t.jeda, t.tenggat, t.added_days)
            .where(t.permohonan_id == berkas.id)
            .order_by(t.closed_at.nulls_last(), t.created_at)  # the open one is last, whatever the clocks say
        ).all()
        sop = get_sop(berkas.sop, berkas.sop_version)
        return Evidence(
            nomor=nomor,
            note=tuple(Entry((r.langkah, r.kunjungan, r.level), r.tenggat_number, r.at) for r in note),
            stay=tuple(_visit(calendar, sop, r) for r in rows),
            janji=dict(_promise(calendar, sop, berkas.complete_at, rows)),
        )


def _visit(calendar: OfficeCalendar, sop: Sop, r: Row[*tuple[object, ...]]) -> Stay:
    langkah = sop[r.langkah]
    clock = VisitClock(langkah, r.started_at, read_pauses(r.jeda), r.added_days)
    timetable = clock.levels(calendar) if r.tenggat else ()
    return Stay(
        langkah=langkah,
        started_at=r.created_at,
        closed_at=r.closed_at,
        tenggat=r.tenggat,
        timetable={(r.langkah, r.kunjungan, j.level): j.at for j in timetable},
    )


def _promise(
    calendar: OfficeCalendar, sop: Sop, complete_at: datetime | None, rows: Sequence[Row[*tuple[object, ...]]]
) -> Iterator[tuple[Key, datetime]]:
    """The levels of the whole file, as far as they fall due while it lies with the office."""
    if complete_at is None:
        return
    pemohon = [r for r in rows if sop[r.langkah].peran == Peran.PEMOHON and r.created_at >= complete_at]
    jeda = [Interval(r.created_at, r.closed_at) for r in pemohon if r.closed_at]
    stopped = next((r.created_at for r in pemohon if not r.closed_at), rows[-1].closed_at)
    for j in promise(sop, complete_at, jeda).levels(calendar):
        if stopped is None or j.at <= stopped:
            yield ("", 0, j.level), j.at


def _words(c: Entry) -> str:
    langkah, kunjungan, level = c.key
    return f"eskalasi {level} {langkah or 'berkas'} kunjungan {kunjungan} pada {moment_in_words(c.at)}"
