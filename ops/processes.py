"""Every long-running process of the office and its exact command: one table for ``alurizin run`` and for compose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from signal import SIGTERM, Signals

from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES

#: For the queues of all desks, whatever posts the office has when the worker starts.
EVERY_DESK = "@meja"
#: The two users of the broker: of those who carry tasks, and of who only looks.
QUEUES, MONITOR = "antrean", "flower"
#: Connections of one web process: its pool (pipeline/db.py), for its threads; others work one thing at a time.
WEB_CONNECTIONS = 35
#: For every process of ours. Threads share two heaps of the C library instead of opening up to eight a core; what is
#: large is taken from the system and given back to it, however large what was freed before.
LEAN = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process as the supervisor or compose starts it."""

    name: str
    command: tuple[str, ...]
    antrean: tuple[str, ...] = ()  # the Celery queues it reads
    setpriv: tuple[str, ...] = ()  # options that give it another user
    stop: Signals = SIGTERM  # what asks it to end in good order
    patience: float = 8.0  # seconds it is given for that
    forked: bool = False  # from the nursery (ops/nursery.py), instead of executed
    connections: int = 0  # to the database, at most, those of its children with it
    broker: str = ""  # as whom it goes there (ops/broker.acl); "": it has nothing to do there, and gets no address
    env: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)  # that no other process is given


def web(bind: str) -> Process:
    """Two processes of 32 threads, forked from one that has loaded the application and opened nothing.

    No thread of theirs waits for a client's network (web/server.py).
    """
    command = (
        "gunicorn",
        "--bind",
        bind,
        "--preload",
        "--worker-class",
        "web.server.Worker",
        "--workers",
        "2",
        "--threads",
        "32",
    )
    quiet = ("--no-control-socket", "--graceful-timeout", "5", "--log-level", "warning")
    return Process(name="web", command=(*command, *quiet, "web.wsgi:app"), connections=2 * WEB_CONNECTIONS)


def relay() -> Process:
    """The only publisher: outbox -> broker. One of its connections listens."""
    return Process(name="relay", command=("python", "-m", "tasks.relay"), connections=2, broker=QUEUES)


def worker(name: str, antrean: Iterable[str], concurrency: int = 2) -> Process:
    """A Celery worker."""
    antrean = tuple(antrean)
    read = EVERY_DESK if antrean == PERAN_QUEUES else ",".join(antrean)
    command = ("python", "-m", "tasks.celery", "worker", name, read, "--concurrency", str(concurrency))
    # A child at a document, a notice or a sweep reads or notes on one more; one gives the worker's signs of life.
    connections = 1 + concurrency * (1 if set(antrean) <= set(PERAN_QUEUES) else 2)
    return Process(name=name, command=command, antrean=antrean, patience=12.0, connections=connections, broker=QUEUES)


def beat() -> Process:
    """The clock of the sweeps."""
    return Process(name="beat", command=("python", "-m", "tasks.celery", "beat"), connections=1, broker=QUEUES)


def flower(address: str, port: int) -> Process:
    """Celery's monitor, behind the login of the web."""
    command = ("alurizin", "flower", "--address", address, "--port", str(port))
    return Process(name="flower", command=command, connections=1, broker=MONITOR)


def backup(target: str) -> Process:
    """A backup of everything into a folder; run by a timer, once a night."""
    kept = ("--harian", "7", "--mingguan", "4", "--bulanan", "12")
    return Process(name="cadangan", command=("alurizin", "cadangkan", target, *kept), connections=1)


def one_machine(port: int) -> tuple[Process, ...]:
    """What ``alurizin run`` keeps alive beside the two servers, in the order it is started."""
    every = (
        web(f"127.0.0.1:{port}"),
        relay(),
        worker("peran", PERAN_QUEUES),
        worker("layanan", SERVICE_QUEUES),
        beat(),
        flower("127.0.0.1", port + 1),
    )
    return tuple(replace(process, forked=True) for process in every)


def containers() -> tuple[Process, ...]:
    """What docker-compose.yml runs: a worker for each desk, so that one can be scaled or stopped by itself."""
    everywhere = "0.0.0.0"  # noqa: S104 - inside a container; only the proxy is published
    desks = (worker(antrean, [antrean], concurrency=1) for antrean in PERAN_QUEUES)
    services = worker("layanan", SERVICE_QUEUES)
    return (web(f"{everywhere}:8000"), relay(), *desks, services, beat(), flower(everywhere, 5555))
