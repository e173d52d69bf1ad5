"""Entries of the cache in data/turunan: each sealed with the key of the documents it is made of.

Whoever can write to the folder can take entries away, but neither read or change one, make one up, nor put one in the
place of another: what does not open under its name counts as not made, and the workers are told to look for what is
missing. Each application has a folder of its own, which goes with its documents.
"""

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from pipeline.cipher import DocumentKey, SealBroken
from pipeline.disk import write_atomic
from pipeline.errors import NotFound
from pipeline.sealing.keys import keys_of, sealing_key
from pipeline.settings import settings

STAMP: Final = "lengkap"  # there once every open file has been told to make its entries (desk/preview.py)
_DERIVED, _SEALED, _OFFICE = "turunan", "tersegel", "kantor"
#: A link leads out of the folder, and a pipe would keep its reader waiting for ever.
_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK

_log = structlog.get_logger()


def cache_folder() -> Path:
    """Of all entries."""
    return settings().data / _DERIVED / _SEALED


def entry_path(name: str, owner: UUID | None = None) -> Path:
    """Where an entry made of this owner's documents lies. Raises NotFound for an owner without any."""
    if not (keys := keys_of(owner)):
        raise NotFound
    return _path(keys[0], name, owner)


def read_entry(name: str, owner: UUID | None = None) -> bytes | None:
    """The content as it was kept; None when there is none, or none to be believed."""
    if not (keys := keys_of(owner)):
        return None
    key = keys[0]
    path = _path(key, name, owner)
    try:
        fd = os.open(path, _FLAGS)
    except FileNotFoundError:
        return None
    except OSError:  # a link, or not ours to read
        _reject(name, path)
        return None
    with os.fdopen(fd, "rb") as f:
        kept = f.read() if stat.S_ISREG(os.fstat(fd).st_mode) else b""
        with suppress(SealBroken):
            return _opened(key, name, kept)
        if is_same_file(fd, path):  # otherwise a worker has just made it again
            _reject(name, path)
    return None


def keep_entry(name: str, content: bytes, owner: UUID | None = None) -> None:
    """Keep a content under a name. A full disk costs the cache, not the document; a torn one does not open."""
    key = sealing_key(owner)
    try:
        write_atomic(_path(key, name, owner), key.seal(content, _about(name)), lasting=False)
    except OSError as error:
        _log.warning("turunan tidak tersimpan", sebab=error.strerror)


def is_same_file(fd: int, path: Path) -> bool:
    """Whether the open file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False


def drop_entries(owner: UUID) -> None:
    """All that was made of an application's documents."""
    shutil.rmtree(cache_folder() / str(owner), ignore_errors=True)


def drop_clear_entries() -> None:
    """What an older version kept in the clear: it is made again."""
    for folder in (settings().data / _DERIVED).glob("*"):
        if folder != cache_folder():
            shutil.rmtree(folder, ignore_errors=True)


def _path(key: DocumentKey, name: str, owner: UUID | None) -> Path:
    sealed = key.name(_about(name))
    return cache_folder() / (str(owner) if owner else _OFFICE) / sealed[:2] / sealed


def _opened(key: DocumentKey, name: str, kept: bytes) -> bytes:
    return key.unseal(kept, _about(name))


def _about(name: str) -> str:
    return f"{_DERIVED} {name}"


def _reject(name: str, path: Path) -> None:
    """Tell once, for it is taken away; without the stamp the sweep has every open file looked through."""
    _log.error("turunan tidak sah, dibuat lagi", turunan=name)
    for unwanted in (path, cache_folder() / STAMP):
        with suppress(OSError):
            unwanted.unlink()
