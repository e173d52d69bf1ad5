"""Every part is killed, and nobody starts it again: /siap says which, and sends requests away only without a database.

The processes are those of ``alurizin run``, without the supervisor that would bring them back at once.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from ops.broker import own_broker
from ops.postgres import own_postgres
from ops.processes import Process, one_machine
from ops.supervisor import command_line, kill_group
from pipeline.clock import real_now
from pipeline.queries.machinery import DEAD_AFTER
from pipeline.settings import ROOT
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from tests.e2e.conftest import ALURIZIN, FOREIGN, free_port

PATIENCE = 120.0  # seconds of a busy machine
#: What is killed -> what /siap names.
PARTS: Mapping[str, set[str]] = {
    "beat": {"beat"},
    "layanan": {"pekerja:layanan", *(f"antrean:{q}" for q in SERVICE_QUEUES)},
    "peran": {"pekerja:peran", *(f"antrean:{q}" for q in PERAN_QUEUES)},
    "broker": {"broker"},  # while the workers live they would fall silent with it
    "relay": {"relay"},
}


@dataclass
class Office:
    """The parts of an office that nobody looks after."""

    port: int
    running: dict[str, "subprocess.Popen[bytes]"]

    def ready(self) -> tuple[int, dict[str, object]]:
        """What /siap says; (0, {}) while nobody answers."""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}/siap", timeout=30)
        except httpx.HTTPError:
            return 0, {}
        return answer.status_code, answer.json()

    def away(self) -> set[str]:
        """The parts that do not run, as /siap names them; what is only late is not among them."""
        parts = self.ready()[1].get("bagian", {})
        assert isinstance(parts, dict)
        return {name for name, told in parts.items() if told["keadaan"] == "mati"}

    def kill(self, name: str) -> datetime:
        kill_group(self.running[name].pid)
        self.running[name].wait()
        return real_now()


def until(happened: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"tidak terjadi: {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with TemporaryDirectory(prefix="alurizin-bagian-") as name, ExitStack() as ended:
        data = Path(name)
        data.chmod(0o755)
        servers = (own_postgres(data), own_broker(data))
        port = free_port()
        env = {k: v for k, v in os.environ.items() if k not in FOREIGN}
        env |= {"ALURIZIN_DATA": name, "ALURIZIN_PORT": str(port), "DATABASE_URL": servers[0].url}
        env |= {"MIGRATION_DATABASE_URL": servers[0].owner_url, "PYTHONPATH": str(ROOT)}
        office = Office(port, {})

        def start(process: Process) -> None:
            log = ended.enter_context((data / f"{process.name}.log").open("wb"))
            broker = {"CELERY_BROKER_URL": servers[1].url(process.broker)} if process.broker else {}
            words, its_own = command_line(process), env | broker
            child = subprocess.Popen(words, env=its_own, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
            ended.callback(child.wait)
            ended.callback(kill_group, child.pid)
            office.running[process.name] = child

        for server in servers:
            server.create()
            start(server.process)
        until(lambda: _migrated(env), "basis data disiapkan")
        for process in one_machine(port):
            if process.name != "flower":
                start(process)
        until(lambda: office.ready()[1].get("degraded") == [] and office.away() == set(), "semua berjalan")
        yield office


def _migrated(env: Mapping[str, str]) -> bool:
    return subprocess.run([ALURIZIN, "migrate"], env=env, cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_whatever_dies_is_named_and_pages_go_on_until_the_database_dies(office: Office) -> None:
    gone: set[str] = set()
    for name, parts in PARTS.items():
        died = office.kill(name)
        gone |= parts
        until(lambda gone=gone: office.away() == gone, f"{name} disebut mati")  # type: ignore[misc]  # as it is now
        status, told = office.ready()
        assert (status, told["siap"]) == (200, True), "pages are served"
        assert isinstance(told["bagian"], dict)
        signs = [datetime.fromisoformat(told["bagian"][part]["tanda"]) for part in parts]
        assert max(signs) <= died, "nobody gives signs of life for the dead"
    office.kill("postgres")
    until(lambda: office.ready()[0] == 503, "basis data disebut mati")
    assert office.ready()[1]["degraded"] == ["basis_data"]


def test_ten_seconds_are_enough() -> None:
    """A part is dead by its last sign of life, which is no younger than its death."""
    assert timedelta(seconds=10) > DEAD_AFTER
