"""The permits of an office as the public finds them."""

from dataclasses import replace

import pytest

from pipeline.rules.catalogue import asked_when, find
from pipeline.sop.registry import SOPS
from tests.desks import FRONT_OFFICE

SOP = SOPS["td_lks"]
OTHER = replace(SOP, code="lain", name="Izin Lain", catalogue=replace(SOP.catalogue, keywords=("Jama'ah",)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["lain", "td_lks"]),
        ("PANTI", ["td_lks"]),
        ("jamaah", ["lain"]),
        ("tanda daftar panti", ["td_lks"]),
        ("tanda terbang", []),
    ],
)
def test_a_permit_is_found_by_every_word_of_it(text: str, found: list[str]) -> None:
    assert [sop.code for sop in find([SOP, OTHER], text)] == found


def test_what_the_office_begins_itself_is_nothing_to_apply_for() -> None:
    first, *others = SOP.langkah
    inside = replace(SOP, langkah=(replace(first, peran=FRONT_OFFICE), *others))
    assert find([inside], "") == ()


def test_a_case_is_told_in_the_words_of_the_choices() -> None:
    syarat = {s.code: s for s in SOP.syarat}
    assert asked_when(SOP, syarat["SP"].required) == ""
    assert asked_when(SOP, syarat["PERLA"].required) == "LKSA (Lembaga Kesejahteraan Sosial Anak)"
    assert "; atau Perpanjangan tanda daftar, Ya, berbadan hukum" in asked_when(SOP, syarat["AKTA"].required)
