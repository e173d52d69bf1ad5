"""Two spellings of one thing are one; two things are two."""

import pytest

from pipeline.rules.form.spelling import fold, mentions, number_key, whole_numbers
from pipeline.rules.form.spelling import name_key as name_key_without
from pipeline.sop.registry import SOPS


def name_key(name: str) -> str:
    return name_key_without(name, SOPS["td_lks"].common_words)


@pytest.mark.parametrize("other", ["Sa’at", "Saʻat", "SA‘AT", "Sa`at", "Saʼat", "Sa´at", "Sa′at", "Säʹat", "Sa＇at"])
def test_a_name_is_found_with_any_apostrophe(other: str) -> None:
    assert fold(other) == fold("Sa'at") == "saat"


@pytest.mark.parametrize(
    "other",
    ["Yys. Harapan Ibu", "Yay. Harapan Ibu", "YAYASAN HARAPAN IBU.", "Yayasan Harápan Ibu", "yayasan  harapan-ibu",
     "Yayasan Harapanibu", "LKSA Harapan Ibu", "Panti Asuhan Harapan Ibu", "Perkumpulan Harapan Ibu", "Harapan Ibu",
     "Yayasan “Harapan Ibu”", "Lembaga Kesejahteraan Sosial Anak Harapan Ibu", "Yayasan\u00a0Harapan\u00a0Ibu",
     "Ｙａｙａｓａｎ Ｈａｒａｐａｎ Ｉｂｕ", "𝐘𝐚𝐲𝐚𝐬𝐚𝐧 𝐇𝐚𝐫𝐚𝐩𝐚𝐧 𝐈𝐛𝐮"],
)  # fmt: skip
def test_one_institution_has_one_name(other: str) -> None:
    assert name_key(other) == name_key("Yayasan Harapan Ibu")


@pytest.mark.parametrize(
    ("one", "two"),
    [("Yayasan Anak Banua", "Yayasan Banua"), ("Yayasan Harapan 1", "Yayasan Harapan 2"), ("Yayasan Panti", "Yayasan")],
)
def test_two_institutions_have_two(one: str, two: str) -> None:
    assert name_key(one) != name_key(two)


def test_words_are_left_out_only_where_the_sop_says_so() -> None:
    assert name_key_without("Yayasan Harapan", ()) == "yayasanharapan"
    assert name_key_without("Apotek Sehat", ("apotek",)) == name_key_without("Sehat", ("apotek",))


def test_a_name_of_nothing_but_a_legal_form_is_still_one() -> None:
    assert name_key("Yayasan") == "yayasan"


@pytest.mark.parametrize(
    "other",
    ["AHU-12948.AH.01.04.TAHUN 2018", "ahu - 0012948 . ah.01.04 th 2018", "AHU0012948.AH.01.04.2018",
     "Nomor AHU-0012948.AH.1.4.Tahun 2018"],
)  # fmt: skip
def test_a_number_is_the_same_however_it_is_punctuated(other: str) -> None:
    assert number_key(other) == number_key("AHU-0012948.AH.01.04.Tahun 2018")


@pytest.mark.parametrize(
    "slip", ["AHU-OO12948.AH.O1.O4.2O18", "ahu-00l2948.ah.0l.04.2018", "AHU-00I2948.AH.0i.04.20I8"]
)
def test_a_letter_that_looks_like_a_digit_is_read_as_one(slip: str) -> None:
    assert number_key(slip) == number_key("AHU-0012948.AH.01.04.2018")


def test_letters_of_a_word_stay_letters() -> None:
    assert number_key("503/1/DISPORA-LOLI/2026") == "503.1DISPORALOLI2026"


def test_digits_of_two_numbers_do_not_run_together() -> None:
    assert number_key("503/12/2026") != number_key("5031/2/2026")
    assert number_key("A1/2") == number_key("A-01/02") == "A1.2"
    assert number_key("A1/2") != number_key("A12")
    assert number_key("000/1") == "0.1"
    assert number_key("1/B/2") == "1B2"


DECREE = "503/0001/TD-LKS/2026"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (DECREE, True),
        ("503/1/TDLKS/2026", True),
        ("Nomor : 503 / 0001 / TD LKS / 2026", True),
        ("SK no 5O3/OOO1/TD-LKS/2O26 tanggal 25 November 2026", True),
        ("yang mencabut 503/0001/TD-LKS/2026, terima kasih", True),
        ("503/1/TD-LKS TAHUN 2026", True),
        ("1503/0001/TD-LKS/2026", False),
        ("2/503/0001/TD-LKS/2026", False),
        ("503/0001/TD-LKS/20261", False),
        ("503/0001/TD-LKS/2026/7", False),
        ("503/0001/TD-LKS/2026-A", False),
        ("503/0002/TD-LKS/2026", False),
        ("503/TD-LKS/2026", False),
        ("5030001/TD-LKS/2026", False),  # two numbers with nothing between them are one
        ("", False),
    ],
)
def test_a_decree_is_named_in_whatever_spelling_and_never_by_a_part_of_another(text: str, named: bool) -> None:
    assert mentions(text, DECREE) is named


@pytest.mark.parametrize(
    ("text", "named"), [("503/A1/2", True), ("503A1 2", True), ("503/A12", False), ("503/A/2", False)]
)
def test_a_letter_may_touch_its_number(text: str, named: bool) -> None:
    assert mentions(text, "503/A1/2") is named


@pytest.mark.parametrize(
    ("text", "number", "named"), [("apa saja", "", False), ("0", "000", True), ("00/7", "0/7", True)]
)
def test_a_number_of_nothing_is_named_nowhere_and_one_of_noughts_is_a_number(
    text: str, number: str, named: bool
) -> None:
    assert mentions(text, number) is named


def test_the_whole_numbers_of_a_decree() -> None:
    assert whole_numbers("503/0012/TD-LKS/2026") == {503, 12, 2026}
    assert whole_numbers("123456789/1234567890") == {123456789}  # ten digits are no year and no running number
    assert whole_numbers("tanpa nomor") == frozenset()
