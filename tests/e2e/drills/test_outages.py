"""What the office has to survive: parts are killed, frozen, filled or emptied while files are on their way.

Whatever happens, every file reaches its end once, with one number, and its history replays. ``contoh`` is the users: an
answer that is not in words fails it.
"""

import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from pipeline.settings import ROOT
from tests.e2e.conftest import ALURIZIN, Running
from tests.e2e.drills import versions
from tests.e2e.drills.faults import LASTS, Fault, Lacking, clock, company, database, messages
from tests.e2e.drills.faults.parts import freeze, kill
from tests.e2e.drills.story import PARALLEL, count, survive, wait
from tests.e2e.drills.story import database as opened
from tests.e2e.drills.table import Row

pytestmark = [pytest.mark.drill, pytest.mark.usefixtures("kantor")]  # kantor: the instance has served its first page

FAULTS: Mapping[str, Fault] = {
    "tanpa gangguan": lambda _: "",  # what the other rows are to be compared with
    "peran dibunuh": kill("peran"),
    "layanan dibunuh": kill("layanan"),
    "relay dibunuh": kill("relay"),
    "relay dibekukan": freeze("relay"),
    "beat dibunuh": kill("beat"),
    "web dibunuh": kill("web"),
    "broker dibunuh": kill("broker"),
    "broker dihentikan": kill("broker", signal.SIGTERM),
    "broker dibekukan": freeze("broker"),
    "broker dikosongkan": messages.empty,
    "broker penuh": messages.fill,
    "broker kehilangan separuh": messages.lose_half,
    "pesan beracun": messages.poison,
    "postgres dimulai ulang": kill("postgres", signal.SIGINT),
    "postgres dibunuh": kill("postgres"),
    "basis data lambat": database.slow,
    "dua relay": company.two_relays,
    "pekerja versi lama": company.old_worker,
    "jam beat maju 1 jam": clock.off(clock.AN_HOUR),
    "jam beat mundur 1 jam": clock.off(-clock.AN_HOUR),
}
KILLED_FOR = 150.0  # seconds, at most
NEEDS: Mapping[str, Lacking] = {
    "pekerja versi lama": versions.lacking,
    "jam beat maju 1 jam": clock.lacking,
    "jam beat mundur 1 jam": clock.lacking,
}


@pytest.mark.attack("G01", "G04", "G06", "G07", "G08")
@pytest.mark.parametrize("what", FAULTS)
def test_every_file_reaches_its_end_once(running: Running, files: int, rows: list[Row], what: str) -> None:
    if what in NEEDS and (sentence := NEEDS[what]()):
        pytest.skip(sentence)
    rows.append(survive(running, FAULTS[what], what, files))
    assert rows[-1].broken == ""


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
def test_desks_side_by_side_join_once_though_their_workers_are_killed(running: Running) -> None:
    db = opened(running)
    served(running, "izin_bangun")
    with ExitStack() as ended:
        files = [ended.enter_context(carried(running, "izin_bangun")) for _ in range(PARALLEL)]
        for process in files:
            ended.callback(process.kill)
        began = time.monotonic()
        for name in cycle(("peran", "layanan", "peran", "relay")):
            if all(process.poll() is not None for process in files) or time.monotonic() - began > KILLED_FOR:
                break
            kill(name)(running)
            time.sleep(LASTS / 2)  # time enough for the next one to begin some work
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
