"""Making a backup while the office works: a snapshot of the rows first, then the files they name, which never change
once they are named, and the manifest last."""

import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyrage.x25519 import Identity, Recipient

from ops.backup.files import Kept, kept_files
from ops.backup.index import Copied, Index
from ops.backup.retention import Keep
from ops.backup.sealed import PIECE, packed, publish, seal
from ops.backup.tables import Raw, begin_snapshot, rows_of, sequences, tables
from ops.backup.target import MANIFEST, NEEDED, Target
from pipeline.clock import real_now
from pipeline.disk import sync_folder, write_atomic
from pipeline.errors import DefinitionError
from pipeline.kantor.instance_key import instance_key
from pipeline.sealing.keys import keys_of
from pipeline.services.records.lost import count_lost
from pipeline.settings import places, settings
from pipeline.settings.database import connection_words
from pipeline.storage import SEALED, is_hash, opens

FORMAT = "alurizin-cadangan-1"
DONE = "cadangan.json"


@dataclass(slots=True)
class Report:
    """What a run did."""

    rows: int = 0
    files: int = 0
    copied: int = 0  # of the files, those that were not there
    damaged: int = 0  # files that cannot be read or do not open; the copy of before is kept, if there is one
    lost: int = 0  # documents that rows name and the store does not have
    forgotten: int = 0

    @property
    def lacking(self) -> bool:
        """Whether the office itself is not whole, and so its newest backup neither."""
        return bool(self.damaged or self.lost)


class Backup:
    """One run, in a target that is locked."""

    def __init__(self, target: Target, recipient: Recipient, now: datetime) -> None:
        self._target, self._recipient = target, recipient
        self._moment = now
        self._folder = target.begin(now)
        work = settings().data / "cadangan"
        self._index = Index(work / f"{target.name}.indeks")
        self._lines = (work / "manifes.baru").open("w+", encoding="utf-8")
        self._needed = (self._folder / NEEDED).open("w", encoding="ascii")
        self._secret = _secret()
        self.report = Report()

    def run(self, env: Mapping[str, str]) -> None:
        """Rows, files, manifest."""
        self._dump()
        for kept in kept_files(places(), env):
            self._take(kept)
        self._settle_needed()
        self._seal_manifest()
        self._index.keep()

    def abandon(self) -> None:
        """It did not come to its end: nothing of it counts."""
        self._index.drop()
        self._lines.close()
        self._needed.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _dump(self) -> None:
        with psycopg.connect(connection_words(settings().database_url)) as conn:
            begin_snapshot(conn)
            head = conn.execute("SELECT version_num, now() FROM alembic_version").fetchone()
            if head is None:
                raise DefinitionError("Basis data ini belum disiapkan. Jalankan `alurizin migrate`.")
            revision, at = head
            about = {"format": FORMAT, "at": str(at), "version": version("alurizin"), "revision": revision}
            self._note(about | {"mode": settings().mode, "sequences": sequences(conn)})
            for table in tables(conn):
                columns = {"table": table.name, "columns": table.columns}
                self._note(columns | self._part(conn, table.name, rows_of(conn, table)))

    def _part(self, conn: Raw, name: str, pieces: Iterable[bytes]) -> dict[str, object]:
        digest, rows = hashlib.sha256(), 0

        def counted() -> Iterator[bytes]:
            nonlocal rows
            for piece in pieces:
                digest.update(piece)
                rows += piece.count(b"\n")  # COPY writes a line a row; one within a value is written otherwise
                yield piece

        seal(self._folder / "tabel" / f"{name}.age", packed(counted()), self._recipient)
        self.report.rows += rows
        return {"part": f"tabel/{name}.age", "sha256": digest.hexdigest(), "rows": rows}

    def _take(self, kept: Kept) -> None:
        """Copy a file unless its content is there. One that is gone by now was no record's: those are never deleted."""
        try:
            state = kept.path.stat() if kept.payload is None else None
        except FileNotFoundError:
            return
        before = self._index.find(kept.name)
        if before and not self._has(before.content):
            before = None
        size, changed = (state.st_size, state.st_mtime_ns) if state else (len(kept.payload or b""), 0)
        if before and state and (before.size, before.changed) == (size, changed):
            copied: Copied | None = before
        else:
            copied = self._sound(kept, self._copy(kept, size, changed), before)
        if copied is not None:
            self._index.add(copied)
            self._needed.write(f"{copied.content}\n")
            self._note({"file": kept.name, "content": copied.content, "sha256": copied.sha256})
            self.report.files += 1

    def _sound(self, kept: Kept, copied: Copied | None, before: Copied | None) -> Copied | None:
        """What was copied, or for a file that is damaged the copy of before. None: gone, or never read."""
        if copied is None and not kept.path.exists():
            return None
        if copied is None or _is_damaged(kept, copied):
            self.report.damaged += 1
            return before or copied
        return copied

    def _copy(self, kept: Kept, size: int, changed: int) -> Copied | None:
        """None: it cannot be read."""
        digest = hashlib.sha256()

        def pieces() -> Iterator[bytes]:
            for piece in [kept.payload] if kept.payload is not None else _pieces(kept.path):
                digest.update(piece)
                yield piece

        half = self._target.half / "isi"
        try:
            seal(half, pieces(), self._recipient)
        except _UnreadableError:
            return None
        content = hmac.new(self._secret, digest.digest(), hashlib.sha256).hexdigest()[:40]
        if not self._has(content):
            publish(half, self._target.content(content))
            self.report.copied += 1
        return Copied(kept.name, size, changed, digest.hexdigest(), content)

    def _has(self, content: str) -> bool:
        return self._target.content(content).is_file()

    def _note(self, line: Mapping[str, object]) -> None:
        self._lines.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _settle_needed(self) -> None:
        """On the disk before the manifest is: by this list others are deleted."""
        self._needed.flush()
        os.fsync(self._needed.fileno())
        self._needed.close()
        sync_folder(self._folder / "tabel")

    def _seal_manifest(self) -> None:
        self._lines.seek(0)
        half = self._folder / "manifes.sebagian"
        seal(half, packed(line.encode() for line in self._lines), self._recipient)
        self._lines.close()
        (Path(self._lines.name)).unlink()
        publish(half, self._folder / MANIFEST)


