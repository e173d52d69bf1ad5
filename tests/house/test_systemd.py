"""The units of ops/systemd run exactly the processes of ops/processes.py, as one machine has them."""

import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest

from ops.processes import LEAN, Process, backup, one_machine

FOLDER = Path(__file__).resolve().parents[2] / "ops" / "systemd"
PROGRAMS = "/opt/alurizin/.venv/bin/"
EVERY = (*one_machine(8000), backup("/var/backups/alurizin"), Process(name="migrate", command=("alurizin", "migrate")))


def unit(name: str) -> ConfigParser:
    parser = ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's words have capitals
    parser.read_string((FOLDER / name).read_text(encoding="utf-8"))
    return parser


def test_there_is_a_unit_for_every_process_and_no_other() -> None:
    assert {p.stem for p in FOLDER.glob("*.service")} == {f"alurizin-{process.name}" for process in EVERY}


@pytest.mark.parametrize("process", EVERY, ids=lambda process: process.name)
def test_a_unit_starts_the_same_command_with_few_rights(process: Process) -> None:
    service = unit(f"alurizin-{process.name}.service")["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert [program.removeprefix(PROGRAMS), *words] == list(process.command)
    assert (service["User"], service["NoNewPrivileges"], service["UMask"]) == ("alurizin", "yes", "0077")
    assert service["Environment"].split() == [f"{name}={value}" for name, value in LEAN.items()]


@pytest.mark.parametrize("process", one_machine(8000), ids=lambda process: process.name)
def test_what_serves_comes_back_and_is_given_its_time_to_end(process: Process) -> None:
    service = unit(f"alurizin-{process.name}.service")
    assert service["Service"]["Restart"] == "always"  # a server that ends well has ended all the same
    assert float(service["Service"]["TimeoutStopSec"]) >= process.patience
    assert service["Unit"]["Requires"] == "alurizin-migrate.service"


def test_the_backup_runs_every_night_also_after_one_that_was_missed() -> None:
    timer = unit("alurizin-cadangan.timer")["Timer"]
    assert timer["OnCalendar"].startswith("*-*-* ")
    assert timer["Persistent"] == "true"
    assert unit("alurizin-cadangan.service")["Service"]["Type"] == "oneshot"
