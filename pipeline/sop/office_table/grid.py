"""What every kind of file becomes first: rows of cells, each row knowing where it stood."""

import html
import re
import unicodedata
from dataclasses import dataclass

from pipeline.errors import DefinitionError
from pipeline.text import clean_line

ROWS_AT_MOST = 5_000
COLUMNS_AT_MOST = 256
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_BREAK = re.compile(r"</?(?:br|p|span|b|i|u|font)\b[^<>]*>", re.IGNORECASE)
#: Names of shapes that are only lines or thin arrows between others.
LINE_SHAPE = re.compile(r"line|\w*Connector\d?|#?_x0000_t(?:20|3[2-8])")
#: Says nothing in a column of marks: a dash, a box left empty.
_NOTHING = frozenset("-–—_☐")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell. One that is merged with the cell above repeats its words; one merged with the left has none."""

    text: str = ""
    shape: bool = False  # drawn, or a symbol that no letter stands for
    line: bool = False  # nothing but a line or an arrow between shapes
    above: bool = False
    left: bool = False

    @property
    def filled(self) -> bool:
        """Whether something of its own stands here."""
        return bool(self.text or self.shape or self.line) and not self.above and not self.left

    @property
    def mark(self) -> bool:
        """Whether it marks who does the step; the second row of a mark over two rows does too."""
        return bool(self.shape or self.line or set(self.text) - _NOTHING)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that says something. ``place`` is how a person finds it; rows of one ``block`` make one table."""

    place: str
    block: int
    cells: tuple[Cell, ...]

    def __getitem__(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else _EMPTY

    @property
    def filled(self) -> tuple[int, ...]:
        """The columns that hold something of this row's own."""
        return tuple(i for i, cell in enumerate(self.cells) if cell.filled)

    @property
    def text(self) -> str:
        """The row in words, as it is shown to a person."""
        return " | ".join(self.cells[i].text or "(tanda)" for i in self.filled)


Grid = tuple[Row, ...]
_EMPTY = Cell()


def clean_cell(cell: str) -> str:
    """The words of a cell: no tags, no entities, one line."""
    return clean_line(_TAG.sub(" ", html.unescape(_TAG.sub(" ", cell))))


def cell_of(written: str) -> Cell:
    """A cell from its raw words. A leftover shape (`<div></div>`) or a symbol of another font marks without words."""
    text = clean_cell(written)
    if text:
        return Cell(text)
    bare = _BREAK.sub("", written)
    symbol = any(unicodedata.category(c) == "Co" for c in written)
    return Cell(shape=symbol or bool(_TAG.search(bare)))


def grid_of(rows: list[Row]) -> Grid:
    """The rows that say anything. Raises DefinitionError for more of them than any SOP has."""
    filled = tuple(row for row in rows if row.filled)
    if len(filled) > ROWS_AT_MOST:
        raise too_large(f"{len(filled)} baris")
    if (widest := max((row.filled[-1] + 1 for row in filled), default=0)) > COLUMNS_AT_MOST:
        raise too_large(f"{widest} kolom")
    return filled


def too_large(size: str) -> DefinitionError:
    """A file that no table of an office is."""
    return DefinitionError(
        f"Berkas ini memuat {size}; tabelnya paling banyak {ROWS_AT_MOST} baris dan {COLUMNS_AT_MOST} kolom. "
        "Simpan tabelnya saja ke berkas baru."
    )
