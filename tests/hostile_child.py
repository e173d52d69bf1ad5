"""``python -m tests.hostile_child [LACKING…]``: the sandbox's program as if a file had taken over the child.

Each job tries one thing and tells what became of it. What is named on the command line is withheld as an older kernel
would: ``reach`` (Landlock), ``calls`` (seccomp).
"""

import errno
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pipeline.uploads import child, wire
from pipeline.uploads.walls import calls, kernel, reach

_CONTROL = {"x86_64": 157, "aarch64": 167}


def _read(what: str) -> None:
    Path(what).read_bytes()


def _write(what: str) -> None:
    with Path(what).open("wb", buffering=0) as file:
        file.write(b"x")


def _connect(what: str) -> None:
    host, _, port = what.rpartition(":")
    with socket.socket() as line:
        line.connect((host, int(port)))


def _connect_socket(what: str) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(what)


def _execute(what: str) -> None:
    os.execv(what, [what])  # noqa: S606 - it is what an attacker does


def _fork(_: str) -> None:
    """Raises OSError when no more can be had; those there are leave by themselves."""
    while True:
        if os.fork() == 0:
            time.sleep(5)
            os._exit(0)


def _kill(what: str) -> None:
    os.kill(int(what), signal.SIGKILL)


def _see(what: str) -> None:
    os.kill(int(what), 0)


def _raise_limits(_: str) -> None:
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        with suppress(ValueError):
            resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            return
    raise PermissionError(errno.EPERM, "all of them")


def _become_root(_: str) -> None:
    os.setresuid(0, 0, 0)


def _spin(_: str) -> None:
    while True:
        pass


def _swell(what: str) -> None:
    bytearray(int(what))


ATTEMPTS: dict[str, Callable[[str], object]] = {
    "read": _read,
    "list": os.listdir,
    "write": _write,
    "connect": _connect,
    "connect_socket": _connect_socket,
    "execute": _execute,
    "fork": _fork,
    "kill": _kill,
    "see": _see,
    "raise_limits": _raise_limits,
    "become_root": _become_root,
    "spin": _spin,
    "swell": _swell,
}


def attempt(head: wire.Head, payload: bytes) -> tuple[wire.Head, bytes]:
    """``outcome`` is "done", or the name of what the kernel said instead."""
    try:
        ATTEMPTS[str(head["what"])](payload.decode())
    except OSError as error:
        return {"outcome": errno.errorcode[error.errno or 0]}, b""
    return {"outcome": "done"}, b""


def linger(_head: wire.Head, _payload: bytes) -> tuple[wire.Head, bytes]:
    """Tell who this is, and neither hang up nor end."""
    line = socket.socket(fileno=child.CONTROL)
    wire.send(line, {"pid": os.getpid()})
    line.detach()
    signal.alarm(0)
    with suppress(OSError):
        kernel.control(kernel.DEATH_SIGNAL, 0)
    while True:
        time.sleep(60)


def withhold_reach() -> None:
    """As a kernel that has never heard of it."""
    refused = calls.answer(reach.CREATE, calls.REFUSE | errno.ENOSYS)
    steps = ((calls.LOAD, 0, 0, calls.NUMBER_AT), *refused, (calls.RETURN, 0, 0, calls.ALLOW))
    calls.restrict(calls.packed(steps))


def withhold_calls() -> None:
    """As a kernel that was built without filters."""
    steps = (
        (calls.LOAD, 0, 0, calls.NUMBER_AT),
        (calls.EQUALS, 0, 3, _CONTROL[os.uname().machine]),
        (calls.LOAD, 0, 0, calls.ARGUMENTS_AT),
        (calls.EQUALS, 0, 1, kernel.SYSTEM_CALL_FILTER),
        (calls.RETURN, 0, 0, calls.REFUSE | errno.EINVAL),
        (calls.RETURN, 0, 0, calls.ALLOW),
    )
    calls.restrict(calls.packed(steps))


if __name__ == "__main__":
    child.CPU_SECONDS = 1  # type: ignore[misc]  # nobody waits for ten
    child.JOBS.update({"attempt": attempt, "linger": linger})
    kernel.control(kernel.NO_NEW_PRIVILEGES, 1)
    for name, withhold in {"reach": withhold_reach, "calls": withhold_calls}.items():
        if name in sys.argv:
            withhold()
    child.main()
