"""Keeps processes alive: started, watched, started again when they die, and ended in good order.

It knows nothing of the office. A process is the leader of its own group, so what it leaves behind when it is killed is
killed with it; and the kernel asks it to end if the supervisor itself is killed (``setpriv --pdeathsig``).
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from subprocess import DEVNULL
from time import monotonic

from ops.child_log import ChildLog
from ops.forks import LOST, Nursery
from ops.processes import Process

_STEADY = 10.0  # seconds after which a process counts as having run well
_TROUBLE = 3  # deaths in a row before somebody is told


class Supervisor:
    """Processes in ``home`` with environment ``env``.

    ``changed`` hears of every new set of running pids, ``troubled`` of a process that keeps dying young.
    """

    def __init__(
        self,
        home: Path,
        env: Mapping[str, str],
        logs: Path,
        changed: Callable[[], None] = lambda: None,
        troubled: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.home = home
        self.env = dict(env)
        self.logs = logs
        self.changed = changed
        self.troubled = troubled
        self.nursery = Nursery(self._execute)
        self._kept: dict[str, Kept] = {}

    @property
    def pids(self) -> dict[str, int]:
        """Of the processes that run now."""
        return {name: kept.pid for name, kept in self._kept.items() if kept.pid is not None}

    def keep(self, process: Process) -> None:
        """Start it and start it again whenever it ends, until it is stopped."""
        self._kept[process.name] = Kept(process, self)

    async def once(self, process: Process) -> int:
        """Run it to its end; the exit status."""
        return await self.spawn(process, lambda _: None)

    def quick_deaths(self, name: str) -> int:
        """How often in a row it ended soon after its start."""
        return self._kept[name].quick_deaths

    def log(self, name: str) -> ChildLog:
        return ChildLog(self.logs, name)

    async def stop(self, *name: str) -> None:
        """End these at the same time, each within its patience; SIGKILL after it."""
        await asyncio.gather(*(self._kept[each].end() for each in name if each in self._kept))

    def kill(self) -> None:
        """End everything now."""
        for pid in self.pids.values():
            kill_group(pid)

    async def spawn(self, process: Process, began: Callable[[int], None]) -> int:
        """Run it once, printing into its log, and kill what it left behind."""
        if not process.forked:
            return await self._execute(process, began)
        out = self.log(process.name).pipe()
        try:
            fork = await self.nursery.fork(process, out)
        except ConnectionError:
            return LOST
        finally:
            os.close(out)
        began(fork.pid)
        try:
            return await fork.ended
        finally:
            kill_group(fork.pid)

    async def _execute(self, process: Process, began: Callable[[int], None], given: int = DEVNULL) -> int:
        """The same as a program of its own, with ``given`` as its input."""
        out = self.log(process.name).pipe()
        try:
            child = await asyncio.create_subprocess_exec(
                *command_line(process),
                stdin=given,
                stdout=out,
                stderr=out,
                cwd=self.home,
                env={**self.env, **process.env},
                start_new_session=True,
            )
        finally:
            os.close(out)
        began(child.pid)
        try:
            return await child.wait()
        finally:
            kill_group(child.pid)


class Kept:
    """One process that is kept alive."""

    def __init__(self, process: Process, supervisor: Supervisor) -> None:
        self.pid: int | None = None
        self.quick_deaths = 0
        self._process = process
        self._supervisor = supervisor
        self._ending = asyncio.Event()
        self._keeper = asyncio.create_task(self._keep())

    async def end(self) -> None:
        """Ask it to end, wait, kill it."""
        self._ending.set()
        self._signal()
        _, late = await asyncio.wait([self._keeper], timeout=self._process.patience)
        if late and self.pid is not None:
            kill_group(self.pid)
            await asyncio.wait([self._keeper], timeout=2)

    async def _keep(self) -> None:
        pause = 0.0
        while not self._ending.is_set():
            start = monotonic()
            code = await self._supervisor.spawn(self._process, self._began)
            self.pid = None
            self._supervisor.changed()
            if self._ending.is_set():
                return
            self.quick_deaths, pause = self._after(monotonic() - start, pause)
            if self.quick_deaths == _TROUBLE:
                self._supervisor.troubled(self._process.name)
            self._supervisor.log("pengawas").write(
                f"{self._process.name} berakhir ({code}), dijalankan lagi {pause:.1f} s lagi"
            )
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), pause)

    def _after(self, lived: float, pause: float) -> tuple[int, float]:
        return (0, 0.1) if lived > _STEADY else (self.quick_deaths + 1, next_pause(pause))

    def _began(self, pid: int) -> None:
        self.pid = pid
        self._supervisor.changed()
        if self._ending.is_set():
            self._signal()

    def _signal(self) -> None:
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, self._process.stop)


def next_pause(before: float) -> float:
    """Seconds until the next try of something that died young: 0.25, 0.5, 1 … 10."""
    return min(max(before * 2, 0.25), 10.0)


def kill_group(leader: int) -> None:
    """SIGKILL to a process and to everything it started in its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, SIGKILL)


def command_line(process: Process) -> list[str]:
    """The words to execute: our own programs from this virtual environment, ended by the kernel if we are killed."""
    program, *words = process.command
    ours = Path(sys.executable).parent / program
    command = [str(ours) if ours.exists() else program, *words]
    if shutil.which("setpriv") is None:
        return command
    return ["setpriv", "--pdeathsig", process.stop.name.removeprefix("SIG"), *process.setpriv, *command]
