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
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.settings import ROOT
from pipeline.topology import SERVICE_QUEUES
from tests.e2e.conftest import Running, beside
from tests.e2e.drills.faults import clock

CELERY = (Path(sys.executable).parent / "celery", "-A", "tasks.app")
RINGS = 45.0  # seconds within which a living beat, or the relay in its place, has rung
LEVEL = ["pengingat", "lewat", "dua_kali"]


@dataclass
class Kantor:
    """The instance with its second beat and three more workers, and the hands that work on it."""

    running: Running
    env: Mapping[str, str]
    beat: "subprocess.Popen[bytes]"
    workers: "list[subprocess.Popen[bytes]]"

    def hand(self, *word: str) -> object:
        """Run a command of tests/e2e/slow_files.py."""
        words = [sys.executable, "-m", "tests.e2e.slow_files", *word]
        done = subprocess.run(words, env=self.env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def beats(self, signal: int) -> None:
        """Freeze or wake both beats."""
        for pid in (self.beat.pid, self.running.pid("beat")):
            os.kill(pid, signal)

    def raised(self, moment: str, nomor: list[str]) -> dict[str, list[list[object]]]:
        """Wait until everything due at ``moment`` has been raised; what there is then, checked against the calendar."""
        end = time.monotonic() + 3 * RINGS
        while True:
            result = self.hand("check", moment, *nomor)
            assert isinstance(result, dict)
            if not result["kurang"]:
                return dict(result["ada"])
            assert time.monotonic() < end, f"{result['kurang']} level belum dicatat"
            time.sleep(0.5)


@pytest.fixture
def kantor(running: Running, tmp_path: Path) -> Iterator[Kantor]:
    _wait_for_all(running)
    env = running.inside
    with (
        beside(env, tmp_path, *_beat(tmp_path)) as beat,
        beside(env, tmp_path, *_worker(1)) as one,
        beside(env, tmp_path, *_worker(2)) as two,
        beside(env, tmp_path, *_worker(3)) as three,
    ):
        kantor = Kantor(running, env, beat, [one, two, three])
        kantor.hand("morning")
        try:
            yield kantor
        finally:
            kantor.beats(signal.SIGCONT)
            kantor.hand("release")


def _wait_for_all(running: Running) -> None:
    end = time.monotonic() + 120
    while not {"beat", "layanan", "relay"} <= set(json.loads(running.cli("info", "--json").stdout)["proses"]):
        assert time.monotonic() < end, "tidak semua proses berjalan"
        time.sleep(0.3)


def _beat(folder: Path) -> tuple[str | Path, ...]:
    return (*CELERY, "beat", "--pidfile=", "--schedule", folder / "beat", "--loglevel", "WARNING")


def _worker(n: int) -> tuple[str | Path, ...]:
    quiet = ("--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "WARNING")
    return (*CELERY, "worker", "--hostname", f"uji{n}@alurizin", "--queues", ",".join(SERVICE_QUEUES), *quiet)


def test_three_days_without_beats_and_an_emptied_broker(kantor: Kantor) -> None:
    nomor = kantor.hand("create", "5")
    assert isinstance(nomor, list)
    kantor.beats(signal.SIGSTOP)
    exact, *other = nomor  # the first lies with the Kabid, whose limit is of minutes
    kantor.hand("cut", exact)
    moment = str(kantor.hand("forward", "3"))
    kantor.hand("clear")
    kantor.beats(signal.SIGCONT)
    present = kantor.raised(moment, other)
    for n in other[1::2]:  # with the Kabid: far past twice the limit
        assert [t for k, _, t in present[n] if k == "paraf_kabid"] == LEVEL
    check = kantor.hand("check", moment, exact)
    assert isinstance(check, dict)
    assert not [k for k in check["ada"][exact] if k[0] == "paraf_kabid"]


def test_the_slow_story_ends_with_its_proof_and_the_clock_put_back(kantor: Kantor) -> None:
    kantor.hand("release")
    before = kantor.running.cli("jam").stdout
    result = kantor.running.cli("contoh", "--lambat")
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.splitlines()[-1] == "15 eskalasi, masing-masing sekali; tidak ada untuk pemohon"
    assert kantor.running.cli("jam").stdout[:25] == before[:25]
    note = kantor.running.cli("verify")
    assert note.returncode == 0, note.stdout + note.stderr


@pytest.mark.attack("G06")
@pytest.mark.drill
def test_killed_workers_frozen_beats_and_a_broker_that_forgets(kantor: Kantor) -> None:
    """Eight rounds; in each the clock jumps, and something dies while the sweeps run."""
    rng = random.Random(20261125)
    nomor = kantor.hand("create", "40")
    assert isinstance(nomor, list)
    for stage in range(8):
        kantor.beats(signal.SIGSTOP)
        moment = str(kantor.hand("forward", str(rng.choice([0.01, 0.2, 1, 3]))))
        kantor.hand("clear")
        kantor.beats(signal.SIGCONT)
        time.sleep(rng.uniform(0, 3))
        match stage % 4:
            case 0:
                os.kill(kantor.running.pid("layanan"), signal.SIGKILL)
            case 1:
                os.kill(kantor.running.pid("broker"), signal.SIGKILL)
            case 2:
                os.kill(kantor.running.pid("beat"), signal.SIGKILL)
            case _:
                rng.choice(kantor.workers).send_signal(signal.SIGSTOP)
        kantor.raised(moment, nomor)
        for worker in kantor.workers:
            worker.send_signal(signal.SIGCONT)


@pytest.mark.attack("G06")
@pytest.mark.drill
@pytest.mark.parametrize("seconds", [clock.AN_HOUR, -clock.AN_HOUR], ids=["ahead", "behind"])
def test_a_beat_whose_clock_is_an_hour_off_raises_each_level_once_and_none_early(kantor: Kantor, seconds: int) -> None:
    if sentence := clock.lacking():
        pytest.skip(sentence)
    nomor = kantor.hand("create", "6")
    assert isinstance(nomor, list)
    kantor.beat.send_signal(signal.SIGSTOP)
    with clock.beat_off(kantor.running, seconds):
        for hari in ("0.2", "3"):
            kantor.raised(str(kantor.hand("forward", hari)), nomor)
