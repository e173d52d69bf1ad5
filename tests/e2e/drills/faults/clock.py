"""Beat's clock goes wrong, by libfaketime: the office's own beat stands still, and another one rings in its place."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.conftest import Running, beside
from tests.e2e.drills.faults import Fault

RINGS = 45.0  # seconds in which it rings several times
CELERY = Path(sys.executable).parent / "celery"
AN_HOUR = 3600


def library() -> Path | None:
    """Debian's, or the one that LIBFAKETIME names."""
    named = os.environ.get("LIBFAKETIME")
    found = [Path(named)] if named else sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    return next((path for path in found if path.exists()), None)


def lacking() -> str:
    """Whether it is not installed."""
    return "" if library() else "libfaketime tidak ada: pasang paket Debian libfaketime (ops/paket.sh latihan)."


def off(seconds: int) -> Fault:
    """Its clock is so far ahead, or behind where negative."""

    def strike(running: Running) -> str:
        with beat_off(running, seconds) as log:
            time.sleep(RINGS)
            rang = log.read_bytes().count(b"Sending due task")
        assert rang > 0, "beat with the wrong clock has not rung"
        return f"berdering {rang} kali"

    return strike


@contextmanager
def beat_off(running: Running, seconds: int) -> Iterator[Path]:
    """The only beat that rings has this clock; its log."""
    wrong = {"LD_PRELOAD": str(library()), "FAKETIME": f"{seconds:+d}s"}
    pid = running.pid("beat")
    os.kill(pid, signal.SIGSTOP)
    try:
        with TemporaryDirectory(prefix="alurizin-jam-") as name:
            words = (CELERY, "-A", "tasks.app", "beat", "--pidfile=", "--schedule", Path(name) / "jadwal")
            with beside({**running.inside, **wrong}, Path(name), *words) as beat:
                yield Path(name) / "0.log"
                assert beat.poll() is None, "beat with the wrong clock has ended"
    finally:
        os.kill(pid, signal.SIGCONT)
