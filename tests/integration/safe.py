"""Real ``alurizin`` processes that back an office up and bring it back, and can be killed at any step of theirs."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from pipeline.settings import ROOT

FOREIGN = {"DATABASE_URL", "CELERY_BROKER_URL", "ALURIZIN_DATA"}
#: Runs the command, and halts for ever when ``event`` has come so many times: Python tells each of these itself.
HALTS = """
import os, signal, sys
wanted, left = sys.argv[1], int(sys.argv[2])

def heard(event, args):
    global left
    if event == wanted and (left := left - 1) == 0:
        os.write(1, b"berhenti\\n")
        signal.pause()

from ops.cli import main
sys.addaudithook(heard)
main(sys.argv[3:])
"""


def elsewhere(data: Path, **env: str) -> dict[str, str]:
    """The environment of an office in another folder, with a PostgreSQL of its own."""
    return {k: v for k, v in os.environ.items() if k not in FOREIGN} | {"ALURIZIN_DATA": str(data)} | env


def alurizin(*words: object, env: Mapping[str, str] = os.environ) -> "subprocess.CompletedProcess[str]":
    """Run it to its end."""
    return subprocess.run(
        [sys.executable, "-c", "from ops.cli import main; main()", *map(str, words)],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def halted(event: str, count: int, *words: object, env: Mapping[str, str] = os.environ) -> "subprocess.Popen[str]":
    """The same, standing still at a step of its own; to be killed, or let go on by nobody."""
    command = [sys.executable, "-c", HALTS, event, str(count), *map(str, words)]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "berhenti\n", "it came to its end before"
    return process


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()
