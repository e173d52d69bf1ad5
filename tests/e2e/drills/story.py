"""One drill: files on their way, a fault, what the office says of it, its recovery, and what has to hold."""

import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from bench.results import commit
from ops.contoh.scenarios import mix
from pipeline.clock import real_now
from tests.e2e.conftest import ALURIZIN, Running
from tests.e2e.drills import once
from tests.e2e.drills.faults import Fault
from tests.e2e.drills.table import Row

PARALLEL = 6
#: Seconds in which what was lost is found and done: past the reconciler's patience with a dead task, on a busy machine.
UNTIL_QUIET = 600.0
ALL_FILES = 1800.0
LOOKS = 0.5  # seconds between two looks
#: What each office of the drills runs; others come and go beside it.
PARTS = ("basis_data", "broker", "relay", "beat", "pekerja:peran", "pekerja:layanan")
OWED = "SELECT count(*) FROM outbox WHERE closed_at IS NULL AND created_at <= :ended"


@dataclass
class Watch:
    """What /siap says, look for look."""

    running: Running
    dead: set[str] = field(default_factory=set)
    away: float = 0.0
    signs: dict[str, datetime] = field(default_factory=dict)
    _last: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        """Once more; seconds without a page are counted since the last look."""
        time.sleep(LOOKS)
        parts = self._parts()
        passed, self._last = time.monotonic() - self._last, time.monotonic()
        if parts is None:
            self.away += passed
            return
        self.dead |= {name for name in (*PARTS, "disk") if parts.get(name, {}).get("keadaan") == "mati"}
        self.signs = {n: datetime.fromisoformat(parts[n]["tanda"]) for n in PARTS if parts.get(n, {}).get("tanda")}
        self.signs = {n: at for n, at in self.signs.items() if parts[n]["keadaan"] != "mati"}

    def all_since(self, moment: datetime) -> bool:
        """Whether every part has given a sign of life after this moment."""
        return all(self.signs.get(name, moment) > moment for name in PARTS)

    def _parts(self) -> dict[str, dict[str, str]] | None:
        """None while no page is served."""
        try:
            answer = httpx.get(f"{self.running.instance.web}/siap", timeout=20)
        except httpx.TransportError:
            return None
        return dict(answer.json()["bagian"]) if answer.status_code == 200 else None


def survive(running: Running, fault: Fault, name: str, files: int) -> Row:
    """Let the fault strike while files are on their way; what was seen, and which promises it broke."""
    db, watch, began = database(running), Watch(running), real_now()
    with crowd(running, files) as process, ThreadPoolExecutor(1) as pool:
        first = "SELECT count(*) FROM permohonan WHERE created_at >= :began"
        wait(lambda: count(db, first, began=began) >= min(PARALLEL, files), "berkas pertama")
        start = time.monotonic()
        striking = pool.submit(fault, running)
        while not striking.done():
            watch.look()
        seen, ended = striking.result(), real_now()
        since = time.monotonic()
        wait(lambda: _recovered(db, watch, ended), "kantor pulih")
        recovered = time.monotonic() - since
        told = process.communicate(timeout=ALL_FILES)[0]
        took = time.monotonic() - start
    assert process.returncode == 0, told
    wait(lambda: count(db, "SELECT count(*) FROM outbox WHERE closed_at IS NULL") == 0, "semua pesan dikerjakan")
    return Row(
        fault=name,
        detail=seen,
        said=", ".join(sorted(watch.dead)),
        away=watch.away,
        recovered=recovered,
        files=files,
        took=took,
        broken="; ".join(once.broken(running, db, began, [mix(n) for n in range(files)])),
        seen=f"{began:%Y-%m-%d}, {commit()}",
    )


def _recovered(db: Engine, watch: Watch, ended: datetime) -> bool:
    """Every part has given a sign of life since, and what was owed when the fault ended is done."""
    watch.look()
    try:
        return watch.all_since(ended) and count(db, OWED, ended=ended) == 0
    except OperationalError:  # the database is not back yet
        return False


@contextmanager
def crowd(running: Running, files: int, parallel: int = PARALLEL) -> "Iterator[subprocess.Popen[str]]":
    """Files on their way, of applicants and officers who wait an outage out."""
    words = [ALURIZIN, "contoh", "--jumlah", str(files), "--serentak", str(parallel)]
    with subprocess.Popen(
        words, env=running.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def database(running: Running) -> Engine:
    """A connection kept would not outlive its server."""
    url = running.instance.database_url.replace("postgresql:", "postgresql+psycopg:", 1)
    return create_engine(url, poolclass=NullPool)


def count(db: Engine, query: str, **words: object) -> int:
    with db.connect() as conn:
        return int(conn.execute(text(query), words).scalar_one())


def wait(happened: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + UNTIL_QUIET
    while not happened():
        assert time.monotonic() < end, f"tidak terjadi: {what}"
        time.sleep(0.3)
