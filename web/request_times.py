"""How long requests took and how they ended, counted by all processes of this server together.

The processes are forked from one that has loaded the application and share these numbers; each writes into a place of
its own. A process that dies takes nothing along, and no file is left behind.
"""

import mmap
import os
import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

#: Upper ends, in seconds.
BUCKETS: Sequence[float] = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
PLACES = 64  # for processes, by the number of each: two that meet lose a count now and then
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Times:
    """Of a room: requests by bucket, the last beyond all; their seconds; those that ended with a 5xx."""

    counts: Sequence[int]
    seconds: float
    failed: int


class RequestTimes:
    """The numbers of some rooms."""

    def __init__(self, rooms: Sequence[str]) -> None:
        self._row = {room: n for n, room in enumerate(rooms)}
        self._width = len(BUCKETS) + 3  # the last bucket, microseconds, failures
        self._numbers = memoryview(mmap.mmap(-1, 8 * PLACES * len(rooms) * self._width)).cast("Q")
        self._lock = threading.Lock()  # among the threads of one process

    def count(self, room: str, seconds: float, *, failed: bool) -> None:
        """A request has ended."""
        if (row := self._row.get(room)) is None:
            return
        first = self._first(os.getpid() % PLACES, row)
        with self._lock:
            self._numbers[first + bisect_left(BUCKETS, seconds)] += 1
            self._numbers[first + len(BUCKETS) + 1] += int(seconds * _MICROSECONDS)
            self._numbers[first + len(BUCKETS) + 2] += failed

    def read(self) -> Mapping[str, Times]:
        """What all processes have counted, by room."""
        return {room: self._times([*self._sums(row)]) for room, row in self._row.items()}

    def _sums(self, row: int) -> Iterator[int]:
        for n in range(self._width):
            yield sum(self._numbers[self._first(place, row) + n] for place in range(PLACES))

    def _times(self, sums: Sequence[int]) -> Times:
        *counts, microseconds, failed = sums
        return Times(counts, microseconds / _MICROSECONDS, failed)

    def _first(self, place: int, row: int) -> int:
        return (place * len(self._row) + row) * self._width
