"""What was read from an office's table: its steps in its own words, and what became of every row of the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.calendar.limit import ReadTime


class Fate(StrEnum):
    """What became of a row of the file."""

    STEP = "langkah"
    CONTINUATION = "lanjutan"
    HEADER = "kepala tabel"
    COVER = "sebelum tabel"
    HEADING = "judul bagian"
    RULE = "garis pemisah"
    TOTAL = "jumlah waktu"
    BELOW = "sesudah tabel"
    OTHER = "tabel lain"
    UNKNOWN = "tidak dipahami"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of the file that says anything, and what became of it."""

    place: str
    text: str
    fate: Fate
    step: str = ""  # the number of the step it is, or carries on


@dataclass(frozen=True, slots=True)
class Mark:
    """Who does a step: the title of the marked column, and the words of the mark ("Ya / Tidak"), if it has any."""

    title: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step in the table's own words."""

    number: str  # as printed: "2a"; "" when the row has none
    no: int  # its place in the table, from 1
    place: str
    activity: str
    marks: tuple[Mark, ...]
    inputs: str
    time: str  # as printed
    limit: ReadTime | None  # what that says; None when it says no length
    output: str
    remarks: str
    beside: bool = False  # its number is also the one before: perhaps side by side
    asks: tuple[str, ...] = ()  # what in its rows may be meant in more than one way
    notes: tuple[str, ...] = ()  # what was read in one way, or past

    @property
    def name(self) -> str:
        """How a question speaks of it."""
        return f"Langkah {self.number or 'tanpa nomor'} ({self.place})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The whole table. ``printed_time`` is the total it prints, "" when it prints none."""

    title: str
    steps: tuple[Step, ...]
    printed_time: str
    actors: tuple[str, ...]  # the titles of the columns that can be marked, in order
    has_times: bool  # whether there is a column of times at all
    rows: tuple[FileRow, ...]
    cover: tuple[Mapping[int, str], ...] = ()  # the lines before it: column -> words
    asks: tuple[str, ...] = ()

    @property
    def unknown(self) -> tuple[FileRow, ...]:
        """The rows that were read as no part of anything."""
        return tuple(row for row in self.rows if row.fate is Fate.UNKNOWN)
