"""The slow story moves the office clock, and puts it back whatever happens."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from ops.contoh.browser.client import SampleFailed
from ops.contoh.slow import moved_clock
from pipeline.clock import Shift, read_shift, real_now, write_shift


@pytest.mark.parametrize("formerly", [timedelta(), timedelta(hours=5)])
def test_the_clock_is_put_back_even_when_the_story_fails(tmp_path: Path, formerly: timedelta) -> None:
    write_shift(tmp_path, Shift(formerly))
    with pytest.raises(SampleFailed):
        _fail(tmp_path)
    assert read_shift(tmp_path).difference == formerly


def _fail(folder: Path) -> None:
    with moved_clock(SimpleNamespace(data=folder)) as move:
        move(real_now() + timedelta(days=30))
        assert read_shift(folder).difference > timedelta(days=29)
        raise SampleFailed
