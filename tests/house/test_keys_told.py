"""Whoever writes an SOP file finds every key in the docs."""

import re

import pytest

from pipeline.settings import ROOT
from pipeline.sop.words import Identity, IsianKind, Renewal

TOLD = (ROOT / "docs" / "isian.md").read_text("utf-8")
PAPERS = (ROOT / "docs" / "permits.md").read_text("utf-8")
READ = re.compile(r"""\b(?:line|table|root|b)\.\w+\(\s*"([a-z_]+)"|_shape\(line, "([a-z_]+)"\)""")


def _keys(*files: str) -> set[str]:
    texts = [(ROOT / "pipeline" / "sop" / file).read_text("utf-8") for file in files]
    return {one or other for text in texts for one, other in READ.findall(text)}


@pytest.mark.parametrize("key", sorted(_keys("form/read.py", "load.py", "read_naskah.py")))
def test_every_key_that_is_read_is_told(key: str) -> None:
    assert re.search(rf"`(?:[^`\n]*\W)?{key}(?:\W[^`\n]*)?`", TOLD + PAPERS), key


def test_the_keys_of_a_field_are_looked_for() -> None:
    assert {"pola_lazim", "henti", "pengisi_boleh_menyetujui", "diminta_pada"} <= _keys("form/read.py")


@pytest.mark.parametrize("word", [*IsianKind, *Identity, *Renewal])
def test_every_kind_of_field_is_told(word: str) -> None:
    assert f"`{word}`" in TOLD or f'`"{word}"`' in TOLD
