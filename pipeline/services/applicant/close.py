"""What the applicant does after sending: take the application back, or receive the SK."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import DecidedAlready, NotAllowedYet, NotFound
from pipeline.rules.history.register import FreedReason
from pipeline.rules.transitions import Keputusan
from pipeline.services.notices.news import tell_cancelled
from pipeline.services.records.attempt import UNKNOWN_TO_PEMOHON, settled_attempt
from pipeline.services.records.guards import guard_own
from pipeline.services.records.locking import LockedPermohonan, lock_latest_tugas
from pipeline.services.records.numbers import free
from pipeline.services.records.routing import Decided, route
from pipeline.sop.words import KeputusanKind


def withdraw(
    permohonan_id: UUID, *, actor: UUID, session_id: str | None = None, reason: str = "", now: datetime
) -> None:
    """Take the application back; its open work leaves every queue. Raises NotAllowedYet from the signature on."""
    with unit_of_work() as s:
        file = _own(s, permohonan_id, actor, session_id, now)
        attempt = settled_attempt(s, file, now, unknown=UNKNOWN_TO_PEMOHON)
        if attempt:
            free(s, file, attempt, FreedReason.WITHDRAWN, actor=actor, now=now)
        keputusan = Keputusan(kind=KeputusanKind.BATALKAN, reason=reason)
        route(s, Decided(file=file, keputusan=keputusan, actor=actor), now=now)
        tell_cancelled(s, file, now)


def accept_sk(permohonan_id: UUID, *, actor: UUID, session_id: str | None = None, now: datetime) -> None:
    """The last step: the applicant has the document; the file is archived. A second press is fine."""
    with unit_of_work() as s:
        file = lock_latest_tugas(s, permohonan_id, person_id=actor, session_id=session_id, now=now)
        if file.pemohon_id != actor:
            raise NotFound
        if file.langkah.keputusan is not KeputusanKind.TERIMA:
            raise NotAllowedYet("Suratnya belum terbit.")
        if not file.closed_tugas:
            route(s, Decided(file=file, keputusan=Keputusan(kind=KeputusanKind.TERIMA), actor=actor), now=now)


def _own(s: Session, permohonan_id: UUID, actor: UUID, session_id: str | None, now: datetime) -> LockedPermohonan:
    file = lock_latest_tugas(s, permohonan_id, person_id=actor, session_id=session_id, now=now)
    guard_own(file, actor)
    if not (file.sop.by_applicant or file.langkah is file.sop.first):
        raise NotAllowedYet("Berkas ini sudah dikirim ke meja lain. Minta meja itu mengembalikannya.")
    if file.closed_tugas:
        raise DecidedAlready(f"{file.sop.file_word.capitalize()} ini sudah ditutup.")
    return file
