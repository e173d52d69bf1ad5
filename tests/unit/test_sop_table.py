"""The office's table: read from its export, printed, and turned into an SOP file to complete."""

import re
import tomllib
from pathlib import Path

import pytest

from pipeline.errors import DefinitionError
from pipeline.roles import PERAN_SOP, Peran
from pipeline.sop.draft import toml_draft
from pipeline.sop.load import build_sop, load_sop
from pipeline.sop.registry import SOPS
from pipeline.sop.table import Table, clean_cell, parse_table, remarks, table_text, time_sentence

DATA = Path(__file__).parents[1] / "data"
KANTOR = (DATA / "sop-tanda-daftar-lks-lksa.txt").read_text("utf-8")
SOP = SOPS["td_lks"]
HEADERS = (
    "SOP IZIN LAIN\nNo.\tKEGIATAN\tPELAKSANA\t\tMUTU BAKU\t\t\tKeterangan\n"
    "\t\tPemohon\tCamat\tKelengkapan\tWaktu\tOutput\t\n"
)


def test_the_export_of_the_office_is_read() -> None:
    table = parse_table(KANTOR)
    assert table.title == "SOP TANDA DAFTAR LKS/LKSA"
    assert table.printed_time == "4 Hari 1 Jam 13 Menit (5 Hari)"
    assert [b.no for b in table.line] == list(range(1, 10))
    assert table.line[0].activity.endswith("intanbjb.banjarbarukota.go.id")


def _columns_in(order: list[int]) -> str:
    """The office's table with its columns in another order, or fewer of them."""
    width = 13
    cell = [row.split("\t") for row in KANTOR.split("\n")]
    return "\n".join(
        "\t".join((row + [""] * width)[i] for i in order) if len(row) >= width - 1 else "\t".join(row) for row in cell
    )


@pytest.mark.parametrize(
    "text",
    [
        _columns_in([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 9, 11, 12]),
        _columns_in([0, 1, 9, 10, 11, 12, 8, 7, 6, 5, 4, 3, 2]),
        _columns_in([0, 12, 2, 3, 4, 5, 6, 7, 8, 11, 10, 9, 1]),
        KANTOR.replace("\n", "\r\n"),
        "\ufeff" + KANTOR,
        re.sub(r"^(\d)\t", r"\1.\t", KANTOR, flags=re.MULTILINE),
        re.sub(r"\t+$", "", KANTOR, flags=re.MULTILINE),
        KANTOR.replace("\tMemverifikasi", '\t"Memverifikasi'),
    ],
    ids=["waktu first", "pelaksana last", "keterangan first", "CRLF", "BOM", "dots", "short rows", "a lone quote"],
)
def test_the_same_table_saved_in_another_way_says_the_same(text: str) -> None:
    def words(table: Table) -> list[tuple[object, ...]]:
        return [(b.no, b.activity.strip('"'), b.peran, b.inputs, b.time, b.output, b.remarks) for b in table.line]

    assert words(parse_table(text)) == words(parse_table(KANTOR))


def test_one_header_row_is_enough() -> None:
    text = "No\tKegiatan\tPemohon\tKelengkapan\tWaktu\tOutput\tKeterangan\n1\tMengisi\tX\tKTP\t1 Menit\tdata\t-\n"
    (line,) = parse_table(text).line
    assert (line.activity, line.peran, line.time) == ("Mengisi", Peran.PEMOHON, "1 Menit")


@pytest.mark.parametrize("replace", ["", "\u00b2\tx\n", "3\tx\n"], ids=["missing", "unreadable number", "twice"])
def test_a_step_that_is_lost_is_told(replace: str) -> None:
    text = re.sub(r"^2\t.*\n", replace, KANTOR, flags=re.MULTILINE)
    with pytest.raises(DefinitionError, match="Langkah 2 tidak ditemukan"):
        parse_table(text)


def test_an_empty_shape_in_a_column_is_a_mark_and_a_lost_one_is_none() -> None:
    peran = [b.peran for b in parse_table(KANTOR).line]
    assert peran[:5] == [None] * 5
    assert peran[5:] == [Peran.KABID_PERIZINAN, Peran.SEKRETARIS, Peran.KEPALA_DINAS, Peran.PEMOHON]


def test_cells_may_span_lines_and_carry_html() -> None:
    text = HEADERS + (
        '1\t"Mengajukan\n<b>permohonan</b>"\tX\t\tKTP &amp; KK\t1 Menit\tdata\t\n'
        "2\tMemeriksa\nberkas permohonan\t\tX\tdata\t2 Menit\tsurat\t\n"
        "\nJumlah Waktu\t\t\t\t\t<div>3 Menit</div>\t\t\n"
    )
    table = parse_table(text)
    assert [b.activity for b in table.line] == ["Mengajukan permohonan", "Memeriksa berkas permohonan"]
    assert table.line[0].inputs == "KTP & KK"
    assert table.line[0].peran is Peran.PEMOHON
    assert (table.line[1].mark, table.line[1].peran, table.line[1].time) == (("Camat",), None, "2 Menit")
    assert table.printed_time == "3 Menit"


