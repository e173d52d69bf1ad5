"""The tables offices have, in the shapes they come in: every row is a step, belongs to one, or is told."""

from pathlib import Path

import pytest

from pipeline.errors import DefinitionError
from pipeline.kantor.office import kantor
from pipeline.sop.office_table.grid import clean_cell
from pipeline.sop.office_table.questions import questions
from pipeline.sop.office_table.read import read_office_table
from pipeline.sop.office_table.values import Fate, Table

KANTOR = (Path(__file__).parents[1] / "data" / "sop-tanda-daftar-lks-lksa.txt").read_bytes()
POSTS = kantor().posts
TITLE = "SOP X\n\n"
HEAD = (
    "No.\tKEGIATAN\tPELAKSANA\t\t\t\tMUTU BAKU\t\t\tKeterangan\n"
    "\t\tPemohon\tFront Office\tBack Office\tKepala Dinas\tKelengkapan\tWaktu\tOutput\t\n"
)
ONE = "1\tMengajukan\t<div></div>\t\t\t\tSyarat\t30 Menit\tBerkas\t\n"
TWO = "2\tMemeriksa\t\t<div></div>\t\t\tBerkas\t10 Menit\tBerkas\t\n"
THREE = "3\tMenyusun draf\t\t\t<div></div>\t\tBerkas\t1 Hari\tDraf SK\t\n"
FOUR = "4\tTanda tangan SK\t\t\t\t<div></div>\tDraf SK\t5 Menit\tSK\t\n"
FIVE = "5\tMenerima SK\t<div></div>\t\t\t\tSK\t3 Menit\tSK\t\n"
STEPS = ONE + TWO + THREE + FOUR + FIVE
TOTAL = "Jumlah waktu\t\t\t\t\t\t\t1 Hari 48 Menit\t\t\n"
WHOLE = TITLE + HEAD + STEPS
FLAT = (
    "Kegiatan\tNo\tPemohon\tFront Office\tKelengkapan\tWaktu\tOutput\tKeterangan\n"
    "Mengajukan\t1\tx\t\tSyarat\t30 Menit\tBerkas\t\nMemeriksa\t2\t\tx\tBerkas\t10 Menit\tBerkas\t\n"
)
COVER = "Nomor SOP\t067/SOP/2024\nDasar Hukum\tKualifikasi Pelaksana\n1. UU 25/2009\t1. S1\n2. PP 96/2012\t2. SMA\n"
CHECKS = (
    "SOP SKCK\n\nNO\tURAIAN KEGIATAN\tPELAKSANA\t\t\tMUTU BAKU\t\t\tCheck List\t\n"
    "\t\tPemohon\tSekretaris\tKepala Dinas\tKelengkapan\tWaktu\tOutput\tSesuai\tTidak Sesuai\n"
    "1\t2\t3\t4\t5\t6\t7\t8\t9\t10\n1.\tMenerima berkas\tx\t\t\tBerkas\t5 menit\tBerkas\t\t\n"
    "2.\tMenandatangani\t\tx\tx\tSKCK\t10 menit\tSKCK\t\t\n"
)
NUMBERS = "1\t2\t3\t4\t5\t6\t7\t8\t9\t10\n"
HEAD_OF_THREE = (
    "No\tKegiatan\tPelaksana\t\t\tMutu Baku\t\t\tKet.\n\t\tLuar\tDPMPTSP\t\tPersyaratan/\t\t\t\n"
    "\t\tPemohon\tFO\tKadis\tKelengkapan\tWaktu\tOutput\t\n"
)
OF_THREE = (
    "1\tMengajukan\tx\t\t\tS\t1 jam\tB\t\n2\tMemeriksa\t\tx\t\tB\t1 jam\tB\t\n3\tTanda tangan\t\t\tx\tB\t1 jam\tB\t\n"
)
NAMED = (
    "No\tAktivitas\tPelaksana\tWaktu\tHasil\n1\tMengajukan\tPemohon\t5 menit\tB\n2\tMenilai\tFO dan Kadis\t1 jam\tB\n"
)
MARKDOWN = "| No | Kegiatan | Pemohon | FO | Waktu |\n|---|---|---|---|---|\n| 1 | Mengajukan | x | | 5 menit |\n"
SPACED = "N O\tK E G I A T A N\tP E L A K S A N A\t\tWAKTU (menit)\n\t\tPemohon\tFO\t\n1\tA\tx\t\t10\n2\tB\t\tx\t5-10\n"
BELOW = (
    "6\tMengarsipkan\t\t<div></div>\t\t\tSK\t5 menit\tArsip\t\nBanjarbaru, 2 Januari 2026\nKepala Dinas\n1. Catatan\n"
)

