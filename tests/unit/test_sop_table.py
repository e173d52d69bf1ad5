"""The office's table: read from its export, printed, and turned into an SOP file to complete."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.calendar.due import Limit
from pipeline.errors import DefinitionError
from pipeline.office import kantor
from pipeline.roles import Peran
from pipeline.sop.draft import toml_draft
from pipeline.sop.load import build_sop, load_sop
from pipeline.sop.registry import SOPS
from pipeline.sop.table import Table, clean_cell, parse_table, remarks, table_text, time_sentence
from tests.desks import DESKS, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS

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
        return [
            (b.no, b.activity.strip('"'), b.peran(kantor().posts), b.inputs, b.time, b.output, b.remarks)
            for b in table.line
        ]

    assert words(parse_table(text)) == words(parse_table(KANTOR))


def test_one_header_row_is_enough() -> None:
    text = "No\tKegiatan\tPemohon\tKelengkapan\tWaktu\tOutput\tKeterangan\n1\tMengisi\tX\tKTP\t1 Menit\tdata\t-\n"
    (line,) = parse_table(text).line
    assert (line.activity, line.peran(kantor().posts), line.time) == ("Mengisi", Peran.PEMOHON, "1 Menit")


def test_a_title_above_one_header_row_costs_no_step() -> None:
    text = "SOP IZIN LAIN\nNo\tKegiatan\tPemohon\tKelengkapan\tWaktu\tOutput\tKeterangan\n"
    table = parse_table(text + "1\tMengisi\tX\tKTP\t1 Menit\tdata\t-\n2\tMenerima\tX\tSK\t1 Menit\tSK\t-\n")
    assert (table.title, [b.activity for b in table.line]) == ("SOP IZIN LAIN", ["Mengisi", "Menerima"])
    assert table.printed_time == ""


def test_the_total_may_stand_in_any_column() -> None:
    step = "1\tMengajukan\tX\t\tKTP\t1 Menit\tdata\t\n"
    for gap in range(1, 7):
        assert parse_table(HEADERS + step + "JUMLAH WAKTU" + "\t" * gap + "3 Menit\n").printed_time == "3 Menit"
    assert parse_table(HEADERS + step + "Jumlah waktu\n").printed_time == ""


def test_what_stands_below_a_whole_row_is_no_part_of_it() -> None:
    text = HEADERS + "1\tMengajukan\tX\t\tKTP\t1 Menit\tdata\tdaring\nBanjarbaru, 2 Januari 2026\nKepala Dinas\n"
    (line,) = parse_table(text).line
    assert line.remarks == "daring"


def test_the_first_step_is_number_one() -> None:
    with pytest.raises(DefinitionError, match="Langkah 1 tidak ditemukan; di tempatnya ada nomor 0"):
        parse_table(HEADERS + "0\tMengajukan\tX\t\tKTP\t1 Menit\tdata\t\n")


@pytest.mark.parametrize("instead", ["", "\u00b2\tx\n", "3\tx\n"], ids=["missing", "unreadable number", "twice"])
def test_a_step_that_is_lost_is_told(instead: str) -> None:
    text = re.sub(r"^2\t.*\n", instead, KANTOR, flags=re.MULTILINE)
    with pytest.raises(DefinitionError, match="Langkah 2 tidak ditemukan"):
        parse_table(text)


def test_an_empty_shape_in_a_column_is_a_mark_and_a_lost_one_is_none() -> None:
    peran = [b.peran(kantor().posts) for b in parse_table(KANTOR).line]
    assert peran[:5] == [None] * 5
    assert peran[5:] == [KABID_PERIZINAN, SEKRETARIS, KEPALA_DINAS, Peran.PEMOHON]


def test_cells_may_span_lines_and_carry_html() -> None:
    text = HEADERS + (
        '1\t"Mengajukan\n<b>permohonan</b>"\tX\t\tKTP &amp; KK\t1 Menit\tdata\t\n'
        "2\tMemeriksa\nberkas permohonan\t\tX\tdata\t2 Menit\tsurat\t\n"
        "\nJumlah Waktu\t\t\t\t\t<div>3 Menit</div>\t\t\n"
    )
    table = parse_table(text)
    assert [b.activity for b in table.line] == ["Mengajukan permohonan", "Memeriksa berkas permohonan"]
    assert table.line[0].inputs == "KTP & KK"
    assert table.line[0].peran(kantor().posts) == Peran.PEMOHON
    assert (table.line[1].mark, table.line[1].peran(kantor().posts), table.line[1].time) == (
        ("Camat",),
        None,
        "2 Menit",
    )
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


def test_a_table_that_says_little_is_a_draft_that_asks_for_the_rest() -> None:
    head = "No\tKegiatan\tCamat\tKelengkapan\tWaktu\tOutput\tKeterangan\n"
    draft = toml_draft(
        parse_table(head + "1\tMengisi – daring\t\t\t\t\t\n2\tMemeriksa\tX\t\t\t\t\n3\tTerima\t\t\t\t\t\n"),
        kantor().posts,
    )
    assert draft.startswith("# SOP\n")
    assert "Mengisi – daring" in draft
    content = tomllib.loads(draft)
    assert (content["nama"], content["kode"], content["waktu_tercetak"], content["janji"]) == ("Izin", "izin", "?", "?")
    assert [(b["kelengkapan"], b["waktu"], b["output"], b["keterangan"]) for b in content["langkah"]] == [
        ("?", "?", "?", "")
    ] * 3
    assert [b["peran"] for b in content["langkah"]] == ["?"] * 3
    assert "tanda pelaksana hilang dari tabel" in draft
    assert 'tabel menandai "Camat"' in draft
    assert [b["ke"] for b in content["langkah"]] == ["langkah_2", "langkah_3", "selesai"]


def test_a_titled_table_gives_the_permit_its_name() -> None:
    draft = toml_draft(
        parse_table(HEADERS + "1\tMengajukan\tX\t\tKTP\t1 Menit\tdata\t\nJumlah waktu\t1 Menit\n"), kantor().posts
    )
    content = tomllib.loads(draft)
    assert draft.startswith("# SOP IZIN LAIN\n")
    assert (content["nama"], content["kode"]) == ("IZIN LAIN", "izin_lain")
    assert (content["waktu_tercetak"], content["janji"]) == ("1 Menit", "1 Menit")


def test_the_words_of_a_row_suggest_its_decision() -> None:
    activities = [
        ("Mengajukan tanda tangan dan persetujuan", "kirim", True, None),
        ("Menyusun draf", "setujui", None, None),
        ("Persetujuan draf", "setujui", True, None),
        ("Tanda tangan surat", "tanda_tangani", True, True),
        ("Tanda tangan tanda terima", "terima", None, None),
    ]
    rows = [f"{no}\t{text}\tX\t\ta\t1 Menit\tDraft surat\t\n" for no, (text, *_) in enumerate(activities, start=1)]
    content = tomllib.loads(toml_draft(parse_table(HEADERS + "".join(rows)), kantor().posts))
    assert [
        (b["kegiatan"], b["keputusan"], b.get("persetujuan"), b.get("tanda_tangan")) for b in content["langkah"]
    ] == activities
    assert [b.get("otomatis") for b in content["langkah"]] == ["susun_naskah", None, None, None, None]


def test_an_imported_table_waits_for_its_roles_and_says_which() -> None:
    draft = toml_draft(parse_table(KANTOR), kantor().posts)
    assert draft.count('peran = "?"') == 5
    assert all("ISI:" in line for line in draft.splitlines() if '= "?"' in line)
    with pytest.raises(DefinitionError, match=r'langkah baris 1 .*peran = "\?"'):
        build_sop(tomllib.loads(draft), "draf.toml", kantor().posts)


def test_an_imported_table_with_its_roles_filled_in_is_the_office_sop() -> None:
    content = tomllib.loads(toml_draft(parse_table(KANTOR), kantor().posts))
    for line, original in zip(content["langkah"], SOP.langkah, strict=True):
        if line["peran"] == "?":
            line["peran"] = original.peran
    sop = build_sop(content, "draf.toml", kantor().posts)
    word = ("no", "activity", "peran", "inputs", "time", "limit", "output", "remarks", "approval")
    for name in (*word, "signature"):
        assert [getattr(t, name) for t in sop.langkah] == [getattr(t, name) for t in SOP.langkah], name
    assert (sop.printed_time, sop.janji) == (SOP.printed_time, SOP.janji)


def test_marks_of_every_role_are_read_and_two_marks_are_left_to_a_person() -> None:
    column = "\t".join(p.name for p in (Peran.PEMOHON, *DESKS))
    head = f"No.\tKEGIATAN\t{column}\tKelengkapan\tWaktu\tOutput\tKeterangan\n\t\t{column}\t\t\t\t\n"
    line = [
        f"{no}\tKerja\t" + "\t".join("v" if p is peran else "" for p in (Peran.PEMOHON, *DESKS)) + "\ta\t1 Menit\tb\tc"
        for no, peran in enumerate((Peran.PEMOHON, *DESKS), start=1)
    ]
    two = "8\tKerja\tv\tv\t\t\t\t\t\ta\t1 Menit\tb\tc"
    table = parse_table(head + "\n".join([*line, two]))
    assert [b.peran(kantor().posts) for b in table.line] == [*(Peran.PEMOHON, *DESKS), None]
    assert 'peran = "?" # ISI: tabel menandai "Pemohon dan Front Office"' in toml_draft(table, kantor().posts)


def test_quotes_and_backslashes_survive_the_import() -> None:
    activity = 'Memeriksa "asli" \\ salinan'
    text = HEADERS + f"1\t{activity}\tX\t\ta\t1 Menit\tb\t\n"
    assert tomllib.loads(toml_draft(parse_table(text), kantor().posts))["langkah"][0]["kegiatan"] == activity
