"""Bringing an office back from a backup: files and rows aside, checked; then in place; then proven.

Whatever reads the office's own files when it is imported is imported once these are there.
"""

import hashlib
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from pyrage.x25519 import Identity
from sqlalchemy import Connection, inspect

from ops.backup.files import OF_NEWEST
from ops.backup.manifest import FilePart, Manifest, TablePart
from ops.backup.sealed import PartDamaged, PartLost, Unpacking, WrongKey, unseal_part
from ops.backup.staging import Staging
from ops.backup.tables import Raw, in_order, let_rows_in, move_on
from ops.backup.target import MANIFEST, Target
from ops.instance import Lock
from pipeline.disk import make_folder, write_atomic
from pipeline.errors import DefinitionError
from pipeline.migrations import upgrade_within
from pipeline.rules.history.restoration import LeftAlone, gaps_of

if TYPE_CHECKING:
    from ops.postgres import Postgres

_OPENED, _OPENED_NEWEST, _MARK = ".manifes", ".manifes-terbaru", ".tanda"
_SERVER_ENDS = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for. ``declared``: (permit, paper, year) -> the last number issued, where the office knows it."""

    target: Target
    identity: Identity
    name: str  # of the backup; "" for the newest
    declared: Mapping[tuple[str, str, int], int]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    backup: str
    gaps: Sequence[LeftAlone]


def bring_back(data: Path, request: Request) -> Restored:
    """Fill an empty data folder with all of a backup. Raises DefinitionError, and then leaves nothing.

    A try that was killed when everything was there is only brought to its end.
    """
    try:
        staging = Staging(data)
    except OSError as error:
        raise DefinitionError(
            f"Folder data {data} tidak dapat dipakai: {error.strerror}. Pilih folder lain dengan ALURIZIN_DATA."
        ) from error
    try:
        done = _finished_before(staging)
        if done is None:
            done = _fill(staging, request)
        staging.finish()
    except OSError as error:
        raise DefinitionError(f"Pemulihan tidak selesai: {error.strerror}. Perbaiki, lalu ulangi.") from error
    finally:
        staging.release()
    return done


def prove(data: Path) -> int:
    """Make ready what is in place now, and run ``alurizin verify`` on it; the exit status."""
    lock = Lock(data)
    try:
        with _database(data, lock):
            return _command("migrate", "--tunggu", "60", "--tanpa-perhatian") or _command("verify")
    finally:
        lock.release()


def _command(*words: str) -> int:
    from ops.processes import Process
    from ops.supervisor import command_line

    process = Process(name=words[0], command=("alurizin", *words))
    return subprocess.run(command_line(process), env=os.environ, check=False).returncode


def _fill(staging: Staging, request: Request) -> Restored:
    backup = _chosen(request)
    staging.begin()
    try:
        manifest = _manifest(backup, request, staging.folder / _OPENED)
        for part in manifest.files():
            _bring_file(staging.folder, part, request)
        _bring_newest(staging.folder, request)
        mark = f"{backup.name}/{uuid4().hex}"
        write_atomic(staging.folder / _MARK, mark.encode())
        with _database(staging.folder, staging.lock):
            gaps = _bring_rows(backup, manifest, request, mark)
        _clear(staging.folder)
    except BaseException:
        staging.abandon()
        raise
    return Restored(backup.name, gaps)


def _finished_before(staging: Staging) -> Restored | None:
    """What a killed try had brought back whole: it was being moved, or a database that was given has its rows."""
    mark = staging.folder / _MARK
    if staging.is_whole:
        return Restored("", ())
    if not os.environ.get("DATABASE_URL") or not mark.exists():
        return None
    with _database(staging.folder, staging.lock):
        statement = _last_statement()
    if statement.get("backup") != mark.read_text(encoding="utf-8"):
        return None
    _clear(staging.folder)
    return Restored(str(statement["backup"]).partition("/")[0], gaps_of(statement))


def _clear(folder: Path) -> None:
    for name in (_OPENED, _MARK):
        (folder / name).unlink(missing_ok=True)
    os.sync()


def _chosen(request: Request) -> Path:
    whole = {folder.name: folder for folder in request.target.backups().values()}
    if not whole:
        raise DefinitionError(f"Tidak ada cadangan yang utuh di {request.target.folder}. Periksa alamat foldernya.")
    name = request.name or max(whole)
    if name not in whole:
        raise DefinitionError(f"Cadangan {name} tidak ada atau tidak utuh. Yang ada: {', '.join(sorted(whole)[-5:])}.")
    return whole[name]


def _manifest(backup: Path, request: Request, opened: Path) -> Manifest:
    """Raises WrongKey where the key is not the target's, PartDamaged where it is and does not open this."""
    try:
        return Manifest(backup, request.identity, opened)
    except WrongKey as error:
        if request.target.is_for(request.identity):
            raise PartDamaged(backup / MANIFEST) from error
        raise


