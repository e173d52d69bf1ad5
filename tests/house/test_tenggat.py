"""Every due time on a screen unfolds into the sum it came from."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
#: What prints a due time, and what unfolds its sum on the same page.
_PRINTED = re.compile(r"\{\{[^}]*tenggat[^}]*\|\s*waktu")
_UNFOLDS = ("hitungan(", "tenggat(", "time_left(", "time/_clock_pemohon.html", "penjelasan")


@pytest.mark.parametrize("page", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_a_due_time_unfolds(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not _PRINTED.search(text) or any(u in text for u in _UNFOLDS)
