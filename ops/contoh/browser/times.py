"""Times as the pages show them, read back."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.tanggal import MONTHS, ZONE

_TIME = re.compile(rf"(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})(?:,| pukul)? (\d{{2}})\.(\d{{2}})(?: WITA)?")


def read_times(teks: str) -> list[datetime]:
    """Every "25 November 2026 14.05 WITA" in a text, in order, aware."""
    return [
        datetime(int(tahun), MONTHS.index(bulan) + 1, int(hari), int(jam), int(menit), tzinfo=ZoneInfo(ZONE))
        for hari, bulan, tahun, jam, menit in _TIME.findall(teks)
    ]
