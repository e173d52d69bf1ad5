"""An office backed up while it works, and brought back into an empty folder: nothing lost, nothing given twice."""

import json
from pathlib import Path

import pytest

from pipeline.settings import settings
from tests.factories import WEDNESDAY, bring_to, person, submitted
from tests.integration.safe import alurizin, elsewhere
from tests.integration.test_sign import press

SOUND = "permohonan: riwayat, tabel, rantai, kepala harian dan dokumen cocok."


@pytest.fixture
def key(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    path = tmp_path / "kunci"
    assert alurizin("kunci-cadangan", path).returncode == 0
    return path


@pytest.fixture
def signed(kantor):
    """A decree that was issued."""
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    press(p, kantor, now=WEDNESDAY)
    return p


def test_an_office_comes_back_whole_into_an_empty_folder(signed, key: Path, tmp_path: Path) -> None:
    target, data = tmp_path / "tujuan", tmp_path / "data"
    made = alurizin("cadangkan", target, "--kunci", key)
    assert made.returncode == 0, made.stderr
    told = json.loads((settings().data / "cadangan.json").read_text("utf-8"))
    assert told["tujuan"] == str(target)
    back = alurizin("pulihkan", target, "--kunci", key, env=elsewhere(data))
    assert back.returncode == 0, back.stderr
    assert f"1 {SOUND}" in back.stdout
    assert sorted(p.name for p in data.iterdir() if p.name.startswith(".")) == []
