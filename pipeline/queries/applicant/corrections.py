"""What an applicant was asked to put right."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, func, select
from sqlalchemy.orm import aliased

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
        for row in conn.execute(_ASKED, {"permohonan_id": permohonan_id})
    )


#: The last decision on the file of a ``CorrectionRequest``: by its place in the history, not by a clock.
_decision = aliased(Peristiwa)
_returned = (
    select(func.max(_decision.sequence))
    .where(_decision.permohonan_id == CorrectionRequest.permohonan_id, _decision.kind == PeristiwaKind.KEPUTUSAN)
    .correlate(CorrectionRequest)
    .scalar_subquery()
)
#: Whether the field it asks for was changed since the file came back.
_altered = (
    exists()
    .where(
        Peristiwa.permohonan_id == CorrectionRequest.permohonan_id,
        Peristiwa.kind == PeristiwaKind.ISI,
        Peristiwa.sequence > _returned,
        Peristiwa.data["isian"].has_key(CorrectionRequest.code),
    )
    .correlate(CorrectionRequest)
    .label("altered")
)
_ASKED: Final = (
    select(
        CorrectionRequest.id,
        CorrectionRequest.kind,
        CorrectionRequest.code,
        CorrectionRequest.note,
        CorrectionRequest.said,
        CorrectionRequest.created_at,
        CorrectionRequest.answer,
        Tugas.peran,
        _altered,
    )
    .join(Tugas, Tugas.id == CorrectionRequest.tugas_id)
    .where(
        CorrectionRequest.permohonan_id == bindparam("permohonan_id", type_=CorrectionRequest.permohonan_id.type),
        CorrectionRequest.answered_at.is_(None),
    )
    .order_by(CorrectionRequest.kind.desc(), CorrectionRequest.code)
)
