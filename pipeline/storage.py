"""Files by the hash of their content: written once, never changed, the same bytes kept once."""

import errno
import hashlib
import os
import re
import tempfile
from functools import cache
from pathlib import Path

from pipeline.errors import AlurIzinError, TidakDitemukan
from pipeline.settings import settings

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PENUH = {errno.ENOSPC, errno.EDQUOT}


class PenyimpananPenuh(AlurIzinError):
    """Penyimpanan dokumen sedang penuh, jadi berkas belum tersimpan. Isian Anda aman; coba lagi beberapa saat lagi."""


class Store:
    """A folder of files named by their SHA-256, two levels of sub-folders deep; readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, konten: bytes) -> str:
        """Keep the bytes and return their SHA-256 (hex); putting them again changes nothing.

        Raises PenyimpananPenuh when the disk is full.
        """
        sha256 = hashlib.sha256(konten).hexdigest()
        path = self._path(sha256)
        if not _has_size(path, len(konten)):
            try:
                write_atomic(path, konten)
            except OSError as e:
                if e.errno in _PENUH:
                    raise PenyimpananPenuh from e
                raise
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes kept under ``sha256``. Raises TidakDitemukan when there are none."""
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise TidakDitemukan from None

    def has(self, sha256: str) -> bool:
        return bool(_SHA256.fullmatch(sha256)) and self._path(sha256).is_file()

    def intact(self, sha256: str) -> bool:
        """Whether the file is there and its bytes are those it is named after."""
        return self.has(sha256) and hashlib.sha256(self.get(sha256)).hexdigest() == sha256

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):  # never let a caller's text become a path
            raise TidakDitemukan
        return self.folder / sha256[:2] / sha256[2:4] / sha256


@cache
def store() -> Store:
    """The documents of this instance."""
    return Store(settings().data / "berkas")


def write_atomic(path: Path, konten: bytes) -> None:
    """Write a file (0600, folders 0700) so that a reader, or a crash, meets either all of it or nothing."""
    make_folder(path.parent)
    fd, tmp = tempfile.mkstemp(dir=path.parent, prefix=".baru-")
    try:
        with os.fdopen(fd, "wb") as f:
            f.write(konten)
            f.flush()
            os.fsync(f.fileno())
        Path(tmp).replace(path)
    except BaseException:
        Path(tmp).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents, all of them closed to others."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Make a new name in the folder survive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _has_size(path: Path, ukuran: int) -> bool:
    """A file of another size under this name is damaged and is to be written again."""
    try:
        return path.stat().st_size == ukuran
    except FileNotFoundError:
        return False
