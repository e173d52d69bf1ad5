"""The table of a run: printed at its end, and written where ``--tulis`` says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.drills.table import Row, keep, whole

_ROWS = pytest.StashKey[list[Row]]()


@pytest.fixture
def files(request: pytest.FixtureRequest) -> int:
    """How many are on their way in each drill."""
    return int(request.config.getoption("--berkas"))


@pytest.fixture
def rows(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Iterator[list[Row]]:
    """Of this run so far; a new one is told at once."""
    rows = request.config.stash.setdefault(_ROWS, [])
    before = len(rows)
    yield rows
    with capsys.disabled():
        print("", *rows[before:], sep="\n")  # noqa: T201 - a drill takes minutes


def pytest_terminal_summary(config: pytest.Config) -> None:
    rows, path = config.stash.get(_ROWS, []), config.getoption("--tulis")
    told = config.pluginmanager.get_plugin("terminalreporter")
    if rows and told:
        told.write("\n" + whole(map(str, rows)))
    if rows and path:
        keep(Path(path), rows)
