"""Tables saved as text: with tabs, commas, semicolons or bars, in whichever letters."""

import re
from collections.abc import Iterator, Sequence

from pipeline.errors import DefinitionError
from pipeline.sop.office_table.grid import COLUMNS_AT_MOST, ROWS_AT_MOST, Grid, Row, cell_of, grid_of, too_large
from pipeline.sop.office_table.words import begins_row, step_number

Line = tuple[int, list[str]]  # where it begins, and its fields
_DELIMITERS = "\t;,|"
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LINES_AT_MOST = 20 * ROWS_AT_MOST  # an export may carry a tail of empty ones


def grids_of_text(content: bytes) -> tuple[Grid, ...]:
    """The text cut at each delimiter it has; the one that shows a header row is the table."""
    text = _letters(content)
    if text.count("\n") > _LINES_AT_MOST:
        raise too_large(f"lebih dari {_LINES_AT_MOST} baris")
    cut = [list(_lines(text, mark)) for mark in _DELIMITERS if mark in text] or [list(_lines(text, "\t"))]
    widths = [max((len(fields) for _, fields in lines), default=0) for lines in cut]
    if min(widths) > COLUMNS_AT_MOST:
        raise too_large(f"{min(widths)} kolom")
    return tuple(_grid(lines, width) for lines, width in zip(cut, widths, strict=True) if width <= COLUMNS_AT_MOST)


def _letters(content: bytes) -> str:
    """Told by the byte order mark, else by what fits: UTF-16 is full of zeros, UTF-8 has rules, cp1252 has few."""
    mark, code = next(((mark, code) for mark, code in _MARKS if content.startswith(mark)), (b"", ""))
    body = content.removeprefix(mark)
    codes = (code,) if code else (*_two_bytes(body), "utf-8", "cp1252")
    for code in codes:
        try:
            text = body.decode(code)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise DefinitionError("Berkas ini bukan tabel: isinya tidak terbaca sebagai teks, Excel, Word atau OpenDocument.")


def _two_bytes(body: bytes) -> Iterator[str]:
    sample = body[:2000]
    for start, code in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(sample) > 3 and sample[start::2].count(0) > len(sample) // 4:
            yield code


def _grid(every: Sequence[Line], width: int) -> Grid:
    lines = [(number, fields) for number, fields in every if any(f.strip() for f in fields)]
    return grid_of([Row(place, 0, tuple(cell_of(f) for f in fields)) for place, fields in _whole(lines, width)])


def _lines(text: str, delimiter: str) -> Iterator[Line]:
    """The fields of each line, with its number. A quote that is never closed is a character, not all that follows."""
    stop = re.escape(delimiter)
    field = re.compile(rf'[ ]*"((?:[^"]|"")*+)"[ ]*(?={stop}|\n|\Z)|([^{stop}\n]*)')
    at, number, first, fields = 0, 1, 1, list[str]()
    while at <= len(text):
        match = field.match(text, at)
        if match is None:
            raise AssertionError("the second half matches nothing as well")
        fields.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        number += match[0].count("\n")
        at = match.end() + 1
        if at > len(text) or text[at - 1] == "\n":
            yield first, fields
            number += 1
            first, fields = number, []


def _whole(lines: Sequence[Line], width: int) -> Iterator[tuple[str, list[str]]]:
    """Rows again where a cell was broken over lines without quotes: the pieces together are as wide as the table."""
    at = 0
    while at < len(lines):
        number, fields = lines[at]
        pieces = _pieces(lines[at:], width) if step_number(fields[0]) else 1
        for _, more in lines[at + 1 : at + pieces]:
            fields = [*fields[:-1], f"{fields[-1]} {more[0]}", *more[1:]]
        last = lines[at + pieces - 1][0]
        yield f"baris {number}" if pieces == 1 else f"baris {number}-{last}", fields
        at += pieces


def _pieces(lines: Sequence[Line], width: int) -> int:
    """How many lines make the row that begins here; 1 when it is whole, or nothing below completes it."""
    length, open_row = len(lines[0][1]), len(lines[0][1]) <= width // 2
    if length >= width:
        return 1
    for count, (_, more) in enumerate(lines[1:], start=2):
        length += len(more) - 1
        if length > width or not more[0].strip() or begins_row(more[0]):
            break
        if length == width or (open_row and len(more) > 1):
            return count
    return 1
