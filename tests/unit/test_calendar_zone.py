"""A due time and its explanation read the same wherever the machine believes to be."""

import os
import subprocess
import sys

from pipeline.settings import ROOT

_TELL = """
from datetime import UTC, datetime, timedelta
from pipeline.calendar.due import Interval, Limit, due
from tests.unit.calendar_oracle import KANTOR
rabu = datetime(2026, 11, 25, 1, tzinfo=UTC)
jeda = [Interval(rabu + timedelta(hours=1), rabu + timedelta(days=30))]
for limit in (Limit(4), Limit(0, 10), Limit(1, 75)):
    for saat in (rabu, rabu + timedelta(hours=15), datetime(2026, 12, 23, 7, 55, tzinfo=UTC)):
        for d in (due(KANTOR, saat, limit), due(KANTOR, saat, limit, jeda)):
            print(d.at.isoformat(), d.explanation)
"""


def test_it_reads_the_same_in_every_zone_of_the_machine() -> None:
    said = {_told(zone) for zone in ("UTC", "Asia/Jakarta")}
    assert len(said) == 1
    (text,) = said
    assert text.count("WITA") >= text.count("\n") == 18


def _told(zone: str) -> str:
    env = {**os.environ, "TZ": zone, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", _TELL], env=env, capture_output=True, text=True, check=True).stdout
