"""Times as the pages show them, read back."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.text import MONTHS, office_zone

_TIME = re.compile(rf"(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})(?:,| pukul)? (\d{{2}})\.(\d{{2}})(?: WI(?:B|TA|T))?")


def read_times(text: str) -> list[datetime]:
    """Every "25 November 2026 14.05 WITA" in a text, in order, aware."""
    return [
        datetime(
            int(year), MONTHS.index(month) + 1, int(hari), int(hours), int(minutes), tzinfo=ZoneInfo(office_zone())
        )
        for hari, month, year, hours, minutes in _TIME.findall(text)
    ]
