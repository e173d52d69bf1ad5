"""P1, P3 and P4: whole cases through relay, broker and workers, beside a bare Celery chain and django-viewflow."""

import sys
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from bench import crowd
from bench.crowd import Ran
from bench.goals import Line, at_least, at_most, not_measured, ratio
from bench.ground import Ground, ground
from bench.meters import cpu_seconds, slowest_first
from bench.peers.environment import MISSING, Flow
from ops.processes import Process

if TYPE_CHECKING:
    from bench.office import Asked, Cost

DATABASE, PEERS = "bench_case", "bench_viewflow"
#: At once -> cases a round, and cases of the bare chain, which is faster.
CROWDS = {1: (12, 100), 4: (32, 200), 16: (48, 200)}
#: At once -> the least throughput against the chain, and the most processor time against chain and viewflow.
CHAIN = {1: (0.6, 2.0), 16: (1.0, 0.8)}
CHEAPER = {1: 1 / 2.5, 16: 1 / 4}
#: Alone and at 16: statements and commits.
COUNTS = {1: (60, 26), 16: (45, 14)}


def measure(rounds: int) -> list[Line]:
    """Ours, the chain, viewflow, at 1, 4 and 16; and again."""
    with ground() as servers, servers.office(DATABASE):
        from bench.office import Office

        office, peers = Office(servers, DATABASE), Peers(servers)
        asked = {1: office.asked_alone(4), 16: office.asked_together(16, 32)}
        seen: dict[tuple[str, int], list[Cost]] = {}
        for _ in range(rounds):
            for clients, (cases, links) in CROWDS.items():
                seen.setdefault(("ours", clients), []).append(office.together(clients, cases))
                seen.setdefault(("chain", clients), []).append(peers.chain(clients, links))
                if peers.flow:
                    seen.setdefault(("viewflow", clients), []).append(peers.other(peers.flow, clients, cases))
        return [*_counts(asked), *_ratios(seen, rounds)]


def _counts(asked: "dict[int, Asked]") -> Iterator[Line]:
    for clients, (statements, commits) in COUNTS.items():
        it, where = asked[clients], f"a case, {clients} at once"
        most = " | ".join(slowest_first(it.most.executed.items(), 12))
        yield at_most("P1", f"statements of {where}", it.statements, statements, 1, most_asked=most)
        yield at_most("P1", f"commits of {where}", it.commits, commits, 1, transactions=it.transactions)


def _ratios(seen: "dict[tuple[str, int], list[Cost]]", rounds: int) -> Iterator[Line]:
    for clients in CROWDS:
        ours, chain = seen["ours", clients], seen["chain", clients]
        about = _medians(ours) | {f"chain_{name}": value for name, value in _medians(chain).items()}
        shares = {f"cpu_ms_{name}": median(c.shares[name] for c in ours) for name in ours[0].shares}
        where = f"cases, {clients} at once"
        if clients in CHAIN:
            faster, cheaper = CHAIN[clients]
            speed, cpu = _against(seen, "chain", clients)
            yield at_least("P3", f"{where}: throughput against the bare chain", speed, faster, rounds, **about)
            yield at_most("P4", f"{where}: processor time against the bare chain", cpu, cheaper, rounds, **shares)
        yield from _flow(seen, clients, where, rounds)


def _flow(seen: "dict[tuple[str, int], list[Cost]]", clients: int, where: str, rounds: int) -> Iterator[Line]:
    faster, cheaper = f"{where}: throughput against viewflow", f"{where}: processor time against viewflow"
    if ("viewflow", clients) not in seen:
        yield not_measured("P3", faster, ">= 3", MISSING)
        return
    speed, cpu = _against(seen, "viewflow", clients)
    theirs = seen["viewflow", clients]
    about = {f"viewflow_{name}": value for name, value in _medians(theirs).items()}
    yield at_least("P3", faster, speed, 3, rounds, **about)
    if clients in CHEAPER:
        yield at_most("P4", cheaper, cpu, CHEAPER[clients], rounds, **about)


def _medians(costs: "list[Cost]") -> dict[str, float]:
    return {"cases_a_second": 1 / median(c.wall for c in costs), "cpu_ms": median(c.cpu for c in costs) * 1e3}


def _against(seen: "dict[tuple[str, int], list[Cost]]", peer: str, clients: int) -> tuple[float, float]:
    """Throughput and processor time, ours over theirs."""
    ours, theirs = seen["ours", clients], seen[peer, clients]
    return (
        ratio([c.wall for c in theirs], [c.wall for c in ours]),
        ratio([c.cpu for c in ours], [c.cpu for c in theirs]),
    )


class Peers:
    """The chain's worker runs until the ground ends; viewflow has a database of its own, and no worker."""

    def __init__(self, servers: Ground) -> None:
        self._servers = servers
        words = ("-m", "celery", "-A", "bench.peers.chain", "worker", "-Q", "bare", "-c", "2", "-l", "WARNING")
        quiet = ("--without-gossip", "--without-mingle")
        process = Process(name="chain", command=(sys.executable, *words, *quiet))
        self._worker = servers.start("chain", process, process.command).pid
        self.flow = Flow.found(servers, PEERS)
        self.chain(1, 2)

    def chain(self, clients: int, cases: int) -> "Cost":
        from bench.peers.chain import carrier

        pids = {"worker": self._worker, "broker": self._servers.broker_pid}
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        ran = crowd.run(carrier, clients=clients, cases=cases)
        return self._cost(ran, cases, clients, {n: cpu_seconds(pid) - before[n] for n, pid in pids.items()})

    def other(self, flow: Flow, clients: int, cases: int) -> "Cost":
        before = cpu_seconds(self._servers.postgres_pid)
        ran = flow.carry(clients, cases)
        return self._cost(ran, cases, clients, {"postgres": cpu_seconds(self._servers.postgres_pid) - before})

    def _cost(self, ran: Ran, cases: int, clients: int, others: dict[str, float]) -> "Cost":
        from bench.office import Cost

        return Cost.of(ran, ran.ended, cases, clients, others)
