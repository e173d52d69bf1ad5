"""Deadlines that were missed: each level once per tenggat of a step, as a row; the state of the file never changes.

Who is told of them, and in which words, is ``late_notices``: it gathers what a sweep has raised.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.calendar.pauses import read_pauses
from pipeline.db import connection, unit_of_work
from pipeline.json import Json
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.queries.desk.vacancies import filled_roles
from pipeline.roles import Peran
from pipeline.rules.deadlines import DueDate, VisitClock, promise
from pipeline.rules.escalation import climb
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import Status
from pipeline.services.deadlines.late_notices import tell_late
from pipeline.services.deadlines.recompute import at_applicant
from pipeline.services.records.alone import alone
from pipeline.services.records.locking import LockedPermohonan, lock_latest_tugas, lock_tugas
from pipeline.services.records.record import record
from pipeline.text import date_at

PER_SWEEP = 500

#: Where a sweep goes on: the due time and the id of the last one it has seen.
Mark = tuple[datetime, UUID]


class Raiser(Protocol):
    """Raises what is due of one tugas, or of one file; ``filled``: the roles that somebody holds today."""

    def __call__(self, id_: UUID, /, *, filled: Collection[Peran], now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class LevelPlace:
    """What a level is about: a tenggat of a visit of a langkah, or of the whole file."""

    langkah: str
    kunjungan: int
    tenggat_number: int
    tugas_id: UUID | None


def sweep_late(*, now: datetime) -> int:
    """Raise every level that has fallen due, of steps and of whole files, and tell of them together."""
    raised = _sweep(due_for_escalation, escalate, now) + _sweep(due_cases, escalate_case, now)
    tell_late(now=now)
    return raised


def sweep_escalations(*, now: datetime) -> int:
    """Raise every level of a step that has fallen due, and tell of it. Returns how many."""
    raised = _sweep(due_for_escalation, escalate, now)
    tell_late(now=now)
    return raised


def escalate_cases(*, now: datetime) -> int:
    """Raise every warning about a whole file that has fallen due, and tell of it. Returns how many."""
    raised = _sweep(due_cases, escalate_case, now)
    tell_late(now=now)
    return raised


def due_for_escalation(now: datetime, after: Mark | None = None) -> Sequence[Mark]:
    """Open tugas with a level due, the longest waiting first; costs what the due ones cost (partial index)."""
    return _page(Tugas, now, after)


def due_cases(now: datetime, after: Mark | None = None) -> Sequence[Mark]:
    """Open files with a warning due, in the same way."""
    return _page(Permohonan, now, after)


def escalate(tugas_id: UUID, *, filled: Collection[Peran], now: datetime) -> int:
    """Raise the levels of one tugas that are due, re-checked under its lock. Returns how many were new."""
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, person_id=None, now=now)
        if file.closed_tugas:
            return 0
        current = s.execute(
            select(Tugas.started_at, Tugas.jeda, Tugas.added_days, Tugas.tenggat_number).where(Tugas.id == tugas_id)
        ).one()
        clock = VisitClock(file.langkah, current.started_at, read_pauses(current.jeda), current.added_days)
        timetable = list(clock.levels(file.calendar))
        spot = LevelPlace(file.langkah.code, file.kunjungan, current.tenggat_number, tugas_id)
        raised = _raise_due(s, file, timetable, spot, filled, now)
        s.execute(update(Tugas).where(Tugas.id == tugas_id).values(eskalasi_at=_next(timetable, now)))
        return raised


def escalate_case(permohonan_id: UUID, *, filled: Collection[Peran], now: datetime) -> int:
    """Raise the warnings about one file that are due, re-checked under its lock. Returns how many were new."""
    with unit_of_work() as s:
        file = lock_latest_tugas(s, permohonan_id, person_id=None, now=now)
        timetable = list(_case_levels(s, file))
        raised = _raise_due(s, file, timetable, LevelPlace("", 0, file.promise_number, None), filled, now)
        s.execute(update(Permohonan).where(Permohonan.id == permohonan_id).values(eskalasi_at=_next(timetable, now)))
        return raised


def _sweep(due: Callable[[datetime, Mark | None], Sequence[Mark]], raise_levels: Raiser, now: datetime) -> int:
    """Until nothing is due. One file that fails stops none of the others."""
    raised, marks = 0, due(now, None)
    if not marks:
        return 0
    with connection() as conn:
        filled = filled_roles(conn, date_at(now))
    while marks:
        raised += sum(_try(raise_levels, mark[1], filled, now) for mark in marks)
        marks = due(now, marks[-1])
    return raised


def _try(raise_levels: Raiser, id_: UUID, filled: Collection[Peran], now: datetime) -> int:
    return alone(lambda: raise_levels(id_, filled=filled, now=now), otherwise=0, failed="eskalasi gagal", row=id_)


def _page(what: type[Tugas] | type[Permohonan], now: datetime, after: Mark | None) -> Sequence[Mark]:
    order = (what.eskalasi_at, what.id)
    query = select(*order).where(what.closed_at.is_(None), what.eskalasi_at <= now)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    with unit_of_work() as s:
        rows = s.execute(query.order_by(*order).limit(PER_SWEEP)).all()
    return [(r.eskalasi_at, r.id) for r in rows]


def _case_levels(s: Session, file: LockedPermohonan) -> Iterable[DueDate]:
    """When each warning about the file falls due; none while it does not lie with the office."""
    if file.complete_at is None or file.status != Status.BERJALAN:
        return ()
    at_pemohon = at_applicant(s, [file.permohonan_id]).get(file.permohonan_id, [])
    return promise(file.sop, file.complete_at, at_pemohon).levels(file.calendar)


def _next(timetable: Sequence[DueDate], now: datetime) -> datetime | None:
    return next((j.at for j in timetable if j.at > now), None)


def _raise_due(
    s: Session,
    file: LockedPermohonan,
    timetable: Sequence[DueDate],
    spot: LevelPlace,
    filled: Collection[Peran],
    now: datetime,
) -> int:
    """Write the levels due that this tenggat has not had, each with its peristiwa. Returns how many."""
    due = {j.level: climb(file.sop, j.recipient, filled) for j in timetable if j.at <= now}
    if not due:
        return 0
    place: Json = {"langkah": spot.langkah, "kunjungan": spot.kunjungan, "tenggat_number": spot.tenggat_number}
    told = {k: {"level": k, "recipient": str(r.recipient), "empty": list(map(str, r.empty))} for k, r in due.items()}
    rows = [
        {**place, **level, "permohonan_id": file.permohonan_id, "tugas_id": spot.tugas_id, "at": now}
        for level in told.values()
    ]
    new = set(s.scalars(upsert(Eskalasi).values(rows).on_conflict_do_nothing().returning(Eskalasi.level)))
    tugas: Json = {"tugas": str(spot.tugas_id)} if spot.tugas_id else {}
    for level in (k for k in told if k in new):
        record(s, file, PeristiwaKind.ESKALASI, {**place, **told[level], **tugas}, actor=None, peran=None, now=now)
    return len(new)
