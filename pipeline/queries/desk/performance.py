"""How long the desks took in a month: every tugas they finished, in office time, and a few numbers about them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from pipeline.calendar.due import Interval, OfficeCalendar, office_time
from pipeline.calendar.pauses import read_pauses
from pipeline.db import connection
from pipeline.models import Permohonan, Person, Tugas
from pipeline.queries.calendar import read_in_force
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.rules.deadlines import VisitClock
from pipeline.sop.registry import SOPS, get_sop
from pipeline.sop.values import Langkah, Sop
from pipeline.sop.words import KeputusanKind
from pipeline.text import ZONE

AT_MOST = 20_000  # tugas a month is told from


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A tugas a desk of the office has finished. ``used``: office time of its visit up to then."""

    permohonan_id: UUID
    nomor: str
    nama_lembaga: str
    sop: Sop
    langkah: Langkah
    peran: Peran
    actor: str | None  # None: the system
    closed_at: datetime
    used: timedelta
    quota: timedelta

    @property
    def in_time(self) -> bool:
        """Whether it took no more office time than its limit grants."""
        return self.used <= self.quota


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


def read_done(month: date) -> Sequence[Done]:
    """What the desks finished in the month ``month`` begins, newest first."""
    start, until = (datetime.combine(hari, time(), ZoneInfo(ZONE)) for hari in (month, next_month(month)))
    choose = (
        select(
            Tugas.permohonan_id,
            Permohonan.nomor,
            Permohonan.nama_lembaga,
            Permohonan.sop,
            Permohonan.sop_version,
            Tugas.langkah,
            Tugas.peran,
            Person.name,
            Tugas.closed_at,
            Tugas.started_at,
            Tugas.jeda,
            Tugas.added_days,
        )
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .outerjoin(Person, Person.id == Tugas.actor)
        .where(
            Tugas.closed_at >= start,
            Tugas.closed_at < until,
            Tugas.peran.in_([str(p) for p in PERAN_PETUGAS]),
            Tugas.keputusan != KeputusanKind.BATALKAN,
        )
        .order_by(Tugas.closed_at.desc(), Tugas.id)
        .limit(AT_MOST)
    )
    with connection() as conn:
        calendar = read_in_force(conn).calendar
        return [_finished(calendar, r) for r in conn.execute(choose)]


def summarize(every: Iterable[Done]) -> Performance:
    """The set in numbers."""
    every = list(every)
    time = sorted(s.used for s in every)
    if not time:
        return Performance(0, 0, None, None)
    middle = (time[(len(time) - 1) // 2] + time[len(time) // 2]) / 2
    return Performance(len(every), sum(s.in_time for s in every), middle, time[-(-9 * len(time) // 10) - 1])


def per_langkah(every: Sequence[Done]) -> Mapping[tuple[str, str], Performance]:
    """The numbers of every langkah of the office, by SOP and langkah."""
    return {
        (sop.code, t.code): summarize(s for s in every if (s.sop.code, s.langkah.code) == (sop.code, t.code))
        for sop in SOPS.values()
        for t in sop.langkah
        if t.peran in PERAN_PETUGAS
    }


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_month(month: date) -> date:
    """The first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def _finished(calendar: OfficeCalendar, r: Row[*tuple[object, ...]]) -> Done:
    sop = get_sop(r.sop, r.sop_version)
    langkah, jeda = sop[r.langkah], read_pauses(r.jeda)
    used = office_time(calendar, [Interval(r.started_at, r.closed_at)]) - office_time(calendar, jeda)
    return Done(
        permohonan_id=r.permohonan_id,
        nomor=r.nomor or "",
        nama_lembaga=r.nama_lembaga,
        sop=sop,
        langkah=langkah,
        peran=Peran(r.peran),
        actor=r.name,
        closed_at=r.closed_at,
        used=used,
        quota=VisitClock(langkah, r.started_at, jeda, r.added_days).budget(calendar),
    )
