"""Files that are whole or not there, and closed to others."""

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path


def is_full(error: OSError) -> bool:
    """Whether there was no room left, on the disk or of what one may take of it."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def write_atomic(path: Path, payload: bytes, *, lasting: bool = True) -> None:
    """Write a file (0600, folders 0700) so that a reader, or a crash, meets either all of it or nothing.

    Not ``lasting``: a power cut may leave less of it; for what its reader knows to be whole, and can be made again.
    """
    tmp = _written_beside(path, payload, lasting=lasting)
    try:
        tmp.replace(path)
    except BaseException:
        tmp.unlink(missing_ok=True)
        raise
    if lasting:
        sync_folder(path.parent)


def write_first(path: Path, payload: bytes) -> None:
    """The same for a file of which there is to be only one: that of whoever comes first stays."""
    tmp = _written_beside(path, payload, lasting=True)
    try:
        with suppress(FileExistsError):
            os.link(tmp, path)  # whole, and only if there is none yet
    finally:
        tmp.unlink(missing_ok=True)
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


def _written_beside(path: Path, payload: bytes, *, lasting: bool) -> Path:
    make_folder(path.parent)
    fd, tmp = tempfile.mkstemp(dir=path.parent, prefix=".baru-")
    try:
        with os.fdopen(fd, "wb") as f:
            f.write(payload)
            if lasting:
                f.flush()
                os.fsync(f.fileno())
    except BaseException:
        Path(tmp).unlink(missing_ok=True)
        raise
    return Path(tmp)
