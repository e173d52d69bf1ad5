"""``alurizin contoh`` against a real instance: the three stories, and a small crowd."""

import re
from pathlib import Path

from ops.contoh.scenarios import AT_DESK, SCENARIO, SOP
from tests.e2e.conftest import Running

_LANGKAH = re.compile(r"^ +(\d) +(\w+) ", re.MULTILINE)


def test_three_stories_end_in_signed_documents(running: Running) -> None:
    result = running.cli("contoh")
    assert result.returncode == 0, result.stderr
    passed = [(int(no), code) for no, code in _LANGKAH.findall(result.stdout)]
    assert passed == [(SOP[b.langkah].no, b.langkah) for s in SCENARIO for b in s.stage]
    pdf = [Path(p) for p in re.findall(r"^pdf=(.+)$", result.stdout, re.MULTILINE)]
    assert len(pdf) == len(SCENARIO)
    assert all(b"/ByteRange" in p.read_bytes() for p in pdf)
    left = re.findall(r"^di meja (.+): LKS-", result.stdout, re.MULTILINE)
    assert left == [peran.name for peran in AT_DESK]


def test_crowd_ends_where_it_should_and_the_record_agrees(running: Running) -> None:
    result = running.cli("contoh", "--jumlah", "5", "--serentak", "3")
    assert result.returncode == 0, result.stderr
    assert "5 Selesai" in result.stdout
    note = running.cli("verify")
    assert note.returncode == 0, note.stdout + note.stderr


def test_without_an_instance_it_says_what_to_do(running: Running, tmp_path: Path) -> None:
    other = Running(running.instance, {**running.env, "ALURIZIN_DATA": str(tmp_path)})
    result = other.cli("contoh")
    assert result.returncode == 1
    assert "belum berjalan" in result.stderr
