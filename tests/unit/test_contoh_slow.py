"""The slow story moves the office clock, and puts it back whatever happens."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from ops.contoh.browser.client import SampleFailed
from ops.contoh.scenarios import SOP
from ops.contoh.slow import A_MONTH, _morning, moved_clock
from pipeline.calendar.due import due
from pipeline.calendar.national import office_calendar
from pipeline.clock import Shift, read_shift, real_now, write_shift


@pytest.mark.parametrize("formerly", [timedelta(), timedelta(hours=5)])
def test_the_clock_is_put_back_even_when_the_story_fails(tmp_path: Path, formerly: timedelta) -> None:
    write_shift(tmp_path, Shift(formerly))
    with pytest.raises(SampleFailed):
        _fail(tmp_path)
    assert read_shift(tmp_path).difference == formerly


def test_the_story_begins_so_early_that_nothing_it_leaves_is_dated_ahead() -> None:
    """With holidays of three weeks in its way too."""
    calendar = office_calendar()
    for day in range(0, 400, 3):
        now = datetime(2026, 1, 5, 4, tzinfo=UTC) + timedelta(days=day)
        morning = _morning(SimpleNamespace(calendar=lambda: calendar, now=lambda now=now: now))
        tenggat = max(due(calendar, morning, langkah.limit).at for langkah in SOP.staff)
        assert tenggat + A_MONTH < now, now


def _fail(folder: Path) -> None:
    with moved_clock(SimpleNamespace(data=folder)) as move:
        move(real_now() + timedelta(days=30))
        assert read_shift(folder).difference > timedelta(days=29)
        raise SampleFailed
