"""Escalation with real processes: two beats, four workers, a broker that forgets, beats that stand still for days.

Whatever happens to them, each level is raised once, none early, none is lost, and none for what was done in time.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.settings import ROOT
from pipeline.topology import SERVICE_QUEUES
from tests.e2e.conftest import Running

CELERY = Path(sys.executable).parent / "celery"
RINGS = 45.0  # seconds within which a living beat, or the relay in its place, has rung
LEVEL = ["pengingat", "lewat", "dua_kali"]


@dataclass
class Kantor:
    """The instance with its second beat and three more workers, and the hands that work on it."""

    berjalan: Running
    env: Mapping[str, str]
    beat: "subprocess.Popen[bytes]"
    workers: "list[subprocess.Popen[bytes]]"

    def hand(self, *kata: str) -> object:
        """Run a command of tests/e2e/berkas_lambat.py."""
        words = [sys.executable, "-m", "tests.e2e.berkas_lambat", *kata]
        done = subprocess.run(words, env=self.env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def beats(self, sinyal: int) -> None:
        """Freeze or wake both beats."""
        for pid in (self.beat.pid, self.berjalan.pid("beat")):
            os.kill(pid, sinyal)

    def raised(self, saat: str, nomor: list[str]) -> dict[str, list[list[object]]]:
        """Wait until everything due at ``saat`` has been raised; what there is then, checked against the calendar."""
        akhir = time.monotonic() + 3 * RINGS
        while True:
            hasil = self.hand("periksa", saat, *nomor)
            assert isinstance(hasil, dict)
            if not hasil["kurang"]:
                return dict(hasil["ada"])
            assert time.monotonic() < akhir, f"{hasil['kurang']} level belum dicatat"
            time.sleep(0.5)


@pytest.fixture
def kantor(berjalan: Running, tmp_path: Path) -> Iterator[Kantor]:
    _wait_for_all(berjalan)
    env = {**berjalan.env, "ALURIZIN_MODE": "demo", "DATABASE_URL": berjalan.instance.database_url,
           "CELERY_BROKER_URL": berjalan.instance.broker_url}  # fmt: skip
    with (
        _celery(env, tmp_path, "beat", "--pidfile=", "--schedule", str(tmp_path / "beat")) as beat,
        _celery(env, tmp_path, *_worker(1)) as satu,
        _celery(env, tmp_path, *_worker(2)) as dua,
        _celery(env, tmp_path, *_worker(3)) as tiga,
    ):
        kantor = Kantor(berjalan, env, beat, [satu, dua, tiga])
        kantor.hand("pagi")
        try:
            yield kantor
        finally:
            kantor.beats(signal.SIGCONT)
            kantor.hand("lepas")


def _wait_for_all(berjalan: Running) -> None:
    akhir = time.monotonic() + 120
    while not {"beat", "layanan", "relay"} <= set(json.loads(berjalan.cli("info", "--json").stdout)["proses"]):
        assert time.monotonic() < akhir, "tidak semua proses berjalan"
        time.sleep(0.3)


def _worker(n: int) -> tuple[str, ...]:
    quiet = ("--concurrency", "1", "--without-gossip", "--without-mingle")
    return ("worker", "--hostname", f"uji{n}@alurizin", "--queues", ",".join(SERVICE_QUEUES), *quiet)


@contextmanager
def _celery(env: Mapping[str, str], folder: Path, *kata: str) -> "Iterator[subprocess.Popen[bytes]]":
    with (folder / f"{kata[0]}{len(list(folder.iterdir()))}.log").open("wb") as log:
        proses = subprocess.Popen(
            [CELERY, "-A", "tasks.app", *kata, "--loglevel", "WARNING"], env=env, cwd=ROOT, stdout=log, stderr=log
        )
        try:
            yield proses
        finally:
            proses.terminate()
            proses.wait(timeout=30)


def test_three_days_without_beats_and_an_emptied_broker(kantor: Kantor) -> None:
    nomor = kantor.hand("buat", "5")
    assert isinstance(nomor, list)
    kantor.beats(signal.SIGSTOP)
    tepat, *lain = nomor  # the first lies with the Kabid, whose limit is of minutes
    kantor.hand("putus", tepat)
    saat = str(kantor.hand("maju", "3"))
    kantor.hand("kosongkan")
    kantor.beats(signal.SIGCONT)
    ada = kantor.raised(saat, lain)
    for n in lain[1::2]:  # with the Kabid: far past twice the limit
        assert [t for k, _, t in ada[n] if k == "paraf_kabid"] == LEVEL
    periksa = kantor.hand("periksa", saat, tepat)
    assert isinstance(periksa, dict)
    assert not [k for k in periksa["ada"][tepat] if k[0] == "paraf_kabid"]


def test_the_slow_story_ends_with_its_proof_and_the_clock_put_back(kantor: Kantor) -> None:
    kantor.hand("lepas")
    sebelum = kantor.berjalan.cli("jam").stdout
    hasil = kantor.berjalan.cli("contoh", "--lambat")
    assert hasil.returncode == 0, hasil.stdout + hasil.stderr
    assert hasil.stdout.splitlines()[-1] == "15 eskalasi, masing-masing sekali; tidak ada untuk pemohon"
    assert kantor.berjalan.cli("jam").stdout[:25] == sebelum[:25]
    catatan = kantor.berjalan.cli("verify")
    assert catatan.returncode == 0, catatan.stdout + catatan.stderr


@pytest.mark.attack("G06")
@pytest.mark.drill
def test_killed_workers_frozen_beats_and_a_broker_that_forgets(kantor: Kantor) -> None:
    """Eight rounds; in each the clock jumps, and something dies while the sweeps run."""
    rng = random.Random(20261125)
    nomor = kantor.hand("buat", "40")
    assert isinstance(nomor, list)
    for stage in range(8):
        kantor.beats(signal.SIGSTOP)
        saat = str(kantor.hand("maju", str(rng.choice([0.01, 0.2, 1, 3]))))
        kantor.hand("kosongkan")
        kantor.beats(signal.SIGCONT)
        time.sleep(rng.uniform(0, 3))
        match stage % 4:
            case 0:
                os.kill(kantor.berjalan.pid("layanan"), signal.SIGKILL)
            case 1:
                os.kill(kantor.berjalan.pid("broker"), signal.SIGKILL)
            case 2:
                os.kill(kantor.berjalan.pid("beat"), signal.SIGKILL)
            case _:
                rng.choice(kantor.workers).send_signal(signal.SIGSTOP)
        kantor.raised(saat, nomor)
        for worker in kantor.workers:
            worker.send_signal(signal.SIGCONT)
