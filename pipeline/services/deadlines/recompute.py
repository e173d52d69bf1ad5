"""Open deadlines after a change of the calendar: what they become, told beforehand or written, each move recorded.

A tugas carries the version its tenggat was computed with. Whoever decided while the calendar changed may have written
one with the version before: the sweep finds it by that number, so no old deadline stays, whatever the order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, Row
from sqlalchemy.orm import Session

from pipeline.calendar.due import Interval, OfficeCalendar
from pipeline.db import unit_of_work
from pipeline.json import Json
from pipeline.models import Permohonan, Tugas
from pipeline.queries.calendar import InForce, read_in_force
from pipeline.rules.deadlines import clock_of, promise
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.deadlines.running import Running, at_applicant, running, select_running
from pipeline.services.records.alone import BATCH, More, alone, endless
from pipeline.services.records.record import Deed, record_many
from pipeline.services.records.sets import changing

AT_MOST = 20_000
_TUGAS = changing(Tugas, "calendar_version", "tenggat", "tenggat_number", "eskalasi_at")


@dataclass(frozen=True, slots=True)
class NewTenggat:
    """When a visit of a step is due, and the whole file."""

    tugas: datetime
    janji: datetime | None


@dataclass(slots=True)
class SweepResult:
    """What a sweep did: files looked at, those whose tenggat moved, those whose promise moved, whether more wait, files
    that failed. A preview counts in the same way."""

    tallied: int = 0
    shifted: int = 0
    janji_moved: int = 0
    not_all: bool = True
    failed: set[UUID] = field(default_factory=set)


def recompute_deadlines(*, now: datetime, at_most: int = AT_MOST, more: More = endless) -> SweepResult:
    """Bring every open tugas of an older version to the calendar in force, in batches; doing it again does nothing.

    A file that is being decided on right now is left for the next run. One that fails stops none of the others.
    """
    result = SweepResult()
    while result.tallied < at_most and more():
        with unit_of_work() as s:
            if not _batch(s, result, min(BATCH, at_most - result.tallied), now):
                result.not_all = False
                break
    return result


def new_deadlines(calendar: OfficeCalendar, b: Running, at_pemohon: Sequence[Interval]) -> NewTenggat:
    """What the calendar makes of a file's deadlines. ``at_pemohon``: when it lay with the applicant."""
    janji = b.tenggat_janji
    if b.complete_at and janji:
        janji = promise(b.sop, b.complete_at, at_pemohon).due(calendar).at
    return NewTenggat(clock_of(b).due(calendar).at, janji)


def _batch(s: Session, result: SweepResult, count: int, now: datetime) -> bool:
    """One transaction. False when nothing was left to do."""
    now_in_force = read_in_force(s.connection())
    rows = s.execute(
        select_running.where(Tugas.calendar_version < now_in_force.version, Tugas.id.not_in(result.failed))
        .order_by(Tugas.calendar_version, Tugas.tenggat)
        .limit(count)
        .with_for_update(of=(Permohonan, Tugas), skip_locked=True)
    ).all()
    if not rows:
        return False
    new = _compute(s, now_in_force.calendar, rows, result)
    _write(s.connection(), now_in_force, new, now)
    moved = [(b, t) for b, t in new if _moves(b, t)]
    result.tallied += len(rows)
    result.shifted += sum(t.tugas != b.tenggat for b, t in moved)
    result.janji_moved += sum(t.janji != b.tenggat_janji for b, t in moved)
    return True


def _compute(
    s: Session, calendar: OfficeCalendar, rows: Iterable[Row[*tuple[object, ...]]], result: SweepResult
) -> list[tuple[Running, NewTenggat]]:
    rows = list(rows)
    at_pemohon = at_applicant(s, {r.id for r in rows})
    new = []
    for r in rows:
        work = partial(_deadlines, calendar, r, at_pemohon)
        if found := alone(work, otherwise=None, failed="hitung ulang tenggat gagal", row=r.tugas_id):
            new.append(found)
        else:
            result.failed.add(r.tugas_id)
    return new


def _deadlines(
    calendar: OfficeCalendar, r: Row[*tuple[object, ...]], at_pemohon: Mapping[UUID, Sequence[Interval]]
) -> tuple[Running, NewTenggat]:
    b = running(r)
    return b, new_deadlines(calendar, b, at_pemohon.get(b.permohonan_id, []))


def _moves(b: Running, t: NewTenggat) -> bool:
    return (t.tugas, t.janji) != (b.tenggat, b.tenggat_janji)


def _write(conn: Connection, now_in_force: InForce, new: Sequence[tuple[Running, NewTenggat]], now: datetime) -> None:
    """The new deadlines, each with levels of escalation of its own, and the record of old and new."""
    seen: Json = {"calendar_version": now_in_force.version}
    tugas = [{"id": b.tugas_id, **seen, **_tugas(b, t, now_in_force.calendar, now)} for b, t in new]
    deeds = [
        Deed(
            file=b,
            kind=PeristiwaKind.TENGGAT_BERGESER,
            data={"kalender": now_in_force.version, **_move(b, t)},
            change=_promise(b, t, now),
        )
        for b, t in new
        if _moves(b, t)
    ]
    record_many(conn, deeds, {_TUGAS: tugas}, now=now)


def _tugas(b: Running, t: NewTenggat, calendar: OfficeCalendar, now: datetime) -> Json:
    if t.tugas != b.tenggat:
        number, level = b.tenggat_number + 1, None if b.langkah.waits else _first_level(calendar, b)
        return {"tenggat": t.tugas, "tenggat_number": number, "eskalasi_at": level}
    late = b.eskalasi_at is not None and b.eskalasi_at > b.tenggat  # twice the limit may have moved
    upcoming = now if late else b.eskalasi_at
    return {"tenggat": b.tenggat, "tenggat_number": b.tenggat_number, "eskalasi_at": upcoming}


def _promise(b: Running, t: NewTenggat, now: datetime) -> Json:
    """Its warnings are for their own sweep: waking it early is harmless, it looks under the lock."""
    if t.janji == b.tenggat_janji:
        return {}
    return {"tenggat": t.janji, "tenggat_number": b.janji_number + 1, "eskalasi_at": now}


def _first_level(calendar: OfficeCalendar, b: Running) -> datetime:
    """When the first level of the new tenggat falls due."""
    return next(clock_of(b).levels(calendar)).at


def _move(b: Running, t: NewTenggat) -> Json:
    """What the peristiwa tells: old and new of the desk's deadline, and of the promise."""
    data: Json = {"tugas": str(b.tugas_id)}
    if t.tugas != b.tenggat:
        data |= {"lama": b.tenggat.isoformat(), "baru": t.tugas.isoformat(), "tenggat_number": b.tenggat_number + 1}
    if t.janji and b.tenggat_janji and t.janji != b.tenggat_janji:
        data |= {"janji_lama": b.tenggat_janji.isoformat(), "janji_baru": t.janji.isoformat()}
    return data