#: What each file holds: the numbers of its steps, how many questions it leaves, how many rows are not understood.
SHAPES = {
    "of the office": (KANTOR, "1 2 3 4 5 6 7 8 9", 6, 0),
    "plain": (WHOLE + TOTAL, "1 2 3 4 5", 0, 0),
    "sub-number": (TITLE + HEAD + ONE + TWO + THREE.replace("3", "2a", 1) + FOUR, "1 2 2a 4", 1, 0),
    "sub-numbers under a heading": (
        TITLE + HEAD + ONE + "2\tPemeriksaan\n" + TWO.replace("2", "2.1", 1) + THREE.replace("3", "2.2", 1),
        "1 2.1 2.2", 0, 0,
    ),
    "comma": ((WHOLE + TOTAL).replace("\t", ","), "1 2 3 4 5", 0, 0),
    "semicolon": ((WHOLE + TOTAL).replace("\t", ";"), "1 2 3 4 5", 0, 0),
    "semicolon of Excel": ("sep=;\n" + WHOLE.replace("\t", ";"), "1 2 3 4 5", 0, 0),
    "bars": (MARKDOWN, "1", 2, 0),
    "decisions": (WHOLE.replace("<div></div>", "Ya / Tidak"), "1 2 3 4 5", 0, 0),
    "yes and no": (WHOLE.replace("\t\t<div></div>\t\t\tBerkas", "\tTidak\tYa\t\t\tBerkas"), "1 2 3 4 5", 1, 0),
    "two marks": (WHOLE.replace("\t\t<div></div>\t\t\tBerkas", "\t\tx\tx\t\tBerkas"), "1 2 3 4 5", 1, 0),
    "dashes for no mark": (WHOLE.replace("<div></div>\t\t\t\tSyarat", "x\t-\t–\t-\tSyarat"), "1 2 3 4 5", 0, 0),
    "arrows": (WHOLE.replace("<div></div>", "→"), "1 2 3 4 5", 0, 0),
    "lost marks": (WHOLE.replace("<div></div>", ""), "1 2 3 4 5", 5, 0),
    "check list": (CHECKS, "1. 2.".replace(".", ""), 1, 0),
    "cp1252": (WHOLE.replace("Memeriksa", "Memeriksa “berkas”–lengkap").encode("cp1252"), "1 2 3 4 5", 0, 0),
    "UTF-16": (WHOLE.encode("utf-16"), "1 2 3 4 5", 0, 0),
    "UTF-16 without a mark": (WHOLE.encode("utf-16-be"), "1 2 3 4 5", 0, 0),
    "UTF-8 with a mark": (WHOLE.encode("utf-8-sig"), "1 2 3 4 5", 0, 0),
    "CRLF": (WHOLE.replace("\n", "\r\n"), "1 2 3 4 5", 0, 0),
    "old Mac": (WHOLE.replace("\n", "\r"), "1 2 3 4 5", 0, 0),
    "a cell broken over lines": (WHOLE.replace("Memeriksa", "Memeriksa\nkelengkapan\nberkas"), "1 2 3 4 5", 0, 0),
    "a quoted cell": (WHOLE.replace("Memeriksa", '"Memeriksa\n""asli"""').replace("\t", ","), "1 2 3 4 5", 0, 0),
    "a lone quote": (WHOLE.replace("Memeriksa", '"Memeriksa'), "1 2 3 4 5", 0, 0),
    "no cells at the ends": ("\n".join(line.rstrip("\t") for line in WHOLE.split("\n")), "1 2 3 4 5", 0, 0),
    "number not first": (FLAT, "1 2", 0, 0),
    "number not first, a cell broken": (FLAT.replace("Memeriksa", "Memeriksa\nkelengkapan"), "1 2", 1, 1),
    "Nomor": (WHOLE.replace("No.", "Nomor"), "1 2 3 4 5", 0, 0),
    "URAIAN PROSEDUR, WAKTU PROSES": (
        WHOLE.replace("KEGIATAN", "URAIAN PROSEDUR").replace("Waktu", "WAKTU PROSES").replace("Keterangan", "Ket."),
        "1 2 3 4 5", 0, 0,
    ),
    "letters set apart, a unit in the title": (SPACED, "1 2", 2, 0),
    "three header rows": (HEAD_OF_THREE + OF_THREE, "1 2 3", 0, 0),
    "column numbers": (TITLE + HEAD + NUMBERS + STEPS, "1 2 3 4 5", 0, 0),
    "some column numbers": (TITLE + HEAD + "(1)\t(2)\t(3)\t\t\t\t(4)\t\t\t(5)\n" + STEPS, "1 2 3 4 5", 0, 0),
    "cover": (TITLE + COVER + HEAD + STEPS + TOTAL, "1 2 3 4 5", 0, 0),
    "no remarks": ("\n".join(line.rpartition("\t")[0] for line in WHOLE.split("\n")), "1 2 3 4 5", 0, 0),
    "who in words": (NAMED, "1 2", 2, 0),
    "no numbers": (FLAT.replace("\t1\t", "\t\t").replace("\t2\t", "\t\t"), " ", 1, 0),
    "1) and 2.": (WHOLE.replace("1\t", "1)\t", 1).replace("2\t", "2.\t", 1), "1 2 3 4 5", 0, 0),
    "a number twice": (
        TITLE + HEAD + ONE + TWO + THREE.replace("3", "2", 1) + FOUR.replace("4", "3", 1), "1 2 2 3", 1, 0,
    ),
    "a number lost": (TITLE + HEAD + ONE + THREE + FOUR, "1 3 4", 1, 0),
    "numbers lost": (TITLE + HEAD + ONE + FOUR + FIVE, "1 4 5", 1, 0),
    "a row without a number": (TITLE + HEAD + ONE + TWO.replace("2", "", 1) + THREE.replace("3", "2", 1), "1  2", 1, 0),
    "from 0": (TITLE + HEAD + ONE.replace("1", "0", 1) + TWO.replace("2", "1", 1), "0 1", 0, 0),
    "out of order": (TITLE + HEAD + ONE + TWO + THREE + ONE.replace("Meng", "Peng"), "1 2 3 1", 1, 0),
    "a cell with hundreds of commas": (WHOLE.replace("Syarat", "a," * 300), "1 2 3 4 5", 0, 0),
    "parts": (TITLE + HEAD + "A.\tPENDAFTARAN\t\t\t\t\t\t\t\t\n" + STEPS, "1 2 3 4 5", 0, 0),
    "a note between": (TITLE + HEAD + ONE + "Perhatikan tanggalnya\t\t\t\t\t\t\t\t\t\n" + TWO, "1 2", 1, 1),
    "header on each page": (TITLE + HEAD + ONE + TWO + HEAD + NUMBERS + THREE + FOUR, "1 2 3 4", 0, 0),
    "two procedures": (WHOLE + "SOP Y\n" + HEAD + STEPS, "1 2 3 4 5", 2, 1),
    "Jumlah": (WHOLE + TOTAL.replace(" waktu", ""), "1 2 3 4 5", 0, 0),
    "the total's time in its words": (WHOLE + "Total waktu: 1 Hari 48 Menit\n", "1 2 3 4 5", 0, 0),
    "a total of money": (WHOLE + TOTAL + "Total biaya\tRp0\n", "1 2 3 4 5", 0, 0),
    "rows below the total": (WHOLE + TOTAL + BELOW, "1 2 3 4 5 6", 1, 0),
    "a signature, no total": (WHOLE + "Banjarbaru, 2 Januari 2026\nKepala Dinas\n\nDra. Siti\n", "1 2 3 4 5", 0, 0),
    "no title over a filled column": (WHOLE.replace("SK\t\n", "SK\t\tlain\n"), "1 2 3 4 5", 3, 0),
    "no times": ("No\tKegiatan\tPemohon\tFO\n1\tMengajukan\tx\t\n2\tMemeriksa\t\tx\n", "1 2", 3, 0),
    "a time lost, one unread, one of no length": (
        WHOLE.replace("10 Menit", "").replace("1 Hari", "segera").replace("3 Menit", "1 bulan"), "1 2 3 4 5", 3, 0,
    ),
    "posts nobody knows": (WHOLE.replace("Front Office", "Camat").replace("Back Office", "Kabid"), "1 2 3 4 5", 2, 0),
}  # fmt: skip


