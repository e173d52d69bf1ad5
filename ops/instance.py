"""The running instance of a data folder: one at a time, and known to every other command through a file in it."""

import fcntl
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipeline.errors import DefinitionError
from pipeline.settings import read_places

_STATE = "instance.json"
_LOCK = "instance.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What ``alurizin info --json`` prints. Only its owner can read the file."""

    web: str
    flower: str
    mode: str
    port: int
    data: str
    database_url: str
    owner_url: str  # of the database's owner, for migrations; empty when the office names none
    broker_url: str
    supervisor: int  # pid of the supervisor
    process: dict[str, int] = field(default_factory=dict)  # name -> pid
    account: list[dict[str, str]] = field(default_factory=list)  # demo only


class Lock:
    """Held as long as the supervisor lives, however it ends."""

    def __init__(self, data: Path) -> None:
        self._file = (data / _LOCK).open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DefinitionError(
                f"AlurIzin sudah berjalan dengan folder data {data}. Hentikan dulu, atau mulai yang kedua dengan "
                "ALURIZIN_DATA dan ALURIZIN_PORT lain."
            ) from None

    @property
    def descriptor(self) -> int:
        """For a child that has to be gone before anybody else may hold it."""
        return self._file.fileno()

    def release(self) -> None:
        self._file.close()


def data_folder(env: Mapping[str, str]) -> Path:
    """The folder of ALURIZIN_DATA, or ``var`` beside the code."""
    return read_places(env).data


def write(instance: Instance) -> None:
    """Tell the others, in one step."""
    path = Path(instance.data) / _STATE
    new = path.with_suffix(".baru")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(instance), file)
    new.replace(path)


def forget(data: Path) -> None:
    """Nothing runs here any more."""
    (data / _STATE).unlink(missing_ok=True)


def running(data: Path) -> Instance:
    """The instance that runs on this data folder. Raises DefinitionError with what to do when none does."""
    path = data / _STATE
    if path.exists():
        try:
            instance = Instance(**json.loads(path.read_text(encoding="utf-8")))
        except (TypeError, ValueError) as error:  # of another version: other fields, or no JSON
            raise DefinitionError(f"{path} ditulis versi lain. Hentikan AlurIzin, lalu `make run`.") from error
        if alive(instance.supervisor) and b"alurizin" in Path(f"/proc/{instance.supervisor}/cmdline").read_bytes():
            return instance
    raise DefinitionError(f"AlurIzin belum berjalan dengan folder data {data}. Jalankan `make run`.")


def attach() -> None:
    """Point this process at the running instance, before ``settings()`` is read.

    An environment that names its own DATABASE_URL (a server of the office, a container) is left alone.
    """
    if os.environ.get("DATABASE_URL"):
        return
    instance = running(data_folder(os.environ))
    os.environ.update(
        ALURIZIN_DATA=instance.data,
        ALURIZIN_MODE=instance.mode,
        ALURIZIN_PORT=str(instance.port),
        DATABASE_URL=instance.database_url,
        MIGRATION_DATABASE_URL=instance.owner_url,
        CELERY_BROKER_URL=instance.broker_url,
    )


def alive(pid: int) -> bool:
    """Whether a process of this number runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def started_at(pid: int) -> float:
    """When a process began, in seconds as a file's time is; 0.0 for one that is gone."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    since_boot = int(told.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + since_boot
