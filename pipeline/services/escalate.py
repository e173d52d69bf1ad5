"""Deadlines that were missed: each level once per visit of a step, as a row; the state of the file never changes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.calendar import share_at
from pipeline.db import unit_of_work
from pipeline.escalation import TINGKAT, Tingkat, recipient
from pipeline.logs import where
from pipeline.models import Eskalasi, Tugas
from pipeline.models.base import Json
from pipeline.services.locking import File, lock_tugas
from pipeline.services.record import record
from pipeline.services.routing import read_pauses

log = structlog.get_logger()

SEKALI_SAPU = 500


def sweep_escalations(*, now: datetime) -> int:
    """Raise every level that has fallen due. Returns how many. One file that fails stops none of the others."""
    raised = 0
    for tugas_id in due_for_escalation(now):
        try:
            raised += escalate(tugas_id, now=now)
        except Exception as e:  # noqa: BLE001 - one bad file stops none of the others; the next sweep tries again
            log.error("eskalasi gagal", tugas_id=str(tugas_id), galat=where(e))
    return raised


def due_for_escalation(now: datetime) -> Sequence[UUID]:
    """Open tugas with a level due, the longest waiting first; costs what the due ones cost (partial index)."""
    with unit_of_work() as s:
        return s.scalars(
            select(Tugas.id)
            .where(Tugas.selesai_pada.is_(None), Tugas.eskalasi_pada <= now)
            .order_by(Tugas.eskalasi_pada)
            .limit(SEKALI_SAPU)
        ).all()


def escalate(tugas_id: UUID, *, now: datetime) -> int:
    """Raise the levels of one tugas that are due, re-checked under its lock. Returns how many were new."""
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, orang_id=None, now=now)
        if file.tugas_selesai:
            return 0
        jadwal = _schedule(s, file)
        due = [(t, pada) for t, pada in jadwal if pada <= now]
        raised = sum(_raise(s, file, t, now) for t, _ in due)
        berikut = next((pada for _, pada in jadwal if pada > now), None)
        s.execute(update(Tugas).where(Tugas.id == tugas_id).values(eskalasi_pada=berikut))
        return raised


def _schedule(s: Session, file: File) -> list[tuple[Tingkat, datetime]]:
    """When each level of this visit falls due."""
    mulai, jeda = s.execute(select(Tugas.mulai_pada, Tugas.jeda).where(Tugas.id == file.tugas_id)).one()
    pauses = read_pauses(jeda)
    return [(t, share_at(file.kalender, mulai, file.langkah.batas, t.bagian, pauses)) for t in TINGKAT]


def _raise(s: Session, file: File, tingkat: Tingkat, now: datetime) -> int:
    kepada = recipient(file.langkah, tingkat)
    row = s.execute(
        upsert(Eskalasi)
        .values(
            permohonan_id=file.permohonan_id, langkah=file.langkah.kode, kunjungan=file.kunjungan, tingkat=tingkat.nama,
            kepada=kepada, tugas_id=file.tugas_id, pada=now,
        )
        .on_conflict_do_nothing()
        .returning(Eskalasi.id)
    ).first()  # fmt: skip
    if row is None:
        return 0
    data: Json = {
        "tugas": str(file.tugas_id), "langkah": file.langkah.kode, "kunjungan": file.kunjungan,
        "tingkat": tingkat.nama, "kepada": kepada,
    }  # fmt: skip
    record(s, file, "eskalasi", data, oleh=None, peran=None, now=now)
    return 1
