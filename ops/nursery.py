"""Our own programs, forked from one process that has loaded all of them: what they share lies in memory once.

``python -m ops.nursery``, with a socket as its input: each message is a program's name, what it alone is to find in its
environment and the words of its command, and brings a descriptor to print to. A child becomes that program; its pid is
told, and how it ended. The nursery has one thread, opens nothing, and ends with whoever holds the other end of the
socket; its children end with it.

When the office has changed since, it begins anew in the same process before the next child, and its children stay its.
"""

import ctypes
import gc
import json
import os
import selectors
import signal
import socket
import sys
from importlib import import_module

from pipeline.db import load_database_code
from pipeline.renewal import changed
from pipeline.settings import settings
from web import ROOMS

#: What the programs import, before they read anything of their own.
LOADED = (
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "gunicorn.app.wsgiapp",
    "kombu.transport.redis",
    "ops.commands.flower",
    "ops.commands.hidupkan",
    "ops.commands.siapkan",
    "ops.demo_accounts",
    "ops.flower_auth",
    "ops.readiness",
    "tasks.beat",
    "tasks.celery",
    "tasks.relay",
    "tasks.worker",
    "web.server",
    *(f"web.{room}" for room in ROOMS),
)
_PROGRAMS = {"alurizin": "ops.cli:main", "gunicorn": "gunicorn.app.wsgiapp:run"}
_LONGEST = 65_536
_DEATH_SIGNAL = 1  # prctl(2)
_NAME = 15


def main() -> None:
    """In the nursery: serve. In each child: become what was asked for, and end as that ends."""
    for name in LOADED:
        import_module(name)
    load_database_code()
    gc.collect()
    gc.freeze()  # the collector writes into no page loaded so far, and the children go on sharing them
    words = _serve(socket.socket(fileno=0), json.loads(sys.argv[1]) if sys.argv[1:] else [])
    sys.argv = words[2:] if words[:2] == ["python", "-m"] else words
    module, _, function = _PROGRAMS.get(sys.argv[0], f"{sys.argv[0]}:main").partition(":")
    getattr(import_module(module), function)()


def _serve(control: socket.socket, children: list[tuple[str, int]]) -> list[str]:
    """The words of a command, in a child; the nursery does not come back from here."""
    with selectors.DefaultSelector() as awaited:
        awaited.register(control, selectors.EVENT_READ)
        for name, pid in children:
            awaited.register(os.pidfd_open(pid), selectors.EVENT_READ, (name, pid))
        while True:
            for key, _ in awaited.select():
                if key.fileobj is not control:
                    _bury(control, awaited, key)
                    continue
                if changed():
                    _begin_anew(awaited)
                if words := _fork(control, awaited):
                    return words


def _begin_anew(awaited: selectors.BaseSelector) -> None:
    """Load everything again; the message that asks for a child waits in the socket, which stays open."""
    children = [key.data for key in awaited.get_map().values() if key.data]
    os.execv(sys.executable, [sys.executable, "-m", "ops.nursery", json.dumps(children)])  # noqa: S606 - ourselves


def _fork(control: socket.socket, awaited: selectors.BaseSelector) -> list[str]:
    """The words of a new child's command, in that child."""
    message, descriptors, _, _ = socket.recv_fds(control, _LONGEST, 1)
    if not message:
        raise SystemExit
    name, env, *words = json.loads(message)
    parent = os.getpid()
    if pid := os.fork():
        os.close(descriptors[0])
        awaited.register(os.pidfd_open(pid), selectors.EVENT_READ, (name, pid))
        _tell(control, name, pid, None)
        return []
    for key in list(awaited.get_map().values()):
        os.close(key.fd)
    control.detach()
    _begin(name, parent, descriptors[0])
    os.environ.update(env)
    settings.cache_clear()
    return list(map(str, words))


def _begin(name: str, parent: int, out: int) -> None:
    """A child of its own: a group to lead, its own output, and an end when the nursery ends."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    libc = ctypes.CDLL(None)
    libc.prctl(_DEATH_SIGNAL, signal.SIGTERM)
    libc.prctl(_NAME, name.encode())
    if os.getppid() != parent:
        raise SystemExit


def _bury(control: socket.socket, awaited: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    awaited.unregister(key.fileobj)
    os.close(key.fd)
    name, pid = key.data
    _, status = os.waitpid(pid, 0)
    _tell(control, name, pid, os.waitstatus_to_exitcode(status))


def _tell(control: socket.socket, name: str, pid: int, status: int | None) -> None:
    try:
        control.send(json.dumps([name, pid, status]).encode())
    except ConnectionError:
        raise SystemExit from None  # whoever asked is gone


if __name__ == "__main__":
    main()
