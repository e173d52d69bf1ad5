"""Whether two applications are of one holder: their marks agree in every kind that both of them have."""

from dataclasses import replace

import pytest

from pipeline.rules.form.holder import holder_columns, is_same, marks_of
from pipeline.sop.registry import SOPS
from pipeline.sop.words import Identity

SOP = SOPS["td_lks"]
BODY = {
    "jenis": "BARU",
    "bentuk": "BH",
    "nama_lembaga": "LKS Harapan Ibu",
    "nama_sk": "Yayasan Harapan Ibu",
    "alamat": "Jl. Trikora 1",
    "akta_nomor": "012",
    "akta_tanggal": "2018-03-05",
    "akta_notaris": "Hj. Norhayati, S.H., M.Kn.",
    "ahu_nomor": "AHU-0012948.AH.01.04.Tahun 2018",
    "nib": "9120001234567",
    "npwp": "012345678901000",
}


def test_an_institution_is_known_by_its_name_its_deed_and_its_numbers() -> None:
    assert marks_of(SOP, BODY) == {
        "nama:harapanibu": "nama_lembaga",
        "akta_nomor:12/2018-03-05/norhayati": "akta_nomor",
        "ahu_nomor:AHU12948AH1.4.2018": "ahu_nomor",
        "nib:9120001234567": "nib",
        "npwp:12345678901000": "npwp",
    }


def test_what_identifies_is_what_the_sop_says() -> None:
    sop = replace(
        SOP, isian=tuple(replace(f, identity=Identity.NOMOR if f.code == "npwp" else None) for f in SOP.isian)
    )
    assert marks_of(sop, BODY) == {"npwp:12345678901000": "npwp"}


def test_a_field_left_empty_is_no_mark_and_one_not_asked_for_neither() -> None:
    assert marks_of(SOP, dict.fromkeys(BODY, "") | {"bentuk": "BH"}) == {}
    unincorporated = marks_of(SOP, BODY | {"bentuk": "NONBH"})
    assert {mark.partition(":")[0] for mark in unincorporated} == {"nama", "nib", "npwp"}
    assert marks_of(SOP, {"nama_lembaga": ("Harapan", "Ibu")}) == {}


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("Norhayati", True),
        ("NORHAYATI, SH, MKn", True),
        ("Dra. Norhayati Sp.N.", True),
        ("Notaris Hj Norhayati", True),
        ("Nor Hayati", True),  # however her name is spaced
        ("Norhayati Ani", False),  # three letters are a name
        ("Norhayati Al", True),  # two are a title
        ("Rahmah", False),
    ],
)
def test_a_notary_is_known_without_titles(other: str, same: bool) -> None:
    marks = {mark for mark in marks_of(SOP, BODY | {"akta_notaris": other}) if mark.startswith("akta_nomor:")}
    assert (marks <= set(marks_of(SOP, BODY))) is same


def test_a_deed_of_another_day_is_another_deed() -> None:
    other = marks_of(SOP, BODY | {"akta_tanggal": "2019-03-05"})
    assert not is_same(set(marks_of(SOP, BODY)), set(other))


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        ({"nama:a", "nib:1"}, {"nama:a", "nib:1"}, True),
        ({"nama:a", "nib:1"}, {"nama:a"}, True),
        ({"nama:a", "nama:b"}, {"nama:b", "nama:c"}, True),
        ({"nama:a", "nib:1"}, {"nama:a", "nib:2"}, False),
        ({"nama:a", "nib:1"}, {"nama:b", "nib:1"}, False),
        ({"nama:a"}, {"nib:1"}, False),
        (set(), set(), False),
        ({"nama:a"}, set(), False),
    ],
)
def test_two_are_one_when_they_agree_in_all_that_both_have(mine: set[str], theirs: set[str], same: bool) -> None:
    assert is_same(mine, theirs) is same
    assert is_same(theirs, mine) is same


def test_the_row_of_an_application_repeats_what_it_is_looked_for_by() -> None:
    assert holder_columns(SOP, BODY) == {
        "pemegang": "LKS Harapan Ibu",
        "search_name": "lks harapan ibu",
        "marks": sorted(marks_of(SOP, BODY)),
    }
    assert holder_columns(SOP, {"nama_lembaga": ("a", "b")}) == {
        "pemegang": "",
        "search_name": "",
        "marks": [],
    }
