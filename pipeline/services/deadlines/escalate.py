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
from pipeline.rules.escalation import DueDate, case_schedule, climb, schedule
from pipeline.rules.transitions import Status
from pipeline.services.deadlines.late_notices import tell_late
from pipeline.services.deadlines.recompute import at_applicant
from pipeline.services.records.alone import alone
from pipeline.services.records.locking import File, lock_open_tugas, lock_tugas
from pipeline.services.records.record import record
from pipeline.tanggal import date_at

SEKALI_SAPU = 500

#: Where a sweep goes on: the due time and the id of the last one it has seen.
Mark = tuple[datetime, UUID]


class Raiser(Protocol):
    """Raises what is due of one tugas, or of one file; ``filled``: the roles that somebody holds today."""

    def __call__(self, id_: UUID, /, *, filled: Collection[Peran], now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Place:
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


def due_for_escalation(now: datetime, sesudah: Mark | None = None) -> Sequence[Mark]:
    """Open tugas with a level due, the longest waiting first; costs what the due ones cost (partial index)."""
    return _page(Tugas, now, sesudah)


def due_cases(now: datetime, sesudah: Mark | None = None) -> Sequence[Mark]:
    """Open files with a warning due, in the same way."""
    return _page(Permohonan, now, sesudah)


def escalate(tugas_id: UUID, *, filled: Collection[Peran], now: datetime) -> int:
    """Raise the levels of one tugas that are due, re-checked under its lock. Returns how many were new."""
    t = Tugas
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, person_id=None, now=now)
        if file.closed_tugas:
            return 0
        kini = s.execute(select(t.started_at, t.jeda, t.added_days, t.tenggat_number).where(t.id == tugas_id)).one()
        batas = file.langkah.limit_with(kini.added_days)
        timetable = list(schedule(file.kalender, file.langkah, kini.started_at, batas, read_pauses(kini.jeda)))
        tempat = Place(file.langkah.kode, file.kunjungan, kini.tenggat_number, tugas_id)
        raised = _raise_due(s, file, timetable, tempat, filled, now)
        s.execute(update(t).where(t.id == tugas_id).values(eskalasi_at=_next(timetable, now)))
        return raised


def escalate_case(permohonan_id: UUID, *, filled: Collection[Peran], now: datetime) -> int:
    """Raise the warnings about one file that are due, re-checked under its lock. Returns how many were new."""
    with unit_of_work() as s:
        file = lock_open_tugas(s, permohonan_id, person_id=None, now=now)
        timetable = list(_case_levels(s, file))
        raised = _raise_due(s, file, timetable, Place("", 0, file.promise_number, None), filled, now)
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


def _page(apa: type[Tugas] | type[Permohonan], now: datetime, sesudah: Mark | None) -> Sequence[Mark]:
    urut = (apa.eskalasi_at, apa.id)
    query = select(*urut).where(apa.closed_at.is_(None), apa.eskalasi_at <= now)
    if sesudah is not None:
        query = query.where(tuple_(*urut) > tuple_(*sesudah))
    with unit_of_work() as s:
        rows = s.execute(query.order_by(*urut).limit(SEKALI_SAPU)).all()
    return [(r.eskalasi_at, r.id) for r in rows]


def _case_levels(s: Session, file: File) -> Iterable[DueDate]:
    """When each warning about the file falls due; none while it does not lie with the office."""
    if file.complete_at is None or file.status != Status.BERJALAN:
        return ()
    at_pemohon = at_applicant(s, [file.permohonan_id]).get(file.permohonan_id, [])
    jeda = [i for i in at_pemohon if i.sampai > file.complete_at]
    return case_schedule(file.kalender, file.complete_at, file.sop.janji, jeda)


def _next(timetable: Sequence[DueDate], now: datetime) -> datetime | None:
    return next((j.pada for j in timetable if j.pada > now), None)


def _raise_due(
    s: Session, file: File, timetable: Sequence[DueDate], tempat: Place, filled: Collection[Peran], now: datetime
) -> int:
    """Write the levels due that this tenggat has not had, each with its peristiwa. Returns how many."""
    e = Eskalasi
    due = {j.tingkat: climb(file.sop, j.kepada, filled) for j in timetable if j.pada <= now}
    if not due:
        return 0
    place: Json = {"langkah": tempat.langkah, "kunjungan": tempat.kunjungan, "tenggat_number": tempat.tenggat_number}
    told = {k: {"tingkat": k, "kepada": str(r.kepada), "kosong": list(map(str, r.kosong))} for k, r in due.items()}
    rows = [
        {**place, **level, "permohonan_id": file.permohonan_id, "tugas_id": tempat.tugas_id, "pada": now}
        for level in told.values()
    ]
    new = set(s.scalars(upsert(e).values(rows).on_conflict_do_nothing().returning(e.tingkat)))
    tugas: Json = {"tugas": str(tempat.tugas_id)} if tempat.tugas_id else {}
    for tingkat in (k for k in told if k in new):
        record(s, file, "eskalasi", {**place, **told[tingkat], **tugas}, oleh=None, peran=None, now=now)
    return len(new)
