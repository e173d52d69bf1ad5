"""Entries of the cache in data/turunan: each carries a code that only a holder of SECRET_KEY can make.

The code is over the entry's name and its content. Whoever can write to the folder can take entries away, but neither
change one, make one up, nor put one in the place of another: what does not carry its code counts as not made, and the
workers are told to look for what is missing. Each key has a folder of its own, so another key starts with an empty
cache; what an older one left may be deleted.
"""

import hmac
import os
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

import structlog

from pipeline.hashing import keyed_code
from pipeline.settings import settings
from pipeline.storage import write_atomic

CODE_BYTES: Final = 32  # in front of the content
STAMP: Final = "lengkap"  # there once every open file has been told to make its entries (desk/preview.py)
_DERIVED: Final = "turunan"
#: A link leads out of the folder, and a pipe would keep its reader waiting for ever.
_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK

_log = structlog.get_logger()


def cache_folder() -> Path:
    """Of the entries under the present key."""
    s = settings()
    return s.data / _DERIVED / _folder_name(s.secret_key)


def entry_path(name: str) -> Path:
    """Where an entry lies; its name begins with a hash."""
    return cache_folder() / name[:2] / name


def read_entry(name: str) -> bytes | None:
    """The content as it was kept; None when there is none, or none to be believed."""
    path = entry_path(name)
    try:
        fd = os.open(path, _FLAGS)
    except FileNotFoundError:
        return None
    except OSError:  # a link, or not ours to read
        _reject(name, path)
        return None
    with os.fdopen(fd, "rb") as f:
        kept = f.read() if stat.S_ISREG(os.fstat(fd).st_mode) else b""
        content = kept[CODE_BYTES:]
        if hmac.compare_digest(kept[:CODE_BYTES], _code(name, content)):
            return content
        if is_same_file(fd, path):  # otherwise a worker has just made it again
            _reject(name, path)
    return None


def keep_entry(name: str, content: bytes) -> None:
    """Keep a content under a name. A full disk costs the cache, not the document; a torn one is told by its code."""
    try:
        write_atomic(entry_path(name), _code(name, content) + content, lasting=False)
    except OSError as error:
        _log.warning("turunan tidak tersimpan", sebab=error.strerror)


def is_same_file(fd: int, path: Path) -> bool:
    """Whether the open file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False


def _code(name: str, content: bytes) -> bytes:
    return keyed_code(settings().secret_key, _DERIVED, name, content)


def _reject(name: str, path: Path) -> None:
    """Tell once, for it is taken away; without the stamp the sweep has every open file looked through."""
    _log.error("turunan tidak sah, dibuat lagi", turunan=name)
    for unwanted in (path, cache_folder() / STAMP):
        with suppress(OSError):
            unwanted.unlink()


@cache
def _folder_name(secret_key: str) -> str:
    """Of one key, and telling nothing of it."""
    return keyed_code(secret_key, _DERIVED, "folder", b"").hex()[:16]