def _bring_newest(folder: Path, request: Request) -> None:
    """Of an older backup: what has to be as it was in the last one that can be read."""
    for backup in reversed(request.target.backups().values()):
        with suppress(PartDamaged, PartLost):
            for part in _manifest(backup, request, folder / _OPENED_NEWEST).files():
                if part.name in OF_NEWEST:
                    _bring_file(folder, part, request)
            break
    (folder / _OPENED_NEWEST).unlink()


def _bring_file(folder: Path, part: FilePart, request: Request) -> None:
    path = folder / part.name
    make_folder(path.parent)
    digest, sealed = hashlib.sha256(), request.target.content(part.content)
    with path.open("wb") as file:

        def take(piece: bytes) -> None:
            digest.update(piece)
            file.write(piece)

        unseal_part(sealed, request.identity, take)
    if digest.hexdigest() != part.sha256:
        raise PartDamaged(sealed)


@contextmanager
def _database(data: Path, lock: Lock) -> Iterator[None]:
    """The database of this office: the one that is given, else its own, served meanwhile.

    From here on this process is one of that office, and reads its settings.
    """
    os.environ["ALURIZIN_DATA"] = str(data)
    os.environ.setdefault("CELERY_BROKER_URL", "redis://localhost")  # nothing here asks it
    if os.environ.get("DATABASE_URL"):
        yield
        return
    from ops.postgres import own_postgres

    server = own_postgres(data)
    server.create()
    os.environ.update(DATABASE_URL=server.url, MIGRATION_DATABASE_URL=server.owner_url)
    try:
        with _serving(server, lock):
            yield
    finally:
        del os.environ["DATABASE_URL"], os.environ["MIGRATION_DATABASE_URL"]


@contextmanager
def _serving(server: "Postgres", lock: Lock) -> Iterator[None]:
    """PostgreSQL runs meanwhile, and ends with us, however we end; until it has, the folder stays locked."""
    from ops.supervisor import command_line

    words, kept = command_line(server.process), [lock.descriptor]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, cwd="/", start_new_session=True, pass_fds=kept, stdout=quiet, stderr=quiet) as runs:
        try:
            yield
        finally:
            runs.send_signal(server.process.stop)
            runs.wait(_SERVER_ENDS)


def _bring_rows(backup: Path, manifest: Manifest, request: Request, mark: str) -> Sequence[LeftAlone]:
    """All of it in one transaction: killed anywhere, the database is as empty as before."""
    from ops.readiness import wait_for_database  # these read the settings, which are known only now
    from pipeline.clock import real_now
    from pipeline.db import owner_engine
    from pipeline.services.restoration import settle

    wait_for_database(60)
    try:
        with owner_engine().begin() as conn:
            if inspect(conn).get_table_names():
                raise DefinitionError("Basis data pada DATABASE_URL tidak kosong. Beri yang kosong, lalu ulangi.")
            upgrade_within(conn, manifest.about.revision)
            _load(conn, backup, manifest, request.identity)
            upgrade_within(conn)
            about = manifest.about
            return settle(conn, backup=mark, backup_at=about.at, declared=request.declared, now=real_now())
    finally:
        owner_engine().dispose()


def _load(conn: Connection, backup: Path, manifest: Manifest, identity: Identity) -> None:
    raw = cast(Raw, conn.connection.dbapi_connection)
    parts = {part.table.name: part for part in manifest.tables()}
    for table in in_order(raw, [part.table for part in parts.values()]):
        let_rows_in(raw, table, closed=False)
        _copy_in(raw, backup, parts[table.name], identity)
        let_rows_in(raw, table, closed=True)
    move_on(raw, manifest.about.sequences)


def _copy_in(raw: Raw, backup: Path, part: TablePart, identity: Identity) -> None:
    with raw.cursor() as cursor, cursor.copy(part.table.copy("FROM STDIN")) as copy:
        taking = Unpacking(copy.write)
        unseal_part(backup / part.part, identity, taking)
    if taking.sha256 != part.sha256:
        raise PartDamaged(backup / part.part)


def _last_statement() -> Mapping[str, object]:
    """Of the last restore that the database tells of; empty when it has no tables."""
    from pipeline.db import owner_engine  # reads the settings, which are known only now
    from pipeline.queries.records.restorations import read_restorations

    try:
        with owner_engine().connect() as conn:
            if not inspect(conn).has_table("restoration"):
                return {}
            return next((signed.statement for signed in reversed([*read_restorations(conn)])), {})
    finally:
        owner_engine().dispose()
