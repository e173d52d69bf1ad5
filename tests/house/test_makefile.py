"""The one command of each kind is there, and what lands is what was tested."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def recipe(*targets: str) -> str:
    # `make test` runs these tests: a make inside a make would say which folder it enters.
    command = ["make", "--no-print-directory", "--dry-run", "--always-make", *targets]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "target", [".venv", "run", "test", "lint", "types", "layers", "drill", "chaos", "soak", "lock"]
)
def test_there_is_a_target(target: str) -> None:
    assert recipe(target)


def test_run_installs_by_hash_and_becomes_the_supervisor() -> None:
    steps = recipe("run")
    assert "--require-hashes -r requirements/run.txt" in steps
    assert steps.strip().endswith("exec .venv/bin/alurizin run")


def test_ci_runs_the_same_targets_as_people_do() -> None:
    words = set(re.findall(r"^make (.*)$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE))
    assert {word for line in words for word in line.split()} == {"test", "lint", "types", "layers"}


def test_drills_stay_outside_make_test() -> None:
    assert all("-m drill" in recipe(target) for target in ("drill", "chaos"))
    assert "drill" not in recipe("test")
