"""Where it is measured: a PostgreSQL and a broker of the bench's own, and the office's processes on them."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import SIGKILL, Signals
from urllib.parse import quote

import psycopg

from ops.broker import Broker, own_broker
from ops.postgres import APPLICATION, NAME, Postgres, own_postgres
from ops.processes import LEAN, QUEUES, Process

ROOT = Path(__file__).resolve().parent.parent
#: Who measures: a superuser of this cluster alone, told apart from the application by its statements' owner.
BENCH = "bench"
#: Who the peers are: no superuser, as the application is none.
PEER = "peer"
_COUNTING = ("-c", "shared_preload_libraries=pg_stat_statements", "-c", "max_wal_size=4GB")
_FORGOTTEN = (
    "ALURIZIN_",
    "SECRET_KEY",
    "BASE_URL",
    "TRUSTED_HOSTS",
    "SMTP_",
    "MAIL_",
    "DATABASE_URL",
    "CELERY_",
    "MIGRATION_",
    "FLOWER_",
)
#: Of the webs that are measured; two benches at a time need two.
PORT = int(os.environ.get("BENCH_PORT", "18640"))

Connection = psycopg.Connection[tuple[object, ...]]


class Ground:
    """The running servers; ``office(name)`` is an application's database on them."""

    def __init__(self, data: Path, postgres: Postgres, broker: Broker, stack: ExitStack) -> None:
        self.data, self.postgres, self.broker = data, postgres, broker
        self._stack = stack
        self.postgres_pid = self.start("postgres", postgres.process, (*postgres.process.command, *_COUNTING)).pid
        self.broker_pid = self.start("broker", broker.process, broker.process.command).pid
        until(lambda: _answers(self), "PostgreSQL menjawab")

    def connect(self, database: str, role: str = BENCH) -> Connection:
        """A connection of the bench's own; its statements are told apart by their role."""
        return psycopg.connect(self.address(database, role), autocommit=True)

    def address(self, database: str, role: str = BENCH) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.postgres.sockets), safe='')}"

    def start(self, name: str, process: Process, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        """Start it, and end it with the ground."""
        logs = self.data / "log"
        logs.mkdir(exist_ok=True)
        words = [*(("setpriv", *process.setpriv) if process.setpriv else ()), *command]
        env = {**os.environ, **LEAN, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
        with (logs / f"{name}.log").open("ab") as log:
            running = subprocess.Popen(words, stdout=log, stderr=log, cwd=ROOT, env=env, start_new_session=True)
        self._stack.callback(end, running, process.stop, process.patience)
        return running

    def started(self, process: Process, name: str = "") -> "subprocess.Popen[bytes]":
        """One of the office's own processes, which knows the bench's SOP as well. ``name``: of its log."""
        program, *words = process.command
        if program == "python":
            words = ["-m", "bench.inside", *words[1:]]
        ours = Path(sys.executable).parent / program
        return self.start(name or process.name, process, [sys.executable if program == "python" else str(ours), *words])

    def fresh(self, database: str, owner: str = NAME) -> None:
        """An empty database; one of this name before it is gone."""
        with self.connect("postgres") as conn:
            conn.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            conn.execute(f'CREATE DATABASE "{database}" OWNER {owner}')

    def exists(self, database: str) -> bool:
        with self.connect("postgres") as conn:
            return conn.execute("SELECT FROM pg_database WHERE datname = %s", (database,)).fetchone() is not None

    @contextmanager
    def office(self, database: str, *, empty: bool = True) -> Iterator[None]:
        """This process and those it starts are the application on this database."""
        from pipeline.db import engine, owner_engine
        from pipeline.settings import settings

        if empty:
            self.fresh(database)
            shutil.rmtree(self.data / "kepala", ignore_errors=True)  # daily heads of an office that is gone
        os.environ["DATABASE_URL"] = self.address(database, APPLICATION)
        os.environ["MIGRATION_DATABASE_URL"] = self.address(database, NAME)
        settings.cache_clear()
        engine.cache_clear()
        owner_engine.cache_clear()
        try:
            self._prepare()
            yield
        finally:
            engine().dispose()

    def _prepare(self) -> None:
        from bench import inside

        inside.know_nine_steps()
        from ops.demo_accounts import load_demo_accounts
        from ops.readiness import migrate
        from pipeline.clock import real_now

        migrate()
        load_demo_accounts(real_now())


@contextmanager
def ground() -> Iterator[Ground]:
    """Servers in ``var/bench`` (BENCH_DATA), which keeps what was grown there, until the block ends."""
    data = Path(os.environ.get("BENCH_DATA") or ROOT / "var" / "bench").resolve()
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for name in [n for n in os.environ if n.startswith(_FORGOTTEN)]:
        del os.environ[name]
    os.environ.update(ALURIZIN_DATA=str(data), ALURIZIN_MODE="demo", ALURIZIN_PORT=str(PORT))
    postgres, broker = own_postgres(data), own_broker(data)
    _create(postgres)
    broker.create()
    os.environ["CELERY_BROKER_URL"] = broker.url(QUEUES)
    with ExitStack() as stack:
        yield Ground(data, postgres, broker, stack)


def _create(postgres: Postgres) -> None:
    """The cluster as the office makes it, and in it the one who measures and the peers."""
    new = not (postgres.cluster / "PG_VERSION").exists()
    postgres.create()
    if not new:
        return
    postgres.alone(
        f"CREATE ROLE {BENCH} SUPERUSER LOGIN", f"CREATE ROLE {PEER} LOGIN", "CREATE EXTENSION pg_stat_statements"
    )
    with (postgres.cluster / "pg_hba.conf").open("a", encoding="ascii") as access:
        access.write(f"local all {BENCH} trust\nlocal all {PEER} trust\n")


def until(happened: Callable[[], bool], what: str, seconds: float = 120, pause: float = 0.02) -> None:
    """Wait for it. Raises TimeoutError."""
    over = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > over:
            raise TimeoutError(f"Tidak terjadi dalam {seconds:.0f} detik: {what}.")
        time.sleep(pause)


def end(running: "subprocess.Popen[bytes]", stop: Signals, patience: float) -> None:
    """Ask it to end; kill it and what it left when it does not."""
    if running.poll() is not None:
        return
    running.send_signal(stop)
    try:
        running.wait(timeout=patience * 2)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, SIGKILL)
        running.wait(timeout=10)


def number(conn: Connection, query: str, *values: object) -> int:
    """The one number that a query gives."""
    row = conn.execute(query.encode(), values).fetchone()
    return int(str(row[0])) if row and row[0] is not None else 0


def _answers(ground: Ground) -> bool:
    try:
        with ground.connect("postgres"):
            return True
    except psycopg.OperationalError:
        return False