def _table(content: str | bytes) -> Table:
    return read_office_table(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_read_with_its_steps_and_what_it_leaves_open(name: str) -> None:
    content, numbers, asked, unknown = SHAPES[name]
    table = _table(content)
    assert [step.number for step in table.steps] == numbers.split(" ")
    assert (len(questions(table, POSTS)), len(table.unknown)) == (asked, unknown), questions(table, POSTS)


def _words(table: Table) -> list[tuple[object, ...]]:
    return [(s.number, s.activity, s.marks, s.inputs, s.time, s.output, s.remarks) for s in table.steps]


@pytest.mark.parametrize(
    "name",
    ["comma", "semicolon", "UTF-16", "UTF-8 with a mark", "CRLF", "old Mac", "no cells at the ends", "1) and 2.",
     "Nomor", "URAIAN PROSEDUR, WAKTU PROSES", "column numbers", "some column numbers", "cover", "no remarks",
     "parts", "Jumlah", "a signature, no total"],
)  # fmt: skip
def test_the_same_table_saved_in_another_way_says_the_same(name: str) -> None:
    assert _words(_table(SHAPES[name][0])) == _words(_table(WHOLE))


def test_the_export_of_the_office_is_read() -> None:
    table = _table(KANTOR)
    assert table.title == "SOP TANDA DAFTAR LKS/LKSA"
    assert table.printed_time == "4 Hari 1 Jam 13 Menit (5 Hari)"
    assert table.steps[0].activity.endswith("intanbjb.banjarbarukota.go.id")
    marks = [[mark.title for mark in step.marks] for step in table.steps]
    assert marks == [[]] * 5 + [["Kabid Perizinan"], ["Sekretaris"], ["Kepala Dinas"], ["Pemohon"]]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("\tkelengkapan\t\t\t\t\t\t\t\t\n", ("Memeriksa kelengkapan", "Berkas", "10 Menit", "")),
        ("\tkelengkapan\n", ("Memeriksa kelengkapan", "Berkas", "10 Menit", "")),
        ("\tlagi\t\t\t\t\tdan KTP\t\t\tbila ada\n", ("Memeriksa lagi", "Berkas dan KTP", "10 Menit", "bila ada")),
        ("\t\t\t\t\t\t\t1 detik\t\t\n", ("Memeriksa", "Berkas", "10 Menit 1 detik", "")),
        ("2\t\t\t\t\t\tdan KTP\t\t\t\n", ("Memeriksa", "Berkas dan KTP", "10 Menit", "")),
    ],
)  # fmt: skip
def test_a_row_that_carries_a_step_on_is_part_of_it_and_told(row: str, words: tuple[str, ...]) -> None:
    table = _table(TITLE + HEAD + ONE + TWO + row + THREE)
    step = table.steps[1]
    assert (step.activity, step.inputs, step.time, step.remarks) == words
    assert [(r.place, r.step) for r in table.rows if r.fate is Fate.CONTINUATION] == [("baris 7", "2")]
    assert any("baris 7" in told for told in (*step.notes, *step.asks))


