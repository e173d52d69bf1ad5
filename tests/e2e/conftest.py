"""One running instance for all tests that look at the system from outside."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from ops.contoh.kantor import Kantor
from ops.instance import Instance, running
from pipeline.errors import DefinitionError
from pipeline.roles import Peran
from tests.e2e.screen import open_chromium

ALURIZIN = Path(sys.executable).parent / "alurizin"
#: What names servers or another instance in the developer's own environment.
FOREIGN = {
    *("DATABASE_URL", "MIGRATION_DATABASE_URL", "CELERY_BROKER_URL", "FLOWER_BROKER_URL"),
    *("ALURIZIN_DATA", "ALURIZIN_PORT", "ALURIZIN_MODE", "BASE_URL"),
}


@dataclass(frozen=True)
class Running:
    """The instance, and the environment in which its commands find it."""

    instance: Instance
    env: Mapping[str, str]

    def cli(self, *word: str) -> "subprocess.CompletedProcess[str]":
        """Run ``alurizin`` with these words."""
        return subprocess.run([ALURIZIN, *word], env=self.env, capture_output=True, text=True, check=False, timeout=600)

    def pid(self, name: str) -> int:
        """Of a part of the instance, as it runs now."""
        return int(json.loads(self.cli("info", "--json").stdout)["proses"][name])


@pytest.fixture(scope="session", name="running")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo instance in a folder of its own."""
    folder = tmp_path_factory.mktemp("contoh")
    folder.chmod(0o755)  # its PostgreSQL may run as another user
    data = folder / "data"
    env = {k: v for k, v in os.environ.items() if k not in FOREIGN}
    env |= {"HOME": str(folder), "ALURIZIN_DATA": str(data), "ALURIZIN_PORT": str(free_port())}
    env |= {"ALURIZIN_DEMO_HIDUP": "0"}  # what tests count is theirs alone
    with (folder / "run.log").open("w") as log:
        process = subprocess.Popen([ALURIZIN, "run"], env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield Running(_wait_for(data, process), env)
        finally:
            process.terminate()
            process.wait(timeout=120)


@pytest.fixture(scope="module")
def kantor(running: Running) -> Iterator[Kantor]:
    """The people of the instance, over HTTP alone."""
    kantor = Kantor(running.instance, limit=60)
    kantor.people(Peran.PEMOHON)  # waits for the first pages
    yield kantor
    kantor.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For one module: Playwright keeps an event loop, and other tests have their own."""
    with sync_playwright() as playwright:
        browser = open_chromium(playwright)
        yield browser
        browser.close()


def _wait_for(data: Path, process: "subprocess.Popen[bytes]") -> Instance:
    """Until the instance has told where it is; the first pages may still take a moment."""
    end = time.monotonic() + 300
    while time.monotonic() < end and process.poll() is None:
        try:
            return running(data)
        except DefinitionError:
            time.sleep(0.2)
    raise AssertionError((data.parent / "run.log").read_text(encoding="utf-8"))


def free_port() -> int:
    """A port that is free together with the next one, which Flower takes."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
