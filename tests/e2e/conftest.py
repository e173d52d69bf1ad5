"""One running instance for all tests that look at the system from outside."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from ops.contoh.kantor import Kantor
from ops.instance import Instance
from pipeline.roles import Peran
from pipeline.settings import ROOT
from tests.e2e.screen import open_chromium

ALURIZIN = Path(sys.executable).parent / "alurizin"
#: What names servers or another instance in the developer's own environment.
FOREIGN = {
    *("DATABASE_URL", "MIGRATION_DATABASE_URL", "CELERY_BROKER_URL", "FLOWER_BROKER_URL"),
    *("ALURIZIN_DATA", "ALURIZIN_PORT", "ALURIZIN_MODE", "BASE_URL"),
}


NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Running:
    """The instance, and the environment in which its commands find it."""

    instance: Instance
    env: Mapping[str, str]

    @property
    def inside(self) -> Mapping[str, str]:
        """The environment of one more process of this office, beside those that its supervisor keeps."""
        of = self.instance
        addresses = {"DATABASE_URL": of.database_url, "CELERY_BROKER_URL": of.broker_url}
        return {**self.env, "ALURIZIN_MODE": of.mode, **addresses}

    def cli(self, *word: str) -> "subprocess.CompletedProcess[str]":
        """Run ``alurizin`` with these words."""
        return subprocess.run([ALURIZIN, *word], env=self.env, capture_output=True, text=True, check=False, timeout=600)

    def pid(self, name: str) -> int:
        """Of a part of the instance, as it runs now."""
        return int(json.loads(self.cli("info", "--json").stdout)["proses"][name])


@pytest.fixture(scope="session", name="running")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo instance in a folder of its own."""
    with started(tmp_path_factory.mktemp("contoh")) as running:
        yield running


@contextmanager
def started(folder: Path, code: Path = ROOT, servers: Mapping[str, str] = NONE) -> Iterator[Running]:
    """The same in this folder. ``code``: the checkout it runs, this one or another. ``servers``: what it is given."""
    folder.chmod(0o755)  # its PostgreSQL may run as another user
    data = folder / "data"
    env = {k: v for k, v in os.environ.items() if k not in FOREIGN}
    env |= {"HOME": str(folder), "ALURIZIN_DATA": str(data), "ALURIZIN_PORT": str(free_port())}
    env |= {"ALURIZIN_DEMO_HIDUP": "0"}  # what tests count is theirs alone
    env |= {"PYTHONPATH": str(code), **servers}
    with (folder / "run.log").open("w") as log:
        process = subprocess.Popen([ALURIZIN, "run"], cwd=code, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield Running(_wait_for(data, process), env)
        finally:
            process.terminate()
            process.wait(timeout=120)


@contextmanager
def beside(
    env: Mapping[str, str], folder: Path, *words: str | Path, code: Path = ROOT
) -> "Iterator[subprocess.Popen[bytes]]":
    """A process that nobody starts again, with a log in ``folder``."""
    with (folder / f"{len(list(folder.iterdir()))}.log").open("wb") as log:
        process = subprocess.Popen(words, env=env, cwd=code, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


@pytest.fixture(scope="module")
def kantor(running: Running) -> Iterator[Kantor]:
    """The people of the instance, over HTTP alone."""
    with opened(running) as kantor:
        yield kantor


@contextmanager
def opened(running: Running) -> Iterator[Kantor]:
    """The same, once it serves its first pages."""
    kantor = Kantor(running.instance, limit=60)
    try:
        kantor.people(Peran.PEMOHON)
        yield kantor
    finally:
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
            return _told(data / "instance.json")
        except (FileNotFoundError, ValueError):
            time.sleep(0.2)
    raise AssertionError((data.parent / "run.log").read_text(encoding="utf-8"))


def _told(file: Path) -> Instance:
    """What it tells of itself. One of an older version tells less, or more."""
    told = {"owner_url": "", **json.loads(file.read_text(encoding="utf-8"))}
    return Instance(**{field.name: told[field.name] for field in fields(Instance)})


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