def test_a_mark_below_its_step_is_a_second_mark_and_asked_about() -> None:
    table = _table(TITLE + HEAD + ONE + TWO + "\t\t\t\t\tx\t\t\t\t\n" + THREE)
    assert [mark.title for mark in table.steps[1].marks] == ["Front Office", "Kepala Dinas"]
    assert "berdampingan" in questions(table, POSTS)[0]


@pytest.mark.parametrize("written", ["tidak", "Tidak", "0", "tdk.", "n/a"])
def test_a_mark_that_may_deny_is_asked_about(written: str) -> None:
    said = questions(_table(TITLE + HEAD + ONE + TWO.replace("<div></div>", written) + THREE), POSTS)
    assert any(f'tertulis "{written}". Dikerjakan oleh jabatan itu, atau justru bukan?' in one for one in said)
    assert not any("justru bukan" in one for one in questions(_table(TITLE + HEAD + ONE + TWO + THREE), POSTS))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("two marks", "Langkah 2 (baris 6) menandai Front Office dan Back Office. Dikerjakan berdampingan"),
        ("yes and no", 'menandai Pemohon ("Tidak") dan Front Office ("Ya")'),
        ("a number twice", "Langkah 2 (baris 7): nomor 2 juga dipakai pada baris 6"),
        ("a number lost", "nomor 2 tidak ada sebelum nomor 3"),
        ("numbers lost", "nomor 2 sampai 3 tidak ada sebelum nomor 4"),
        ("a row without a number", "Langkah tanpa nomor (baris 6): baris ini tidak bernomor"),
        ("a note between", 'baris 6 tidak dipahami dan tidak dipakai: "Perhatikan tanggalnya"'),
        ("two procedures", "Tabel lain mulai baris 11 tidak dibaca"),
        ("rows below the total", "di bawah jumlah waktu"),
        ("no title over a filled column", 'kolom ke-11 tidak berjudul dan berisi "lain"'),
        ("no times", "Tabel tidak memuat kolom waktu"),
        ("lost marks", "Langkah 1 (baris 5) tidak menandai pelaksana"),
        ("posts nobody knows", 'Kolom "Kabid": jabatan mana di kantor ini? Barangkali Kabid Perizinan.'),
        ("a time lost, one unread, one of no length", "tidak menyebut waktu"),
        ("a time lost, one unread, one of no length", 'waktu "segera" tidak terbaca'),
        ("a time lost, one unread, one of no length", "Panjang satu bulan tidak tentu"),
        ("of the office", 'menyebut "ditolak". Permohonannya ditolak, atau dikembalikan'),
        ("no numbers", "Langkah tidak bernomor"),
    ],
)
def test_a_question_says_where_and_what(name: str, words: str) -> None:
    assert any(words in question for question in questions(_table(SHAPES[name][0]), POSTS))


