"""Lists that an officer opens in a spreadsheet: every cell is text, whatever somebody typed into it."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

#: What makes a cell a formula, in the spellings that spreadsheets take for it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file that Excel reads as UTF-8; cells that would be formulas begin with an apostrophe (ASVS 1.2.10)."""
    file = StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([_plain(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8", "replace")


def _plain(cell: str) -> str:
    text = "".join(letter for letter in cell if letter.isprintable() or letter in "\t\r\n")
    return f"'{text}" if text.lstrip(" '\";,\u00a0").startswith(_FORMULA) or text[:1] in _FORMULA else text
