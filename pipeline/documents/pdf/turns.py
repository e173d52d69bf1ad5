"""Who converts next: a few at a time on this machine, in the order they came, and pictures never before signatures.

All of it is files with locks in a folder of this user, so it holds between processes, and the kernel frees the place of
one that dies.
"""

import fcntl
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.documents.errors import EngineMissing, TimedOut

_LOOK = 0.03  # seconds


@contextmanager
def turn(limit: float, *, places: int, preview: bool) -> Iterator[None]:
    """One of ``places``. What is only looked at (``preview``) gets the first of them and no other.

    Raises TimedOut when none is free within ``limit`` seconds.
    """
    folder = private_folder()
    mine = range(1) if preview else range(places - 1, -1, -1)
    with _wait(folder, mine, time.monotonic() + limit):
        yield


def private_folder() -> Path:
    """Locks and sockets of this user's conversions. Raises EngineMissing when somebody else made it."""
    folder = Path(tempfile.gettempdir()) / f"alurizin-pdf-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.lstat().st_uid != os.getuid() or folder.is_symlink():
        raise EngineMissing(f"Folder {folder} bukan milik AlurIzin. Hapus folder itu, lalu coba lagi.")
    return folder


def _wait(folder: Path, places: range, tenggat: float) -> IO[bytes]:
    """The lock of one of the places, when this caller is the first in the line and one is free."""
    with _ticket(folder, last=len(places) == 1) as ticket:
        while True:
            ahead = _ahead(folder, ticket)
            if not ahead and (place := _free(folder, places)) is not None:
                return place
            if time.monotonic() > tenggat:
                raise TimedOut("Terlalu banyak PDF sedang dibuat. Coba lagi beberapa saat lagi.")
            time.sleep(_LOOK * min(1 + ahead, 10))


@contextmanager
def _ticket(folder: Path, *, last: bool) -> Iterator[Path]:
    """A place in the line: files whose names sort as their owners came, locked as long as these live."""
    path = folder / f"{int(last)}-{time.monotonic_ns():020}-{os.getpid()}-{threading.get_ident()}.antre"
    with path.open("xb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def _ahead(folder: Path, ticket: Path) -> int:
    """How many may be before this one; 0 means nobody is."""
    before = sorted(path for path in folder.glob("*.antre") if path.name < ticket.name)
    while before and _left_behind(before[0]):
        before.pop(0).unlink(missing_ok=True)
    return len(before)


def _left_behind(ticket: Path) -> bool:
    try:
        with ticket.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True
    return True


def _free(folder: Path, places: range) -> IO[bytes] | None:
    for n in places:
        place = (folder / f"{n}.kunci").open("wb")
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            place.close()
        else:
            return place
    return None
