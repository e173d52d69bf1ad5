"""The other side of the sandbox: ``python -m pipeline.uploads.child``, with the control socket as its input.

The helper itself only receives sockets and forks; every foreign byte is read in a limited child of one session. After
a while without work it ends, and gives back 22 MB; the next session has it started again (sandbox.py).
"""

import gc
import importlib
import os
import resource
import signal
import socket
from collections.abc import Callable
from typing import Final

from pipeline.uploads import heics, images, measures, pdfs, previews, wire
from pipeline.uploads.refusals import BerkasRefused, RefusalReason

MEMORY: Final = 1280 << 20  # address space; pdfium needs more than a GB for some small files
IDLE: Final = 60.0  # seconds without a session
CPU_SECONDS: Final = 10  # of one call
WALL_SECONDS: Final = 30  # of one call

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
#: What Pillow would otherwise load anew in every child.
_PLUGINS: Final = ("PIL.JpegImagePlugin", "PIL.MpoImagePlugin", "PIL.PngImagePlugin", "PIL.WebPImagePlugin")


def main() -> None:
    """Fork a child for each socket that arrives; end with the parent, or when none has come for a while."""
    for name in _PLUGINS:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the children
    control = socket.socket(fileno=0)
    control.settimeout(IDLE)
    gc.freeze()  # keeps the libraries' pages shared with the children
    while True:
        try:
            message, fds, _, _ = socket.recv_fds(control, 1, 1)
        except TimeoutError:
            return
        if not message:
            return
        if _fork() == 0:
            control.close()
            serve(socket.socket(fileno=fds[0]))
            os._exit(0)  # nothing here needs tidying up
        os.close(fds[0])


def _fork() -> int:
    """The child's pid, 0 in the child, -1 when there is none to be had: the closed socket tells the caller."""
    try:
        return os.fork()
    except OSError:
        return -1


def serve(sock: socket.socket) -> None:
    """Answer calls until the caller hangs up. An exception no job expects ends the child, with a traceback."""
    _limit()
    sock.sendall(b"+")
    while True:
        try:
            head, payload = wire.receive(sock)
            _start_clocks()
            wire.send(sock, *_answer(head, payload))
            signal.alarm(0)
        except wire.Disconnected:
            return


def _answer(head: wire.Head, payload: bytes) -> tuple[wire.Head, bytes]:
    try:
        return JOBS[str(head["job"])](head, payload)
    except BerkasRefused as error:
        return {**error.numbers, wire.REFUSED: error.reason}, b""
    except MemoryError:
        return {wire.REFUSED: RefusalReason.TOO_HEAVY}, b""


def _limit() -> None:
    for what, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 64)):
        allowed = _at_most(what, limit)
        resource.setrlimit(what, (allowed, allowed))


def _at_most(what: int, limit: int) -> int:
    """The limit wanted, or the one set from outside where that is lower already."""
    _, hard = resource.getrlimit(what)
    return limit if hard == resource.RLIM_INFINITY else min(limit, hard)


def _start_clocks() -> None:
    """Two clocks for this call; the default action of both signals is death, which no library can catch."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (_at_most(resource.RLIMIT_CPU, cpu), hard))
    signal.alarm(WALL_SECONDS)


if __name__ == "__main__":
    main()