def test_leftovers_of_html_are_cleaned() -> None:
    assert clean_cell("<div><div>2</div><div></div></div>") == "2"
    assert clean_cell("&lt;div&gt;Draft\u00a0SK&lt;/div&gt;\u200b") == "Draft SK"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "Baris kepala"),
        ("bukan tabel\n", "Baris kepala"),
        ("No.\tKegiatan\n\n", "Baris kepala"),
        ("No.\tKegiatan\n1\tx\n", "kelengkapan, waktu, output, keterangan"),
        (HEADERS, "satu langkah pun"),
        (HEADERS + '1\t"' + "x" * 200_000, "pemisah tab"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(text: str, word: str) -> None:
    with pytest.raises(DefinitionError, match=word):
        parse_table(text)


def test_every_step_is_printed_on_a_line_that_begins_with_its_number() -> None:
    text = table_text(SOP, 100)
    nomor = [line[0] for line in text.splitlines() if re.match(r"[1-9]  [A-Z][a-z]{3}", line)]
    assert nomor == list("123456789")
    assert max(map(len, text.splitlines())) <= 100
    assert table_text(SOP, 20) == text


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
        ("3 Hari 2 Jam", "selisih +1 hari dan -42 menit"),
        ("sekitar lima hari", "tidak terbaca sebagai waktu"),
    ],
)
def test_other_totals_are_compared_as_plainly(printed: str, end: str) -> None:
    content = tomllib.loads((DATA.parents[1] / "pipeline/sop/td_lks.toml").read_text("utf-8"))
    content["waktu_tercetak"] = printed
    assert time_sentence(build_sop(content, "x")).endswith(end)


def test_steps_that_name_their_own_approval_and_a_broken_promise_are_remarked() -> None:
    (note,) = remarks(SOP)
    assert note.startswith("Langkah 6, 7 dan 8:")
    assert remarks(load_sop(DATA / "izin_penelitian.toml")) == ()
    content = tomllib.loads((DATA / "izin_penelitian.toml").read_text("utf-8"))
    content["janji"] = "1 Hari"
    assert "melebihi janji" in remarks(build_sop(content, "x"))[0]


def test_an_imported_table_waits_for_its_roles_and_says_which() -> None:
    draft = toml_draft(parse_table(KANTOR))
    assert draft.count('peran = "?"') == 5
    assert all("ISI:" in line for line in draft.splitlines() if '= "?"' in line)
    with pytest.raises(DefinitionError, match=r'langkah baris 1 .*peran = "\?"'):
        build_sop(tomllib.loads(draft), "draf.toml")


def test_an_imported_table_with_its_roles_filled_in_is_the_office_sop() -> None:
    content = tomllib.loads(toml_draft(parse_table(KANTOR)))
    for line, original in zip(content["langkah"], SOP.langkah, strict=True):
        if line["peran"] == "?":
            line["peran"] = original.peran
        if "atasan" in line:
            line["atasan"] = original.superior
    sop = build_sop(content, "draf.toml")
    word = ("no", "activity", "peran", "inputs", "time", "limit", "output", "remarks", "approval")
    for name in (*word, "signature"):
        assert [getattr(t, name) for t in sop.langkah] == [getattr(t, name) for t in SOP.langkah], name
    assert (sop.printed_time, sop.janji) == (SOP.printed_time, SOP.janji)


def test_marks_of_every_role_are_read_and_two_marks_are_left_to_a_person() -> None:
    column = "\t".join(p.name for p in PERAN_SOP)
    head = f"No.\tKEGIATAN\t{column}\tKelengkapan\tWaktu\tOutput\tKeterangan\n\t\t{column}\t\t\t\t\n"
    line = [
        f"{no}\tKerja\t" + "\t".join("v" if p is peran else "" for p in PERAN_SOP) + "\ta\t1 Menit\tb\tc"
        for no, peran in enumerate(PERAN_SOP, start=1)
    ]
    two = "8\tKerja\tv\tv\t\t\t\t\t\ta\t1 Menit\tb\tc"
    table = parse_table(head + "\n".join([*line, two]))
    assert [b.peran for b in table.line] == [*PERAN_SOP, None]
    assert 'peran = "?" # ISI: tabel menandai "Pemohon dan Front Office"' in toml_draft(table)


def test_quotes_and_backslashes_survive_the_import() -> None:
    activity = 'Memeriksa "asli" \\ salinan'
    text = HEADERS + f"1\t{activity}\tX\t\ta\t1 Menit\tb\t\n"
    assert tomllib.loads(toml_draft(parse_table(text)))["langkah"][0]["kegiatan"] == activity
