"""The number on a decree. Pure."""

from datetime import date, datetime

from pipeline.sop.number_pattern import check_pattern
from pipeline.text import ROMAN, date_at


def format_nomor(pattern: str, sequence: int, day: date) -> str:
    """Fill a pattern such as ``503/{urut:04d}/SK/{tahun}``; a moment counts as its date at the office.

    Fields: ``urut`` (with an optional width), ``tahun``, ``bulan_romawi``. Raises DefinitionError for anything else.
    """
    check_pattern(pattern)
    hari = date_at(day) if isinstance(day, datetime) else day
    return pattern.format(urut=sequence, tahun=hari.year, bulan_romawi=ROMAN[hari.month - 1])
