"""The sample documents: complete, well formed, the same for the same seed and never the same for two."""

import io
from datetime import date

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ops.contoh.papers.documents import make_berkas
from ops.contoh.papers.institutions import VILLAGE, SampleInstitution, make_institution
from ops.contoh.papers.pdf import EDGE, WIDTH, width, wrap
from ops.contoh.scenarios import SCENARIO, SOP, Scenario, typed
from pipeline.rules.form.isian import check_content
from pipeline.sop.values import Syarat

TODAY = date(2026, 11, 25)
CONTOH = make_institution("uji-1", today=TODAY)


@pytest.mark.parametrize("scenario", SCENARIO, ids=lambda s: s.code)
def test_form_is_complete(scenario: Scenario) -> None:
    assert check_content(SOP, typed(scenario, CONTOH), today=TODAY) == {}


@given(st.text(min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_every_seed_gives_a_form_that_may_be_sent(seed: str) -> None:
    institution = make_institution(seed, today=TODAY)
    assert check_content(SOP, typed(SCENARIO[0], institution), today=TODAY) == {}
    assert institution.village in VILLAGE[institution.district]


@pytest.mark.parametrize("syarat", SOP.syarat, ids=lambda s: s.code)
def test_every_requirement_has_a_readable_document(syarat: Syarat) -> None:
    for berkas in make_berkas(syarat, CONTOH):
        if berkas.kind == "image/jpeg":
            with Image.open(io.BytesIO(berkas.payload)) as picture:
                picture.load()
            continue
        with pikepdf.open(io.BytesIO(berkas.payload)) as pdf:
            assert len(pdf.pages) >= 1
            assert not pdf.get_warnings()


def _all_bytes(institution: SampleInstitution) -> list[bytes]:
    return [b.payload for syarat in SOP.syarat for b in make_berkas(syarat, institution)]


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert _all_bytes(CONTOH) == _all_bytes(make_institution("uji-1", today=TODAY))


def test_no_two_institutions_share_a_file() -> None:
    other = make_institution("uji-2", today=TODAY)
    assert not set(_all_bytes(CONTOH)) & set(_all_bytes(other))


@given(st.text(max_size=300))
def test_wrapped_lines_lose_no_word_and_fit(text: str) -> None:
    line = list(wrap(text, 11, WIDTH - 2 * EDGE))
    assert " ".join(line).split() == text.split()
    assert all(width(b, 11) <= WIDTH - 2 * EDGE or " " not in b for b in line)
