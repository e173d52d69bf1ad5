"""``alurizin contoh`` against a real instance: the three stories, and a small crowd."""

import re
from pathlib import Path

from ops.contoh.scenarios import AT_DESK, SCENARIO, SOP
from tests.e2e.conftest import Running

_LANGKAH = re.compile(r"^ +(\d) +(\w+) ", re.MULTILINE)


def test_three_stories_end_in_signed_documents(berjalan: Running) -> None:
    hasil = berjalan.cli("contoh")
    assert hasil.returncode == 0, hasil.stderr
    dilalui = [(int(no), kode) for no, kode in _LANGKAH.findall(hasil.stdout)]
    assert dilalui == [(SOP[b.langkah].no, b.langkah) for s in SCENARIO for b in s.stage]
    pdf = [Path(p) for p in re.findall(r"^pdf=(.+)$", hasil.stdout, re.MULTILINE)]
    assert len(pdf) == len(SCENARIO)
    assert all(b"/ByteRange" in p.read_bytes() for p in pdf)
    ditinggal = re.findall(r"^di meja (.+): LKS-", hasil.stdout, re.MULTILINE)
    assert ditinggal == [peran.nama for peran in AT_DESK]


def test_crowd_ends_where_it_should_and_the_record_agrees(berjalan: Running) -> None:
    hasil = berjalan.cli("contoh", "--jumlah", "5", "--serentak", "3")
    assert hasil.returncode == 0, hasil.stderr
    assert "5 Selesai" in hasil.stdout
    catatan = berjalan.cli("verify")
    assert catatan.returncode == 0, catatan.stdout + catatan.stderr


def test_without_an_instance_it_says_what_to_do(berjalan: Running, tmp_path: Path) -> None:
    lain = Running(berjalan.instance, {**berjalan.env, "ALURIZIN_DATA": str(tmp_path)})
    hasil = lain.cli("contoh")
    assert hasil.returncode == 1
    assert "belum berjalan" in hasil.stderr
