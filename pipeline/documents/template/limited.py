"""Work on a template in a process of its own, which cannot take the machine with it: it may repeat for ever."""

import multiprocessing
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

MEMORY: Final = 512 << 20  # bytes beyond what this process has; a decree takes 30 MB
CPU_SECONDS: Final = 10
WALL_SECONDS: Final = 30.0
_PAGE: Final = resource.getpagesize()


def limited(work: Callable[[], T], otherwise: T) -> T:
    """What ``work`` returns, or ``otherwise`` when it takes too long, too much memory, or falls over."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(work, sender))
    child.start()
    sender.close()
    try:
        result: T = receiver.recv() if receiver.poll(WALL_SECONDS) else otherwise
    except EOFError:
        return otherwise
    else:
        return result
    finally:
        child.kill()
        child.join()
        receiver.close()


def _run(work: Callable[[], T], sender: Connection) -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))  # a forked process counts from nothing
    try:
        sender.send(work())
    except MemoryError:
        return
