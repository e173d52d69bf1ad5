"""What an applicant was asked to put right."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Label, exists, func, select

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
    query = (
        select(
            CorrectionRequest.id,
            CorrectionRequest.kind,
            CorrectionRequest.code,
            CorrectionRequest.note,
            CorrectionRequest.said,
            CorrectionRequest.created_at,
            CorrectionRequest.answer,
            Tugas.peran,
            _altered(permohonan_id),
        )
        .join(Tugas, Tugas.id == CorrectionRequest.tugas_id)
        .where(CorrectionRequest.permohonan_id == permohonan_id, CorrectionRequest.answered_at.is_(None))
        .order_by(CorrectionRequest.kind.desc(), CorrectionRequest.code)
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


def _altered(permohonan_id: UUID) -> Label[bool]:
    """Whether the field of a ``CorrectionRequest`` was changed since the file came back."""
    returned = (  # by its place in the history, not by a clock
        select(func.max(Peristiwa.sequence))
        .where(Peristiwa.permohonan_id == permohonan_id, Peristiwa.kind == PeristiwaKind.KEPUTUSAN)
        .scalar_subquery()
    )
    return (
        exists()
        .where(
            Peristiwa.permohonan_id == CorrectionRequest.permohonan_id,
            Peristiwa.kind == PeristiwaKind.ISI,
            Peristiwa.sequence > returned,
            Peristiwa.data["isian"].has_key(CorrectionRequest.code),
        )
        .label("altered")
    )
