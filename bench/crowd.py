"""Several scripted people at once, each a process of its own that carries whole cases one after the other.

Knows nothing of what a case is, so that peers in another environment use it too.
"""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from queue import Empty
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Barrier

#: Carries the case of this number; how long each of its transitions took, in seconds.
Carry = Callable[[int], Sequence[float]]
_PATIENCE = 900


@dataclass(frozen=True, slots=True)
class Ran:
    """What a crowd did; its first cases, one each, are to warm up and are in none of these."""

    started: float  # by time.monotonic()
    ended: float
    cpu: float  # seconds, of the crowd alone
    transitions: tuple[float, ...]

    @property
    def wall(self) -> float:
        return self.ended - self.started


def run(make: Callable[[], Carry], *, clients: int, cases: int) -> Ran:
    """Cases 0 … clients - 1 warm up; the next ``cases`` are measured."""
    context = multiprocessing.get_context("fork")
    barrier, following = context.Barrier(clients), context.Value("i", clients)
    answers: Queue[Ran | str] = context.Queue()
    people = [
        context.Process(target=_person, args=(make, n, clients + cases, barrier, following, answers), daemon=True)
        for n in range(clients)
    ]
    for each in people:
        each.start()
    told = [_next(answers) for _ in people]
    for each in people:
        each.join(30)
    if problems := [answer for answer in told if isinstance(answer, str)]:
        raise RuntimeError(problems[0])
    ran = [answer for answer in told if isinstance(answer, Ran)]
    return Ran(
        min(r.started for r in ran),
        max(r.ended for r in ran),
        sum(r.cpu for r in ran),
        tuple(t for r in ran for t in r.transitions),
    )


def _next(answers: "Queue[Ran | str]") -> Ran | str:
    try:
        return answers.get(timeout=_PATIENCE)
    except Empty:
        return f"Tidak selesai dalam {_PATIENCE} detik."


def _person(
    make: Callable[[], Carry],
    number: int,
    total: int,
    barrier: "Barrier",
    following: "Synchronized[int]",
    answers: "Queue[Ran | str]",
) -> None:
    try:
        carry = make()
        carry(number)
        barrier.wait(120)
        started, cpu, took = time.monotonic(), time.process_time(), list[float]()
        while (case := _take(following)) < total:
            took += carry(case)
        answers.put(Ran(started, time.monotonic(), time.process_time() - cpu, tuple(took)))
    except BaseException as error:  # one that dies has to end the run, not let it wait
        barrier.abort()
        answers.put(f"{type(error).__name__}: {error}")
        raise


def _take(following: "Synchronized[int]") -> int:
    with following.get_lock():
        following.value += 1
        return following.value - 1
