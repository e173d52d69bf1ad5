"""The header rows of a table: which column is for what, in whatever words, order and number of rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.sop.office_table.grid import Cell, Row
from pipeline.sop.office_table.words import KEPT, Kind, kind_of, step_number

HEADER_ROWS_AT_MOST = 6
_UNIT = re.compile(r"\b(menit|jam|hari|minggu)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table keeps what. ``depth`` rows are its header."""

    depth: int
    column: Mapping[Kind, int]  # the kept columns that the table has
    actors: Mapping[int, str]  # column -> title; "" when the header gives none
    others: Mapping[int, str]  # columns that are named and not kept
    named_in: int | None  # the one column that names its actor in words
    time_unit: str  # of numbers without one, as "Waktu (menit)" says
    width: int

    @property
    def score(self) -> int:
        """How much of an SOP's table this is."""
        return len(self.column) + bool(self.actors or self.named_in is not None)

    def cell(self, row: Row, kind: Kind) -> Cell:
        """The cell of that row for this; an empty one where the table has no such column."""
        return row[self.column[kind]] if kind in self.column else Cell()


def layout_at(rows: Sequence[Row], at: int) -> Layout | None:
    """The header that begins at this row of a block, or None."""
    if not _begins_header(rows, at):
        return None
    numbers_in, activity_in = _anchors(rows[at : at + 2])
    depth = 1
    while (
        depth < HEADER_ROWS_AT_MOST and at + depth < len(rows) and _goes_on(rows[at + depth], numbers_in, activity_in)
    ):
        depth += 1
    layout = _layout(rows[at : at + depth])
    if layout and at + depth < len(rows) and column_numbers(rows[at + depth], activity_in):
        return Layout(depth + 1, *[getattr(layout, name) for name in Layout.__slots__[1:]])
    return layout


def _kinds(row: Row) -> dict[int, Kind]:
    return {i: kind for i in row.filled if (kind := kind_of(row[i].text))}


def _begins_header(rows: Sequence[Row], at: int) -> bool:
    """A row that titles the activity and something else; or titles of groups right above such a row."""
    row, kinds = rows[at], set(_kinds(rows[at]).values())
    if any(step_number(row[i].text) for i in row.filled):
        return False
    if Kind.ACTIVITY in kinds:
        return bool(kinds - {Kind.ACTIVITY, Kind.NO, Kind.OTHER}) or (Kind.NO in kinds and len(row.filled) > 2)
    groups = {Kind.ACTORS, Kind.STANDARD} & kinds and all(kind_of(row[i].text) for i in row.filled)
    return bool(groups) and at + 1 < len(rows) and Kind.ACTIVITY in _kinds(rows[at + 1]).values()


def _anchors(rows: Sequence[Row]) -> tuple[int | None, int]:
    """The columns of the number, if there is one, and of the activity."""
    place = {kind: column for row in reversed(rows) for column, kind in reversed(_kinds(row).items())}
    return place.get(Kind.NO), place[Kind.ACTIVITY]


def _goes_on(row: Row, numbers_in: int | None, activity_in: int) -> bool:
    """Whether a row below the header's first is header too: it says nothing of its own where steps have words."""
    if numbers_in is not None and row[numbers_in].filled and kind_of(row[numbers_in].text) is not Kind.NO:
        return False
    cell = row[activity_in]
    return not cell.filled or kind_of(cell.text) is Kind.ACTIVITY


def column_numbers(row: Row, activity_in: int) -> bool:
    """Whether this row only numbers the columns: 1 2 3 …, also of some of them."""
    numbers = [step_number(row[i].text) for i in row.filled]
    values = [number.no for number in numbers if number and not number.below]
    if len(values) < len(numbers) or values != sorted(set(values)):
        return False
    return len(values) > 1 if row[activity_in].filled else len(values) > 2


def _layout(header: Sequence[Row]) -> Layout | None:
    width = max(len(row.cells) for row in header)
    titles = [_title(header, column) for column in range(width)]
    groups = [_groups(header, column) for column in range(width)]
    grouped = any(Kind.ACTORS in kinds for kinds in groups)
    column: dict[Kind, int] = {}
    actors: dict[int, str] = {}
    others: dict[int, str] = {}
    for i, (kind, title) in enumerate(titles):
        if kind in KEPT and kind not in column:
            column[kind] = i
        elif Kind.ACTORS in groups[i] and kind in (None, Kind.ACTORS, Kind.CHECK, Kind.OTHER):
            actors[i] = "" if kind is Kind.ACTORS else title or _merged_title(header, titles, i)
        elif title and kind is None and not grouped:
            actors[i] = title
        elif title:
            others[i] = title
    if Kind.ACTIVITY not in column:
        return None
    named_in = next(iter(actors)) if list(actors.values()) == [""] else None
    unit = _UNIT.search(" ".join(row[column[Kind.TIME]].text for row in header)) if Kind.TIME in column else None
    return Layout(
        len(header), column, {} if named_in is not None else _distinct(actors, header), others, named_in,
        unit[1].lower() if unit else "", width,
    )  # fmt: skip


def _title(header: Sequence[Row], column: int) -> tuple[Kind | None, str]:
    """The kind and the lowest title of a column: what names it, or the title above that does."""
    own = [row[column].text for row in header if row[column].filled and row[column].text]
    for title in (*own[::-1][:1], " ".join(own), *own[::-1][1:]):
        if (kind := kind_of(title)) in KEPT:
            return kind, title
    return (kind_of(own[-1]), own[-1]) if own else (None, "")


def _groups(header: Sequence[Row], column: int) -> set[Kind | None]:
    """The kinds of the titles over this column: each reaches to the right as far as nothing else is said."""
    found: set[Kind | None] = set()
    for row in header:
        at = column
        while at > 0 and not row[at].text and not (at < column and row[at].above):
            at -= 1
        found.add(kind_of(row[at].text))
    return found


def _merged_title(header: Sequence[Row], titles: Sequence[tuple[Kind | None, str]], column: int) -> str:
    """The title of a column that is merged with the one to its left."""
    return titles[column - 1][1] if column and any(row[column].left for row in header[1:]) else ""


def _distinct(actors: Mapping[int, str], header: Sequence[Row]) -> dict[int, str]:
    """Titles that stand twice, under different groups, each with the name of its group."""
    every = list(actors.values())
    result = {}
    for column, title in actors.items():
        above = next((row[column].text for row in header[1:-1] if row[column].text and row[column].text != title), "")
        result[column] = f"{title} ({above})" if above and every.count(title) > 1 else title
    return result
