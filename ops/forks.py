"""The supervisor's side of the nursery (ops/nursery.py): asks it for children, and hears how they end."""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from ops.processes import Process

NURSERY = Process(name="induk", command=("python", "-m", "ops.nursery"))
LOST = -9  # how a child is said to have ended whose nursery has died: it ends as well
_LONGEST = 65_536

T = TypeVar("T")
Execute = Callable[[Process, Callable[[int], None], int], Awaitable[int]]


@dataclass(slots=True)
class Fork:
    """A child of the nursery, and the status it ends with."""

    pid: int
    ended: "asyncio.Future[int]"


class Nursery:
    """Started when it is first needed, and again after it died. ``execute`` runs it to its end, given its input."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._control: socket.socket | None = None
        self._running: asyncio.Task[None] | None = None
        self._pid = 0
        self._asked: dict[str, asyncio.Future[Fork]] = {}
        self._forks: dict[int, Fork] = {}

    def start(self) -> socket.socket:
        """It begins to load now, unless it has."""
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._control.setblocking(False)
            asyncio.get_running_loop().add_reader(self._control, self._hear, self._control)
            self._running = asyncio.create_task(self._keep(self._control, theirs))
        return self._control

    async def fork(self, process: Process, out: int) -> Fork:
        """A child that becomes ``process`` and prints to ``out``. Raises ConnectionError when the nursery dies.

        One of each name is asked for at a time.
        """
        answer: asyncio.Future[Fork] = asyncio.get_running_loop().create_future()
        self._asked[process.name] = answer
        socket.send_fds(self.start(), [json.dumps([process.name, dict(process.env), *process.command]).encode()], [out])
        return await answer

    async def close(self) -> None:
        """End it; a child that still runs is asked by the kernel to end."""
        if self._running is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, NURSERY.stop)
            await self._running

    async def _keep(self, control: socket.socket, theirs: socket.socket) -> None:
        def began(pid: int) -> None:
            self._pid = pid
            theirs.close()

        await self._execute(NURSERY, began, theirs.fileno())
        asyncio.get_running_loop().remove_reader(control)
        control.close()
        self._control = self._running = None
        lost, self._forks, asked, self._asked = self._forks, {}, self._asked, {}
        for fork in lost.values():
            _settle(fork.ended, LOST)
        for answer in asked.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError())

    def _hear(self, control: socket.socket) -> None:
        message = control.recv(_LONGEST)
        if not message:
            asyncio.get_running_loop().remove_reader(control)
            return
        name, pid, status = json.loads(message)
        if status is None:
            fork = self._forks[pid] = Fork(pid, asyncio.get_running_loop().create_future())
            _settle(self._asked.pop(name), fork)
        else:
            _settle(self._forks.pop(pid).ended, status)


def _settle(answer: "asyncio.Future[T]", value: T) -> None:
    """Whoever waited may have been told to stop."""
    if not answer.done():
        answer.set_result(value)
