"""``alurizin run`` as people meet it: one real office in a folder of its own, with everything it starts."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from ops.instance import alive
from tests.e2e.conftest import FOREIGN

ALURIZIN = Path(sys.executable).parent / "alurizin"
PROCESSES = {"postgres", "broker", "web", "relay", "peran", "layanan", "beat", "flower"}


@dataclass(frozen=True)
class Running:
    """A supervisor under test."""

    boss: "subprocess.Popen[str]"
    env: dict[str, str]

    def cli(self, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [ALURIZIN, *words], env=self.env | env, capture_output=True, text=True, check=False, timeout=120
        )

    def info(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.cli("info", "--json").stdout)
        return found

    def pids(self) -> dict[str, int]:
        pids = self.info()["proses"]
        assert isinstance(pids, dict)
        return pids

    def page(self, path: str = "/", name: str = "web") -> tuple[int, str, str]:
        """Status, where it sends us, body."""
        address = urlsplit(str(self.info()[name]))
        with closing(HTTPConnection("127.0.0.1", address.port or 0, timeout=60)) as line:
            line.request("GET", address.path + path)
            answer = line.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read().decode()


def free_port() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def until(holds: Callable[[], bool], seconds: float = 120) -> float:
    """Wait for a condition; how long it took."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < seconds, "it did not happen in time"
        time.sleep(0.1)
    return time.monotonic() - start


def group_members(folder: Path) -> list[int]:
    """Every living process that works in, or was started for, this data folder."""
    wanted = os.fsencode(folder)
    return [int(p.name) for p in Path("/proc").glob("[0-9]*") if wanted in _traces(p) and alive(int(p.name))]


def _traces(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
    except (OSError, ProcessLookupError):
        return b""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("kantor")
    folder.chmod(0o755)
    inherited = {k: v for k, v in os.environ.items() if k not in FOREIGN}
    port = str(free_port())
    env = inherited | {"HOME": str(folder), "ALURIZIN_DATA": str(folder / "data"), "ALURIZIN_PORT": port}
    env |= {"ALURIZIN_DEMO_HIDUP": "0"}
    with subprocess.Popen([ALURIZIN, "run"], env=env, stdout=subprocess.PIPE, text=True) as boss:
        try:
            assert boss.stdout is not None
            greeting = iter(boss.stdout.readline, "")
            said = [line for line, _ in zip(greeting, range(3), strict=False)]
            assert "AlurIzin berjalan" in said[0], said
            running = Running(boss, env)
            until(lambda: set(running.pids()) == PROCESSES)
            yield running
        finally:
            boss.terminate()
            boss.communicate(timeout=120)


def test_the_first_page_answers(office: Running) -> None:
    status, _, body = office.page()
    assert status == 200
    assert '<html lang="id"' in body


def test_info_names_what_runs_and_how_to_get_in(office: Running) -> None:
    info = office.info()
    assert all(alive(pid) for pid in office.pids().values())
    assert str(info["database_url"]).startswith("postgresql://alurizin_aplikasi@")  # who owns no table
    assert str(info["broker_url"]).startswith("redis+socket://")
    email = {account["surel"] for account in info["akun"]}  # type: ignore[attr-defined]  # JSON
    assert {"pemohon@demo.test", "front_office1@demo.test", "kepala_dinas1@demo.test", "operator@demo.test"} <= email
    state = Path(str(info["data"])) / "instance.json"
    assert state.stat().st_mode & 0o777 == 0o600


@pytest.mark.attack("G09")
def test_the_word_for_the_broker_stands_in_no_environment_and_no_command(office: Running) -> None:
    password = urlsplit(str(office.info()["broker_url"])).password
    assert password
    everybody = group_members(Path(str(office.info()["data"])))
    assert len(everybody) > len(PROCESSES)
    assert [pid for pid in everybody if password.encode() in _traces(Path(f"/proc/{pid}"))] == []


def test_a_second_start_on_the_same_folder_is_refused(office: Running) -> None:
    refused = office.cli("run")
    assert refused.returncode == 1
    assert "sudah berjalan" in refused.stderr


def test_a_second_office_may_not_take_the_port(office: Running, tmp_path: Path) -> None:
    refused = office.cli("run", ALURIZIN_DATA=str(tmp_path / "data"))
    assert refused.returncode == 1
    assert "sudah dipakai" in refused.stderr


def test_the_office_clock_moves_for_everybody(office: Running) -> None:
    moved = office.cli("jam", "--atur", "2030-01-02T08:00")
    assert "2 Januari 2030 08.00 WITA" in moved.stdout
    assert office.cli("jam", "--maju", "satu").returncode == 2
    assert office.cli("jam", "--lepas").returncode == 0


@pytest.mark.attack("G10")
def test_flower_asks_the_web_who_is_there(office: Running) -> None:
    until(lambda: _answers(office, "flower"))
    assert office.page("/metrics", "flower")[0] == 404
    assert office.page("/healthcheck", "flower")[0] == 404
    assert office.page("/login?tiket=palsu", "flower")[0] == 403
    for page in ("/workers", "/tasks", "/api/workers"):
        status, login, _ = office.page(page, "flower")
        assert (status, urlsplit(login).path) == (302, "/operator/flower/login")
    assert office.page("/login", "flower")[1].endswith("/operator/flower-masuk")


@pytest.mark.attack("G10")
def test_an_operator_comes_into_flower_and_may_only_look(office: Running) -> None:
    with httpx.Client(base_url=str(office.info()["web"]), follow_redirects=True, timeout=60) as operator:
        token = re.search(r'name="csrf_token" value="([^"]+)"', operator.get("/petugas/masuk").text)
        assert token
        isian = {"csrf_token": token[1], "pengenal": "operator@demo.test", "sandi": "demo-alurizin"}
        assert operator.post("/petugas/masuk", data=isian).status_code == 200
        dashboard = operator.get("/operator/flower-masuk")
        assert dashboard.status_code == 200
        assert dashboard.url.port == urlsplit(str(office.info()["flower"])).port
        until(lambda: "peran@alurizin" in operator.get(f"{office.info()['flower']}/workers").text)
        shutdown = operator.post(f"{office.info()['flower']}/api/worker/shutdown/peran@alurizin")
        assert shutdown.status_code == 403


@pytest.mark.attack("G04")
@pytest.mark.parametrize("name", ["relay", "peran", "layanan", "broker", "beat", "web", "postgres"])
def test_what_is_killed_comes_back(office: Running, name: str) -> None:
    before = office.pids()[name]
    os.kill(before, signal.SIGKILL)
    until(lambda: office.pids().get(name, before) != before)
    until(lambda: _answers(office, "web"))
    assert office.page()[0] == 200
    until(lambda: set(office.pids()) == PROCESSES)


def test_a_stop_leaves_nothing(office: Running) -> None:
    data = Path(str(office.info()["data"]))
    assert len(group_members(data)) > len(PROCESSES)
    office.boss.send_signal(signal.SIGTERM)
    assert office.boss.wait(timeout=120) == 0
    assert group_members(data) == []
    gone = office.cli("info")
    assert gone.returncode == 1
    assert "belum berjalan" in gone.stderr


def _answers(office: Running, name: str) -> bool:
    try:
        return office.page("/", name)[0] < 500
    except (OSError, HTTPException):
        return False
