"""Files on their way in, whatever they are to become: the bytes come into a file of their own, and wait there for their
examination.

That is a worker's (``outbox/examine``); a request only refuses what the name, the size and the first bytes betray.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import connection, unit_of_work
from pipeline.disk import make_folder, sync_folder
from pipeline.errors import AlurIzinError, NotAllowedYet, NotFound
from pipeline.json import Json
from pipeline.models import Upload
from pipeline.services.records.record import outbox_row
from pipeline.services.records.sets import write_rows
from pipeline.settings import settings
from pipeline.storage import store
from pipeline.text import date_at
from pipeline.uploads import BEGINNING, Accepted, check_beginning, names
from pipeline.uploads.refusals import LARGEST_SIZE, BerkasRefused, BerkasTooLarge, RefusalReason

#: The Celery task that examines an upload, and how the keys of its rows begin.
EXAMINE, EXAMINED = "dokumen.periksa", "periksa:"
SAVE = timedelta(days=7)
CHUNK = 64 * 1024
#: Received whole, and without a verdict yet.
WAITS = (Upload.received_at.is_not(None), Upload.refusal.is_(None), Upload.cleaned_sha256.is_(None))

#: Takes hold of what a file is for, and refuses who may not add it there.
Guard = Callable[[Session], object]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that was announced."""

    id: UUID
    name: str
    length: int


def announce(name: str, length: int, place: Callable[[Session], Json], *, now: datetime) -> Incoming:
    """A file of ``length`` bytes is to come. ``place`` guards what it is for, and returns what its row says of that.

    Raises BerkasTooLarge before any byte has come, BerkasRefused, and what ``place`` raises.
    """
    if length > LARGEST_SIZE:
        raise BerkasTooLarge
    if length <= 0:
        raise BerkasRefused(RefusalReason.EMPTY)
    upload = Incoming(uuid4(), names.clean_name(name)[:255], length)
    announced: Json = {"id": upload.id, "name": upload.name, "length": length, "created_at": now}
    with unit_of_work() as s:
        s.execute(insert(Upload).values(**place(s), **announced, expiry_date=date_at(now + SAVE)))
    path = _path(upload.id)
    make_folder(path.parent)
    path.touch(mode=0o600)
    return upload


def append_upload(upload: Incoming, start: int, chunks: Iterable[bytes]) -> int:
    """Add the bytes from ``start`` on; returns how many there are now.

    Raises NotAllowedYet when the file does not end at ``start`` or another request is writing to it. Bytes that came
    before a connection broke are kept.
    """
    path = _path(upload.id)
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
            if size + len(chunk) > upload.length:
                raise BerkasTooLarge
            file.write(chunk)
            file.flush()
            size += len(chunk)
    return size


def settle_upload(upload: Incoming, guard: Guard, *, now: datetime) -> None:
    """The last byte has come: it waits to be examined, and whoever sent it need not. Twice is once.

    Raises BerkasRefused, and then it is forgotten; and what ``guard`` raises.
    """
    try:
        sha256 = _keep_bytes(upload)
        with unit_of_work() as s:
            guard(s)
            this = update(Upload).where(Upload.id == upload.id, Upload.received_at.is_(None))
            received = this.values(received_at=real_now(), sha256=sha256)
            row = s.execute(received.returning(Upload.permohonan_id)).first()
            if row is None:
                return
            key = f"{EXAMINED}{upload.id}"
            owed = outbox_row(EXAMINE, "dokumen", key, permohonan_id=row.permohonan_id, tugas_id=None, now=now)
            write_rows(s.connection(), owed, now=now)
    except BerkasRefused:
        drop_upload(upload.id)
        raise


def size_of(content: IO[bytes]) -> int:
    """How long a file is that a form brought."""
    return content.seek(0, os.SEEK_END)


def receive_whole(upload: Incoming, content: IO[bytes], settle: Callable[[], None]) -> None:
    """The bytes of a file that a form brought whole, and its end. Nothing is kept of one that is refused."""
    content.seek(0)
    try:
        append_upload(upload, 0, iter(lambda: content.read(CHUNK), b""))
        settle()
    except AlurIzinError:
        drop_upload(upload.id)
        raise


def give_back(upload: Incoming, start: int) -> None:
    """Forget the last piece of a complete upload that could not be taken now: its sender will send it again."""
    with suppress(FileNotFoundError):
        os.truncate(_path(upload.id), start)


def size_received(upload_id: UUID) -> int:
    """How many bytes of it have come. Raises NotFound."""
    try:
        return _path(upload_id).stat().st_size
    except FileNotFoundError:
        raise NotFound from None


def read_received(upload_id: UUID, sha256: str) -> bytes:
    """The bytes as they were received. Raises BerkasRefused when they are gone, or are not those any more."""
    try:
        content = _path(upload_id).read_bytes()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BerkasRefused(RefusalReason.LOST)
    return content


def put_away(owner: UUID | None, accepted: Accepted) -> str:
    """The bytes of an accepted file into the store, before the transaction that keeps it. Returns their SHA-256."""
    if accepted.original is not None:
        store(owner).put(accepted.original)
    return store(owner).put(accepted.payload)


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
    unexamined = (Upload.refusal.is_(None), Upload.cleaned_sha256.is_(None))
    lost = [one for one in conn.scalars(select(Upload.id).where(*unexamined)) if not _path(one).exists()]
    conn.execute(delete(Upload).where(Upload.id.in_(lost)))


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


def _keep_bytes(upload: Incoming) -> str:
    """The SHA-256 of a complete upload, which is on the disk from now on. Raises BerkasRefused, NotFound."""
    try:
        with _path(upload.id).open("rb") as file:
            check_beginning(upload.name, file.read(BEGINNING))
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
    except FileNotFoundError:
        raise NotFound from None
    sync_folder(_path(upload.id).parent)
    return sha256


def _path(upload_id: UUID) -> Path:
    return settings().data / "unggahan" / str(upload_id)
