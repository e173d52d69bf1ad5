"""Files by the hash of their content: written once, never changed, the same bytes kept once."""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

from pipeline.damage import record_damage
from pipeline.errors import AlurIzinError, BerkasDamaged, BerkasLost, NotFound
from pipeline.settings import settings

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FULL = {errno.ENOSPC, errno.EDQUOT}


class StorageFull(AlurIzinError):
    """Penyimpanan dokumen sedang penuh, jadi berkas belum tersimpan. Isian Anda aman; coba lagi beberapa saat lagi."""


class Damage(StrEnum):
    """What can be wrong with a kept file."""

    RUSAK = "rusak"
    HILANG = "hilang"


class Store:
    """A folder of files named by their SHA-256, two levels of sub-folders deep; readable by its owner alone.

    Bytes are believed only after their hash is checked, at every read; ``alarm`` is told of each damage met.
    """

    def __init__(self, folder: Path, alarm: Callable[[str, str], None] | None = None) -> None:
        self.folder = folder
        self._alarm = alarm

    def put(self, payload: bytes) -> str:
        """Keep the bytes and return their SHA-256 (hex); putting them again changes nothing.

        Raises StorageFull when the disk is full.
        """
        sha256 = hashlib.sha256(payload).hexdigest()
        path = self._path(sha256)
        if self._look(sha256) != payload:  # one that was damaged is put right
            try:
                write_atomic(path, payload)
            except OSError as error:
                if error.errno in _FULL:
                    raise StorageFull from error
                if isinstance(error, IsADirectoryError | PermissionError):
                    self._tell(sha256, Damage.RUSAK)
                    raise BerkasDamaged from error
                raise
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes kept under ``sha256``. Raises BerkasDamaged or BerkasLost; NotFound for no hash at all."""
        found = self._look(sha256)
        if isinstance(found, Damage):
            self._tell(sha256, found)
            raise BerkasLost if found is Damage.HILANG else BerkasDamaged
        return found

    def has(self, sha256: str) -> bool:
        return bool(_SHA256.fullmatch(sha256)) and self._path(sha256).is_file()

    def damage(self, sha256: str) -> Damage | None:
        """What is wrong with a kept file, if anything; the alarm is told."""
        try:
            self.get(sha256)
        except BerkasLost:
            return Damage.HILANG
        except BerkasDamaged:
            return Damage.RUSAK
        except NotFound:  # what the records name is no hash
            return Damage.HILANG
        return None

    def scan(self) -> Iterator[tuple[str, Damage]]:
        """Read everything that is kept, and yield what is damaged. A file being written has another name."""
        for path in self.folder.glob("??/??/*"):
            if _SHA256.fullmatch(path.name) and (damage := self.damage(path.name)):
                yield path.name, damage

    def _look(self, sha256: str) -> bytes | Damage:
        try:
            with open(self._name(sha256), "rb") as f:
                payload = f.read()
        except FileNotFoundError:
            return Damage.HILANG
        except OSError:  # somebody else's file, a folder of that name, a bad disk: whatever the reason, it is not there
            return Damage.RUSAK
        return payload if hashlib.sha256(payload).hexdigest() == sha256 else Damage.RUSAK

    def _tell(self, sha256: str, damage: Damage) -> None:
        if self._alarm is not None:
            self._alarm(sha256, damage)

    def _path(self, sha256: str) -> Path:
        return Path(self._name(sha256))

    def _name(self, sha256: str) -> str:
        """Its path as a text: an act looks at some twenty files, and to make a Path takes longer than to read one."""
        if not _SHA256.fullmatch(sha256):  # never let a caller's text become a path
            raise NotFound
        return f"{self.folder}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


@cache
def store() -> Store:
    """The documents of this instance."""
    return Store(settings().data / "berkas", record_damage)


def write_atomic(path: Path, payload: bytes, *, lasting: bool = True) -> None:
    """Write a file (0600, folders 0700) so that a reader, or a crash, meets either all of it or nothing.

    Not ``lasting``: a power cut may leave less of it; for what its reader knows to be whole, and can be made again.
    """
    make_folder(path.parent)
    fd, tmp = tempfile.mkstemp(dir=path.parent, prefix=".baru-")
    try:
        with os.fdopen(fd, "wb") as f:
            f.write(payload)
            if lasting:
                f.flush()
                os.fsync(f.fileno())
        Path(tmp).replace(path)
    except BaseException:
        Path(tmp).unlink(missing_ok=True)
        raise
    if lasting:
        sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents, all of them closed to others."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make a new name in the folder survive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
