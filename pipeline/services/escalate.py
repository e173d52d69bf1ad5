"""Deadlines that were missed: each level once per visit of a step, as a row; the state of the file never changes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.calendar import Limit
from pipeline.db import unit_of_work
from pipeline.escalation import JatuhTempo, case_schedule, schedule
from pipeline.logs import where
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.models.base import Json
from pipeline.services.locking import File, lock_open_tugas, lock_tugas
from pipeline.services.news import tell_escalation
from pipeline.services.recompute import at_applicant
from pipeline.services.record import record
from pipeline.services.routing import read_pauses
from pipeline.transitions import Status

log = structlog.get_logger()

SEKALI_SAPU = 500

#: Where a sweep goes on: the due time and the id of the last one it has seen.
Mark = tuple[datetime, UUID]


class Raiser(Protocol):
    """Raises what is due of one tugas, or of one file."""

    def __call__(self, id_: UUID, /, *, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Tempat:
    """What a level is about: a visit of a langkah, or the whole file."""

    langkah: str
    kunjungan: int
    tugas_id: UUID | None


BERKAS = Tempat("", 0, None)


def sweep_escalations(*, now: datetime) -> int:
    """Raise every level of a step that has fallen due. Returns how many."""
    return _sweep(due_for_escalation, escalate, now)


def escalate_cases(*, now: datetime) -> int:
    """Raise every warning about a whole file that has fallen due. Returns how many."""
    return _sweep(due_cases, escalate_case, now)


def due_for_escalation(now: datetime, sesudah: Mark | None = None) -> Sequence[Mark]:
    """Open tugas with a level due, the longest waiting first; costs what the due ones cost (partial index)."""
    return _page(Tugas, now, sesudah)


def due_cases(now: datetime, sesudah: Mark | None = None) -> Sequence[Mark]:
    """Open files with a warning due, in the same way."""
    return _page(Permohonan, now, sesudah)


def escalate(tugas_id: UUID, *, now: datetime) -> int:
    """Raise the levels of one tugas that are due, re-checked under its lock. Returns how many were new."""
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, orang_id=None, now=now)
        if file.tugas_selesai:
            return 0
        jadwal = list(_levels(s, file))
        raised = _raise_due(s, file, jadwal, Tempat(file.langkah.kode, file.kunjungan, tugas_id), now)
        s.execute(update(Tugas).where(Tugas.id == tugas_id).values(eskalasi_pada=_next(jadwal, now)))
        return raised


def escalate_case(permohonan_id: UUID, *, now: datetime) -> int:
    """Raise the warnings about one file that are due, re-checked under its lock. Returns how many were new."""
    with unit_of_work() as s:
        file = lock_open_tugas(s, permohonan_id, orang_id=None, now=now)
        jadwal = list(_case_levels(s, file))
        raised = _raise_due(s, file, jadwal, BERKAS, now)
        s.execute(update(Permohonan).where(Permohonan.id == permohonan_id).values(eskalasi_pada=_next(jadwal, now)))
        return raised


def _sweep(due: Callable[[datetime, Mark | None], Sequence[Mark]], raise_levels: Raiser, now: datetime) -> int:
    """Until nothing is due. One file that fails stops none of the others."""
    raised, marks = 0, due(now, None)
    while marks:
        raised += sum(_try(raise_levels, mark[1], now) for mark in marks)
        marks = due(now, marks[-1])
    return raised


def _try(raise_levels: Raiser, id_: UUID, now: datetime) -> int:
    try:
        return raise_levels(id_, now=now)
    except Exception as e:  # noqa: BLE001 - whatever it is, it is this file's; the next sweep tries it again
        log.error("eskalasi gagal", id=str(id_), galat=where(e))
        return 0


def _page(apa: type[Tugas] | type[Permohonan], now: datetime, sesudah: Mark | None) -> Sequence[Mark]:
    urut = (apa.eskalasi_pada, apa.id)
    query = select(*urut).where(apa.selesai_pada.is_(None), apa.eskalasi_pada <= now)
    if sesudah is not None:
        query = query.where(tuple_(*urut) > tuple_(*sesudah))
    with unit_of_work() as s:
        rows = s.execute(query.order_by(*urut).limit(SEKALI_SAPU)).all()
    return [(r.eskalasi_pada, r.id) for r in rows]


def _levels(s: Session, file: File) -> Iterable[JatuhTempo]:
    """When each level of this visit falls due."""
    t = Tugas
    mulai, jeda, tambahan = s.execute(select(t.mulai_pada, t.jeda, t.tambahan_hari).where(t.id == file.tugas_id)).one()
    return schedule(file.kalender, file.langkah, mulai, file.langkah.batas + Limit(hari=tambahan), read_pauses(jeda))


def _case_levels(s: Session, file: File) -> Iterable[JatuhTempo]:
    """When each warning about the file falls due; none while it does not lie with the office."""
    if file.lengkap_pada is None or file.status != Status.BERJALAN:
        return ()
    di_pemohon = at_applicant(s, [file.permohonan_id]).get(file.permohonan_id, [])
    jeda = [i for i in di_pemohon if i.sampai > file.lengkap_pada]
    return case_schedule(file.kalender, file.lengkap_pada, file.sop.janji, jeda)


def _next(jadwal: Sequence[JatuhTempo], now: datetime) -> datetime | None:
    return next((j.pada for j in jadwal if j.pada > now), None)


def _raise_due(s: Session, file: File, jadwal: Sequence[JatuhTempo], tempat: Tempat, now: datetime) -> int:
    return sum(_raise(s, file, j, tempat, now) for j in jadwal if j.pada <= now)


def _raise(s: Session, file: File, level: JatuhTempo, tempat: Tempat, now: datetime) -> int:
    row = s.execute(
        upsert(Eskalasi)
        .values(
            permohonan_id=file.permohonan_id, langkah=tempat.langkah, kunjungan=tempat.kunjungan,
            tingkat=level.tingkat, kepada=level.kepada, tugas_id=tempat.tugas_id, pada=now,
        )
        .on_conflict_do_nothing()
        .returning(Eskalasi.id)
    ).first()  # fmt: skip
    if row is None:
        return 0
    data: Json = {
        "langkah": tempat.langkah, "kunjungan": tempat.kunjungan, "tingkat": level.tingkat, "kepada": level.kepada,
    }  # fmt: skip
    if tempat.tugas_id is not None:
        data["tugas"] = str(tempat.tugas_id)
    record(s, file, "eskalasi", data, oleh=None, peran=None, now=now)
    tell_escalation(s, file, level.tingkat, level.kepada, row.id, now=now)
    return 1
