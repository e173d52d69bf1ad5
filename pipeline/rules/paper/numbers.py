"""Which number of a series a number on paper is. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.rules.form.spelling import number_key, whole_numbers
from pipeline.sop.values import Sop
from pipeline.text import ROMAN

#: Years that a number may be of; other whole numbers in it are something else.
_YEARS = range(1945, 2200)


class SeriesNumber(NamedTuple):
    """A number of a series: of this paper of a permit, in this year."""

    kind: str
    year: int
    sequence: int


LARGEST = 999_999  # a paper's number has six figures at most


def number_of_series(sop: Sop, nomor: str) -> SeriesNumber | None:
    """The number as its permit writes its numbers, in whatever spelling; None when it is written another way."""
    key = number_key(nomor)
    return next((found for found, written in _candidates(sop, nomor) if number_key(written) == key), None)


def _candidates(sop: Sop, nomor: str) -> Iterator[tuple[SeriesNumber, str]]:
    whole = whole_numbers(nomor)
    for paper in sop.decisions:
        months = ROMAN if "{bulan_romawi}" in paper.nomor_pattern else ("",)
        for year in sorted(whole & set(_YEARS)):
            for sequence in sorted(whole - {0}):
                for month in months:
                    written = paper.nomor_pattern.format(urut=sequence, tahun=year, bulan_romawi=month)
                    yield SeriesNumber(paper.code, year, sequence), written
