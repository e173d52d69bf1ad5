"""Which column of an office's register says what, by the words over it: those of ``titles.toml``. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from pipeline.sop.office_table.grid import Row
from pipeline.sop.office_table.words import begins, plain_words


class Column(StrEnum):
    """What a row has to tell, in the order in which a title is asked."""

    UNTIL = "berlaku sampai"
    ISSUED = "tanggal terbit"
    PERMIT = "izin"
    DISTRICT = "kecamatan"
    NOMOR = "nomor"
    HOLDER = "pemegang"


with Path(__file__).with_name("titles.toml").open("rb") as file:
    _TITLES: Final[Mapping[str, Mapping[str, Sequence[str]]]] = tomllib.load(file)
NEEDED: Final = frozenset({Column.NOMOR, Column.HOLDER, Column.ISSUED})


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand; every other title with its place, for the fields that identify a holder."""

    column: Mapping[Column, int]
    others: Mapping[str, int]

    def text(self, row: Row, column: Column) -> str:
        return row[self.column[column]].text if column in self.column else ""


def read_header(row: Row) -> Header | None:
    """The columns, when this row titles those that are needed; None when it is no header."""
    column: dict[Column, int] = {}
    others: dict[str, int] = {}
    for at in row.filled:
        words = plain_words(row[at].text)
        found = column_of(words)
        if found and found not in column:
            column[found] = at
        elif words:
            others.setdefault(words, at)
    return Header(column, others) if column.keys() >= NEEDED else None


def column_of(words: str) -> Column | None:
    """What the words over a column say it is for; None for another, such as the number of the row."""
    exact = (c for c in Column if words in _TITLES[c].get("persis", ()))
    longer = (c for c in Column if begins(words, _TITLES[c]["awal"]))
    return next(exact, None) or next(longer, None)