def back_up(
    folder: Path, recipient: Recipient, keep: Keep, env: Mapping[str, str], identity: Identity | None = None
) -> Report:
    """Make one backup in ``folder``, and forget those that are not to be kept. Raises DefinitionError."""
    target, now = Target(folder.resolve()), real_now()
    if target.folder.is_relative_to(settings().data):
        raise DefinitionError("Tujuan cadangan harus di luar folder data, sebaiknya di disk atau mesin lain.")
    try:
        with target.locked(recipient, identity):
            backup = Backup(target, recipient, now)
            try:
                backup.run(env)
            except BaseException:
                backup.abandon()
                raise
            done = {"at": now.isoformat(), "tujuan": str(target.folder)}
            write_atomic(settings().data / DONE, json.dumps(done).encode())
            backup.report.lost = count_lost()
            backup.report.forgotten = target.forget(keep)
            return backup.report
    except (OSError, psycopg.Error) as error:
        reason = _told(error) if isinstance(error, OSError) else "basis data tidak menjawab"
        raise DefinitionError(f"Cadangan tidak selesai: {reason}. Cadangan sebelumnya tetap utuh.") from error


def _told(error: OSError) -> str:
    return f"{error.strerror} ({error.filename})" if error.filename else str(error.strerror)


def _secret() -> bytes:
    """Under which contents are named: the same for ever, and known to nobody who only has the target."""
    key = instance_key().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return hashlib.sha256(b"nama isi cadangan" + key).digest()


def _is_damaged(kept: Kept, copied: Copied) -> bool:
    """A document tells if it is whole: sealed, it opens as what it is called; in the clear, its name is its hash."""
    if not kept.name.startswith("berkas/"):
        return False
    if kept.path.suffix == SEALED:
        return not opens(kept.path, keys_of)
    return is_hash(kept.path.name) and kept.path.name != copied.sha256


class _UnreadableError(Exception):
    """A file of the office that is gone, somebody else's, or on a bad disk: no reason to have no backup at all."""


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except OSError as error:
        raise _UnreadableError from error
