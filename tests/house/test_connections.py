"""What all processes may open to the database together fits into it, and stands in the docs as it is."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from ops.postgres import _OPTIONS
from ops.processes import WEB_CONNECTIONS, Process, backup, containers, one_machine
from pipeline.db import engine

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
#: PostgreSQL keeps three for its superuser; commands, migrations and whoever looks by hand need some.
SUPERUSER, COMMANDS = 3, 3
#: What a PostgreSQL allows that nobody has told anything else: that of compose.
USUAL = 100


def budget(processes: tuple[Process, ...]) -> int:
    return sum(process.connections for process in processes)


def test_a_web_process_takes_no_more_than_its_pool() -> None:
    pool = engine().pool
    assert pool.size() + pool._max_overflow == WEB_CONNECTIONS  # type: ignore[attr-defined]


def test_the_pool_holds_every_thread_of_a_web_process() -> None:
    web = one_machine(8000)[0].command
    threads = int(web[web.index("--threads") + 1])
    assert threads <= WEB_CONNECTIONS
    assert int(web[web.index("--workers") + 1]) * WEB_CONNECTIONS == one_machine(8000)[0].connections


@pytest.mark.parametrize(
    ("processes", "allowed"),
    [(one_machine(8000), int(_OPTIONS["max_connections"])), (containers(), USUAL)],
    ids=["one machine", "compose"],
)
def test_all_of_them_fit_with_room_for_commands(processes: tuple[Process, ...], allowed: int) -> None:
    assert budget((*processes, backup("/cadangan"))) + COMMANDS <= allowed - SUPERUSER


def rows() -> Mapping[str, str]:
    """The table of the docs: process -> what it may open."""
    table = DOCS.split("| process | connections at most |")[1].split("\n\n")[0]
    return dict(re.findall(r"^\| `?(.+?)`? \| (\d+)", table, re.MULTILINE))


def test_the_docs_say_what_the_processes_take() -> None:
    told = rows()
    for process in one_machine(8000):
        assert told[process.name] == str(process.connections), process.name
    assert told["all of one machine"] == str(budget(one_machine(8000)))
    assert told["all of compose"] == str(budget(containers()))
