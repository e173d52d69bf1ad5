"""A secret that works once: short enough to type, the same in a letter that is sent again, useless anywhere else."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.notices.rules import Kind
from pipeline.rules.notices.words import write
from pipeline.rules.one_time import LIFE, code_of, same_code, token_hash, token_of

LETTERS = [UUID(int=n) for n in range(300)]


def test_a_code_is_six_digits_whatever_the_letter() -> None:
    codes = [code_of(letter, "kunci") for letter in LETTERS]
    assert {len(code) for code in codes} == {6}
    assert all(code.isdecimal() for code in codes)
    assert any(code.startswith("0") for code in codes)
    assert len(set(codes)) > 290


def test_a_secret_is_of_its_letter_its_purpose_and_this_office() -> None:
    for make in (code_of, token_of):
        assert make(LETTERS[0], "kunci") == make(LETTERS[0], "kunci")
        assert make(LETTERS[0], "kunci") != make(LETTERS[1], "kunci")
        assert make(LETTERS[0], "kunci") != make(LETTERS[0], "kunci lain")
    assert token_hash(token_of(LETTERS[0], "kunci")) != token_of(LETTERS[0], "kunci")


def test_it_lives_for_the_half_hour_that_the_letters_promise() -> None:
    assert timedelta(minutes=30) == LIFE
    for kind in (Kind.KODE, Kind.TAUTAN):
        assert "30 menit" in write(kind, {"kode": "123456", "menit": LIFE // timedelta(minutes=1)}).content


@given(st.lists(st.sampled_from(["", " ", "\t", "\u00a0"]), min_size=7, max_size=7))
def test_a_code_is_the_same_however_it_is_spaced(gaps: list[str]) -> None:
    assert same_code("".join(gap + digit for gap, digit in zip(gaps, "012345 ", strict=True)), "012345")


@pytest.mark.parametrize("typed", ["", "012346", "12345", "0123456", "O12345", "٠١٢٣٤٥"])
def test_another_code_is_another(typed: str) -> None:
    assert not same_code(typed, "012345")
