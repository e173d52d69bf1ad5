"""A secret that works once: short enough to type, the same in a letter that is sent again, useless anywhere else."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.notices.rules import Kind
from pipeline.rules.notices.words import write
from pipeline.rules.one_time import (
    LIFE,
    PASSWORD_CODE_LIFE,
    SLIP_LETTERS,
    code_of,
    password_code_of,
    same_code,
    slip_of,
    token_hash,
    token_of,
    typed_slip,
)

LETTERS = [UUID(int=n) for n in range(300)]


def test_a_code_is_six_digits_whatever_the_letter() -> None:
    codes = [code_of(letter, "kunci") for letter in LETTERS]
    assert {len(code) for code in codes} == {6}
    assert all(code.isdecimal() for code in codes)
    assert any(code.startswith("0") for code in codes)
    assert len(set(codes)) > 290


def test_a_secret_is_of_its_letter_its_purpose_and_this_office() -> None:
    for make in (code_of, token_of, password_code_of, slip_of):
        assert make(LETTERS[0], "kunci") == make(LETTERS[0], "kunci")
        assert make(LETTERS[0], "kunci") != make(LETTERS[1], "kunci")
        assert make(LETTERS[0], "kunci") != make(LETTERS[0], "kunci lain")
    assert token_hash(token_of(LETTERS[0], "kunci")) != token_of(LETTERS[0], "kunci")


def test_the_code_for_a_password_is_eight_digits_and_none_of_the_other_code() -> None:
    codes = [password_code_of(letter, "kunci") for letter in LETTERS]
    assert {len(code) for code in codes} == {8}
    assert all(code.isdecimal() for code in codes)
    assert any(code.startswith("0") for code in codes)
    assert not any(code_of(letter, "kunci") in code for letter, code in zip(LETTERS, codes, strict=True))


def test_a_slip_has_twelve_letters_that_nobody_reads_as_another() -> None:
    slips = [slip_of(letter, "kunci") for letter in LETTERS]
    assert {len(slip) for slip in slips} == {12}
    assert set("".join(slips)) == set(SLIP_LETTERS)
    assert not set(SLIP_LETTERS) & set("01OILU")
    assert len(set(slips)) == len(LETTERS)


@given(st.lists(st.sampled_from(["", " ", "-", "\u00a0", "."]), min_size=12, max_size=12), st.booleans())
def test_a_slip_is_the_same_however_it_is_typed(gaps: list[str], small: bool) -> None:
    slip = slip_of(LETTERS[0], "kunci")
    typed = "".join(gap + letter for gap, letter in zip(gaps, slip, strict=True))
    assert typed_slip(typed.lower() if small else typed) == slip


def test_it_lives_for_the_half_hour_that_the_letters_promise() -> None:
    assert timedelta(minutes=30) == LIFE
    assert (
        "10 menit"
        in write(Kind.KODE_SANDI, {"kode": "12345678", "menit": PASSWORD_CODE_LIFE // timedelta(minutes=1)}).content
    )
    for kind in (Kind.KODE, Kind.TAUTAN):
        assert "30 menit" in write(kind, {"kode": "123456", "menit": LIFE // timedelta(minutes=1)}).content


@given(st.lists(st.sampled_from(["", " ", "\t", "\u00a0"]), min_size=7, max_size=7))
def test_a_code_is_the_same_however_it_is_spaced(gaps: list[str]) -> None:
    assert same_code("".join(gap + digit for gap, digit in zip(gaps, "012345 ", strict=True)), "012345")


@pytest.mark.parametrize("typed", ["", "012346", "12345", "0123456", "O12345", "٠١٢٣٤٥"])
def test_another_code_is_another(typed: str) -> None:
    assert not same_code(typed, "012345")
