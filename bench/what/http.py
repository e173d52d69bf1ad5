"""P13: processor time of the server for a file from form to SK over HTTP; beside another checkout (BENCH_BEFORE)."""

import os
import time
from pathlib import Path
from statistics import median

from bench.goals import Line, at_least, at_most, not_measured, ratio
from bench.ground import PORT
from bench.instance import Instance, instance

FILES, AT_ONCE = 8, "4"
_FASTER = "files a second over HTTP beside the commit before"


def measure(rounds: int) -> list[Line]:
    """Each a crowd of files in turn, both offices running."""
    before = os.environ.get("BENCH_BEFORE")
    with instance() as office:
        office.start()
        _crowd(office)
        if before is None:
            now = [_crowd(office) for _ in range(rounds)]
            return [_cpu(now, rounds), not_measured("P13", _FASTER, ">= 2", "BENCH_BEFORE names another checkout")]
        with instance(PORT + 10, Path(before)) as other:
            other.start()
            _crowd(other)
            pairs = [(_crowd(office), _crowd(other)) for _ in range(rounds)]
    now, then = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    faster = ratio([wall for _, wall in then], [wall for _, wall in now])
    return [_cpu(now, rounds), at_least("P13", _FASTER, faster, 2, rounds, cpu_before=median(c for c, _ in then))]


def _cpu(now: list[tuple[float, float]], rounds: int) -> Line:
    cpu, wall = median(c for c, _ in now), median(w for _, w in now)
    return at_most("P13", "server processor seconds of a file over HTTP", cpu, 1.0, rounds, files_a_second=1 / wall)


def _crowd(office: Instance) -> tuple[float, float]:
    """Processor seconds of the office and wall seconds, of one file."""
    cpu, began = office.cpu(), time.monotonic()
    office.contoh("--jumlah", str(FILES), "--serentak", AT_ONCE)
    return (office.cpu() - cpu) / FILES, (time.monotonic() - began) / FILES
