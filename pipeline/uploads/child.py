"""The other side of the sandbox: ``python -m pipeline.uploads.child``, with the control socket as its input.

The helper itself only receives sockets and forks; every foreign byte is read in a child of one session, behind walls
(walls/). The helper ends a child when its session does, and itself after a while without work, which gives back 22 MB;
the next session has it started again (sandbox.py).
"""

import gc
import os
import resource
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Final

from pipeline.uploads import heics, images, measures, pdfs, previews, warm, wire
from pipeline.uploads.refusals import BerkasRefused, RefusalReason
from pipeline.uploads.walls import Walls, at_most, plan, raise_walls

IDLE: Final = 60.0  # seconds without a session
CPU_SECONDS: Final = 10  # of one call
WALL_SECONDS: Final = 30  # of one call
CONTROL: Final = 0  # descriptor of the helper's input, and of the session in its child

Job = Callable[[wire.Head, bytes], tuple[wire.Head, bytes]]
JOBS: Final[dict[str, Job]] = {
    "clean_pdf": pdfs.clean,
    "clean_jpg": images.clean,
    "clean_png": images.clean,
    "clean_heic": heics.clean,
    "inspect_pdf": pdfs.inspect,
    "inspect_image": images.inspect,
    "measure": measures.measure,
    "page_images": previews.page_images,
}


class Helper:
    """Forks a child for each session, and ends it with the session."""

    def __init__(self) -> None:
        self._control = socket.socket(fileno=CONTROL)
        self._plan = plan()
        self._children: dict[int, int] = {}  # pidfd of a child, by the descriptor that tells when its session is over
        self._events = select.poll()
        self._events.register(CONTROL, select.POLLIN)
        self._over = False

    def run(self) -> Walls | None:
        """Until the parent is gone, or nothing has come for a while: None. In a child: the walls around it."""
        while not self._over:
            for told in self._told():
                if told != CONTROL:
                    self._end(told)
                elif (walls := self._begin()) is not None:
                    return walls
        for told in tuple(self._children):
            self._end(told)
        return None

    def _told(self) -> list[int]:
        """The descriptors on which something happened."""
        told = [descriptor for descriptor, _ in self._events.poll(IDLE * 1000)]
        self._over = not told and not self._children
        return told

    def _begin(self) -> Walls | None:
        """A child for the session that arrives; its walls, in the child."""
        _, arrived, _, _ = socket.recv_fds(self._control, 1, 2)
        if len(arrived) != 2:  # the parent is gone
            self._over = True
            return None
        session, told = arrived
        child = _fork()
        if child == 0:
            self._control.detach()
            os.dup2(session, CONTROL)
            return raise_walls(self._plan)
        os.close(session)
        self._keep(child, told)
        return None

    def _keep(self, child: int, told: int) -> None:
        try:
            self._children[told] = os.pidfd_open(child)
        except OSError:  # there is none, or it is gone already
            os.close(told)
        else:
            self._events.register(told, select.POLLIN)

    def _end(self, told: int) -> None:
        """Whatever the child is doing: its caller has left."""
        self._events.unregister(told)
        child = self._children.pop(told)
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(child, signal.SIGKILL)
        os.close(child)
        os.close(told)


def main() -> None:
    """Load everything, then fork a child for each session."""
    warm.load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the children
    gc.freeze()  # keeps the libraries' pages shared with the children
    if (walls := Helper().run()) is not None:
        serve(socket.socket(fileno=CONTROL), walls)
        os._exit(0)  # nothing here needs tidying up


def _fork() -> int:
    """The child's pid, 0 in the child, -1 when there is none to be had: the closed socket tells the caller."""
    try:
        return os.fork()
    except OSError:
        return -1


def serve(sock: socket.socket, walls: Walls) -> None:
    """Answer calls until the caller hangs up. An exception no job expects ends the child, with a traceback."""
    jobs: dict[str, Job] = {**JOBS, "walls": lambda _head, _payload: (asdict(walls), b"")}
    sock.sendall(b"+")
    while True:
        try:
            head, payload = wire.receive(sock)
            _start_clocks()
            wire.send(sock, *_answer(jobs, head, payload))
            signal.alarm(0)
        except wire.Disconnected:
            return


def _answer(jobs: dict[str, Job], head: wire.Head, payload: bytes) -> tuple[wire.Head, bytes]:
    try:
        return jobs[str(head["job"])](head, payload)
    except BerkasRefused as error:
        return {**error.numbers, wire.REFUSED: error.reason}, b""
    except MemoryError:
        return {wire.REFUSED: RefusalReason.TOO_HEAVY}, b""


def _start_clocks() -> None:
    """Two clocks for this call; the default action of both signals is death, which no library can catch."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (at_most(resource.RLIMIT_CPU, cpu), hard))
    signal.alarm(WALL_SECONDS)


if __name__ == "__main__":
    main()
