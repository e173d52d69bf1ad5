"""An SOP printed as the office's table."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.calendar.due import Limit
from pipeline.kantor.office import kantor
from pipeline.sop.load import build_sop, load_sop
from pipeline.sop.registry import SOPS
from pipeline.sop.table import remarks, table_text, time_sentence

DATA = Path(__file__).parents[1] / "data"
SOP = SOPS["td_lks"]


def test_every_step_is_printed_on_a_line_that_begins_with_its_number() -> None:
    text = table_text(SOP, 100)
    nomor = [line[0] for line in text.splitlines() if re.match(r"[1-9]  [A-Z][a-z]{3}", line)]
    assert nomor == list("123456789")
    assert max(map(len, text.splitlines())) <= 100
    assert table_text(SOP, 20) == text


@pytest.mark.parametrize(
    ("width", "head", "stroke"),
    [
        (
            100,
            "No Kegiatan                Pelaksana   Kelengkapan     Waktu     Output           Keterangan",
            97,
        ),
        (
            180,
            "No Kegiatan                                           Pelaksana   Kelengkapan                       "
            "Waktu     Output                             Keterangan",
            178,
        ),
    ],
)
def test_the_columns_share_what_the_terminal_has(width: int, head: str, stroke: int) -> None:
    first, second, *_, last = table_text(SOP, width).splitlines()
    assert (first, second, last) == (head, "-" * stroke, "-" * stroke)


def test_a_terminal_narrower_or_wider_than_the_table_gets_the_nearest() -> None:
    assert table_text(SOP) == table_text(SOP, 99) == table_text(SOP, 100)
    assert table_text(SOP, 181) == table_text(SOP, 180)


@pytest.mark.parametrize("width", [100, 120, 180])
def test_no_word_of_the_office_is_lost_in_print(width: int) -> None:
    printed = set(re.findall(r"\w+", table_text(SOP, width)))
    word = {k for t in SOP.langkah for cell in (t.activity, t.output, t.remarks) for k in re.findall(r"\w+", cell)}
    assert word - printed <= {"intanbjb", "banjarbarukota"}  # an address longer than its column is broken


def test_the_difference_of_five_minutes_is_named() -> None:
    assert time_sentence(SOP) == "4 hari 1 jam 18 menit; tercetak 4 hari 1 jam 13 menit: selisih 5 menit"


@pytest.mark.parametrize(
    ("printed", "end"),
    [
        ("4 Hari 78 Menit", "tercetak sama"),
        ("5 Hari 78 Menit", "selisih 1 hari"),
        ("4 Hari 79 Menit", "selisih 1 menit"),
        ("4 Hari 77 Menit", "selisih 1 menit"),
        ("3 Hari 78 Menit", "selisih 1 hari"),
        ("3 Hari 77 Menit", "selisih 1 hari 1 menit"),
        ("5 Hari 79 Menit", "selisih 1 hari 1 menit"),
        ("5 Hari 77 Menit", "selisih -1 hari dan +1 menit"),
        ("3 Hari 2 Jam", "selisih +1 hari dan -42 menit"),
        ("entah kapan", "tidak terbaca sebagai waktu"),
    ],
)
def test_other_totals_are_compared_as_plainly(printed: str, end: str) -> None:
    content = tomllib.loads((DATA.parents[1] / "pipeline/sop/td_lks.toml").read_text("utf-8"))
    content["waktu_tercetak"] = printed
    assert time_sentence(build_sop(content, "x", kantor().posts)).endswith(end)


def test_steps_that_name_their_own_approval_and_a_broken_promise_are_remarked() -> None:
    (note,) = remarks(SOP)
    assert note.startswith("Langkah 6, 7 dan 8:")
    assert remarks(load_sop(DATA / "izin_penelitian.toml", kantor().posts)) == ()
    content = tomllib.loads((DATA / "izin_penelitian.toml").read_text("utf-8"))
    content["janji"] = "1 Hari"
    assert "melebihi janji" in remarks(build_sop(content, "x", kantor().posts))[0]


@pytest.mark.parametrize(
    ("janji", "broken"),
    [("4 Hari 78 Menit", False), ("4 Hari 77 Menit", True), ("4 Hari 79 Menit", False), ("5 Hari", False)],
)
def test_a_promise_is_broken_by_a_minute_more_than_it(janji: str, broken: bool) -> None:
    assert any("melebihi janji" in note for note in remarks(replace(SOP, janji=Limit.parse(janji)))) is broken


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        (["Draft SK yang telah disetujui Kabid", "-", "-"], "Langkah 6:"),
        (["-", "persetujuan SEKRETARIS", "Setuju Kepala Dinas"], "Langkah 7 dan 8:"),
        (["Draft SK dari Kabid", "Disetujui", "Disetujui Kabid"], ""),
    ],
)
def test_an_approval_among_its_own_papers_is_named_by_its_step(inputs: list[str], named: str) -> None:
    texts = dict(zip(("paraf_kabid", "paraf_sekretaris", "tanda_tangan"), inputs, strict=True))
    changed = replace(SOP, langkah=tuple(replace(t, inputs=texts.get(t.code, t.inputs)) for t in SOP.langkah))
    assert [note for note in remarks(changed) if not note.startswith(named)] == []
    assert len(remarks(changed)) == bool(named)
