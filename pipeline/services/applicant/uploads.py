"""Resumable uploads: the bytes come in pieces into a temporary file, and become a berkas when the last one is there."""

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select

from pipeline.db import connection, unit_of_work
from pipeline.errors import NotAllowedYet, NotFound
from pipeline.models import Permohonan, Upload
from pipeline.services.records.guards import guard_applicant
from pipeline.services.records.locking import lock_latest_tugas
from pipeline.settings import settings
from pipeline.text import date_at
from pipeline.uploads.refusals import LARGEST_SIZE, BerkasRefused, BerkasTooLarge, RefusalReason

SAVE = timedelta(days=7)
AT_MOST = 40  # unfinished ones of one application


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload has come."""

    id: UUID
    permohonan_id: UUID
    syarat: str
    name: str
    length: int
    accepted: int

    @property
    def complete(self) -> bool:
        return self.accepted == self.length


def start_upload(
    permohonan_id: UUID,
    syarat: str,
    name: str,
    length: int,
    *,
    actor: UUID,
    session_id: str | None = None,
    now: datetime,
) -> UUID:
    """Announce a file of ``length`` bytes. Raises BerkasTooLarge before any byte has come, NotFound, …"""
    if length > LARGEST_SIZE:
        raise BerkasTooLarge
    if length <= 0:
        raise BerkasRefused(RefusalReason.EMPTY)
    upload_id = uuid4()
    with unit_of_work() as s:
        file = lock_latest_tugas(s, permohonan_id, person_id=actor, session_id=session_id, now=now)
        guard_applicant(file, actor)
        if syarat not in {t.code for t in file.sop.syarat}:
            raise NotFound
        if (s.scalar(select(func.count()).where(Upload.permohonan_id == permohonan_id)) or 0) >= AT_MOST:
            raise BerkasRefused(RefusalReason.TOO_MANY_UNFINISHED)
        values = {"id": upload_id, "permohonan_id": permohonan_id, "syarat": syarat, "name": name[:255]}
        expiry = date_at(now + SAVE)
        s.execute(insert(Upload).values(**values, length=length, created_at=now, expiry_date=expiry))
    path = _path(upload_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    return upload_id


def read_progress(upload_id: UUID, *, actor: UUID) -> Progress:
    """How far it has come. Raises NotFound when it is not this applicant's or was swept away."""
    query = (
        select(Upload.id, Upload.permohonan_id, Upload.syarat, Upload.name, Upload.length)
        .join(Permohonan, Permohonan.id == Upload.permohonan_id)
        .where(Upload.id == upload_id, Permohonan.pemohon_id == actor)
    )
    with connection() as conn:
        row = conn.execute(query).mappings().one_or_none()
    if row is None or not _path(upload_id).is_file():
        raise NotFound
    return Progress(**row, accepted=_path(upload_id).stat().st_size)


def append_upload(progress: Progress, start: int, chunks: Iterable[bytes]) -> int:
    """Add the bytes from ``start`` on; returns how many there are now.

    Raises NotAllowedYet when the file does not end at ``start`` or another request is writing to it. Bytes that came
    before a connection broke are kept.
    """
    path = _path(progress.id)
    if not path.is_file():  # swept away, or finished by another request: opening it would begin an empty one
        raise NotFound
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotAllowedYet("Unggahan ini sedang berjalan di jendela lain.") from None
        size = os.fstat(file.fileno()).st_size
        if size != start:
            raise NotAllowedYet("Bagian berkas ini tidak menyambung. Mulai dari bagian terakhir yang diterima.")
        for chunk in chunks:
            if size + len(chunk) > progress.length:
                raise BerkasTooLarge
            file.write(chunk)
            file.flush()
            size += len(chunk)
    return size


def give_back(progress: Progress, start: int) -> None:
    """Forget the last piece of a complete upload that could not become a berkas now: its sender will send it again."""
    with suppress(FileNotFoundError):
        os.truncate(_path(progress.id), start)


def take_upload(progress: Progress) -> bytes:
    """The bytes of a complete upload. Raises NotFound when another request has taken them."""
    try:
        return _path(progress.id).read_bytes()
    except FileNotFoundError:
        raise NotFound from None


def drop_upload(upload_id: UUID) -> None:
    """Forget an upload and its bytes."""
    with connection() as conn:
        conn.execute(delete(Upload).where(Upload.id == upload_id))
    _path(upload_id).unlink(missing_ok=True)


def sweep_upload(*, today: date) -> int:
    """Drop the uploads nobody finished in a week; returns how many."""
    with connection() as conn:
        old = conn.scalars(select(Upload.id).where(Upload.expiry_date < today)).all()
    for upload_id in old:
        drop_upload(upload_id)
    return len(old)


def _path(upload_id: UUID) -> Path:
    return settings().data / "unggahan" / str(upload_id)
