"""What the kernel and PostgreSQL count: CPU and memory of process trees, statements and commits of a role."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.ground import BENCH, Ground, number

_TICK = os.sysconf("SC_CLK_TCK")
#: Statistics of a backend that has fallen silent reach the others this much later at most.
FLUSHED = 11.0


def cpu_seconds(*roots: int) -> float:
    """Of these processes, of those that descend from them, and of all that they have waited for."""
    children = _children()
    return sum(_cpu(pid) for root in roots for pid in tree(root, children))


def tree(pid: int, children: dict[int, list[int]] | None = None) -> Iterator[int]:
    """A process and all that descend from it."""
    known = _children() if children is None else children
    yield pid
    for child in known.get(pid, ()):
        yield from tree(child, known)


def named(pid: int) -> bytes:
    """The command line of a process; empty when it has ended."""
    return _read(pid, "cmdline")


def _children() -> dict[int, list[int]]:
    found = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*"):
        if words := _fields(int(entry.name)):
            found[int(words[1])].append(int(entry.name))
    return found


def _cpu(pid: int) -> float:
    words = _fields(pid)
    return sum(map(int, words[11:15])) / _TICK if words else 0.0


def pss(pid: int) -> float:
    """MB of one process, what it shares counted in parts; 0 when it has ended."""
    found = re.search(rb"^Pss: +(\d+) kB", _read(pid, "smaps_rollup"), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _fields(pid: int) -> list[str]:
    """The fields from the state on."""
    return _read(pid, "stat").decode(errors="replace").rpartition(")")[2].split()


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@dataclass(frozen=True, slots=True)
class Statements:
    """What the application's role has asked a database for since the counters were emptied."""

    statements: int  # without BEGIN, COMMIT, ROLLBACK, SET and pings
    commits: int  # COMMIT as a statement; transactions() counts those of one statement as well
    pings: int
    executed: dict[str, int]

    def __sub__(self, other: "Statements") -> "Statements":
        executed = {q: n - other.executed.get(q, 0) for q, n in self.executed.items() if n > other.executed.get(q, 0)}
        return _sorted_out(executed)


def statements(ground: Ground, database: str) -> Statements:
    """From pg_stat_statements, where a call is counted the moment it ends."""
    with ground.connect("postgres") as conn:
        rows = conn.execute(
            "SELECT query, sum(calls)::int FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
            " JOIN pg_roles r ON r.oid = s.userid WHERE d.datname = %s AND r.rolname <> %s GROUP BY query",
            (database, BENCH),
        ).fetchall()
    return _sorted_out({str(query): int(str(calls)) for query, calls in rows})


def transactions(ground: Ground, database: str) -> int:
    """Committed transactions of everybody, the bench's own included; late by up to FLUSHED seconds."""
    with ground.connect("postgres") as conn:
        return number(conn, "SELECT xact_commit FROM pg_stat_database WHERE datname = %s", database)


def _sorted_out(executed: dict[str, int]) -> Statements:
    kinds = {query: _kind(query) for query in executed}
    count = {kind: sum(n for query, n in executed.items() if kinds[query] == kind) for kind in set(kinds.values())}
    return Statements(count.get("statement", 0), count.get("COMMIT", 0), count.get("ping", 0), executed)


def _kind(query: str) -> str:
    if query == "SELECT $1":
        return "ping"
    word = query.split(maxsplit=1)[0].upper().rstrip(";") if query.strip() else "ping"
    return word if word in {"BEGIN", "COMMIT", "ROLLBACK", "SET", "LISTEN", "ping"} else "statement"


def slowest_first(executed: Iterable[tuple[str, int]], at_most: int) -> list[str]:
    """The statements asked most often, for whoever looks for one too many."""
    most = sorted(executed, key=lambda pair: -pair[1])[:at_most]
    return [f"{calls:6} x {' '.join(query.split())[:150]}" for query, calls in most]


def server_version(conn: psycopg.Connection[tuple[object, ...]]) -> str:
    """Of PostgreSQL, e.g. 15.18."""
    return str(conn.info.parameter_status("server_version") or "").split()[0]
