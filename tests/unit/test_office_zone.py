"""An office in another zone: its clock, its dates and its calendar follow its file."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.calendar.national import office_calendar
from pipeline.kantor import DEFAULT, ZONES, read_kantor
from pipeline.text import date_at, moment_in_words, office_zone, set_office_zone

LATE = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _home() -> Iterator[None]:
    before = office_zone()
    yield
    set_office_zone(before)
    office_calendar.cache_clear()


@pytest.mark.parametrize(
    ("zone", "told", "day"),
    [
        ("WIB", "25 November 2026 23.30 WIB", date(2026, 11, 25)),
        ("WITA", "26 November 2026 00.30 WITA", date(2026, 11, 26)),
        ("WIT", "26 November 2026 01.30 WIT", date(2026, 11, 26)),
    ],
)
def test_the_wall_clock_is_that_of_the_office_file(tmp_path: Path, zone: str, told: str, day: date) -> None:
    file = tmp_path / "kantor.toml"
    file.write_text(DEFAULT.read_text("utf-8").replace('zona = "WITA"', f'zona = "{zone}"'), "utf-8")
    set_office_zone(ZONES[read_kantor(file).zone])
    assert (moment_in_words(LATE), date_at(LATE)) == (told, day)
    office_calendar.cache_clear()
    assert office_calendar().zone == ZONES[zone]
