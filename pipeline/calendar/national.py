"""The calendar the office starts with: the hours of the regulation and the holidays the ``holidays`` package knows.

Once the database is seeded the office's own tables are the calendar (``pipeline/queries/calendar.py``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from importlib.metadata import version
from types import MappingProxyType

from pipeline.calendar.due import OfficeCalendar, WorkingHours
from pipeline.calendar.hours import Hours
from pipeline.text import office_zone

YEAR = range(2024, 2031)
_ESTIMATE = " (perkiraan)"


def _hours(monday_to_thursday: str, friday: str) -> Hours:
    """Hours as the office writes them: "07.30-12.00 13.00-16.00"."""
    return MappingProxyType({hari: _spans(friday if hari == 4 else monday_to_thursday) for hari in range(5)})


def _spans(text: str) -> tuple[WorkingHours, ...]:
    hours = [[time.fromisoformat(t.replace(".", ":")) for t in fragment.split("-")] for fragment in text.split()]
    return tuple(WorkingHours(start, until) for start, until in hours)


#: 37.5 hours a week, Perpres 21/2023.
USUAL_HOURS = _hours("07.30-12.00 13.00-16.00", "07.30-11.30 13.00-16.30")
#: 32.5 hours a week, for the Musim of a Ramadan once its dates are decided.
RAMADAN_HOURS = _hours("08.00-12.00 12.30-15.00", "08.00-11.30 12.30-15.30")


@dataclass(frozen=True, slots=True)
class NationalHoliday:
    """A day off: libur nasional or cuti bersama. ``estimate``: its date is computed, not yet decided."""

    day: date
    name: str
    source: str
    estimate: bool


@cache
def office_calendar() -> OfficeCalendar:
    """Ordinary hours with the national holidays of the years in TAHUN: what holds before there are tables."""
    return OfficeCalendar(office_zone(), USUAL_HOURS, {libur.day: libur.name for libur in _national(YEAR)})


def national_libur(year: int) -> list[NationalHoliday]:
    """The national holidays and cuti bersama of a year as far as they are known, by date."""
    return _national([year])


def _national(year: Iterable[int]) -> list[NationalHoliday]:
    import holidays  # 3 MB in every process, and asked once a year

    listing = holidays.country_holidays("ID", years=year, categories=("public", "government"), language="id")
    source = f"holidays {version('holidays')}"
    return [
        NationalHoliday(hari, name.replace(_ESTIMATE, ""), source, estimate=_ESTIMATE in name)
        for hari, name in sorted(listing.items())
    ]
