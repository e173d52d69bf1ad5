"""The applicant's answer to one thing that was asked to be put right: it may stand in place of a new file."""

from datetime import datetime
from uuid import UUID

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotFound
from pipeline.json import Json
from pipeline.models import CorrectionRequest
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.records.guards import guard_applicant
from pipeline.services.records.locking import lock_latest_tugas
from pipeline.services.records.record import record

ANSWER_LENGTH_AT_MOST = 1000


def answer_request(
    permohonan_id: UUID, request_id: UUID, answer: str, *, actor: UUID, session_id: str | None = None, now: datetime
) -> None:
    """Keep the answer; an empty one takes it back. Raises NotFound, DecidedAlready, InputInvalid."""
    answer = answer.strip()
    if len(answer) > ANSWER_LENGTH_AT_MOST:
        raise InputInvalid({"jawaban": f"Tanggapan paling panjang {ANSWER_LENGTH_AT_MOST} huruf."})
    with unit_of_work() as s:
        file = lock_latest_tugas(s, permohonan_id, person_id=actor, session_id=session_id, now=now)
        guard_applicant(file, actor)
        requests = s.get(CorrectionRequest, request_id)
        if requests is None or requests.permohonan_id != permohonan_id or requests.answered_at is not None:
            raise NotFound
        if requests.answer == (answer or None):
            return
        requests.answer = answer or None
        told: Json = {"permintaan": str(request_id)}
        record(
            s,
            file,
            PeristiwaKind.TANGGAPAN,
            told,
            actor=actor,
            peran=file.peran,
            now=now,
            words={"jawaban": answer or None},
        )
