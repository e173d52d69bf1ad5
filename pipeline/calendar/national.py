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
from pipeline.tanggal import ZONE

TAHUN = range(2024, 2031)
_ESTIMATE = " (perkiraan)"


def _jam(senin_kamis: str, friday: str) -> Hours:
    """Hours as the office writes them: "07.30-12.00 13.00-16.00"."""
    return MappingProxyType({hari: _spans(friday if hari == 4 else senin_kamis) for hari in range(5)})


def _spans(teks: str) -> tuple[WorkingHours, ...]:
    jam = [[time.fromisoformat(t.replace(".", ":")) for t in fragment.split("-")] for fragment in teks.split()]
    return tuple(WorkingHours(mulai, sampai) for mulai, sampai in jam)


#: 37.5 hours a week, Perpres 21/2023.
USUAL_HOURS = _jam("07.30-12.00 13.00-16.00", "07.30-11.30 13.00-16.30")
#: 32.5 hours a week, for the Musim of a Ramadan once its dates are decided.
RAMADAN_HOURS = _jam("08.00-12.00 12.30-15.00", "08.00-11.30 12.30-15.30")


@dataclass(frozen=True, slots=True)
class Libur:
    """A day off: libur nasional or cuti bersama. ``perkiraan``: its date is computed, not yet decided."""

    tanggal: date
    nama: str
    sumber: str
    perkiraan: bool


@cache
def office_calendar() -> OfficeCalendar:
    """Ordinary hours with the national holidays of the years in TAHUN: what holds before there are tables."""
    return OfficeCalendar(ZONE, USUAL_HOURS, {libur.tanggal: libur.nama for libur in _national(TAHUN)})


def national_libur(tahun: int) -> list[Libur]:
    """The national holidays and cuti bersama of a year as far as they are known, by date."""
    return _national([tahun])


def _national(tahun: Iterable[int]) -> list[Libur]:
    import holidays  # 3 MB in every process, and asked once a year

    daftar = holidays.country_holidays("ID", years=tahun, categories=("public", "government"), language="id")
    sumber = f"holidays {version('holidays')}"
    return [
        Libur(hari, nama.replace(_ESTIMATE, ""), sumber, perkiraan=_ESTIMATE in nama)
        for hari, nama in sorted(daftar.items())
    ]
