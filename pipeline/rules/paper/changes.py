"""What is on record of taking over from paper. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class ChangeKind(StrEnum):
    """What a change of it was."""

    IMPORT = "impor"
    START = "mulai"


#: Permit, paper, year.
SeriesKey = tuple[str, str, int]


def series_of(data: Mapping[str, object]) -> SeriesKey:
    """Which series the data of a start are about."""
    return str(data["sop"]), str(data["kind"]), int(str(data["year"]))


def starts_told(starts: Iterable[Mapping[str, object]]) -> dict[SeriesKey, int]:
    """Series -> its start, as the data of every start tell it in their order."""
    return {series_of(data): int(str(data["last"])) for data in starts}
