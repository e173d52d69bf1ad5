"""An office whose disk is full serves what can be served, says what cannot, and goes on when there is room again."""

import pytest

from tests.e2e.conftest import opened, started
from tests.e2e.drills.faults import disk
from tests.e2e.drills.story import survive
from tests.e2e.drills.table import Row

pytestmark = pytest.mark.drill


@pytest.mark.attack("G04")
def test_every_file_reaches_its_end_once_though_the_disk_was_full(files: int, rows: list[Row]) -> None:
    if sentence := disk.lacking():
        pytest.skip(sentence)
    with disk.small() as folder, started(folder) as running, opened(running):
        rows.append(survive(running, disk.fill, "disk penuh", files))
    assert rows[-1].broken == ""