def test_what_stands_around_the_table_is_told_row_by_row() -> None:
    table = _table(TITLE + COVER + HEAD + STEPS + TOTAL + BELOW)
    fates = [(row.place, row.fate) for row in table.rows]
    assert fates[:5] == [(f"baris {n}", Fate.COVER) for n in (1, 3, 4, 5, 6)]
    assert fates[5:7] == [("baris 7", Fate.HEADER), ("baris 8", Fate.HEADER)]
    assert [fate for _, fate in fates[7:]] == [Fate.STEP] * 5 + [Fate.TOTAL, Fate.STEP] + [Fate.BELOW] * 3
    assert (table.title, table.printed_time) == ("SOP X", "1 Hari 48 Menit")


@pytest.mark.parametrize(
    ("cover", "title"),
    [
        ("", ""),
        ("PEMERINTAH KOTA\nSOP IZIN A\n", "SOP IZIN A"),
        ("Nomor\t1\nNama SOP\tIzin B\n", "Izin B"),
        ("Judul SOP : Izin C\n", "Izin C"),
        ("STANDAR OPERASIONAL PROSEDUR (SOP)\nIZIN D\n", "STANDAR OPERASIONAL PROSEDUR (SOP) IZIN D"),
        ("Izin E\nTahun 2026\n", "Izin E"),
    ],
)
def test_the_title_is_found_among_what_stands_before(cover: str, title: str) -> None:
    assert _table(cover + HEAD + STEPS).title == title


def test_the_total_may_stand_in_any_column() -> None:
    for gap in range(1, 9):
        assert _table(WHOLE + "JUMLAH WAKTU" + "\t" * gap + "3 Menit\n").printed_time == "3 Menit"
    assert _table(WHOLE + "Jumlah waktu\n").printed_time == ""


def test_a_line_between_rows_is_told_as_one() -> None:
    table = _table(MARKDOWN)
    assert [(row.place, row.fate) for row in table.rows] == [
        ("baris 1", Fate.HEADER),
        ("baris 2", Fate.RULE),
        ("baris 3", Fate.STEP),
    ]


def test_cells_may_carry_html() -> None:
    text = WHOLE.replace("Mengajukan", "<b>Mengajukan</b> &lt;div&gt;izin&lt;/div&gt;").replace(
        "Syarat", "KTP &amp; KK"
    )
    (first, *_) = _table(text).steps
    assert (first.activity, first.inputs) == ("Mengajukan izin", "KTP & KK")
    assert clean_cell("<div><div>2</div><div></div></div>") == "2"
    assert clean_cell("luas < 5 m dan > 3 m") == "luas < 5 m dan > 3 m"


def test_every_other_column_that_says_something_is_told() -> None:
    head = "No\tKegiatan\tPelaksana\t\tBiaya\tWaktu\n\t\tPemohon\tFO\t\t\n"
    (step,) = _table(head + "1\tMengajukan\tx\t\tRp0\t5 menit\n").steps
    assert step.notes == ('kolom Biaya berisi "Rp0"; tidak dibaca.',)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "Tabel SOP tidak ditemukan"),
        ("bukan tabel\n", "Tabel SOP tidak ditemukan"),
        ("No.\tKegiatan\n\n", "Tabel SOP tidak ditemukan"),
        (HEAD, "satu langkah pun"),
        (b"\xff\xfe\x00rusa", "tidak terbaca sebagai teks"),
        (b"%PDF-1.7", "berkas PDF"),
        (b"{\\rtf1", "berkas RTF"),
        (HEAD + ONE * 6000, "6002 baris"),
        (HEAD + "\n" * 200_000, "lebih dari 100000 baris"),
        (HEAD + "x" * 21 * 2**20, "lebih dari 20 MB"),
        (HEAD + "1" + "\tx" * 300, "301 kolom"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(text: str | bytes, word: str) -> None:
    with pytest.raises(DefinitionError, match=word):
        _table(text)


def test_a_number_that_stands_twice_is_proposed_side_by_side() -> None:
    assert [step.beside for step in _table(SHAPES["a number twice"][0]).steps] == [False, False, True, False]
