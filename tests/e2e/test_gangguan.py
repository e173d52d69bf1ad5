"""What the office has to survive: parts are killed, frozen, filled or emptied while files are on their way.

Whatever happens, every file reaches its end once, with one number, and its history replays. ``contoh`` is the users: an
answer that is not in words fails it.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest
import redis
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from ops.broker import client_url
from ops.contoh.kantor import Kantor
from tests.e2e.berkas_lambat import forget_all
from tests.e2e.conftest import ALURIZIN, Running

pytestmark = pytest.mark.drill

BANYAK, PARALLEL = "40", "6"
UNTIL_TENANG = (
    150.0  # seconds in which what was lost is found and done: past the reconciler's patience with a dead task
)
LAMA = 10.0  # seconds a part stays frozen or full

CLOSE = "WHERE closed_at IS NOT NULL"

Outage = Callable[[Running], None]


def kill(nama: str, sinyal: int = signal.SIGKILL) -> Outage:
    """End a process of the instance without asking; the supervisor brings it back."""
    return lambda berjalan: os.kill(berjalan.pid(nama), sinyal)


def freeze(nama: str) -> Outage:
    """It is there and takes connections, but answers nobody."""

    def disturb(berjalan: Running) -> None:
        pid = berjalan.pid(nama)
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(LAMA)
        finally:
            os.kill(pid, signal.SIGCONT)

    return disturb


def with_broker(disturb: Callable[["redis.Redis[bytes]"], object]) -> Outage:
    """Do something to what the broker holds."""

    def apply(berjalan: Running) -> None:
        with redis.Redis.from_url(client_url(berjalan.instance.broker_url)) as broker:
            disturb(broker)

    return apply


def fill(broker: "redis.Redis[bytes]") -> None:
    """The broker takes nothing more, for a while."""
    isi = [f"penuh:{n}" for n in range(1024)]
    try:
        with pytest.raises(redis.OutOfMemoryError):
            _ = [broker.set(kunci, bytes(2**20)) for kunci in isi]
        time.sleep(LAMA)
    finally:
        broker.unlink(*isi)


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
def db(berjalan: Running, kantor: Kantor) -> Engine:  # kantor: the instance has served its first page
    url = berjalan.instance.database_url.replace("postgresql:", "postgresql+psycopg:", 1)
    return create_engine(url, poolclass=NullPool)  # a connection kept would not outlive its server


@contextmanager
def crowd(berjalan: Running) -> Iterator["subprocess.Popen[str]"]:
    """Files on their way, of applicants and officers who wait an outage out."""
    kata = [ALURIZIN, "contoh", "--jumlah", BANYAK, "--serentak", PARALLEL]
    with subprocess.Popen(
        kata, env=berjalan.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as proses:
        try:
            yield proses
        finally:
            proses.kill()


@pytest.mark.attack("G01", "G04", "G07", "G08")
@pytest.mark.parametrize("apa", OUTAGE)
def test_every_file_reaches_its_end_once(berjalan: Running, db: Engine, apa: str) -> None:
    sebelum = [count(db, f"SELECT count(*) FROM permohonan {syarat}") for syarat in ("", CLOSE)]
    with crowd(berjalan) as proses:
        wait(lambda: count(db, "SELECT count(*) FROM permohonan") >= sebelum[0] + int(PARALLEL), "berkas pertama")
        OUTAGE[apa](berjalan)
        kabar = proses.communicate(timeout=600)[0]
    assert proses.returncode == 0, kabar
    assert count(db, f"SELECT count(*) FROM permohonan {CLOSE}") == sebelum[1] + int(BANYAK)
    wait(lambda: count(db, "SELECT count(*) FROM outbox WHERE closed_at IS NULL") == 0, "semua pesan dikerjakan")
    assert count(db, "SELECT count(*) FROM pemberitahuan WHERE status IN ('menunggu', 'mengirim', 'gagal')") == 0
    bukti = berjalan.cli("verify")
    assert bukti.returncode == 0, bukti.stderr


def count(db: Engine, query: str) -> int:
    with db.connect() as conn:
        return int(conn.execute(text(query)).scalar_one())


def wait(happened: Callable[[], bool], apa: str) -> None:
    akhir = time.monotonic() + UNTIL_TENANG
    while not happened():
        assert time.monotonic() < akhir, f"tidak terjadi: {apa}"
        time.sleep(0.3)
