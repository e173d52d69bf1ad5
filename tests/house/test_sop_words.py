"""The SOPs say what the office's own table says, and everything they name exists."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.documents.numbering import format_nomor
from pipeline.settings import ROOT
from pipeline.sop.check import check_templates
from pipeline.sop.registry import SOPS
from pipeline.sop.table import parse_table
from pipeline.sop.values import Sop

TABLE = parse_table((Path(__file__).parents[1] / "data/sop-tanda-daftar-lks-lksa.txt").read_text("utf-8"))
SEMUA = pytest.mark.parametrize("sop", SOPS.values(), ids=SOPS)


def test_td_lks_has_the_words_of_the_office_table() -> None:
    sop = SOPS["td_lks"]
    assert sop.waktu_tercetak == TABLE.waktu_tercetak
    for langkah, baris in zip(sop.langkah, TABLE.baris, strict=True):
        assert (langkah.no, langkah.kegiatan, langkah.kelengkapan) == (baris.no, baris.kegiatan, baris.kelengkapan)
        assert (langkah.waktu, langkah.output, langkah.keterangan) == (baris.waktu, baris.output, baris.keterangan)
        assert baris.peran in (None, langkah.peran)


@SEMUA
def test_every_template_it_names_is_there(sop: Sop) -> None:
    check_templates(sop, ROOT / "templates_sk")


@SEMUA
def test_every_number_pattern_gives_different_numbers(sop: Sop) -> None:
    for pola in sop.naskah.pola_nomor.values():
        assert format_nomor(pola, 1, date(2026, 11, 25)) != format_nomor(pola, 2, date(2026, 11, 25))


@SEMUA
def test_every_step_has_its_own_public_word(sop: Sop) -> None:
    kata = [k for t in sop.langkah for k in (t.status, t.status_perbaikan) if k]
    assert len(kata) == len(set(kata))
