"""Time as people read it: the clocks of a file, the sum behind every due time, and the levels that were raised."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Connection, select

from pipeline.calendar.due import Interval, Limit, OfficeCalendar, due
from pipeline.calendar.pauses import read_pauses
from pipeline.db import connection
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.queries.calendar import read_in_force
from pipeline.queries.desk.kunjungan import visits_of
from pipeline.roles import Peran
from pipeline.rules.clocks import PermohonanClocks, Stay, read_clocks
from pipeline.rules.deadlines import VisitClock, promise
from pipeline.rules.transitions import Status
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Langkah


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


_Explain = Callable[[datetime, Limit, tuple[Interval, ...]], str]
_last: tuple[OfficeCalendar, _Explain] | None = None


def explain_due(calendar: OfficeCalendar, clock: VisitClock) -> str:
    """The sum the tenggat of a visit came from, in words and in the office's zone."""
    return _explainer(calendar)(clock.started_at, clock.limit, clock.jeda)


def _explainer(calendar: OfficeCalendar) -> _Explain:
    """The sums of a calendar are kept while it is in force: a queue shows the same ones again and again."""
    global _last  # replaced whole: another thread sees the old or the new one
    current = _last
    if current is None or current[0] is not calendar:
        current = (
            calendar,
            lru_cache(maxsize=4096)(lambda start, limit, jeda: due(calendar, start, limit, jeda).explanation),
        )
        _last = current
    return current[1]


def read_permohonan_clocks(key: UUID | str, *, now: datetime) -> PermohonanClocks | None:
    """The clocks of a file, by its id or its nomor. None while it has not been sent."""
    with connection() as conn:
        calendar = read_in_force(conn).calendar
        permohonan_id = (
            conn.scalar(select(Permohonan.id).where(Permohonan.nomor == key)) if isinstance(key, str) else key
        )
        stay = [
            Stay(langkah=v.langkah, peran=v.peran, created_at=v.created_at, closed_at=v.closed_at)
            for v in (visits_of(conn, permohonan_id) if permohonan_id else ())
        ]
    return read_clocks(calendar, stay, now=now)


def read_tenggat(permohonan_id: UUID) -> Tenggat | None:
    """The due time of the desk the file is on. None with the applicant, and once it is closed."""
    with connection() as conn:
        return tenggat_of(conn, permohonan_id)


def tenggat_of(conn: Connection, permohonan_id: UUID) -> Tenggat | None:
    """The same for who has a connection."""
    choose = (
        select(
            Permohonan.sop,
            Permohonan.sop_version,
            Tugas.langkah,
            Tugas.started_at,
            Tugas.jeda,
            Tugas.tenggat,
            Tugas.added_days,
        )
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .where(Tugas.permohonan_id == permohonan_id, Tugas.closed_at.is_(None), Tugas.tenggat.is_not(None))
    )
    r = conn.execute(choose).one_or_none()
    if r is None:
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
    choose = select(
        Permohonan.id, Permohonan.sop, Permohonan.sop_version, Permohonan.complete_at, Permohonan.tenggat
    ).where(Permohonan.nomor == key if isinstance(key, str) else Permohonan.id == key)
    with connection() as conn:
        r = conn.execute(choose).one_or_none()
        if r is None or r.complete_at is None or r.tenggat is None:
            return None
        calendar, jeda = read_in_force(conn).calendar, _at_applicant(conn, r.id, r.complete_at)
    janji = promise(get_sop(r.sop, r.sop_version), r.complete_at, jeda).due(calendar)
    return Tenggat(at=r.tenggat, explanation=janji.explanation)


def read_eskalasi(permohonan_ids: Collection[UUID]) -> Mapping[UUID, tuple[Triggered, ...]]:
    """The levels that were raised on these files and still tell of where they are: those of the tenggat in force of
    the visit that is open, and those of the whole file until it is signed or closed. Oldest first."""
    current = (
        (Tugas.langkah == Eskalasi.langkah)
        & (Tugas.kunjungan == Eskalasi.kunjungan)
        & (Tugas.tenggat_number == Eskalasi.tenggat_number)
    )
    berkas = (Eskalasi.langkah == "") & (Permohonan.tenggat_number == Eskalasi.tenggat_number)
    choose = (
        select(
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
        .where(Eskalasi.permohonan_id.in_(permohonan_ids), Permohonan.status == Status.BERJALAN, current | berkas)
        .order_by(Eskalasi.id)
    )
    result: dict[UUID, list[Triggered]] = defaultdict(list)
    with connection() as conn:
        for r in conn.execute(choose):
            langkah = get_sop(r.sop, r.sop_version)[r.langkah] if r.langkah else None
            result[r.permohonan_id].append(Triggered(langkah, r.level, Peran(r.recipient), r.at))
    return {k: tuple(v) for k, v in result.items()}


def _at_applicant(conn: Connection, permohonan_id: UUID, since: datetime) -> list[Interval]:
    rows = conn.execute(
        select(Tugas.created_at, Tugas.closed_at).where(
            Tugas.permohonan_id == permohonan_id, Tugas.peran == str(Peran.PEMOHON), Tugas.closed_at > since
        )
    )
    return [Interval(r.created_at, r.closed_at) for r in rows]
