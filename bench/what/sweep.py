"""P7: the sweep of deadlines when nothing is due, and when 500 and 5,000 steps have lapsed."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from statistics import median

from bench.goals import Line, at_most, ratio
from bench.ground import Connection, Ground, ground, number
from bench.grow import OPEN_IN, database, fill, largest
from bench.meters import statements

DATABASE = "bench_sweep"
FEW, MANY = 500, 5_000
LOOKS = 50
TIME_LIMIT = 90  # seconds, of a task before it is told to stop
_LANGKAH = "rekomendasi"
_LOOK_UP = "SELECT id FROM tugas WHERE closed_at IS NULL AND eskalasi_at <= now() ORDER BY eskalasi_at, id LIMIT 1"


def measure(rounds: int) -> list[Line]:
    """Idle in the largest office; lapsed in one where every file is open."""
    with ground() as servers:
        files = largest(servers, 100_000)
        with servers.office(database(files), empty=False):
            idle = _idle(servers, files, rounds)
        with servers.office(DATABASE):
            fill(servers, DATABASE, 3 * (FEW * rounds + MANY), open_in=1)
            return [idle, *_lapsed(servers, rounds)]


def _idle(servers: Ground, files: int, rounds: int) -> Line:
    """The sweep and one look-up in its index over bare psycopg, in turn."""
    from pipeline.clock import now
    from pipeline.services.deadlines.escalate import sweep_late

    with servers.connect(database(files)) as conn:
        conn.prepare_threshold = 1
        sweep_late(now=now())  # what fell due since it was grown
        ours, floor = [], []
        for _ in range(rounds):
            took: tuple[list[float], list[float]] = ([], [])
            for _ in range(LOOKS):
                took[0].append(_seconds(lambda: sweep_late(now=now())))
                took[1].append(_seconds(lambda: conn.execute(_LOOK_UP).fetchall()))
            ours.append(median(took[0]))
            floor.append(median(took[1]))
    counts = {"sweep_ms": median(ours) * 1e3, "look_up_ms": median(floor) * 1e3, "open": files // OPEN_IN}
    what = f"an idle sweep beside one index look-up, {files // OPEN_IN:,} files open"
    return at_most("P7", what, ratio(ours, floor), 2, rounds, **counts)


def _lapsed(servers: Ground, rounds: int) -> Iterator[Line]:
    took, asked = [], 0
    for _ in range(rounds):
        before = statements(servers, DATABASE)
        took.append(_sweep(servers, FEW) * 1e3)
        asked = (statements(servers, DATABASE) - before).statements
    what = f"{FEW} lapsed steps with history and notices, in ms"
    yield at_most("P7", what, median(took), 150, rounds, statements_a_step=asked / FEW)
    what = f"{MANY:,} lapsed steps in one run, in seconds of a task's {TIME_LIMIT}"
    yield at_most("P7", what, _sweep(servers, MANY), TIME_LIMIT, 1)


def _sweep(servers: Ground, steps: int) -> float:
    """Let so many steps lapse by one level, and raise it; the seconds of the sweep."""
    from pipeline.clock import now
    from pipeline.services.deadlines.escalate import sweep_late

    with servers.connect(DATABASE) as conn:
        _let_lapse(conn, steps, _start_with_one_level_due(now()))
        told = "SELECT count(*) FROM eskalasi WHERE told_at IS NOT NULL"
        before = number(conn, told)
        took = _seconds(lambda: sweep_late(now=now()))
        if (raised := number(conn, told) - before) != steps:
            raise RuntimeError(f"{raised} dari {steps} langkah dieskalasi.")
    return took


def _start_with_one_level_due(now: datetime) -> datetime:
    from pipeline.db import connection
    from pipeline.queries.calendar import calendar_in_force
    from pipeline.rules.deadlines import VisitClock
    from pipeline.sop.registry import SOPS

    with connection():
        calendar = calendar_in_force()
    langkah = SOPS["td_lks"][_LANGKAH]
    for hours in range(1, 1000):
        start = now - timedelta(hours=hours)
        if sum(level.at <= now for level in VisitClock(langkah, start).levels(calendar)) == 1:
            return start
    raise RuntimeError("Tidak ada waktu mulai dengan satu tingkat yang jatuh tempo.")


def _let_lapse(conn: Connection, steps: int, start: datetime) -> None:
    conn.execute(
        "UPDATE tugas SET started_at = %s, eskalasi_at = now() - interval '1 minute' WHERE id IN (SELECT id FROM tugas"
        " WHERE langkah = %s AND closed_at IS NULL AND eskalasi_at > now() + interval '1 year' LIMIT %s)",
        (start, _LANGKAH, steps),
    )
    conn.execute("VACUUM ANALYZE tugas")


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
