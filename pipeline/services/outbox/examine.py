"""The worker's half of an upload: what came in is examined, and becomes what it is for or is refused with its sentence.

No transaction is open while the sandbox works. The verdict, the end of the upload and the end of the outbox row are one
transaction: killed before it, everything is done again; done twice, the second finds nothing to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.errors import DecidedAlready, NotFound
from pipeline.json import Json
from pipeline.models import Outbox, Permohonan, Upload, UploadPurpose
from pipeline.services.applicant.berkas import keep_berkas
from pipeline.services.desk.photos import keep_photo, lock_form
from pipeline.services.records.guards import guard_form_open
from pipeline.services.records.locking import lock_latest_tugas
from pipeline.services.records.uploads import EXAMINE, EXAMINED, WAITS, delete_bytes, put_away, read_received
from pipeline.uploads import Accepted, accept
from pipeline.uploads.refusals import BerkasRefused


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an accepted upload, and the transaction of its verdict."""

    s: Session
    accepted: Accepted
    sha256: str  # of the copy in the store
    outbox_id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """An upload that was received whole and not examined yet. Who sent it was let in then."""

    id: UUID
    permohonan_id: UUID | None  # whose document it is; None: the office's own
    name: str
    sha256: str

    def become(self, kept: Kept) -> None:
        """A letter waits on, cleaned, for the delegation it belongs to."""
        _close(kept.s, kept.outbox_id)
        this = update(Upload).where(Upload.id == self.id, *WAITS)
        kept.s.execute(this.values(cleaned_sha256=kept.sha256))

    def _end(self, kept: Kept) -> bool:
        """End it and its outbox row. False: another run did, or its sender took it back."""
        _close(kept.s, kept.outbox_id)
        ended = delete(Upload).where(Upload.id == self.id, *WAITS)
        return kept.s.scalar(ended.returning(Upload.id)) is not None


@dataclass(frozen=True, slots=True)
class WaitingBerkas(Waiting):
    """It becomes a document of an application."""

    permohonan_id: UUID
    pemohon_id: UUID
    syarat: str

    def become(self, kept: Kept) -> None:
        """Raises NotFound, DecidedAlready when nobody waits for it any more, BerkasRefused."""
        file = lock_latest_tugas(kept.s, self.permohonan_id, person_id=self.pemohon_id, now=kept.now)
        guard_form_open(file)
        if self._end(kept):
            keep_berkas(kept.s, file, self.syarat, kept.accepted, berkas_id=self.id, sha256=kept.sha256, now=kept.now)


@dataclass(frozen=True, slots=True)
class WaitingPhoto(Waiting):
    """It becomes a photo in the form of a desk."""

    tugas_id: UUID
    actor: UUID
    details: Json

    def become(self, kept: Kept) -> None:
        """Raises NotFound, DecidedAlready when nobody waits for it any more, BerkasRefused."""
        file, form = lock_form(kept.s, self.tugas_id, self.actor, kept.now)
        if self._end(kept):
            photo: Json = {"sha256": kept.sha256, "jenis": kept.accepted.kind, **self.details}
            keep_photo(kept.s, file, form, photo, photo_id=self.id, actor=self.actor, now=kept.now)


_KINDS: Mapping[UploadPurpose, type[Waiting]] = {
    UploadPurpose.BERKAS: WaitingBerkas,
    UploadPurpose.PHOTO: WaitingPhoto,
    UploadPurpose.LETTER: Waiting,
}


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
    except (NotFound, DecidedAlready):  # the file was erased, cancelled or sent on meanwhile: nobody waits for it
        _drop(upload, outbox_id)
    delete_bytes(upload.id)


def _waiting(s: Session, upload_id: UUID) -> Waiting | None:
    query = select(*Upload.__table__.columns, Permohonan.pemohon_id)
    query = query.outerjoin_from(Upload, Permohonan, Permohonan.id == Upload.permohonan_id)
    row = s.execute(query.where(Upload.id == upload_id, *WAITS)).mappings().first()
    if row is None:
        return None
    kind = _KINDS[UploadPurpose(row["purpose"])]
    return kind(**{part.name: row[part.name] for part in fields(kind)})


def _keep(upload: Waiting, accepted: Accepted, outbox_id: int, now: datetime) -> None:
    sha256 = put_away(upload.permohonan_id, accepted)
    with unit_of_work() as s:
        upload.become(Kept(s, accepted, sha256, outbox_id, now))


def _refuse(upload: Waiting, error: BerkasRefused, outbox_id: int) -> None:
    with unit_of_work() as s:
        s.execute(update(Upload).where(Upload.id == upload.id, *WAITS).values(refusal=error.sentence.kept()))
        _close(s, outbox_id)


def _drop(upload: Waiting, outbox_id: int) -> None:
    with unit_of_work() as s:
        s.execute(delete(Upload).where(Upload.id == upload.id))
        _close(s, outbox_id)


def _close(s: Session, outbox_id: int) -> None:
    done = update(Outbox).where(Outbox.id == outbox_id, Outbox.closed_at.is_(None))
    s.execute(done.values(closed_at=real_now()))
