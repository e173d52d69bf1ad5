"""What an applicant was asked to put right."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, exists, func, select

from pipeline.models import CorrectionRequest, Peristiwa, Tugas
from pipeline.queries.records.kept_sentences import asked
from pipeline.roles import Peran
from pipeline.rules.history.kinds import PeristiwaKind


@dataclass(frozen=True, slots=True)
class Requested:
    """One thing to put right, in the officer's words or those of the automatic checks."""

    id: UUID
    kind: str  # syarat, isian or umum
    code: str
    note: str
    created_at: datetime
    answer: str | None
    peran: Peran  # the desk that asked
    altered: bool  # the field was changed since
    by_system: bool  # the automatic checks asked


def asked_of(conn: Connection, permohonan_id: UUID) -> tuple[Requested, ...]:
    """What the applicant was asked to put right and has not sent yet."""
    m = CorrectionRequest
    returned = (  # by its place in the history, not by a clock
        select(func.max(Peristiwa.sequence))
        .where(Peristiwa.permohonan_id == permohonan_id, Peristiwa.kind == PeristiwaKind.KEPUTUSAN)
        .scalar_subquery()
    )
    changed = (
        exists()
        .where(
            Peristiwa.permohonan_id == m.permohonan_id,
            Peristiwa.kind == PeristiwaKind.ISI,
            Peristiwa.sequence > returned,
            Peristiwa.data["isian"].has_key(m.code),
        )
        .label("altered")
    )
    query = (
        select(m.id, m.kind, m.code, m.note, m.said, m.created_at, m.answer, Tugas.peran, changed)
        .join(Tugas, Tugas.id == m.tugas_id)
        .where(m.permohonan_id == permohonan_id, m.answered_at.is_(None))
        .order_by(m.kind.desc(), m.code)
    )
    return tuple(
        Requested(
            row.id,
            row.kind,
            row.code,
            asked(row.note, row.said),
            row.created_at,
            row.answer,
            Peran(row.peran),
            row.altered,
            row.said is not None,
        )
        for row in conn.execute(query)
    )
