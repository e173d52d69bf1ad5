"""Python with the peers in it: ours when they are installed there, or the one of BENCH_PYTHON."""

import json
import os
import subprocess
import sys
from functools import cache

from bench.crowd import Ran
from bench.ground import PEER, ROOT, Ground

MISSING = (
    "django-viewflow is not installed: python3 -m venv DIR && DIR/bin/pip install --require-hashes -r"
    " requirements/bench.txt, then BENCH_PYTHON=DIR/bin/python"
)
_ASK = "from importlib.util import find_spec as f; raise SystemExit(not (f('viewflow') and f('psycopg')))"


@cache
def _python() -> str | None:
    """The interpreter; None when neither has it."""
    for python in filter(None, (os.environ.get("BENCH_PYTHON"), sys.executable)):
        done = subprocess.run([python, "-c", _ASK], capture_output=True, check=False)
        if done.returncode == 0:
            return python
    return None


class Flow:
    """django-viewflow on a database of its own, in its own interpreter."""

    def __init__(self, python: str, address: str) -> None:
        self._python, self._address = python, address

    @classmethod
    def found(cls, servers: Ground, database: str) -> "Flow | None":
        """Set up; None when it is not installed."""
        if (python := _python()) is None:
            return None
        servers.fresh(database, PEER)
        flow = cls(python, servers.address(database, PEER))
        flow._run("set_up")
        return flow

    def carry(self, clients: int, cases: int) -> Ran:
        """Whole cases, so many at once."""
        return Ran(**json.loads(self._run("carry", clients, cases)))

    def load(self, files: int) -> None:
        """So many processes, one in ten of them open."""
        self._run("load", files)

    def first_page(self, times: int) -> float:
        """The seconds of the middle one of so many reads of the first page of a role's inbox."""
        return float(json.loads(self._run("inbox", times)))

    def _run(self, what: str, *numbers: int) -> str:
        words = [self._python, "-m", "bench.peers.flow", what, self._address, *map(str, numbers)]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"viewflow: {done.stderr.strip()[-2000:]}")
        return done.stdout
