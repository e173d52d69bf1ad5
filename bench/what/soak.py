"""A soak: steady load for SOAK minutes (15), looked at every ten seconds, and whether anything grew meanwhile.

Forty files go through before the first look, and what the first fifth of the time shows is left out: programs still
load then. Of the rest the middle value of the last third stands beside that of the first: it grew when it is higher by
more than five per cent and by more than a reading varies.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import psycopg
import redis

from bench.goals import Line, at_most
from bench.ground import number
from bench.instance import Instance, instance
from ops.broker import client_url
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES

EVERY = 10.0  # seconds between two looks
FILES = 10  # at a time: eight of ten go straight, one comes back, one is refused
FIRST = 40
WARM, PART = 1 / 5, 1.05
#: What is looked at, and what a reading of it varies by.
VARIES: Mapping[str, float] = {
    "MB of memory": 20,
    "connections to the database": 4,
    "messages at the broker": 150,  # what ten files hand in together
    "rows owed in the outbox": 150,
}
_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
_OWED = "SELECT count(*) FROM outbox WHERE closed_at IS NULL"

Sample = Mapping[str, float]


def measure(rounds: int) -> list[Line]:
    """One office through all of it; ``rounds`` does not matter."""
    minutes = float(os.environ.get("SOAK") or "15")
    with instance() as office:
        office.start()
        office.contoh("--jumlah", str(FIRST))
        samples, files = _soaked(office, minutes * 60)
    return list(verdicts(samples, minutes=minutes, files=files))


def _soaked(office: Instance, seconds: float) -> tuple[list[Sample], int]:
    """The samples, and how many files went through meanwhile."""
    over, samples, files = time.monotonic() + seconds, list[Sample](), 0
    with ThreadPoolExecutor(1) as pool:
        load = pool.submit(office.contoh, "--jumlah", str(FILES))
        while time.monotonic() < over:
            time.sleep(EVERY)
            samples.append(_sample(office))
            if load.done():
                load.result()
                files += FILES
                load = pool.submit(office.contoh, "--jumlah", str(FILES))
        load.result()
    return samples, files + FILES


def _sample(office: Instance) -> Sample:
    told = office.told
    with psycopg.connect(told.database_url, autocommit=True) as conn:
        connections, owed = number(conn, _CONNECTIONS), number(conn, _OWED)
    with redis.Redis.from_url(client_url(told.broker_url)) as broker:
        waiting = sum(broker.llen(queue) for queue in (*PERAN_QUEUES, *SERVICE_QUEUES))
    return dict(zip(VARIES, (office.memory()[0], connections, waiting, owed), strict=True)) | dict(office.shares())


def thirds(values: Sequence[float]) -> tuple[float, float]:
    """The middle value of the first third and of the last one, without what was still loading."""
    warm = values[int(len(values) * WARM) :]
    size = max(len(warm) // 3, 1)
    return median(warm[:size]), median(warm[-size:])


def verdicts(samples: Sequence[Sample], *, minutes: float, files: int) -> Iterator[Line]:
    """A line for each measure: how much more the last third shows than the first, and how much it may."""
    for what, varies in VARIES.items():
        first, last = thirds([sample[what] for sample in samples])
        most = max(first * (PART - 1), varies)
        verdict = "growing" if last - first > most else "flat"
        counts: dict[str, float | str | None] = {
            "first": first,
            "last": last,
            "verdict": verdict,
            "minutes": minutes,
            "files": files,
        }
        counts |= _processes(samples) if "memory" in what else {}
        yield at_most("P10", f"soak: {what}, last third less first", last - first, most, 1, **counts)


def _processes(samples: Sequence[Sample]) -> Mapping[str, str]:
    """The same of each process that was there all the time."""
    names = [n for n in samples[0] if n not in VARIES and all(n in sample for sample in samples)]
    both = {name: thirds([sample[name] for sample in samples]) for name in names}
    return {name: f"{first:.0f} to {last:.0f}" for name, (first, last) in both.items()}
