"""An office's register of paper decrees, read as offices keep it: any header words, any kind of file."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.numbering import format_nomor
from pipeline.errors import DefinitionError
from pipeline.rules.form.holder import marks_of
from pipeline.rules.paper.columns import Column, column_of, labels_of
from pipeline.rules.paper.numbers import number_of_series
from pipeline.rules.paper.rows import Checked, check_register
from pipeline.sop.office_table.files import grids_of
from pipeline.sop.office_table.words import plain_words
from pipeline.sop.registry import SOPS
from pipeline.sop.values import Sop
from pipeline.text import ROMAN
from tests.unit.office_files import excel_file, old_excel_file, open_file

TODAY = date(2026, 11, 25)
SOP = SOPS["td_lks"]
HEADER = ["No", "Nomor SK", "Nama Lembaga", "Jenis Izin", "Tgl. Terbit", "Berlaku s.d.", "Kecamatan", "NPWP Lembaga"]
GOOD = ["1", "503/0007/TD-LKS/DPMPTSP/2025", "Yayasan Kasih Bunda", "td_lks", "5 Januari 2025", "05-01-2030",
        "Cempaka", "01.234.567.8-732.000"]  # fmt: skip


def checked(*lines: list[str], header: list[str] = HEADER) -> Checked:
    text = "\n".join("\t".join(line) for line in [header, *lines])
    return check_register(grids_of(text.encode()), SOPS, today=TODAY)


def other(**cells: str) -> list[str]:
    """A good row but for these cells, by the words over them."""
    names = (plain_words(title).replace(" ", "_") for title in HEADER)
    return [cells.get(name, cell) for name, cell in zip(names, GOOD, strict=True)]


@pytest.mark.parametrize(
    "content",
    [
        excel_file({"Register": [HEADER, GOOD]}),
        old_excel_file([HEADER, GOOD]),
        open_file([HEADER, GOOD]),
        "\n".join(";".join(line) for line in (HEADER, GOOD)).encode("cp1252"),
        "\n".join(",".join(line) for line in (["DPMPTSP"], HEADER, GOOD)).encode("utf-16"),
    ],
    ids=["xlsx", "xls", "ods", "csv", "csv-utf16"],
)
def test_every_kind_of_file_says_the_same(content: bytes) -> None:
    (decree,) = check_register(grids_of(content), SOPS, today=TODAY).fits
    assert (decree.nomor, decree.pemegang, decree.sop) == (GOOD[1], GOOD[2], "td_lks")
    assert (decree.day, decree.until, decree.district) == (date(2025, 1, 5), date(2030, 1, 5), "Cempaka")
    assert decree.series == ("sk", 2025, 7)


def test_a_holder_has_the_marks_that_an_application_of_theirs_would_have() -> None:
    (decree,) = checked(GOOD).fits
    typed = {"nama_lembaga": "YAYASAN KASIH BUNDA", "npwp": "012345678732000"}
    assert set(marks_of(SOP, typed)) == set(decree.marks)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"nomor_sk": ""}, "Nomor kosong."),
        ({"nomor_sk": "tanpa"}, "Nomor tidak memuat angka."),
        ({"nomor_sk": "503/0001/TOLAK-LKS/DPMPTSP/2025"}, "Ini nomor surat penolakan, bukan izin."),
        ({"nama_lembaga": " - "}, "Pemegang kosong."),
        ({"jenis_izin": "izin terbang"}, "Izin 'izin terbang' tidak dikenal."),
        ({"tgl_terbit": "31 Februari 2025"}, "Tanggal terbit '31 Februari 2025'"),
        ({"tgl_terbit": ""}, "Tanggal terbit kosong."),
        ({"tgl_terbit": "26-11-2026"}, "Tanggal terbit belum tiba."),
        ({"berlaku_s_d": "kapan-kapan"}, "Berlaku sampai 'kapan-kapan'"),
        ({"berlaku_s_d": ""}, "Berlaku sampai kosong."),
        ({"berlaku_s_d": "4 Januari 2025"}, "Berlaku sampai lebih awal daripada tanggal terbit."),
        ({"npwp_lembaga": "123"}, "NPWP lembaga:"),
        ({"nomor_sk": "503/1000000/TD-LKS/DPMPTSP/2025"}, "Nomor urut 1000000 terlalu besar"),
        ({"nomor_sk": "503/" + "7 8 9 " * 2000 + "/2025"}, "Nomor "),
    ],
)
def test_a_row_that_does_not_fit_says_why_and_where(cells: dict[str, str], reason: str) -> None:
    found = checked(GOOD, other(**({"nomor_sk": "503/0008/TD-LKS/DPMPTSP/2025"} | cells)))
    assert [decree.place for decree in found.fits] == ["baris 2"]
    (misfit,) = found.misfits
    assert misfit.place == "baris 3"
    assert any(told.startswith(reason) for told in misfit.reasons), misfit.reasons


def test_a_number_stands_once_however_it_is_written() -> None:
    found = checked(GOOD, other(nomor_sk="No. 503 / 7 / td lks / dpmptsp / 2025"))
    assert [m.reasons for m in found.misfits] == [("Nomor ini sudah ada pada baris 2.",)]


def test_a_permit_is_known_by_its_name_and_an_end_may_be_none() -> None:
    found = checked(other(jenis_izin=SOP.name.upper(), berlaku_s_d="Selamanya"))
    assert [(decree.sop, decree.until) for decree in found.fits] == [("td_lks", None)]


def test_a_number_of_another_pattern_is_taken_and_belongs_to_no_series() -> None:
    (decree,) = checked(other(nomor_sk="460/12-Sos/2019")).fits
    assert decree.series is None
    assert checked(GOOD, other(nomor_sk="503/0041/TD-LKS/DPMPTSP/2025")).last_numbers == {("td_lks", "sk", 2025): 41}


def test_a_table_without_the_columns_is_refused() -> None:
    with pytest.raises(DefinitionError, match="nomor, pemegang dan tanggal terbit"):
        checked(["1", "2"], header=["No", "Kegiatan"])


@pytest.mark.parametrize(
    "header",
    [
        ["No", "Nomor SK", "Nama LKS", "Jenis Izin", "Tgl", "Masa Berlaku s.d.", "Kecamatan", "NPWP Lembaga"],
        ["No.", "No. SK", "Nama Panti/Yayasan", "Izin", "Tanggal Terbit", "Masa Berlaku s/d", "Kecamatan", "NPWP"],
        ["No", "Nomor", "NAMA ORGANISASI", "Izin", "TGL. SK", "Berlaku S.D", "Kecamatan", "Nama Ketua"],
        [
            "No",
            "Nomor tanda daftar lama",
            "Nama lembaga",
            "Izin",
            "Tgl",
            "Tanda daftar lama berlaku sampai",
            "Kec",
            "X",
        ],
    ],
    ids=" | ".join,
)
def test_a_header_is_known_in_the_words_of_offices_and_of_the_form(header: list[str]) -> None:
    (decree,) = checked(GOOD, header=header).fits
    assert (decree.nomor, decree.pemegang) == (GOOD[1], GOOD[2])
    assert (decree.day, decree.until) == (date(2025, 1, 5), date(2030, 1, 5))


@pytest.mark.parametrize("sop", SOPS.values(), ids=lambda sop: sop.code)
def test_the_label_of_each_permits_holder_is_a_title(sop: Sop) -> None:
    label = next(isian.label for isian in sop.isian if isian.code == sop.pemegang)
    assert labels_of([sop])[plain_words(label)] is Column.HOLDER


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (
            ["No", "Nomor SK", "Penerima", "Izin", "Tanggal", "s.d.", "Kecamatan", "Alamat"],
            ["nomor ('Nomor SK')", "tanggal terbit ('Tanggal')", "belum ada pemegang", "'Penerima'", "'Alamat'"],
        ),
        (["No", "Surat", "Nama", "Izin", "Kapan", "x", "y", "z"], ["belum ada tanggal terbit dan nomor", "'Kapan'"]),
        (["No", "Nomor", "Nama A", "Nama B", "Tanggal", "x", "y", "z"], ["belum ada pemegang", "'Nama A', 'Nama B'"]),
    ],
    ids=["no holder", "no number and day", "two names"],
)
def test_a_header_that_is_not_understood_says_what_was_and_what_was_not(header: list[str], told: list[str]) -> None:
    with pytest.raises(DefinitionError) as error:
        checked(GOOD, header=header)
    assert [part for part in told if part not in str(error.value)] == []


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("Nomor", Column.NOMOR), ("No. SK", Column.NOMOR), ("NOMOR SURAT KEPUTUSAN", Column.NOMOR),
        ("Pemegang", Column.HOLDER), ("Nama Pemegang Izin", Column.HOLDER), ("Nama", Column.HOLDER),
        ("Izin", Column.PERMIT), ("Nama Izin", Column.PERMIT), ("Kode Izin", Column.PERMIT),
        ("Tanggal", Column.ISSUED), ("Tgl SK", Column.ISSUED), ("Tanggal Terbit", Column.ISSUED),
        ("Masa Berlaku", Column.UNTIL), ("Berlaku Sampai", Column.UNTIL), ("Tanggal Berakhir", Column.UNTIL),
        ("No", None), ("No. Urut", None), ("Nomor Urut", None), ("Keterangan", None), ("Alamat", None),
    ],
)  # fmt: skip
def test_header_words_are_read_as_offices_write_them(title: str, column: Column | None) -> None:
    assert column_of(plain_words(title)) is column


@given(st.integers(1, 99_999), st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_every_number_of_a_series_is_known_again(sequence: int, day: date) -> None:
    nomor = format_nomor(SOP.paper("sk").nomor_pattern, sequence, day)
    assert number_of_series(SOP, nomor) == ("sk", day.year, sequence)


@given(st.sampled_from(ROMAN))
def test_a_month_in_the_number_is_no_part_of_the_series(month: str) -> None:
    sk = replace(SOP.paper("sk"), nomor_pattern="{urut}/IZIN/{bulan_romawi}/{tahun}")
    sop = replace(SOP, naskah=(sk,))
    assert number_of_series(sop, f"12/Izin/{month}/2024") == ("sk", 2024, 12)
