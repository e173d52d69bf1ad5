"""Tables in a workbook of Excel (new and old) or OpenDocument."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from pipeline.errors import DefinitionError
from pipeline.sop.office_table.grid import Cell, Grid, Row, cell_of, grid_of, too_large
from pipeline.sop.office_table.workbook_parts import Place, check_extent, drawn_cells

Value = int | float | str | bool | time | date | datetime | timedelta
CELLS_AT_MOST = 2_000_000


def grid_of_workbook(content: bytes) -> Grid:
    """The rows of every sheet; each sheet is a block."""
    check_extent(content, CELLS_AT_MOST)
    drawn = drawn_cells(content)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
            rows = [row for i, sheet in enumerate(sheets) for row in _rows(sheet, i, len(sheets) > 1, drawn)]
    except PasswordError as error:
        raise DefinitionError("Berkas ini dilindungi kata sandi. Simpan tanpa kata sandi lalu coba lagi.") from error
    except CalamineError as error:
        raise DefinitionError(f"Buku kerja ini tidak terbaca ({error}). Simpan ulang lalu coba lagi.") from error
    return grid_of(rows)


def _rows(sheet: CalamineSheet, block: int, named: bool, drawn: dict[str, dict[Place, Cell]]) -> Iterator[Row]:
    if sheet.total_height * sheet.total_width > CELLS_AT_MOST:
        raise too_large(f"{sheet.total_height} x {sheet.total_width} sel")
    values = sheet.to_python(skip_empty_area=False)
    shapes = drawn.get(sheet.name, {})
    height = max([len(values), *(row + 1 for row, _ in shapes)])
    width = max([*(len(line) for line in values[:1]), *(column + 1 for _, column in shapes)], default=0)
    merged = _merged(sheet.merged_cell_ranges or ())
    for at in range(height):
        line = values[at] if at < len(values) else []
        cells = [_cell(line, column, at, shapes, merged, values) for column in range(width)]
        place = f"baris {at + 1}"
        yield Row(f'lembar "{sheet.name}" {place}' if named else place, block, tuple(cells))


def _merged(ranges: Sequence[tuple[Place, Place]]) -> dict[Place, Place]:
    """For each cell that is merged away, the corner whose words it shows; nothing for ranges too large for a table."""
    return {
        (row, column): (top, left)
        for (top, left), (bottom, right) in ranges
        if (bottom - top + 1) * (right - left + 1) <= CELLS_AT_MOST // 100
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }


def _cell(
    line: Sequence[Value],
    column: int,
    row: int,
    shapes: dict[Place, Cell],
    merged: dict[Place, Place],
    values: Sequence[Sequence[Value]],
) -> Cell:
    drawn = shapes.get((row, column), Cell())
    if corner := merged.get((row, column)):
        if corner[1] != column:
            return Cell(left=True)
        origin = cell_of(_words(values[corner[0]][column])) if corner[0] < len(values) else Cell()
        return Cell(origin.text, origin.shape or drawn.shape, above=True)
    own = cell_of(_words(line[column])) if column < len(line) else Cell()
    return Cell(own.text or drawn.text, own.shape or drawn.shape, drawn.line)


def _words(value: Value) -> str:
    """A value as a person reads it in its cell. A box that is not ticked says nothing."""
    match value:
        case bool():
            return "ya" if value else ""
        case float() if value.is_integer():
            return str(int(value))
        case timedelta():
            minutes, seconds = divmod(int(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case _:
            return str(value)
