"""Uploads on their way in: the bytes come in pieces into a file of their own, and wait there for their examination.

That is a worker's (``examine``); a request only refuses what the name, the size and the first bytes betray.
"""

import fcntl
import hashlib
import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import connection, unit_of_work
from pipeline.disk import make_folder, sync_folder
from pipeline.errors import AlurIzinError, NotAllowedYet, NotFound
from pipeline.models import Permohonan, Upload
from pipeline.queries.applicant.permohonan import Filler
from pipeline.services.applicant.berkas import guard_place
from pipeline.services.applicant.form import open_form
from pipeline.services.records.record import outbox_row
from pipeline.services.records.sets import write_rows
from pipeline.settings import settings
from pipeline.sop.registry import get_sop
from pipeline.text import date_at
from pipeline.uploads import BEGINNING, check_beginning, names
from pipeline.uploads.refusals import LARGEST_SIZE, BerkasRefused, BerkasTooLarge, RefusalReason

#: The Celery task that examines an upload, and how the keys of its rows begin.
EXAMINE, EXAMINED = "dokumen.periksa", "periksa:"
SAVE = timedelta(days=7)
AT_MOST = 40  # of one application, unfinished or waiting
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload has come."""

    id: UUID
    permohonan_id: UUID
    syarat: str
    name: str
    length: int
    accepted: int
    received: bool = False  # whole, and out of its sender's hands


def start_upload(
    permohonan_id: UUID,
    syarat: str,
    name: str,
    length: int,
    *,
    seen: Collection[UUID] = (),
    actor: UUID,
    session_id: str | None = None,
    now: datetime,
) -> Progress:
    """Announce a file of ``length`` bytes. Raises BerkasTooLarge before any byte has come, NotFound, …

    ``seen``: the refusals that were on the page where it was chosen; it takes their place.
    """
    if length > LARGEST_SIZE:
        raise BerkasTooLarge
    if length <= 0:
        raise BerkasRefused(RefusalReason.EMPTY)
    upload_id, name = uuid4(), names.clean_name(name)[:255]
    with unit_of_work() as s:
        file = open_form(s, permohonan_id, actor, session_id, now)
        if syarat not in {t.code for t in file.sop.syarat}:
            raise NotFound
        if _count(s, permohonan_id) >= AT_MOST:
            raise BerkasRefused(RefusalReason.TOO_MANY_UNFINISHED)
        of_syarat = (Upload.permohonan_id == permohonan_id, Upload.syarat == syarat)
        s.execute(delete(Upload).where(*of_syarat, Upload.id.in_(seen), Upload.refusal.is_not(None)))
        values = {"id": upload_id, "permohonan_id": permohonan_id, "syarat": syarat, "name": name}
        expiry = date_at(now + SAVE)
        s.execute(insert(Upload).values(**values, length=length, created_at=now, expiry_date=expiry))
    path = _path(upload_id)
    make_folder(path.parent)
    path.touch(mode=0o600)
    return Progress(upload_id, permohonan_id, syarat, name, length, accepted=0)


def read_progress(upload_id: UUID, who: Filler) -> Progress:
    """How far it has come. Raises NotFound when it is not theirs, became a berkas or was swept away."""
    received = Upload.received_at.is_not(None).label("received")
    columns = (Upload.id, Upload.permohonan_id, Upload.syarat, Upload.name, Upload.length, received)
    whose = (Permohonan.sop, Permohonan.sop_version, Permohonan.pemohon_id)
    query = select(*columns, *whose).join(Permohonan, Permohonan.id == Upload.permohonan_id)
    with connection() as conn:
        row = conn.execute(query.where(Upload.id == upload_id)).one_or_none()
    if row is None or not who.owns(get_sop(row.sop, row.sop_version), row.pemohon_id):
        raise NotFound
    accepted = row.length if row.received else _size(upload_id)
    return Progress(
        row.id, row.permohonan_id, row.syarat, row.name, row.length, accepted=accepted, received=row.received
    )


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


def finish_upload(progress: Progress, *, actor: UUID, session_id: str | None = None, now: datetime) -> None:
    """The last byte has come: it waits to be examined, and whoever sent it need not. Pressed twice, once.

    Raises BerkasRefused, and then it is forgotten; and what ``open_form`` raises.
    """
    try:
        sha256 = _settle(progress)
        with unit_of_work() as s:
            file = open_form(s, progress.permohonan_id, actor, session_id, now)
            guard_place(s, file, progress.syarat, now, waiting=_count(s, progress.permohonan_id, progress))
            this = update(Upload).where(Upload.id == progress.id, Upload.received_at.is_(None))
            if not s.scalar(this.values(received_at=real_now(), sha256=sha256).returning(Upload.id)):
                return
            key = f"{EXAMINED}{progress.id}"
            row = outbox_row(EXAMINE, "dokumen", key, permohonan_id=file.permohonan_id, tugas_id=None, now=now)
            write_rows(s.connection(), row, now=now)
    except BerkasRefused:
        drop_upload(progress.id)
        raise


def receive_file(
    permohonan_id: UUID,
    syarat: str,
    name: str,
    content: IO[bytes],
    *,
    seen: Collection[UUID] = (),
    actor: UUID,
    session_id: str | None = None,
    now: datetime,
) -> None:
    """Take a file that a form brought whole. Raises like ``start_upload``, ``finish_upload``; nothing is kept then."""
    length = content.seek(0, os.SEEK_END)
    content.seek(0)
    progress = start_upload(permohonan_id, syarat, name, length, seen=seen, actor=actor, session_id=session_id, now=now)
    try:
        append_upload(progress, 0, iter(lambda: content.read(CHUNK), b""))
        finish_upload(progress, actor=actor, session_id=session_id, now=now)
    except AlurIzinError:
        drop_upload(progress.id)
        raise


def give_back(progress: Progress, start: int) -> None:
    """Forget the last piece of a complete upload that could not be taken now: its sender will send it again."""
    with suppress(FileNotFoundError):
        os.truncate(_path(progress.id), start)


def read_received(upload_id: UUID, sha256: str) -> bytes:
    """The bytes as they were received. Raises BerkasRefused when they are gone, or are not those any more."""
    try:
        content = _path(upload_id).read_bytes()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BerkasRefused(RefusalReason.LOST)
    return content


def take_back(
    permohonan_id: UUID, upload_id: UUID, *, actor: UUID, session_id: str | None = None, now: datetime
) -> str:
    """The applicant takes back a file that waits, or has read why it was refused. Returns its syarat."""
    with unit_of_work() as s:
        open_form(s, permohonan_id, actor, session_id, now)
        this = delete(Upload).where(Upload.id == upload_id, Upload.permohonan_id == permohonan_id)
        syarat: str | None = s.scalar(this.returning(Upload.syarat))
        if syarat is None:
            raise NotFound
    delete_bytes(upload_id)
    return syarat


def drop_upload(upload_id: UUID) -> None:
    """Forget an upload and its bytes."""
    with connection() as conn:
        conn.execute(delete(Upload).where(Upload.id == upload_id))
    delete_bytes(upload_id)


def delete_bytes(upload_id: UUID) -> None:
    """What was received is needed no more."""
    _path(upload_id).unlink(missing_ok=True)


def sweep_upload(*, today: date) -> int:
    """Drop the uploads nobody finished or looked at in a week, and bytes that belong to none; returns how many."""
    with connection() as conn:
        old = conn.scalars(select(Upload.id).where(Upload.expiry_date < today)).all()
    for upload_id in old:
        drop_upload(upload_id)
    return len(old) + _sweep_bytes()


def drop_lost_uploads(conn: Connection) -> None:
    """After a restore: an upload whose bytes were not there any more when its file was copied is begun anew."""
    lost = [one for one in conn.scalars(select(Upload.id)) if not _path(one).exists()]
    conn.execute(delete(Upload).where(Upload.id.in_(lost), Upload.refusal.is_(None)))


def _sweep_bytes() -> int:
    """Of a process that died between its transaction and its files, and of applications that were erased.

    The row is there before its bytes: those seen before the rows are read belong to one of these, or to none.
    """
    seen = {path.name for path in _path(uuid4()).parent.glob("*")}
    with connection() as conn:
        left = seen - {str(upload_id) for upload_id in conn.scalars(select(Upload.id))}
    for name in left:
        delete_bytes(UUID(name))
    return len(left)


def _settle(progress: Progress) -> str:
    """The SHA-256 of a complete upload, which is on the disk from now on. Raises BerkasRefused, NotFound."""
    try:
        with _path(progress.id).open("rb") as file:
            check_beginning(progress.name, file.read(BEGINNING))
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
    except FileNotFoundError:
        raise NotFound from None
    sync_folder(_path(progress.id).parent)
    return sha256


def _count(s: Session, permohonan_id: UUID, beside: Progress | None = None) -> int:
    """Uploads of an application that are not judged; or those of one document that wait beside this one."""
    query = select(func.count()).where(Upload.permohonan_id == permohonan_id, Upload.refusal.is_(None))
    if beside is not None:
        query = query.where(Upload.syarat == beside.syarat, Upload.id != beside.id, Upload.received_at.is_not(None))
    return s.scalar(query) or 0


def _size(upload_id: UUID) -> int:
    try:
        return _path(upload_id).stat().st_size
    except FileNotFoundError:
        raise NotFound from None


def _path(upload_id: UUID) -> Path:
    return settings().data / "unggahan" / str(upload_id)
