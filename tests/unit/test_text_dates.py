"""Dates and lengths of time as the office writes them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.text import (
    clock_in_words,
    date_at,
    date_in_words,
    in_words,
    length_in_words,
    moment_in_words,
    time_worked,
    weekday_and_date,
    weekday_date_in_words,
)

NIGHT = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # already Thursday morning in Banjarbaru


def test_a_date_on_paper() -> None:
    assert date_in_words(date(2026, 11, 25)) == "25 November 2026"
    assert date_in_words(date(2027, 1, 1)) == "1 Januari 2027"
    assert weekday_and_date(date(2026, 11, 27)) == "Jumat 27 November 2026"


def test_a_bap_writes_its_date_in_words() -> None:
    assert (
        weekday_date_in_words(date(2026, 11, 25))
        == "Rabu, tanggal dua puluh lima bulan November tahun dua ribu dua puluh enam"
    )


def test_a_moment_is_told_on_the_clock_of_the_office() -> None:
    assert moment_in_words(NIGHT) == "26 November 2026 07.30 WITA"
    assert moment_in_words(NIGHT, "Asia/Jayapura") == "26 November 2026 08.30 WIT"
    assert clock_in_words(NIGHT) == "07.30"
    assert date_at(NIGHT) == date(2026, 11, 26)
    assert date_at(NIGHT, "UTC") == date(2026, 11, 25)


def test_a_moment_without_a_zone_is_refused() -> None:
    for word in (moment_in_words, clock_in_words, date_at):
        with pytest.raises(ValueError, match="tanpa zona"):
            word(NIGHT.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("n", "word"),
    [
        (0, "nol"),
        (1, "satu"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (19, "sembilan belas"),
        (20, "dua puluh"),
        (21, "dua puluh satu"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (999, "sembilan ratus sembilan puluh sembilan"),
        (1000, "seribu"),
        (1100, "seribu seratus"),
        (2026, "dua ribu dua puluh enam"),
        (11_000, "sebelas ribu"),
        (100_000, "seratus ribu"),
        (1_000_000, "satu juta"),
        (1_001_000, "satu juta seribu"),
        (1_500_000_000, "satu miliar lima ratus juta"),
        (-5, "minus lima"),
    ],
)
def test_numbers_in_words(n: int, word: str) -> None:
    assert in_words(n) == word


@pytest.mark.parametrize(
    ("length", "word"),
    [
        (timedelta(days=4, hours=2), "4 hari 2 jam"),
        (timedelta(days=1, minutes=5), "1 hari 5 menit"),
        (timedelta(minutes=90, seconds=59), "1 jam 30 menit"),
        (timedelta(seconds=59), "kurang dari 1 menit"),
        (timedelta(), "0 menit"),
    ],
)
def test_a_length_of_time(length: timedelta, word: str) -> None:
    assert length_in_words(length) == word


def test_a_length_of_time_to_the_second() -> None:
    assert length_in_words(timedelta(minutes=4, seconds=30), seconds=True) == "4 menit 30 detik"
    assert length_in_words(timedelta(minutes=4), seconds=True) == "4 menit"


@pytest.mark.parametrize(
    ("hari", "extra", "word"),
    [
        (0, timedelta(minutes=2), "2 menit"),
        (0, timedelta(minutes=6, seconds=40), "6 menit"),
        (0, timedelta(seconds=20), "kurang dari 1 menit"),
        (0, timedelta(), "0 menit"),
        (0, timedelta(hours=7, minutes=29), "7 jam 29 menit"),
        (1, timedelta(), "1 hari"),
        (3, timedelta(hours=2, minutes=10), "3 hari 2 jam"),
        (2, timedelta(minutes=10), "2 hari 10 menit"),
    ],
)
def test_office_time_in_days(hari: int, extra: timedelta, word: str) -> None:
    assert time_worked(hari, extra) == word
