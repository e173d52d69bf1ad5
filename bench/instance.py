"""The whole office as ``alurizin run`` starts it, on a data folder of the bench's own; and what its processes take."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from signal import SIGTERM

from bench.browser import Browser
from bench.ground import PORT, ROOT, end, until
from bench.meters import cpu_seconds, named, pss, tree
from ops.instance import Instance as Told
from ops.instance import running

_ALURIZIN = Path(sys.executable).parent / "alurizin"
_PATIENCE = 30.0


class Instance:
    """One office; ``code`` is the checkout it runs, this one or another."""

    def __init__(self, data: Path, port: int, code: Path = ROOT) -> None:
        self.port, self._code, self._data = port, code, data
        self._env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ALURIZIN_")},
            "ALURIZIN_DATA": str(data),
            "ALURIZIN_PORT": str(port),
            "ALURIZIN_DEMO_HIDUP": "0",
            "PYTHONPATH": str(code),
        }
        for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL", "CELERY_BROKER_URL", "FLOWER_BROKER_URL"):
            self._env.pop(name, None)
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds until the first page came."""
        began = time.monotonic()
        with (self._data / "bench.log").open("ab") as log:
            words = [str(_ALURIZIN), "run"]
            self._running = subprocess.Popen(words, cwd=self._code, env=self._env, stdout=log, stderr=log)
        until(self._answers, "halaman pertama")
        return time.monotonic() - began

    def stop(self) -> None:
        """In good order."""
        if self._running is not None:
            end(self._running, SIGTERM, _PATIENCE)

    def contoh(self, *words: str) -> float:
        """Run the sample clients over HTTP; their seconds."""
        began = time.monotonic()
        done = subprocess.run(
            [str(_ALURIZIN), "contoh", *words], cwd=self._code, env=self._env, capture_output=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"contoh: {done.stderr.decode(errors='replace').strip()[-1000:]}")
        return time.monotonic() - began

    def cpu(self) -> float:
        """Seconds that all its processes have taken so far."""
        return cpu_seconds(self._pid)

    def memory(self) -> tuple[float, float]:
        """MB of all its processes, and MB of LibreOffice apart."""
        office = {pid: pss(pid) for pid in tree(self._pid) if b"soffice" not in named(pid)}
        soffice = sum(pss(pid) for pid in tree(self._pid) if pid not in office)
        return sum(office.values()), soffice

    def shares(self) -> Mapping[str, float]:
        """MB of each process that the supervisor keeps, its children with it."""
        kept = self.told.process
        return {f"{n}_mb": sum(pss(p) for p in tree(pid) if b"soffice" not in named(p)) for n, pid in kept.items()}

    @property
    def told(self) -> Told:
        """Its addresses and processes, as it tells the other commands."""
        return running(self._data)

    @property
    def _pid(self) -> int:
        if self._running is None:
            raise RuntimeError("Kantor belum dijalankan.")
        return self._running.pid

    def _answers(self) -> bool:
        if self._running is not None and self._running.poll() is not None:
            raise RuntimeError(f"alurizin run berhenti: {(self._data / 'bench.log').read_text()[-1000:]}")
        with suppress(OSError, HTTPException):
            return Browser(self.port).get("/")[0] == 200
        return False


@contextmanager
def instance(port: int = PORT, code: Path = ROOT) -> Iterator[Instance]:
    """An office with a new data folder, which goes with it."""
    data = Path(tempfile.mkdtemp(prefix="bench-kantor-"))
    data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    office = Instance(data, port, code)
    try:
        yield office
    finally:
        office.stop()
        shutil.rmtree(data, ignore_errors=True)
