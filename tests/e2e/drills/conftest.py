"""The table of a run: printed at its end, and written where ``--tulis`` says."""

from pathlib import Path

import pytest

from tests.e2e.drills.table import Row, keep, whole

_ROWS = pytest.StashKey[list[Row]]()


@pytest.fixture
def files(request: pytest.FixtureRequest) -> int:
    """How many are on their way in each drill."""
    return int(request.config.getoption("--berkas"))


@pytest.fixture
def rows(request: pytest.FixtureRequest) -> list[Row]:
    """Of this run so far."""
    return request.config.stash.setdefault(_ROWS, [])


def pytest_terminal_summary(config: pytest.Config) -> None:
    rows, path = config.stash.get(_ROWS, []), config.getoption("--tulis")
    told = config.pluginmanager.get_plugin("terminalreporter")
    if rows and told:
        told.write("\n" + whole(map(str, rows)))
    if rows and path:
        keep(Path(path), rows)
