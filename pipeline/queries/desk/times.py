"""Time as people read it: the clocks of a file, the sum behind every due time, and the levels that were raised."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Connection, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from pipeline.calendar.due import Interval, Limit, OfficeCalendar, budget, due
from pipeline.calendar.pauses import read_pauses
from pipeline.db import Constant, connection, read_once
from pipeline.json import Json
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.queries.calendar import read_in_force
from pipeline.queries.desk.kunjungan import visits_of
from pipeline.queries.records.facts import facts_of
from pipeline.roles import Peran
from pipeline.rules.clocks import PermohonanClocks, Stay, read_clocks
from pipeline.rules.deadlines import VisitClock, promise
from pipeline.rules.transitions import Status
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Langkah, Sop
from pipeline.text import read_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenggat:
    """A due time with the sum it came from. ``formerly``: what it was before a superior added ``added_days``."""

    at: datetime
    explanation: str
    added_days: int = 0
    formerly: datetime | None = None


@dataclass(frozen=True, slots=True)
class Triggered:
    """A level of escalation that was raised. ``langkah`` None: about the whole file."""

    langkah: Langkah | None
    level: str
    recipient: Peran
    at: datetime


@dataclass(frozen=True, slots=True)
class _Sums:
    """What was computed by a calendar, by the beginning and the limit of a visit."""

    calendar: OfficeCalendar
    explain: Callable[[datetime, Limit, tuple[Interval, ...]], str]
    budget: Callable[[datetime, Limit], timedelta]


_last: _Sums | None = None


def explain_due(calendar: OfficeCalendar, clock: VisitClock) -> str:
    """The sum the tenggat of a visit came from, in words and in the office's zone."""
    return _sums(calendar).explain(clock.started_at, clock.limit, clock.jeda)


def budget_of(calendar: OfficeCalendar, clock: VisitClock) -> timedelta:
    """The office time a visit is granted."""
    return _sums(calendar).budget(clock.started_at, clock.limit)


def _sums(calendar: OfficeCalendar) -> _Sums:
    """The sums of a calendar are kept while it is in force: a queue shows the same ones again and again."""
    global _last  # replaced whole: another thread sees the old or the new one
    current = _last
    if current is None or current.calendar is not calendar:
        kept = lru_cache(maxsize=4096)
        current = _last = _Sums(
            calendar,
            explain=kept(lambda start, limit, jeda: due(calendar, start, limit, jeda).explanation),
            budget=kept(lambda start, limit: budget(calendar, start, limit)),
        )
    return current


def read_permohonan_clocks(key: UUID | str, *, now: datetime) -> PermohonanClocks | None:
    """The clocks of a file, by its id or its nomor. None while it has not been sent."""
    with connection() as conn:
        calendar = read_in_force(conn).calendar
        permohonan_id = _id_of(conn, key)
        stay = [
            Stay(langkah=v.langkah, peran=v.peran, created_at=v.created_at, closed_at=v.closed_at, beside=v.beside)
            for v in (visits_of(conn, permohonan_id) if permohonan_id else ())
        ]
    return read_clocks(calendar, stay, now=now)


def read_tenggat(permohonan_id: UUID) -> Tenggat | None:
    """The due time of the desk the file is on. None with the applicant, and once it is closed."""
    with connection() as conn:
        return tenggat_of(conn, permohonan_id)


def tenggat_of(conn: Connection, permohonan_id: UUID) -> Tenggat | None:
    """The same for who has a connection."""
    r = facts_of(conn, permohonan_id)
    if r is None or r.tenggat is None:
        return None
    calendar = read_in_force(conn).calendar
    langkah = get_sop(r.sop, r.sop_version)[r.langkah]
    clock = VisitClock(langkah, r.started_at, read_pauses(r.jeda), r.added_days)
    return Tenggat(
        at=r.tenggat,
        explanation=explain_due(calendar, clock),
        added_days=r.added_days,
        formerly=clock.before_extension(calendar),
    )


