"""How long the desks took: every tugas they finished, in office time. In numbers, a month at a time: ``pace``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, select, text

from pipeline.calendar.due import Interval, OfficeCalendar, office_time
from pipeline.calendar.pauses import read_pauses
from pipeline.db import connection
from pipeline.kantor.office import desks
from pipeline.models import Permohonan, Person, Tugas
from pipeline.queries.calendar import read_in_force
from pipeline.roles import Peran
from pipeline.rules.deadlines import VisitClock
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Langkah, Sop
from pipeline.sop.words import KeputusanKind
from pipeline.text import office_zone

#: How many of a month its list shows, and how many are looked at for those of one langkah.
AT_MOST, LOOKED_AT = 2_000, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A tugas a desk of the office has finished. ``used``: office time of its visit up to then."""

    permohonan_id: UUID
    nomor: str
    pemegang: str
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


def read_done(month: date, *, sop: str = "", langkah: str = "") -> tuple[Sequence[Done], bool]:
    """What the desks finished in the month ``month`` begins, of all langkah or one, newest first; and whether there is
    more: only the newest are looked at, for in a province nobody could read them all."""
    looked_at = LOOKED_AT if langkah else AT_MOST
    newest = (Tugas.closed_at.desc(), Tugas.id)
    ids = finished_between(midnight(month), midnight(next_month(month))).order_by(*newest)
    query = done_tugas().where(Tugas.id.in_(ids.limit(looked_at))).order_by(*newest)
    if langkah:
        query = query.where(Permohonan.sop == sop, Tugas.langkah == langkah)
    with connection() as conn:
        calendar = read_in_force(conn).calendar
        rows = conn.execute(query.limit(AT_MOST)).all()
        beyond = conn.scalar(select(ids.offset(looked_at).exists()))
    return [finished(calendar, r) for r in rows], bool(beyond) or len(rows) == AT_MOST


def finished_between(start: datetime, until: datetime) -> Select[UUID]:
    """The ids of the tugas the desks decided from ``start`` on, before ``until``; none that an applicant withdrew."""
    return select(Tugas.id).where(
        Tugas.closed_at >= start,
        Tugas.closed_at < until,
        OF_DESKS,
        Tugas.peran.in_([str(p) for p in desks()]),
        Tugas.tenggat.is_not(None),  # a draft that a desk has begun has none
    )


#: The condition of the partial index ix_tugas_selesai, in its words: of a parameter PostgreSQL would not know.
OF_DESKS: Final = text(f"tugas.peran <> '{Peran.PEMOHON}' AND tugas.keputusan <> '{KeputusanKind.BATALKAN}'")


def done_tugas() -> Select[*tuple[object, ...]]:
    """What ``finished`` reads."""
    return (
        select(
            Tugas.permohonan_id,
            Permohonan.nomor,
            Permohonan.pemegang,
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
    )


def midnight(day: date) -> datetime:
    """When the day begins at the office."""
    return datetime.combine(day, time(), ZoneInfo(office_zone()))


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_month(month: date) -> date:
    """The first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def finished(calendar: OfficeCalendar, r: Row[*tuple[object, ...]]) -> Done:
    """One of them, in office time."""
    sop = get_sop(r.sop, r.sop_version)
    langkah, jeda = sop[r.langkah], read_pauses(r.jeda)
    used = office_time(calendar, [Interval(r.started_at, r.closed_at)]) - office_time(calendar, jeda)
    return Done(
        permohonan_id=r.permohonan_id,
        nomor=r.nomor or "",
        pemegang=r.pemegang,
        sop=sop,
        langkah=langkah,
        peran=Peran(r.peran),
        actor=r.name,
        closed_at=r.closed_at,
        used=used,
        quota=VisitClock(langkah, r.started_at, jeda, r.added_days).budget(calendar),
    )
