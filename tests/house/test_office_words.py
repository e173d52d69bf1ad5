"""The software knows no permit, no town and no post: those words stand in the office's data and its templates."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Words of one permit, of one town, and of posts.
WORDS = re.compile(
    r"lembaga|\blksa?\b|yayasan|\bpanti\b|banjarbaru|dinas[ _]teknis|front[ _]office|back[ _]office|\bkabid\b"
    r"|\bsekretaris\b|kepala[ _]dinas",
    re.IGNORECASE,
)
#: Migrations only go forward, a list of passwords is what people type, and the samples carry the stories of one permit.
APART = ("pipeline/migrations/", "pipeline/rules/common_passwords.txt", "ops/contoh/")
FILES = [
    path
    for room in ("pipeline", "web", "tasks", "ops")
    for kind in ("py", "html", "txt", "js", "css")
    for path in (ROOT / room).rglob(f"*.{kind}")
    if not str(path.relative_to(ROOT)).startswith(APART) and "third_party" not in path.parts
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_of_one_office_stands_in_the_code(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [f"{no}: {line.strip()}" for no, line in enumerate(lines, start=1) if WORDS.search(line)] == []