def read_janji(key: UUID | str) -> Tenggat | None:
    """The due time of the promise to the public, by id or nomor. None until the file is complete."""
    with connection() as conn:
        permohonan_id = _id_of(conn, key)
        r = facts_of(conn, permohonan_id) if permohonan_id else None
        if r is None or r.complete_at is None or r.janji is None:
            return None
        calendar = read_in_force(conn).calendar
    jeda = [Interval(read_moment(since), read_moment(until)) for since, until in r.at_pemohon or ()]
    janji = promise(get_sop(r.sop, r.sop_version), r.complete_at, jeda).due(calendar)
    return Tenggat(at=r.janji, explanation=janji.explanation)


def raised_on(permohonan_id: UUID) -> tuple[Triggered, ...]:
    """What ``read_eskalasi`` tells of one file."""
    with connection() as conn:
        r = facts_of(conn, permohonan_id)
    return told(get_sop(r.sop, r.sop_version), r.raised) if r else ()


def told(sop: Sop, raised: Sequence[Sequence[str]] | None) -> tuple[Triggered, ...]:
    """The levels of a file as a statement lists them: langkah, level, to whom, when."""
    return tuple(
        Triggered(sop[langkah] if langkah else None, level, Peran(to), read_moment(at))
        for langkah, level, to, at in raised or ()
    )


_of_visit = (
    (Tugas.langkah == Eskalasi.langkah)
    & (Tugas.kunjungan == Eskalasi.kunjungan)
    & (Tugas.tenggat_number == Eskalasi.tenggat_number)
)
_of_file = (
    (Eskalasi.langkah == "")
    & (Permohonan.tenggat_number == Eskalasi.tenggat_number)
    & (Permohonan.status == Status.BERJALAN)
)


def raised_here() -> ColumnElement[Json]:
    """For a select over ``Tugas`` that is open and its ``Permohonan``: what ``told`` reads, oldest first."""
    level = func.json_build_array(Eskalasi.langkah, Eskalasi.level, Eskalasi.recipient, Eskalasi.at)
    return (
        select(func.json_agg(aggregate_order_by(level, Eskalasi.id)))
        .where(Eskalasi.permohonan_id == Tugas.permohonan_id, _of_visit | _of_file)
        .correlate(Tugas, Permohonan)
        .scalar_subquery()
    )


_RAISED: Final = Constant(
    select(
        Eskalasi.id,
        Eskalasi.permohonan_id,
        Eskalasi.langkah,
        Eskalasi.level,
        Eskalasi.recipient,
        Eskalasi.at,
        Permohonan.sop,
        Permohonan.sop_version,
    )
    .join(Permohonan, Permohonan.id == Eskalasi.permohonan_id)
    .join(Tugas, (Tugas.permohonan_id == Eskalasi.permohonan_id) & Tugas.closed_at.is_(None))
    .where(
        Eskalasi.permohonan_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        _of_visit | _of_file,
    )
    .order_by(Eskalasi.id)
    .distinct()  # a file may have several open tugas
)


def read_eskalasi(permohonan_ids: Collection[UUID]) -> Mapping[UUID, tuple[Triggered, ...]]:
    """The levels that were raised on these files and still tell of where they are: those of the tenggat in force of
    the visit that is open, and those of the whole file until it is signed or closed. Oldest first."""
    result: dict[UUID, list[Triggered]] = defaultdict(list)
    with connection() as conn:
        for r in _RAISED(conn, ids=list(permohonan_ids)):
            langkah = get_sop(r.sop, r.sop_version)[r.langkah] if r.langkah else None
            result[r.permohonan_id].append(Triggered(langkah, r.level, Peran(r.recipient), r.at))
    return {k: tuple(v) for k, v in result.items()}


def _id_of(conn: Connection, key: UUID | str) -> UUID | None:
    """Of a file, by its id or its nomor."""
    if isinstance(key, UUID):
        return key
    return read_once(conn, ("nomor", key), lambda c: _id_by_nomor(c, key))


def _id_by_nomor(conn: Connection, nomor: str) -> UUID | None:
    row = _BY_NOMOR(conn, nomor=nomor).first()
    return UUID(str(row[0])) if row else None


_BY_NOMOR: Final = Constant(select(Permohonan.id).where(Permohonan.nomor == bindparam("nomor")))
