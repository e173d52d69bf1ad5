"""Which column of an office's register says what, by the words over it: those of ``titles.toml``. Pure."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from pipeline.sop.office_table.grid import Row
from pipeline.sop.office_table.words import begins, plain_words
from pipeline.sop.values import Sop


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
#: What a field of a form that renews a decree asks of the earlier one.
_RENEWED: Final[Mapping[object, Column]] = {"nomor": Column.NOMOR, "sampai": Column.UNTIL}
NEEDED: Final = frozenset({Column.NOMOR, Column.HOLDER, Column.ISSUED})


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand; every other title with its place, for the fields that identify a holder."""

    column: Mapping[Column, int]
    others: Mapping[str, int]

    @property
    def whole(self) -> bool:
        """Whether these are the columns of a register."""
        return self.column.keys() >= NEEDED

    def text(self, row: Row, column: Column) -> str:
        return row[self.column[column]].text if column in self.column else ""


def read_header(row: Row, labels: Mapping[str, Column]) -> Header:
    """The columns that this row titles. ``labels``: what the forms of the office's own permits call them."""
    column: dict[Column, int] = {}
    others: dict[str, int] = {}
    for at in row.filled:
        words = plain_words(row[at].text)
        found = column_of(words) or labels.get(words)
        if found and found not in column:
            column[found] = at
        elif words:
            others.setdefault(words, at)
    named = [words for words in others if _names_somebody(words)]
    if Column.HOLDER not in column and len(named) == 1:
        column[Column.HOLDER] = others.pop(named[0])
    return Header(column, others)


def labels_of(sops: Iterable[Sop]) -> Mapping[str, Column]:
    """Titles that are fields of a permit's own form: of its holder, and of the earlier decree that it asks for."""
    labels: dict[str, Column] = {}
    for sop in sops:
        for isian in sop.isian:
            column = Column.HOLDER if isian.code == sop.pemegang else _RENEWED.get(isian.renewal)
            if column:
                labels |= {plain_words(isian.label): column, isian.code.replace("_", " "): column}
    return labels


def what_was_read(row: Row, header: Header) -> str:
    """A row that is no header as it stands: what was understood of it, what is lacking, and what nobody knows."""
    known = [f"{column} ({row[at].text!r})" for column, at in sorted(header.column.items(), key=lambda item: item[1])]
    lacking = [column for column in Column if column in NEEDED - header.column.keys()]
    unknown = [repr(row[at].text) for at in header.others.values()]
    return (
        f"Pada baris judul ({row.place}) terbaca {', '.join(known)}; belum ada {' dan '.join(lacking)}."
        + (f" Judul yang tidak dikenal: {', '.join(unknown)}." if unknown else "")
        + " Ubah judul kolomnya, mis. Nomor SK, Nama pemegang, Tanggal terbit."
    )


def column_of(words: str) -> Column | None:
    """What the words over a column say it is for; None for another, such as the number of the row."""
    exact = (c for c in Column if words in _TITLES[c].get("persis", ()))
    longer = (c for c in Column if begins(words, _TITLES[c]["awal"]))
    return next(exact, None) or next(longer, None)


def _names_somebody(words: str) -> bool:
    holder = _TITLES[Column.HOLDER]
    return begins(words, holder["lain"]) and not begins(words, holder["bukan"])
