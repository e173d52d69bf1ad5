"""What people type: kept in one way of writing, or refused with a sentence that says what to do."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.form.answers import unprintable
from pipeline.rules.form.isian import InvalidIsian, check_content, parse_date, parse_isian, parse_phone, years_before
from pipeline.sop.registry import SOPS
from pipeline.sop.values import CaseData, Isian
from pipeline.sop.words import IsianKind
from pipeline.text import clean_line, clean_paragraph

SOP = SOPS["td_lks"]
TODAY = date(2026, 11, 25)
COMPLETE: CaseData = {
    "jenis": "BARU",
    "lembaga_jenis": "LKSA",
    "bentuk": "BH",
    "posisi": "PUSAT",
    "lingkup": "KOTA",
    "nama_lembaga": "Yayasan Harapan Banua",
    "nama_sk": "Yayasan Harapan Banua",
    "alamat": "Jl. Trikora No. 1 RT 2",
    "kelurahan": "Guntung Manggis",
    "kecamatan": "Landasan Ulin",
    "telepon_lembaga": "625114772233",
    "ketua_nama": "Ahmad",
    "ketua_nik": "6372051203800001",
    "ketua_hp": "6281234567890",
    "sekretaris_nama": "Siti",
    "sekretaris_nik": "6372054506850002",
    "sekretaris_hp": "6281234567891",
    "bendahara_nama": "Umi",
    "bendahara_nik": "6372056802900003",
    "bendahara_hp": "6281234567892",
    "akta_nomor": "12",
    "akta_tanggal": "2018-03-05",
    "akta_notaris": "Notaris A",
    "ahu_nomor": "AHU-0012948.AH.01.04.Tahun 2018",
    "npwp": "012345678901000",
    "rekening": "Bank Kalsel 001",
    "tanggal_domisili": "2026-10-01",
    "akreditasi": "BELUM",
    "layanan": ("ANAK",),
    "uraian_kegiatan": "Mengasuh anak.",
    "penerima_dalam": "20",
    "penerima_luar": "0",
    "kapasitas": "30",
    "pemohon_sebagai": "PENGURUS",
    "pemohon_nik": "6372051203800001",
}


def problems(content: CaseData, *, today: date) -> dict[str, str]:
    """What is wrong with the form, in words."""
    return {code: str(sentence) for code, sentence in check_content(SOP, content, today=today).items()}


FIELDS = {f.code: f for f in SOP.isian}


def _isian(kind: IsianKind | str, **other: object) -> Isian:
    """A field of this kind, or that of the SOP."""
    if kind in FIELDS:
        return FIELDS[kind]
    if kind == IsianKind.ANGKA_TETAP:
        other = {"lengths": (15, 16), **other}
    choices = {"A": "Satu", "B": "Dua", "C": "Tiga"} if kind in (IsianKind.PILIHAN, IsianKind.BANYAK) else {}
    return Isian(code="x", label="X", bagian="b", kind=kind, choices=choices, **other)  # type: ignore[arg-type]  # test helper


RIGHT = [
    (IsianKind.TEKS, "  Yayasan \t Harapan  ", "Yayasan Harapan"),
    (IsianKind.TEKS, "cafe\u0301", "caf\u00e9"),
    (IsianKind.TEKS, "a\x00b\u202ec\u200bd\ufeff", "abcd"),
    (IsianKind.TEKS, "dua\nbaris", "dua baris"),
    (IsianKind.PARAGRAF, " satu \r\n\r\n\r\n\r\ndua\x07 \n", "satu\n\ndua"),
    (IsianKind.PILIHAN, "B", "B"),
    (IsianKind.TANGGAL, "2026-11-25", "2026-11-25"),
    (IsianKind.TANGGAL, "25-11-2026", "2026-11-25"),
    (IsianKind.TANGGAL, "5/1/2026", "2026-01-05"),
    (IsianKind.TANGGAL, "5 Januari 2026", "2026-01-05"),
    (IsianKind.TANGGAL, "6 Nopember 2018", "2018-11-06"),
    (IsianKind.TANGGAL, "6/11/2018", "2018-11-06"),
    (IsianKind.TANGGAL, "06-11-2018", "2018-11-06"),
    (IsianKind.TANGGAL, "06.11.2018", "2018-11-06"),
    (IsianKind.TANGGAL, "6 Nop. 2018", "2018-11-06"),
    (IsianKind.TANGGAL, "6-XI-2018", "2018-11-06"),
    (IsianKind.TANGGAL, "06Nov2018", "2018-11-06"),
    (IsianKind.TANGGAL, "Selasa, 6 November 2018.", "2018-11-06"),
    (IsianKind.TANGGAL, "tanggal 6 bulan Nopember tahun 2018", "2018-11-06"),
    (IsianKind.TANGGAL, "November 6, 2018", "2018-11-06"),
    (IsianKind.TANGGAL, "2018/11/06", "2018-11-06"),
    (IsianKind.TANGGAL, "3 Pebruari 2019", "2019-02-03"),
    (IsianKind.TANGGAL, "17 Agt 1995", "1995-08-17"),
    (IsianKind.TANGGAL, "17 AGUSTUS 1995", "1995-08-17"),
    (IsianKind.TANGGAL, "1 Mei 2020", "2020-05-01"),
    (IsianKind.TEKS, "Sa’at №1 – Ibu", "Sa’at №1 – Ibu"),
    (IsianKind.TEKS, "luas 100 ㎡", "luas 100 m2"),
    (IsianKind.ANGKA, "25 orang", "25"),
    (IsianKind.ANGKA, "007", "7"),
    (IsianKind.ANGKA, "0", "0"),
    (IsianKind.ANGKA, "1.250", "1250"),
    (IsianKind.NIK, "6372 0512 0380 0001", "6372051203800001"),
    (IsianKind.NIK, "6372055203800001", "6372055203800001"),
    (IsianKind.NIK, "6372052902000001", "6372052902000001"),
    ("npwp", "01.234.567.8-901.000", "012345678901000"),
    ("npwp", "6372051203800001", "6372051203800001"),
    ("nib", "9120 0012 34567", "9120001234567"),
    (IsianKind.TELEPON, "0812-3456-7890", "6281234567890"),
    (IsianKind.TELEPON, "+62 812 3456 7890", "6281234567890"),
    (IsianKind.TELEPON, "+62 (0812) 3456 7890", "6281234567890"),
    (IsianKind.TELEPON, "81234567890", "6281234567890"),
    (IsianKind.TELEPON, "(0511) 4772233", "625114772233"),
    (IsianKind.TELEPON, "00812 3456 7890", "6281234567890"),
    (IsianKind.TELEPON, "0511/4772233", "625114772233"),
    (IsianKind.TELEPON, "+1 202 555 0100", "+12025550100"),
    (IsianKind.TELEPON, "+65 6123 4567", "+6561234567"),
    (IsianKind.TELEPON, "(+60) 12-345 6789", "+60123456789"),
    (IsianKind.SUREL, " Nama.Saya@Contoh.ID ", "nama.saya@contoh.id"),
    (IsianKind.KOORDINAT, "-3.44, 114.84", "-3.44, 114.84"),
    (IsianKind.KOORDINAT, "-3,44 ; 114,84", "-3.44, 114.84"),
    (IsianKind.KOORDINAT, "\u22123.44012345678912,114.84", "-3.4401234, 114.84"),
    ("ahu_nomor", "ahu - 0012948.ah.01.04. TAHUN 2018", "AHU-0012948.AH.01.04.Tahun 2018"),
    ("ahu_nomor", "AHU 12948 AH 01 04 TH. 2018", "AHU-12948.AH.01.04.Tahun 2018"),
    ("ahu_nomor", "AHU-1234.50.10.2014", "AHU-1234.50.10.2014"),
    ("ahu_nomor", "C-123.HT.01.02.TH 2005", "C-123.HT.01.02.TH 2005"),
    ("ahu_nomor", "W15-00123 HT.01.04-TH.2007", "W15-00123 HT.01.04-TH.2007"),
    ("ahu_nomor", "AHU-0012948.AH.01.04.Tahun 20l8", "AHU-0012948.AH.01.04.Tahun 20l8"),
    (IsianKind.SETUJU, "ya", "ya"),
]


@pytest.mark.parametrize(("kind", "typed", "saved"), RIGHT)
def test_answers_are_kept_in_one_way_of_writing(kind: IsianKind | str, typed: str, saved: str) -> None:
    assert parse_isian(_isian(kind), typed) == saved
    assert parse_isian(_isian(kind), saved) == saved


WRONG = [
    (IsianKind.TEKS, "x" * 201, "Terlalu panjang: 201 huruf, paling banyak 200"),
    (IsianKind.TEKS, "---", "huruf atau angka"),
    (IsianKind.PILIHAN, "D", "Pilih salah satu"),
    (IsianKind.TANGGAL, "30-02-2026", "tidak ada di kalender"),
    (IsianKind.TANGGAL, "25 Nopembar 2026", "tidak ada di kalender"),
    (IsianKind.TANGGAL, "25/13/2026", "tidak ada di kalender"),
    (IsianKind.TANGGAL, "6 Nopember", "Tanggal belum terbaca"),
    (IsianKind.TEKS, "Yayasan Kasih ❤️ Ibu", "Hapus ❤ dari isian ini"),
    (IsianKind.TEKS, "Harapan 👨‍👩‍👧 🏽", "emoji tidak dapat dicetak"),
    (IsianKind.TEKS, "Rumah 1️⃣", "emoji tidak dapat dicetak"),
    (IsianKind.PARAGRAF, "Mengasuh anak 🙏\ndan lansia", "emoji tidak dapat dicetak"),
    ("ahu_nomor", "C-123.HT.01.02.TH 2005 😀", "emoji tidak dapat dicetak"),
    (IsianKind.TELEPON, "1 202 555 0100", "0812 3456 7890"),
    (IsianKind.TELEPON, "202 555 0100", "0812 3456 7890"),
    (IsianKind.TELEPON, "4772233", "0511 123456"),
    (IsianKind.TELEPON, "00 1 202 555 0100", "0812 3456 7890"),
    (IsianKind.TELEPON, "0511 477 / 0812 345", "satu nomor"),
    (IsianKind.TELEPON, "0511 4772233/4", "satu nomor"),
    (IsianKind.TELEPON, "0511 4772233 ext 12", "satu nomor"),
    (IsianKind.TANGGAL, "25-11-26", "tahun empat angka"),
    (IsianKind.TANGGAL, "2026-11", "Tanggal belum terbaca"),
    (IsianKind.TANGGAL, "25-11-1026", "Periksa tahunnya"),
    (IsianKind.ANGKA, "dua puluh", "angka saja"),
    (IsianKind.ANGKA, "-3", "angka saja"),
    (IsianKind.ANGKA, "1.5", "angka saja"),
    (IsianKind.ANGKA, "\u0663\u0664", "angka saja"),
    (IsianKind.NIK, "637205120380000", "harus 16 angka; yang Anda tulis 15 angka"),
    (IsianKind.NIK, "63720512038000O1", "hanya berisi angka"),
    (IsianKind.NIK, "\uff16372051203800001", "hanya berisi angka"),
    (IsianKind.NIK, "6372051213800001", "bukan tanggal lahir"),
    (IsianKind.NIK, "6372053202800001", "bukan tanggal lahir"),
    (IsianKind.NIK, "6372057202800001", "bukan tanggal lahir"),
    (IsianKind.NIK, "6372052902010001", "bukan tanggal lahir"),
    (IsianKind.NIK, "6372051203800000", "Periksa lagi"),
    (IsianKind.NIK, "0372051203800001", "Periksa lagi"),
    ("npwp", "12345", "harus 15 atau 16 angka"),
    ("npwp", "0" * 15, "belum benar"),
    ("nib", "91200012345", "harus 13 angka"),
    (IsianKind.TELEPON, "112", "0812 3456 7890"),
    (IsianKind.TELEPON, "+1 202 555 0100 999 999", "0812 3456 7890"),
    (IsianKind.SUREL, "nama@contoh", "nama@contoh.id"),
    (IsianKind.SUREL, "a@b@c.id", "nama@contoh.id"),
    (IsianKind.SUREL, "nama@-contoh.id", "nama@contoh.id"),
    (IsianKind.SUREL, f"{'a' * 250}@b.id", "nama@contoh.id"),
    (IsianKind.KOORDINAT, "Jl. Trikora", "belum terbaca"),
    (IsianKind.KOORDINAT, "114.84, -3.44", "tertukar"),
    (IsianKind.KOORDINAT, "51.5, -0.1", "di luar Indonesia"),
    ("ahu_nomor", "belum ada", "Salin nomornya dari SK pengesahan"),
    (IsianKind.SETUJU, "tidak", "Centang"),
]


LONGEST_EMAIL = f"{'a' * 249}@b.id"
EDGES = [
    # kind, the last that is right, the first that is not, and what is said of it
    (IsianKind.TEKS, "x" * 200, "x" * 201, "paling banyak 200"),
    (IsianKind.PARAGRAF, "x" * 200, "x" * 201, "paling banyak 200"),
    (IsianKind.ANGKA, "9" * 200, "9" * 201, "paling banyak 200 angka"),
    (IsianKind.SUREL, LONGEST_EMAIL, f"a{LONGEST_EMAIL}", "nama@contoh.id"),
    (IsianKind.TANGGAL, "1900-01-01", "1899-12-31", "1899 di luar 1900-2100"),
    (IsianKind.TANGGAL, "2100-12-31", "2101-01-01", "2101 di luar 1900-2100"),
    ("npwp", "1" * 15, "1" * 14, "harus 15 atau 16 angka"),
    ("npwp", "1" * 16, "1" * 17, "harus 15 atau 16 angka"),
    ("nib", "1" * 13, "1" * 12, "harus 13 angka"),
    ("nib", "1" * 13, "1" * 14, "harus 13 angka"),
    (IsianKind.NIK, "6372052902920001", "6372052902930001", "bukan tanggal lahir"),  # 1992 was a leap year
    (IsianKind.NIK, "6372052902960001", "6372052902140001", "bukan tanggal lahir"),  # neither 1914 nor 2014
    (IsianKind.NIK, "6372053112800001", "6372053212800001", "bukan tanggal lahir"),
    (IsianKind.NIK, "6372057112800001", "6372057212800001", "bukan tanggal lahir"),
    (IsianKind.KOORDINAT, "-11.1, 94.9", "-11.2, 94.9", "di luar Indonesia"),
    (IsianKind.KOORDINAT, "-11.1, 94.9", "-11.1, 94.8", "di luar Indonesia"),
    (IsianKind.KOORDINAT, "6.2, 141.1", "6.3, 141.1", "di luar Indonesia"),
    (IsianKind.KOORDINAT, "6.2, 141.1", "6.2, 141.2", "di luar Indonesia"),
    (IsianKind.KOORDINAT, "5, 100", "5, 5", "di luar Indonesia"),
    (IsianKind.KOORDINAT, "5, 100", "100, 100", "di luar Indonesia"),
    (IsianKind.KOORDINAT, "5, 100", "100, 5", "tertukar"),
    (IsianKind.TEKS, "Yayasan ©®° №1 日本", "Yayasan ↕", "emoji tidak dapat dicetak"),
    (IsianKind.TEKS, "Yayasan A-Z", "Yayasan 🏻", "emoji tidak dapat dicetak"),  # the lightest skin
    (IsianKind.TEKS, "Yayasan A-Z", "Yayasan 🏿", "emoji tidak dapat dicetak"),  # and the darkest
    (IsianKind.TEKS, "Yayasan A-Z", "Yayasan \u20e3", "emoji tidak dapat dicetak"),
    (IsianKind.TEKS, "-1-", "-–-", "huruf atau angka"),
    (IsianKind.ANGKA, "1.250.000", "1.25.000", "angka saja"),
    ("ahu_nomor", "C-123", "C-", "Salin nomornya"),
]


@pytest.mark.parametrize(("kind", "right", "wrong", "sentence"), EDGES)
def test_the_last_that_is_right_and_the_first_that_is_not(
    kind: IsianKind | str, right: str, wrong: str, sentence: str
) -> None:
    assert parse_isian(_isian(kind), right) == right.replace(".", "" if kind is IsianKind.ANGKA else ".")
    with pytest.raises(InvalidIsian, match=sentence):
        parse_isian(_isian(kind), wrong)


def test_what_no_paper_can_print_has_a_sentence_and_the_rest_none() -> None:
    assert unprintable("Jl. Trikora 1") is None
    assert "Hapus 🏠🙏 dari" in str(unprintable("🏠 🙏 🏠"))


@pytest.mark.attack("A18")
@pytest.mark.parametrize(("kind", "typed", "sentence"), WRONG)
def test_what_cannot_be_is_refused_with_a_way_forward(kind: IsianKind | str, typed: str, sentence: str) -> None:
    with pytest.raises(InvalidIsian, match=sentence):
        parse_isian(_isian(kind), typed)


@pytest.mark.parametrize("kind", sorted(set(IsianKind) - {IsianKind.BANYAK}))
@pytest.mark.parametrize("empty", ["", "  \n", "\x00\u200b", [], ["", ""], ["", "", ""]])
def test_nothing_typed_is_nothing_kept(kind: IsianKind, empty: str | list[str]) -> None:
    assert parse_isian(_isian(kind), empty) == ""


def test_a_multiple_choice_keeps_the_order_of_the_form() -> None:
    count = _isian(IsianKind.BANYAK)
    assert parse_isian(count, ["C", "A", "C", ""]) == ("A", "C")
    assert parse_isian(count, "B") == ("B",)
    assert parse_isian(count, "") == ()
    with pytest.raises(InvalidIsian, match="Pilih salah satu"):
        parse_isian(count, ["A", "Z"])


def test_a_date_in_three_parts_is_read_and_half_a_date_is_not() -> None:
    day = _isian(IsianKind.TANGGAL)
    assert parse_isian(day, [" 5 ", "1", "2026"]) == "2026-01-05"
    with pytest.raises(InvalidIsian, match="Tanggal belum terbaca"):
        parse_isian(day, ["5", "", "2026"])


@pytest.mark.attack("B13")
def test_two_answers_to_one_question_are_refused() -> None:
    for kind, answers in (
        (IsianKind.TEKS, ["a", "b"]),
        (IsianKind.TEKS, ["a", "b", "c"]),
        (IsianKind.TANGGAL, ["5", "1"]),
        (IsianKind.TANGGAL, ["5", "1", "2026", "x"]),
    ):
        with pytest.raises(InvalidIsian, match="satu jawaban saja"):
            parse_isian(_isian(kind), answers)
    assert parse_isian(_isian(IsianKind.TEKS), ["", "b", " "]) == "b"


def test_a_number_longer_than_its_field_is_refused() -> None:
    assert parse_isian(_isian(IsianKind.ANGKA, max_length=6), "999.999") == "999999"
    with pytest.raises(InvalidIsian, match="paling banyak 6 angka"):
        parse_isian(_isian(IsianKind.ANGKA, max_length=6), "1000000")


@pytest.mark.parametrize(
    ("scope", "kantor"),
    [("PROVINSI", "Dinas Sosial Provinsi Kalimantan Selatan"), ("NASIONAL", "Kementerian Sosial")],
)
def test_an_institution_of_a_wider_area_is_told_the_right_office(scope: str, kantor: str) -> None:
    isian = next(f for f in SOP.isian if f.code == "lingkup")
    with pytest.raises(InvalidIsian, match=kantor):
        parse_isian(isian, scope)
    assert kantor in problems({**COMPLETE, "lingkup": scope}, today=TODAY)["lingkup"]


def test_a_complete_form_has_nothing_wrong() -> None:
    assert problems(COMPLETE, today=TODAY) == {}


def test_every_mandatory_field_is_asked_for_by_name() -> None:
    error = problems({}, today=TODAY)
    assert error["nama_lembaga"] == "Nama lembaga belum diisi."
    assert error["jenis"] == "Belum dijawab: Permohonan apa yang diajukan?"
    assert error["layanan"] == "Jenis layanan belum dipilih."
    assert not {"surel_lembaga", "koordinat", "nib", "nomor_lama", "ahu_nomor", "kapasitas"} & set(error)


def test_fields_follow_the_case() -> None:
    extension = problems({**COMPLETE, "jenis": "PERPANJANGAN"}, today=TODAY)
    assert set(extension) == {"nomor_lama", "tanggal_lama_sampai"}
    without = {k: v for k, v in COMPLETE.items() if k not in ("npwp", "rekening", "kapasitas", "ahu_nomor")}
    assert set(problems(without, today=TODAY)) == {"npwp", "rekening", "kapasitas", "ahu_nomor"}
    small = {**without, "bentuk": "NONBH", "lembaga_jenis": "LKS", "ahu_nomor": "salah, tetapi tidak ditanya"}
    assert problems(small, today=TODAY) == {}


def test_stored_answers_are_checked_again_at_submission() -> None:
    error = problems({**COMPLETE, "ketua_nik": "1", "nama_lembaga": ("a", "b")}, today=TODAY)
    assert set(error) == {"ketua_nik", "nama_lembaga"}


@pytest.mark.parametrize(
    ("written", "sentence"),
    [("2025-11-25", None), ("2026-11-25", None), ("2025-11-24", "lebih dari 1 tahun"), ("2026-11-26", "belum tiba")],
)
def test_a_domisili_letter_is_at_most_a_year_old(written: str, sentence: str | None) -> None:
    error = problems({**COMPLETE, "tanggal_domisili": written}, today=TODAY)
    assert set(error) == ({"tanggal_domisili"} if sentence else set())
    assert (sentence or "") in error.get("tanggal_domisili", "")


def test_a_tanda_daftar_may_expire_in_the_future() -> None:
    old = {**COMPLETE, "jenis": "PERPANJANGAN", "nomor_lama": "503/0001", "tanggal_lama_sampai": "2027-01-31"}
    assert problems(old, today=TODAY) == {}


def test_a_year_before_a_leap_day() -> None:
    assert years_before(date(2028, 2, 29), 1) == date(2027, 2, 28)
    assert years_before(date(2026, 11, 25), 5) == date(2021, 11, 25)


NAUGHTY = st.text(st.characters(codec=None)) | st.text("0123456789-+./, :AHUahu@éٱ٣\x00\u202e\ud800\n", max_size=40)


@given(st.sampled_from(IsianKind), NAUGHTY | st.lists(NAUGHTY, max_size=4))
def test_anything_typed_gives_a_clean_answer_or_a_sentence(kind: IsianKind, typed: str | list[str]) -> None:
    try:
        result = parse_isian(_isian(kind), typed)
    except InvalidIsian:
        return
    assert parse_isian(_isian(kind), result) == result
    for text in (result,) if isinstance(result, str) else result:
        assert len(text) <= 254
        text.encode("utf-8")
        assert unicodedata.is_normalized("NFC", text)
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text if c != "\n")


@given(st.dictionaries(st.sampled_from([f.code for f in SOP.isian]), NAUGHTY | st.tuples(NAUGHTY, NAUGHTY)), st.dates())
def test_any_form_gives_sentences_and_never_an_error(content: CaseData, today: date) -> None:
    error = problems(content, today=today)
    assert set(error) <= {f.code for f in SOP.isian}


@given(NAUGHTY)
def test_cleaning_is_done_after_once(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_paragraph(clean_paragraph(text)) == clean_paragraph(text)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_date_is_read_in_each_way_of_writing(hari: date) -> None:
    assert parse_date(hari.isoformat()) == parse_date(f"{hari.day}/{hari.month}/{hari.year}") == hari


@given(st.from_regex(r"8[0-9]{8,11}", fullmatch=True))
def test_a_mobile_number_is_the_same_however_it_is_dialled(nomor: str) -> None:
    assert {parse_phone(first + nomor) for first in ("", "0", "62", "+62", "0062", "+620")} == {"62" + nomor}
