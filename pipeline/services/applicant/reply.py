"""The applicant's answer to one thing that was asked to be put right: it may stand in place of a new file."""

from datetime import datetime
from uuid import UUID

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotFound
from pipeline.json import Json
from pipeline.models import CorrectionRequest
from pipeline.services.records.locking import guard_applicant, lock_open_tugas
from pipeline.services.records.record import record

ANSWER_LENGTH_AT_MOST = 1000


def answer_request(
    permohonan_id: UUID, request_id: UUID, jawaban: str, *, oleh: UUID, sesi: str | None = None, now: datetime
) -> None:
    """Keep the answer; an empty one takes it back. Raises NotFound, DecidedAlready, InputInvalid."""
    jawaban = jawaban.strip()
    if len(jawaban) > ANSWER_LENGTH_AT_MOST:
        raise InputInvalid({"jawaban": f"Tanggapan paling panjang {ANSWER_LENGTH_AT_MOST} huruf."})
    with unit_of_work() as s:
        file = lock_open_tugas(s, permohonan_id, person_id=oleh, sesi=sesi, now=now)
        guard_applicant(file, oleh)
        permintaan = s.get(CorrectionRequest, request_id)
        if permintaan is None or permintaan.permohonan_id != permohonan_id or permintaan.answered_at is not None:
            raise NotFound
        if permintaan.jawaban == (jawaban or None):
            return
        permintaan.jawaban = jawaban or None
        told: Json = {"permintaan": str(request_id)}
        record(s, file, "tanggapan", told, oleh=oleh, peran=file.peran, now=now, words={"jawaban": jawaban or None})
