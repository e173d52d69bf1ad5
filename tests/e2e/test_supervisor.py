"""The supervisor with real processes that stand for ours."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ops.instance import alive
from ops.processes import Process
from ops.supervisor import Supervisor, next_pause

FOREVER = "import signal; print('hidup', flush=True); signal.pause()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('hidup', flush=True); signal.pause()"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {FOREVER!r}]).wait()"


ROOT = Path(__file__).resolve().parents[2]
FORKED = Process(name="uji", command=("python", "-m", "tests.e2e.forked"), forked=True)
#: What the nursery loads reads settings; nothing is opened.
SETTINGS = {"DATABASE_URL": "postgresql://tidak-ada", "CELERY_BROKER_URL": "redis://tidak-ada", "ALURIZIN_MODE": "demo"}


def process(code: str, patience: float = 5) -> Process:
    return Process(name="uji", command=(sys.executable, "-c", code), patience=patience)


@pytest.fixture
def run(tmp_path: Path) -> Callable[[Process, Callable[[Supervisor], Awaitable[None]]], None]:
    """Run a scene with one kept process; whatever the scene does, nothing outlives it."""

    def play(one: Process, scene: Callable[[Supervisor], Awaitable[None]]) -> None:
        async def main() -> None:
            supervisor = Supervisor(ROOT, os.environ | SETTINGS, tmp_path)
            supervisor.keep(one)
            try:
                await until(lambda: "hidup" in said(tmp_path))
                await scene(supervisor)
            finally:
                supervisor.kill()
                await supervisor.stop("uji")
                await supervisor.nursery.close()

        asyncio.run(main())

    return play


def said(folder: Path) -> str:
    log = folder / "uji.log"
    return log.read_text(encoding="utf-8") if log.exists() else ""


async def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


def test_a_killed_process_comes_back_though_nothing_can_be_written_down(
    run: Callable[..., None], tmp_path: Path
) -> None:
    """As on a full disk: its end cannot be told."""
    (tmp_path / "pengawas.log").mkdir()

    async def scene(supervisor: Supervisor) -> None:
        first = supervisor.pids["uji"]
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.pids.get("uji", first) != first)

    run(process(FOREVER), scene)


@pytest.mark.parametrize("kept", [process(FOREVER), FORKED], ids=["executed", "forked"])
def test_a_killed_process_comes_back(run: Callable[..., None], kept: Process) -> None:
    async def scene(supervisor: Supervisor) -> None:
        first = supervisor.pids["uji"]
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.pids.get("uji", first) != first)

    run(kept, scene)


def test_what_was_forked_comes_back_when_the_nursery_dies(run: Callable[..., None]) -> None:
    async def scene(supervisor: Supervisor) -> None:
        first = supervisor.pids["uji"]
        nursery = int(Path(f"/proc/{first}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
        assert nursery != os.getpid()
        os.kill(nursery, signal.SIGKILL)
        await until(lambda: not alive(first))
        await until(lambda: supervisor.pids.get("uji", first) != first)

    run(FORKED, scene)


def test_a_forked_process_that_ends_tells_how(tmp_path: Path) -> None:
    async def main() -> list[int]:
        supervisor = Supervisor(ROOT, os.environ | SETTINGS, tmp_path)
        asked = [("alurizin", "--version"), ("alurizin", "tidak-ada")]
        try:
            return [await supervisor.once(Process(name="uji", command=words, forked=True)) for words in asked]
        finally:
            await supervisor.nursery.close()

    assert asyncio.run(main()) == [0, 2]
    assert "tidak-ada" in said(tmp_path)


@pytest.mark.parametrize("kept", [process(FOREVER), FORKED], ids=["executed", "forked"])
def test_a_stopped_process_stays_away(run: Callable[..., None], kept: Process) -> None:
    async def scene(supervisor: Supervisor) -> None:
        pid = supervisor.pids["uji"]
        await supervisor.stop("uji")
        assert supervisor.pids == {}
        assert not alive(pid)

    run(kept, scene)


def test_who_does_not_listen_is_killed_after_its_patience(run: Callable[..., None]) -> None:
    async def scene(supervisor: Supervisor) -> None:
        pid = supervisor.pids["uji"]
        start = time.monotonic()
        await supervisor.stop("uji")
        assert time.monotonic() - start >= 0.5
        await until(lambda: not alive(pid))

    run(process(DEAF, patience=0.5), scene)


def test_what_a_killed_process_leaves_behind_goes_with_it(run: Callable[..., None]) -> None:
    async def scene(supervisor: Supervisor) -> None:
        parent = supervisor.pids["uji"]
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        assert children
        os.kill(parent, signal.SIGKILL)
        await until(lambda: not any(alive(int(child)) for child in children))

    run(process(PARENT), scene)


def test_a_process_that_dies_at_once_is_not_started_in_a_storm() -> None:
    pauses = [0.0]
    while pauses[-1] < 10:
        pauses.append(next_pause(pauses[-1]))
    assert pauses == [0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0]
    assert next_pause(10.0) == 10.0


def test_what_a_process_prints_is_kept_as_json_lines(run: Callable[..., None], tmp_path: Path) -> None:
    async def scene(_: Supervisor) -> None:
        await until(lambda: '{"event": "sudah json"}' in said(tmp_path))
        assert '"pesan": "hidup"' in said(tmp_path)

    run(
        process("print('hidup'); print('{\"event\": \"sudah json\"}', flush=True); import signal; signal.pause()"),
        scene,
    )


@pytest.mark.parametrize("kept", [process(FOREVER), FORKED], ids=["executed", "forked"])
def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path, kept: Process) -> None:
    code = f"""
import asyncio, os
from pathlib import Path
from ops.processes import Process
from ops.supervisor import Supervisor

async def main():
    folder = Path({str(tmp_path)!r})
    tell = lambda: (folder / "pid").write_text(str(supervisor.pids.get("uji", "")))
    supervisor = Supervisor(Path({str(ROOT)!r}), os.environ | {SETTINGS!r}, folder, tell)
    supervisor.keep(Process(name="uji", command={kept.command!r}, forked={kept.forked!r}))
    await asyncio.Event().wait()

asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", code]) as boss:
        try:
            asyncio.run(until(lambda: "hidup" in said(tmp_path)))
            child = int((tmp_path / "pid").read_text(encoding="ascii"))
            boss.kill()
            boss.wait(timeout=60)
            asyncio.run(until(lambda: not alive(child)))
        finally:
            boss.kill()
