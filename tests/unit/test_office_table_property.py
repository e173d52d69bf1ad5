"""Whatever an office's table looks like, no row of it is lost."""

import io
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DefinitionError
from pipeline.sop.office_table.grid import Row
from pipeline.sop.office_table.plain import grids_of_text
from pipeline.sop.office_table.read import read_office_table
from pipeline.sop.office_table.values import Fate

TITLES = ("No", "Kegiatan", "Pemohon", "Camat", "Kelengkapan", "Waktu", "Output", "Keterangan")
WORDS = st.sampled_from(
    ["", "", "x", "-", "1", "2", "2a", "3.", "Memeriksa", "Memeriksa berkas", "10 Menit", "segera", "Jumlah waktu",
     "Total", "Kepala Dinas", "A.", "Kegiatan", "Pelaksana", "Waktu", "<div></div>", "Banjarbaru, 2 Januari 2026"]
)  # fmt: skip


class Made(NamedTuple):
    """A made-up table: the order of its columns, and rows of anything."""

    order: list[int]
    rows: list[list[str]]


@st.composite
def tables(draw: st.DrawFn) -> Made:
    order = draw(st.permutations(range(len(TITLES))))
    rows = draw(st.lists(st.lists(WORDS, min_size=len(TITLES), max_size=len(TITLES)), max_size=8))
    return Made(order, rows)


def _text(made: Made) -> bytes:
    first = ["1", "Mengajukan", "x", "", "Syarat", "1 Jam", "Berkas", ""]
    out = io.StringIO()
    for row in ([*TITLES], first, *made.rows):
        out.write("\t".join(row[i] for i in made.order) + "\n")
    return out.getvalue().encode()


@given(tables())
def test_every_row_that_says_anything_is_accounted_for_once(made: Made) -> None:
    content = _text(made)
    grid = grids_of_text(content)[0]  # cut at its tabs
    table = read_office_table(content)
    assert [(row.place, row.text) for row in table.rows] == [(row.place, row.text) for row in grid]
    steps = [row for row in table.rows if row.fate is Fate.STEP]
    assert [row.place for row in steps] == [step.place for step in table.steps]
    assert all(row.step is not None for row in table.rows)


@given(tables())
def test_every_word_of_a_step_or_its_continuation_is_kept_or_told(made: Made) -> None:
    content = _text(made)
    grid = grids_of_text(content)[0]  # cut at its tabs
    table = read_office_table(content)
    fate = {row.place: row.fate for row in table.rows}
    for row in grid:
        if fate[row.place] in (Fate.STEP, Fate.CONTINUATION):
            step = [s for s in table.steps if _line(s.place) <= _line(row.place)][-1]
            marks = [mark.title for mark in step.marks]
            kept = " ".join([step.number, step.activity, step.inputs, step.time, step.output, step.remarks])
            told = " ".join([*step.asks, *step.notes])
            for column, title in enumerate(TITLES[i] for i in made.order):
                text = row[column].text
                if title in ("Pemohon", "Camat"):
                    assert not row[column].mark or title in marks
                else:
                    assert text.strip("() .") in kept or text in told


def _line(place: str) -> int:
    return int(place.split()[-1].split("-")[0])


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_is_a_table_or_refused_with_a_sentence(content: bytes) -> None:
    try:
        table = read_office_table(content)
    except DefinitionError as error:
        table, sentence = None, str(error)
    assert table.steps if table else sentence.endswith(".")


@given(st.lists(WORDS, min_size=1, max_size=30), st.sampled_from("\t;,|"))
def test_every_line_of_a_text_is_a_row_or_a_piece_of_one(cells: list[str], delimiter: str) -> None:
    text = "\n".join(f"{cell}{delimiter}x" for cell in cells)
    rows: list[Row] = [row for grid in grids_of_text(text.encode()) for row in grid][: len(cells)]
    assert sum(_lines_of(row.place) for row in rows) >= len(rows)


def _lines_of(place: str) -> int:
    first, _, last = place.split()[-1].partition("-")
    return int(last or first) - int(first) + 1
