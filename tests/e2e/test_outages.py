"""What the office has to survive: parts are killed, frozen, filled or emptied while files are on their way.

Whatever happens, every file reaches its end once, with one number, and its history replays. ``contoh`` is the users: an
answer that is not in words fails it.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path

import httpx
import pytest
import redis
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from ops.broker import client_url
from ops.contoh.kantor import Kantor
from pipeline.settings import ROOT
from tests.e2e.conftest import ALURIZIN, Running
from tests.e2e.slow_files import forget_all

pytestmark = pytest.mark.drill

MANY, PARALLEL = "40", "6"
UNTIL_QUIET = 150.0  # seconds in which what was lost is found and done: past the reconciler's patience with a dead task
OLD = 10.0  # seconds a part stays frozen or full

CLOSE = "WHERE closed_at IS NOT NULL"

Outage = Callable[[Running], None]


def kill(name: str, signal: int = signal.SIGKILL) -> Outage:
    """End a process of the instance without asking; the supervisor brings it back."""
    return lambda running: os.kill(running.pid(name), signal)


def freeze(name: str) -> Outage:
    """It is there and takes connections, but answers nobody."""

    def disturb(running: Running) -> None:
        pid = running.pid(name)
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(OLD)
        finally:
            os.kill(pid, signal.SIGCONT)

    return disturb


def with_broker(disturb: Callable[["redis.Redis[bytes]"], object]) -> Outage:
    """Do something to what the broker holds."""

    def apply(running: Running) -> None:
        with redis.Redis.from_url(client_url(running.instance.broker_url)) as broker:
            disturb(broker)

    return apply


def fill(broker: "redis.Redis[bytes]") -> None:
    """The broker takes nothing more, for a while."""
    content = [f"penuh:{n}" for n in range(1024)]
    try:
        with pytest.raises(redis.OutOfMemoryError):
            _ = [broker.set(key, bytes(2**20)) for key in content]
        time.sleep(OLD)
    finally:
        broker.unlink(*content)


OUTAGE: Mapping[str, Outage] = {
    "peran dibunuh": kill("peran"),
    "layanan dibunuh": kill("layanan"),
    "relay dibunuh": kill("relay"),
    "relay dibekukan": freeze("relay"),
    "beat dibunuh": kill("beat"),
    "web dibunuh": kill("web"),
    "broker dibunuh": kill("broker"),
    "broker dihentikan": kill("broker", signal.SIGTERM),
    "broker dibekukan": freeze("broker"),
    "broker dikosongkan": with_broker(forget_all),
    "broker penuh": with_broker(fill),
    "pesan beracun": with_broker(
        lambda broker: [broker.lpush(q, b"\xff bukan JSON") for q in ("sekretaris", "dokumen")]
    ),
    "postgres dimulai ulang": kill("postgres", signal.SIGINT),
    "postgres dibunuh": kill("postgres"),
}


@pytest.fixture
def db(running: Running, kantor: Kantor) -> Engine:  # kantor: the instance has served its first page
    url = running.instance.database_url.replace("postgresql:", "postgresql+psycopg:", 1)
    return create_engine(url, poolclass=NullPool)  # a connection kept would not outlive its server


@contextmanager
def crowd(running: Running) -> Iterator["subprocess.Popen[str]"]:
    """Files on their way, of applicants and officers who wait an outage out."""
    word = [ALURIZIN, "contoh", "--jumlah", MANY, "--serentak", PARALLEL]
    with subprocess.Popen(
        word, env=running.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.attack("G01", "G04", "G07", "G08")
@pytest.mark.parametrize("what", OUTAGE)
def test_every_file_reaches_its_end_once(running: Running, db: Engine, what: str) -> None:
    before = [count(db, f"SELECT count(*) FROM permohonan {syarat}") for syarat in ("", CLOSE)]
    with crowd(running) as process:
        wait(lambda: count(db, "SELECT count(*) FROM permohonan") >= before[0] + int(PARALLEL), "berkas pertama")
        OUTAGE[what](running)
        news = process.communicate(timeout=600)[0]
    assert process.returncode == 0, news
    assert count(db, f"SELECT count(*) FROM permohonan {CLOSE}") == before[1] + int(MANY)
    wait(lambda: count(db, "SELECT count(*) FROM outbox WHERE closed_at IS NULL") == 0, "semua pesan dikerjakan")
    assert count(db, "SELECT count(*) FROM pemberitahuan WHERE status IN ('menunggu', 'mengirim', 'gagal')") == 0
    proof = running.cli("verify")
    assert proof.returncode == 0, proof.stderr


def carried(running: Running, code: str) -> "subprocess.Popen[str]":
    """One file of that permit, carried through every desk by its own people."""
    word = [ALURIZIN, "contoh", "--sop", code]
    return subprocess.Popen(word, env=running.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def served(running: Running, code: str) -> None:
    """Put a permit of the tests into the office's own folders, and wait until its first page is there."""
    data = Path(running.instance.data)
    file = data / "sop" / f"{code}.toml"
    (data / "templat").mkdir(exist_ok=True)
    beside = Path(shutil.copy(ROOT / "tests" / "data" / file.name, data / "templat"))
    drawn = running.cli("templat", "buat", str(beside))
    assert drawn.returncode == 0, drawn.stderr
    file.parent.mkdir(exist_ok=True)
    beside.replace(file)
    wait(lambda: has_page(f"{running.instance.web}/izin/{code}"), f"izin {code} dilayani")


def has_page(address: str) -> bool:
    """Whether it is there; the web may be starting again just now."""
    try:
        return httpx.get(address).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.attack("G01", "G04", "G07", "G08")
def test_desks_side_by_side_join_once_though_their_workers_are_killed(running: Running, db: Engine) -> None:
    served(running, "izin_bangun")
    with ExitStack() as ended:
        files = [ended.enter_context(carried(running, "izin_bangun")) for _ in range(int(PARALLEL))]
        for process in files:
            ended.callback(process.kill)
        began = time.monotonic()
        for name in cycle(("peran", "layanan", "peran", "relay")):
            if all(process.poll() is not None for process in files) or time.monotonic() - began > UNTIL_QUIET:
                break
            kill(name)(running)
            time.sleep(OLD / 2)  # time enough for the next one to begin some work
        told = [process.communicate(timeout=600)[0] for process in files]
    assert [process.returncode for process in files] == [0] * len(files), told
    ours = "permohonan_id IN (SELECT id FROM permohonan WHERE sop = 'izin_bangun')"
    assert count(db, f"SELECT count(*) FROM sk WHERE {ours}") == len(files)
    for code in ("dinas_a", "dinas_b", "konsep"):
        visits = f"SELECT count(*) FROM tugas WHERE langkah = '{code}' AND {ours}"
        assert count(db, visits) == len(files), code
    wait(lambda: count(db, "SELECT count(*) FROM outbox WHERE closed_at IS NULL") == 0, "semua pesan dikerjakan")
    proof = running.cli("verify")
    assert proof.returncode == 0, proof.stderr


def count(db: Engine, query: str) -> int:
    with db.connect() as conn:
        return int(conn.execute(text(query)).scalar_one())


def wait(happened: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + UNTIL_QUIET
    while not happened():
        assert time.monotonic() < end, f"tidak terjadi: {what}"
        time.sleep(0.3)
