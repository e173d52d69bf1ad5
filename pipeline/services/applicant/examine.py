"""The worker's half of an upload: what came in is examined, and becomes a berkas or is refused with its sentence.

No transaction is open while the sandbox works. The verdict, the end of the upload and the end of the outbox row are one
transaction: killed before it, everything is done again; done twice, the second finds nothing to do.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.errors import DecidedAlready, NotFound
from pipeline.models import Outbox, Permohonan, Upload
from pipeline.services.applicant.berkas import keep_berkas, put_away
from pipeline.services.applicant.uploads import EXAMINE, EXAMINED, delete_bytes, read_received
from pipeline.services.records.guards import guard_form_open
from pipeline.services.records.locking import lock_latest_tugas
from pipeline.uploads import Accepted, accept
from pipeline.uploads.refusals import BerkasRefused


@dataclass(frozen=True, slots=True)
class Waiting:
    """An upload that was received whole and not examined yet."""

    id: UUID
    permohonan_id: UUID
    pemohon_id: UUID
    syarat: str
    name: str
    sha256: str


def examine_upload(outbox_id: int, now: datetime) -> None:
    """Give the verdict that this row owes.

    Raises ScannerNotReady, StorageFull: nothing is known about the file, and it is tried again.
    """
    with unit_of_work() as s:
        this = (Outbox.id == outbox_id, Outbox.task == EXAMINE, Outbox.closed_at.is_(None))
        key = s.scalar(select(Outbox.key).where(*this))
        upload = _waiting(s, UUID(key.removeprefix(EXAMINED))) if key else None
    if key is None:
        return
    if upload is None:  # taken back, swept away, or examined by another run of this very row
        with unit_of_work() as s:
            _close(s, outbox_id)
        return
    try:
        accepted = accept(upload.name, read_received(upload.id, upload.sha256))
        _keep(upload, accepted, outbox_id, now)
    except BerkasRefused as error:
        _refuse(upload, error, outbox_id)
    except (NotFound, DecidedAlready):  # the application was erased, cancelled or sent meanwhile: nobody waits for it
        _drop(upload, outbox_id)
    delete_bytes(upload.id)


def _waiting(s: Session, upload_id: UUID) -> Waiting | None:
    columns = (Upload.id, Upload.permohonan_id, Permohonan.pemohon_id, Upload.syarat, Upload.name, Upload.sha256)
    query = select(*columns).join(Permohonan, Permohonan.id == Upload.permohonan_id)
    row = s.execute(query.where(Upload.id == upload_id, *_WAITS)).mappings().first()
    return Waiting(**row) if row else None


def _keep(upload: Waiting, accepted: Accepted, outbox_id: int, now: datetime) -> None:
    sha256 = put_away(upload.permohonan_id, accepted)
    with unit_of_work() as s:
        file = lock_latest_tugas(s, upload.permohonan_id, person_id=upload.pemohon_id, now=now)
        guard_form_open(file)  # who sent it was let in then
        _close(s, outbox_id)
        if s.scalar(delete(Upload).where(Upload.id == upload.id, *_WAITS).returning(Upload.id)):
            keep_berkas(s, file, upload.syarat, accepted, berkas_id=upload.id, sha256=sha256, now=now)


def _refuse(upload: Waiting, error: BerkasRefused, outbox_id: int) -> None:
    with unit_of_work() as s:
        s.execute(update(Upload).where(Upload.id == upload.id, *_WAITS).values(refusal=error.sentence.kept()))
        _close(s, outbox_id)


def _drop(upload: Waiting, outbox_id: int) -> None:
    with unit_of_work() as s:
        s.execute(delete(Upload).where(Upload.id == upload.id))
        _close(s, outbox_id)


def _close(s: Session, outbox_id: int) -> None:
    done = update(Outbox).where(Outbox.id == outbox_id, Outbox.closed_at.is_(None))
    s.execute(done.values(closed_at=real_now()))


_WAITS = (Upload.received_at.is_not(None), Upload.refusal.is_(None))
