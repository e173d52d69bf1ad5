"""The files tables are kept in: Word, Excel, OpenDocument; told by what is in them, whatever they are called."""

import io
import zipfile

import pytest
from xlsxwriter import Workbook

from pipeline.errors import DefinitionError
from pipeline.sop.office_table.read import read_office_table
from pipeline.sop.office_table.values import Fate, Table
from tests.unit.office_files import (
    ARROW,
    AUTO,
    BOX,
    OLD_BOX,
    OTHER_ARROW,
    TICK,
    Lines,
    excel_file,
    old_excel_file,
    open_file,
    packed,
    word_file,
)

HEAD = [
    ["No.", "KEGIATAN", "PELAKSANA", "", "", "MUTU BAKU", "", "", "Keterangan"],
    ["", "", "Pemohon", "Front Office", "Kepala Dinas", "Kelengkapan", "Waktu", "Output", ""],
]
STEPS = [
    ["1", "Mengajukan", "x", "", "", "Syarat", "30 Menit", "Berkas", ""],
    ["2", "Memeriksa", "", "x", "", "Berkas", "1 Hari", "Berkas", "dikembalikan"],
    ["3", "Tanda tangan", "", "", "x", "Draf", "5 Menit", "SK", ""],
]
TOTAL = [["Jumlah waktu", "", "", "", "", "", "1 Hari 35 Menit", "", ""]]
MERGED = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 4), (0, 5, 0, 7), (0, 8, 1, 8)]
WHOLE = HEAD + STEPS + TOTAL
BOXES = [(2, 2), (3, 3), (4, 4)]


def _marked(*marks: tuple[str, str, str]) -> Lines:
    return [[*step[:2], *mark, *step[5:]] for step, mark in zip(STEPS, marks, strict=True)]


def _said(table: Table) -> list[tuple[str, str, list[str], str, str, str, str]]:
    return [
        (s.number, s.activity, [mark.title for mark in s.marks], s.inputs, s.time, s.output, s.remarks)
        for s in table.steps
    ]


DRAWN = _marked((BOX, "", ""), ("", OLD_BOX, ""), ("", "", TICK))
CROSSED = _marked((BOX, ARROW, ""), ("", OLD_BOX, OTHER_ARROW), ("", ARROW, BOX))
EXPECTED = [
    ("1", "Mengajukan", ["Pemohon"], "Syarat", "30 Menit", "Berkas", ""),
    ("2", "Memeriksa", ["Front Office"], "Berkas", "1 Hari", "Berkas", "dikembalikan"),
    ("3", "Tanda tangan", ["Kepala Dinas"], "Draf", "5 Menit", "SK", ""),
]


@pytest.mark.parametrize(
    "content",
    [
        word_file(WHOLE, merges=MERGED),
        word_file([["Nomor SOP", "1"]], WHOLE, before=["SOP X"], merges=MERGED, after="Catatan"),
        word_file(HEAD + STEPS[:1], STEPS[1:] + TOTAL),
        word_file(HEAD + STEPS[:2], HEAD + STEPS[2:] + TOTAL),
        word_file(HEAD + [[AUTO, *step[1:]] for step in STEPS] + TOTAL, merges=MERGED),
        word_file([*HEAD, *DRAWN, *TOTAL], merges=MERGED),
        word_file([*HEAD, *CROSSED, *TOTAL], merges=MERGED),
        excel_file({"SOP": WHOLE}),
        excel_file({"Sampul": [["SOP X"]], "Tabel": WHOLE, "Lampiran": [["Catatan"]]}),
        excel_file({"SOP": WHOLE}, merges=MERGED),
        excel_file({"SOP": HEAD + STEPS[:2], "Lanjutan": HEAD + STEPS[2:] + TOTAL}),
        excel_file({"SOP": HEAD + [[float(step[0]), *step[1:]] for step in STEPS] + TOTAL}),
        excel_file({"SOP": HEAD + _marked(("", "", ""), ("", "", ""), ("", "", "")) + TOTAL}, boxes=BOXES),
        old_excel_file(WHOLE),
        old_excel_file(WHOLE, merges=MERGED),
        open_file(WHOLE),
    ],
    ids=[
        "Word", "Word among other things", "Word over two tables", "Word with a header on each page",
        "Word that counts", "Word with shapes", "Word with arrows between shapes", "Excel", "Excel with other sheets",
        "Excel merged", "Excel over two sheets", "Excel with numbers", "Excel with drawn boxes", "Excel 97",
        "Excel 97 merged", "OpenDocument",
    ],
)  # fmt: skip
def test_every_kind_of_file_says_the_same(content: bytes) -> None:
    table = read_office_table(content)
    assert _said(table) == EXPECTED
    assert (table.printed_time, table.unknown) == ("1 Hari 35 Menit", ())


