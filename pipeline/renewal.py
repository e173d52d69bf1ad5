"""A process notices that the office's files say something else now, and ends in good order to be started again."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from signal import SIGTERM

import structlog

from pipeline.errors import DefinitionError
from pipeline.kantor import Kantor, read_kantor
from pipeline.kantor.office import kantor, kantor_file, kept_sops, sop_folders
from pipeline.sop.registry import Registry, kept_versions, read_registry, registry

log = structlog.get_logger()

#: Between two looks, in seconds. What somebody is still copying is taken at the look after it has come to rest.
LOOK = 2.0


class Renewal(threading.Thread):
    """Looks at the files beside the process's own work; calls ``end`` once, when what is in force has changed."""

    def __init__(self, end: Callable[[], None]) -> None:
        super().__init__(name="office files", daemon=True)
        self._end = end
        self._last = fingerprint()
        self._seen = ""  # the first look compares: a process may have been forked from one that had read them long ago
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(LOOK):
            if self.look():
                self._end()
                return

    def stop(self) -> None:
        self._over.set()

    def look(self) -> bool:
        """Whether the files have come to rest and put something else in force. A file that is wrong is named once."""
        now = fingerprint()
        at_rest, self._last = now == self._last, now
        if not at_rest or now == self._seen:
            return False
        self._seen = now
        return changed()


def renew(pid: int) -> None:
    """Ask the process to end when the office has changed; whoever keeps it alive starts it again."""
    Renewal(partial(os.kill, pid, SIGTERM)).start()


def fingerprint() -> str:
    """Of the bytes of every file that says what this office is."""
    seen = hashlib.sha256()
    for path in _files():
        try:
            seen.update(f"{path}\0".encode() + path.read_bytes() + b"\0")
        except OSError:  # gone between the listing and the reading; the next look sees it
            continue
    return seen.hexdigest()


def in_force(office: Kantor, sops: Registry) -> tuple[Kantor, dict[str, str]]:
    """What a process runs on, so that two can be told apart."""
    return office, {f"{code} {version}": source.sop.digest for (code, version), source in sops.source.items()}


def changed() -> bool:
    """Whether the files put something else in force than this process runs on. One that is wrong is named."""
    try:
        office = read_kantor(kantor_file())
    except DefinitionError as error:
        log.warning("berkas kantor tidak dipakai", galat=str(error))
        return False
    if lost := _lost(office):
        log.warning("berkas kantor tidak dipakai: jabatan yang diikuti permohonan hilang", sop=lost)
        return False
    sops = read_registry(sop_folders(office), kept_sops(), office.posts)
    for name, sentence in sops.refused.items():
        log.warning("berkas SOP tidak dipakai", berkas=name, galat=sentence)
    return in_force(office, sops) != in_force(kantor(), registry())


def _lost(office: Kantor) -> list[str]:
    """The versions that applications follow and that could not be read with these posts any more."""
    return sorted(
        {one.name for one in kept_versions(kept_sops(), kantor().posts)}
        - {one.name for one in kept_versions(kept_sops(), office.posts)}
    )


def _files() -> Iterable[Path]:
    yield kantor_file()
    for folder in (*sop_folders(kantor()), kept_sops()):
        yield from sorted(folder.glob("*.toml"))
