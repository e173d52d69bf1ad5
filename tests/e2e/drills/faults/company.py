"""Somebody works beside the office: a second relay, a worker of the version before this one."""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.settings import ROOT
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from tests.e2e.conftest import Running, beside
from tests.e2e.drills import versions
from tests.e2e.drills.faults import BESIDE


def two_relays(running: Running) -> str:
    """Both publish what is owed; the one that came later is killed at its work."""
    _beside(running, ROOT, "tasks.relay")
    return f"{BESIDE:.0f} detik"


def old_worker(running: Running) -> str:
    """A worker of the code before the last migration takes its part of every queue."""
    with versions.before_this() as code:
        queues = ",".join((*PERAN_QUEUES, *SERVICE_QUEUES))
        worked = _beside(running, code, "tasks.celery", "worker", "lama", queues).count(b" succeeded ")
    assert worked > 0, "the old worker was given nothing"
    return f"{worked} tugas oleh {versions.name()}"


def _beside(running: Running, code: Path, *module: str) -> bytes:
    """What it has logged until it is killed."""
    env = {**running.inside, "PYTHONPATH": str(code)}
    with (
        TemporaryDirectory(prefix="alurizin-samping-") as name,
        beside(env, Path(name), sys.executable, "-m", *module, code=code) as process,
    ):
        time.sleep(BESIDE)
        told = (Path(name) / "0.log").read_bytes()
        assert process.poll() is None, told
        process.kill()
    return told