def test_every_row_of_every_part_of_a_document_is_told() -> None:
    definitions = [["1", "SOP", "Standar"], ["2", "Berkas", "Dokumen"]]
    table = read_office_table(word_file([["Nama SOP", "Izin X"]], WHOLE, definitions, before=["Lampiran"], after="Ttd"))
    assert table.title == "Izin X"
    assert [(row.place, row.fate) for row in table.rows] == [
        ("paragraf 1", Fate.COVER),
        ("tabel 1 baris 1", Fate.COVER),
        ("tabel 2 baris 1", Fate.HEADER),
        ("tabel 2 baris 2", Fate.HEADER),
        *((f"tabel 2 baris {n}", Fate.STEP) for n in (3, 4, 5)),
        ("tabel 2 baris 6", Fate.TOTAL),
        ("tabel 3 baris 1", Fate.BELOW),
        ("tabel 3 baris 2", Fate.BELOW),
        ("paragraf 5", Fate.BELOW),
    ]


def test_a_mark_or_words_over_two_rows_belong_to_both_and_a_time_over_two_is_asked_about() -> None:
    lines = HEAD + STEPS
    for content in (
        word_file(lines, merges=[(2, 2, 3, 2), (2, 5, 3, 5), (2, 6, 3, 6)]),
        excel_file({"SOP": lines}, merges=[(2, 2, 3, 2), (2, 5, 3, 5), (2, 6, 3, 6)]),
    ):
        first, second, _ = read_office_table(content).steps
        assert [mark.title for mark in first.marks] == ["Pemohon"]
        assert [mark.title for mark in second.marks] == ["Pemohon", "Front Office"]
        assert first.inputs.startswith("Syarat")
        assert second.inputs == first.inputs
        assert any("digabung" in ask for ask in second.asks)


def test_two_actors_in_rows_of_one_number_are_asked_about() -> None:
    lines = HEAD + STEPS[:1] + [["", "Mencatat", "", "x", "", "Berkas", "5 Menit", "Buku", ""]] + STEPS[1:]
    table = read_office_table(word_file(lines, merges=[(2, 0, 3, 0)]))
    assert len(table.steps) == 4
    assert any("tidak bernomor" in ask for ask in table.steps[1].asks)


def test_an_arrow_alone_is_a_mark() -> None:
    content = word_file(HEAD + _marked((ARROW, "", ""), ("", ARROW, ""), ("", "", ARROW)))
    assert _said(read_office_table(content)) == EXPECTED


@pytest.mark.parametrize(("value", "words"), [(10, "10"), (0.0208333333, "0.0208333333"), (1.5, "1.5")])
def test_a_time_that_is_only_a_number_is_asked_for(value: float, words: str) -> None:
    step = [*STEPS[0][:6], value, *STEPS[0][7:]]
    (read,) = read_office_table(excel_file({"SOP": [*HEAD, step]})).steps
    assert (read.limit, read.time) == (None, words)


def test_a_ticked_box_of_excel_is_a_mark_and_an_empty_one_is_none() -> None:
    step = [1, "Mengajukan", True, False, False, "Syarat", "1 Jam", "Berkas", ""]
    (read,) = read_office_table(excel_file({"SOP": [*HEAD, step]})).steps
    assert [mark.title for mark in read.marks] == ["Pemohon"]


def _far() -> bytes:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "No")
        sheet.write(1048575, 16383, "x")
    return out.getvalue()


def _locked() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")


def _old_word() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (_far(), "1048576 baris x 16384 kolom"),
        (open_file(WHOLE, repeat_last=1_000_000), "1000005 baris"),
        (excel_file({"SOP": HEAD + STEPS * 2000}), "6002 baris"),
        (packed({"word/document.xml": b"0" * 101 * 2**20}), "lebih dari 100 MB setelah dibuka"),
        (packed({"word/document.xml": "<rusak"}), "Dokumen Word ini tidak terbaca"),
        (packed({"xl/workbook.xml": "<rusak"}), "rusak"),
        (packed({"xl/workbook.xml": "<a/>"}), "Buku kerja ini tidak terbaca"),
        (packed({"foto.jpg": "x"}), "bukan dokumen Word, Excel atau OpenDocument"),
        (packed({"mimetype": "application/vnd.oasis.opendocument.text"}), "bukan dokumen Word, Excel"),
        (word_file(WHOLE)[:3000], "rusak"),
        (old_excel_file(WHOLE)[:600], "Buku kerja ini tidak terbaca"),
        (_locked(), "kata sandi"),
        (_old_word(), "Word lama"),
        (word_file([["a", "b"]]), "Tabel SOP tidak ditemukan"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(content: bytes, word: str) -> None:
    with pytest.raises(DefinitionError, match=word):
        read_office_table(content)


def test_an_entity_that_grows_is_not_followed() -> None:
    """A "billion laughs" in the part a document is read from."""
    docx = word_file(WHOLE)
    bomb = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    body = parts["word/document.xml"].decode()
    at = body.index("?>") + 2
    parts["word/document.xml"] = (body[:at] + bomb + body[at:].replace("Mengajukan", "&b;")).encode()
    assert "ha" not in read_office_table(packed(parts)).steps[0].activity
