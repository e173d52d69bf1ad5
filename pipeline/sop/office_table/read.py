"""A file of any kind an office may have, told by its content: read into its table."""

import re
from collections.abc import Iterator, Sequence

from pipeline.errors import DefinitionError
from pipeline.sop.office_table.files import grids_of
from pipeline.sop.office_table.grid import Grid, Row
from pipeline.sop.office_table.layout import Layout, layout_at
from pipeline.sop.office_table.steps import StepReader, number_of
from pipeline.sop.office_table.values import Fate, FileRow, Table
from pipeline.sop.office_table.words import WORDS, Kind, begins

Part = tuple[Layout | None, Sequence[Row]]  # the rows from one header to the next, or to the end of their block

_NAMED = re.compile(r"(?:nama|judul)\s+(?:sop|prosedur)\s*:?\s*", re.IGNORECASE)
_ONLY_KIND = re.compile(r"(?:standar(?:d)? operasional prosedur|standard operating procedures?|sop|\W)+", re.IGNORECASE)


def read_office_table(content: bytes) -> Table:
    """The SOP table in a file. Raises DefinitionError, with a sentence, for a file that holds none."""
    best = max((_parts(grid) for grid in grids_of(content)), key=_score)
    if not _score(best):
        raise DefinitionError(
            "Tabel SOP tidak ditemukan: tidak ada baris kepala dengan kolom kegiatan "
            '("Kegiatan", "Uraian Kegiatan", "Aktivitas", …) dan kolom lain seperti Pelaksana, Waktu atau Output.'
        )
    table = _table(best)
    if not table.steps:
        raise DefinitionError("Tabel tidak memuat satu langkah pun. Setiap langkah dimulai dengan nomornya.")
    return table


def _parts(grid: Grid) -> list[Part]:
    """The rows parted wherever a header begins, and where a block ends."""
    parts: list[Part] = []
    for block in _blocks(grid):
        at, begins, layout = 0, 0, None
        while at < len(block):
            if found := layout_at(block, at):
                parts.append((layout, block[begins:at]))
                layout, begins = found, at
                at += found.depth
            else:
                at += 1
        parts.append((layout, block[begins:]))
    return [part for part in parts if part[1]]


def _blocks(grid: Grid) -> Iterator[Sequence[Row]]:
    begins = 0
    for at in range(1, len(grid) + 1):
        if at == len(grid) or grid[at].block != grid[begins].block:
            yield grid[begins:at]
            begins = at


def _score(parts: Sequence[Part]) -> int:
    return max((layout.score for layout, _ in parts if layout), default=0)


def _table(parts: Sequence[Part]) -> Table:
    best = _score(parts)
    main, layout = next((i, layout) for i, (layout, _) in enumerate(parts) if layout and layout.score == best)
    cover = [row for _, rows in parts[:main] for row in rows]
    reader, asks = StepReader(), list[str]()
    for own, rows in parts[main:]:
        asks += _take(reader, own, layout, rows)
    steps = reader.finished()
    if not any(step.number for step in steps):
        asks.append("Langkah tidak bernomor; urutannya diambil dari urutan baris. Sudah benar?")
    return Table(
        title=_title_of(cover),
        steps=steps,
        printed_time=reader.printed_time,
        actors=tuple(dict.fromkeys(title for title in layout.actors.values() if title))
        or tuple(dict.fromkeys(mark.title for step in steps for mark in step.marks)),
        has_times=Kind.TIME in layout.column,
        rows=(*(FileRow(row.place, row.text, Fate.COVER) for row in cover), *reader.rows),
        cover=tuple({i: row[i].text for i in row.filled} for row in cover),
        asks=tuple(asks),
    )


def _take(reader: StepReader, own: Layout | None, main: Layout, rows: Sequence[Row]) -> Iterator[str]:
    """Read one part; one that is no part of the same procedure is told, row by row."""
    if own and own.score + 1 < main.score:
        own = None  # a row with a few words of a header: no page of the same table begins so
    header, body = rows[: own.depth if own else 0], rows[own.depth if own else 0 :]
    layout = own or main
    first = next((number.no for row in body if (number := number_of(row, layout))), 0)
    if reader.steps and not _goes_on(reader, own, main, first, body):
        fate = Fate.OTHER if own else Fate.BELOW if reader.closed else Fate.UNKNOWN
        reader.rows += [FileRow(row.place, row.text, fate) for row in rows]
        if own:
            yield f"Tabel lain mulai {rows[0].place} tidak dibaca. Bila prosedur lain, simpan dan impor tersendiri."
        return
    reader.rows += [FileRow(row.place, row.text, Fate.HEADER) for row in header]
    for row in body:
        reader.take(row, layout)


def _goes_on(reader: StepReader, own: Layout | None, main: Layout, first: int, body: Sequence[Row]) -> bool:
    """Whether a later part is the same procedure's: its numbers go on, or it has none and is as wide."""
    if own:
        return first == 0 or first >= reader.last_number
    wide = max((len(row.cells) for row in body), default=0) == main.width
    return wide and (first == 0 or first >= reader.last_number)


def _title_of(cover: Sequence[Row]) -> str:
    """What "Nama SOP" says; else the line that begins with "SOP", with the next where it says nothing more; else the
    first line."""
    lines = [[row[i].text for i in row.filled if row[i].text] for row in cover]
    lines = [line for line in lines if line and not line[0].lower().startswith("sep=")]  # for Excel, not for people
    for line in lines:
        for i, text in enumerate(line):
            if match := _NAMED.match(text):
                return text[match.end() :].lstrip(": ") or " ".join(line[i + 1 : i + 2]).lstrip(": ")
    for i, line in enumerate(lines):
        if begins(line[0], WORDS["tabel"]["judul"]):
            alone = _ONLY_KIND.fullmatch(line[0]) and i + 1 < len(lines)
            return f"{line[0]} {lines[i + 1][0]}" if alone else line[0]
    return lines[0][0] if lines else ""
