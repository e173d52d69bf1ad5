"""The office at work for the peers' case: relay, broker and workers beside scripted people, and what that costs."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bench import crowd, files
from bench.crowd import Carry, Ran
from bench.ground import Ground, until
from bench.meters import FLUSHED, Statements, cpu_seconds, statements, transactions
from ops.processes import relay, worker
from pipeline.db import engine
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES

#: Letters are no part of the peers' case: what is owed to the document worker stays in its queue.
LETTERS = "dokumen"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one case."""

    wall: float  # seconds; the number of cases at once is in it
    cpu: float  # seconds of all processes
    shares: dict[str, float]  # of that, in milliseconds

    @classmethod
    def of(cls, ran: Ran, ended: float, cases: int, clients: int, others: dict[str, float]) -> "Cost":
        """``others``: processor seconds of those who served the warming cases as well."""
        each = {"client": ran.cpu / cases, **{name: cpu / (cases + clients) for name, cpu in others.items()}}
        return cls((ended - ran.started) / cases, sum(each.values()), {n: cpu * 1e3 for n, cpu in each.items()})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a case asks of PostgreSQL, what the idle office asks in that time taken off."""

    statements: float
    transactions: float
    commits: float
    most: Statements


class Office:
    """Its processes run until the ground ends."""

    def __init__(self, servers: Ground, database: str) -> None:
        self._servers, self._database = servers, database
        self._conn = servers.connect(database)
        self._conn.execute(files.TELLER)
        self._desks = files.officers()
        services = [name for name in SERVICE_QUEUES if name != LETTERS]
        processes = (relay(), worker("peran", PERAN_QUEUES), worker("layanan", services))
        self._pids = {p.name: servers.started(p).pid for p in processes}
        self._pids |= {"postgres": servers.postgres_pid, "broker": servers.broker_pid}
        self._looks = 0
        self._one_by_one(files.drafts(2))
        idle, self._idle_transactions = self._counted(lambda: None)
        self._idle_statements = idle.statements / FLUSHED

    def together(self, clients: int, cases: int) -> Cost:
        """So many at once, as fast as they can, until every message has been consumed."""
        return self._run(files.drafts(clients + cases), clients)

    def asked_together(self, clients: int, cases: int) -> Asked:
        """The same, counted at PostgreSQL."""
        drafts = files.drafts(clients + cases)
        self._looks = len(drafts) * len(files.DESKS)
        return self._asked(lambda: self._run(drafts, clients), len(drafts))

    def asked_alone(self, cases: int) -> Asked:
        """One after the other, and each act only when all that the one before owed is done."""
        drafts = files.drafts(cases)
        self._looks = 0
        return self._asked(lambda: self._one_by_one(drafts), cases)

    def _run(self, drafts: list[files.Draft], clients: int) -> Cost:
        teller = files.Teller(self._servers.address(self._database), drafts)

        def make() -> Carry:
            engine().dispose(close=False)
            return files.Carrier(self._servers.connect(self._database), drafts, self._desks, teller).carry

        before = {name: cpu_seconds(pid) for name, pid in self._pids.items()}
        cases = len(drafts) - clients
        try:
            ran = crowd.run(make, clients=clients, cases=cases)
        finally:
            teller.end()
        self._drained()
        ended = time.monotonic()
        others = {name: cpu_seconds(pid) - before[name] for name, pid in self._pids.items()}
        return Cost.of(ran, ended, cases, clients, others)

    def _one_by_one(self, drafts: list[files.Draft]) -> None:
        for draft in drafts:
            self._paced(draft)

    def _paced(self, draft: files.Draft) -> None:
        files.send(draft)
        self._drained()
        for _ in files.DESKS:
            files.decide_next(self._conn, draft[0], self._desks)
            self._looks += 1
            self._drained()

    def _drained(self) -> None:
        """Wait until nothing is owed but letters."""
        until(self._nothing_owed, "semua pesan dikerjakan", pause=0.005)

    def _nothing_owed(self) -> bool:
        self._looks += 1
        owed = self._conn.execute(
            "SELECT EXISTS (SELECT FROM outbox WHERE closed_at IS NULL AND antrean <> %s)", (LETTERS,)
        ).fetchone()
        return owed is not None and not owed[0]

    def _asked(self, act: Callable[[], object], cases: int) -> Asked:
        began = time.monotonic()
        asked, transactions = self._counted(act)
        took = time.monotonic() - began - FLUSHED
        others = self._idle_transactions * (1 + took / FLUSHED) + self._looks
        return Asked(
            (asked.statements - self._idle_statements * took) / cases,
            (transactions - others) / cases,
            asked.commits / cases,
            asked,
        )

    def _counted(self, act: Callable[[], object]) -> tuple[Statements, int]:
        """Statements of the application while ``act`` goes on; transactions of everybody in that time and FLUSHED."""
        time.sleep(FLUSHED)
        before, transactions_before = statements(self._servers, self._database), self._transactions()
        act()
        asked = statements(self._servers, self._database) - before
        time.sleep(FLUSHED)
        if not asked.statements:  # nothing was done: what the idle office asks for in that time
            asked = statements(self._servers, self._database) - before
        return asked, self._transactions() - transactions_before

    def _transactions(self) -> int:
        return transactions(self._servers, self._database)
