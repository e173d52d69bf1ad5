"""P1 and P2: what one decision asks of PostgreSQL, and how long it takes beside the floor's one statement."""

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from bench.goals import Line, at_most, percentile, ratio
from bench.ground import PEER, Ground, ground
from bench.meters import FLUSHED, Statements, slowest_first, statements, transactions
from bench.peers.floor import SCHEMA, Floor

DATABASE = "bench_decision"
FILES = 12  # a round; each is decided on six times


def measure(rounds: int) -> list[Line]:
    """Alternating: a file of ours, a case of the floor's, and so on."""
    with ground() as servers, servers.office(DATABASE):
        servers.fresh("bench_floor", PEER)
        with servers.connect("bench_floor", PEER) as conn:
            conn.execute(SCHEMA)
        return list(_lines(servers, rounds))


def _lines(servers: Ground, rounds: int) -> Iterator[Line]:
    sides = Sides(servers)
    sides.round(2)
    asked, pings, decisions = sides.counted()
    yield at_most("P1", "statements of a decision", asked.statements / decisions, 4, 1, decisions=decisions)
    yield at_most(
        "P1",
        "commits of a decision",
        asked.commits / decisions,
        1,
        1,
        most_asked=" | ".join(slowest_first(asked.executed.items(), 8)),
    )
    yield at_most("P1", "transactions of a decision beside its own, as pings are", pings / decisions, 0.1, 1)
    seen = [sides.round(FILES) for _ in range(rounds)]
    for part, bound in ((0.5, 3), (0.99, 5)):
        ours, floor = ([percentile(r.ours, part) for r in seen], [percentile(r.floor, part) for r in seen])
        yield at_most(
            "P2",
            f"a decision's call beside the floor's statement, p{part * 100:g}",
            ratio(ours, floor),
            bound,
            rounds,
            ours_ms=median(ours) * 1e3,
            floor_ms=median(floor) * 1e3,
            client_cpu_ratio=median(r.cpu for r in seen),
        )


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of each transition, and how much more of the client's processor one of ours takes."""

    ours: list[float]
    floor: list[float]
    cpu: float


class Sides:
    """Both sides' people, warm."""

    def __init__(self, servers: Ground) -> None:
        from bench import files

        self._servers, self._files = servers, files
        self._desks = files.officers()
        self._conn = servers.connect(DATABASE)
        self._floor = Floor(servers.address("bench_floor", PEER))

    def counted(self) -> tuple[Statements, int, int]:
        """What PostgreSQL was asked for by decisions alone, the transactions that were none of theirs, and how many
        they were. A ping is an empty statement, which only the count of transactions sees."""
        waiting = self._files.at_first_desk(FILES)
        time.sleep(FLUSHED)
        before, transactions_before = statements(self._servers, DATABASE), transactions(self._servers, DATABASE)
        for file in waiting:
            self._decide_all(file)
        decisions = len(waiting) * len(self._files.DESKS)
        asked = statements(self._servers, DATABASE) - before
        time.sleep(FLUSHED)
        others = transactions(self._servers, DATABASE) - transactions_before - asked.commits - decisions
        return asked, max(0, others), decisions

    def round(self, n: int) -> Round:
        """A file of ours, a case of the floor's, and so on."""
        waiting, cases = self._files.at_first_desk(n), [self._floor.create() for _ in range(n)]
        gc.collect()
        ours, floor, cpu = list[float](), list[float](), [0.0, 0.0]
        for file, case in zip(waiting, cases, strict=True):
            began = time.process_time()
            ours += self._decide_all(file)
            between = time.process_time()
            floor += self._floor.carry(case)
            cpu[0] += between - began
            cpu[1] += time.process_time() - between
        return Round(ours, floor, cpu[0] / len(ours) / (cpu[1] / len(floor)))

    def _decide_all(self, file: UUID) -> list[float]:
        return [self._files.decide_next(self._conn, file, self._desks) for _ in self._files.DESKS]
