"""The SOPs say what the office's own table says, and everything they name exists."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.documents.numbering import format_nomor
from pipeline.documents.template.templates import templat
from pipeline.kantor.office import kantor
from pipeline.sop.office_table.posts import post_of
from pipeline.sop.office_table.read import read_office_table
from pipeline.sop.registry import SOPS
from pipeline.sop.values import Sop

TABLE = read_office_table((Path(__file__).parents[1] / "data/sop-tanda-daftar-lks-lksa.txt").read_bytes())
EVERY = pytest.mark.parametrize("sop", SOPS.values(), ids=SOPS)


def test_td_lks_has_the_words_of_the_office_table() -> None:
    sop = SOPS["td_lks"]
    assert sop.printed_time == TABLE.printed_time
    for langkah, line in zip(sop.langkah, TABLE.steps, strict=True):
        assert (langkah.no, langkah.activity, langkah.inputs) == (line.no, line.activity, line.inputs)
        assert (langkah.time, langkah.output, langkah.remarks) == (line.time, line.output, line.remarks)
        assert [post_of(mark.title, kantor().posts) for mark in line.marks] in ([], [langkah.peran])


@EVERY
def test_every_template_it_names_is_there(sop: Sop) -> None:
    assert all(templat(naskah.templat).payload for naskah in sop.naskah)


@EVERY
def test_every_number_pattern_gives_different_numbers(sop: Sop) -> None:
    for pattern in (naskah.nomor_pattern for naskah in sop.decisions):
        assert format_nomor(pattern, 1, date(2026, 11, 25)) != format_nomor(pattern, 2, date(2026, 11, 25))


@EVERY
def test_every_step_has_its_own_public_word(sop: Sop) -> None:
    word = [k for t in sop.langkah for k in (t.status, t.correction_status) if k]
    assert len(word) == len(set(word))
