"""A second key for the backups of an office: nothing that was sealed for the first is lost by it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from pipeline.settings import settings
from tests.integration.safe import BackedUp, alurizin, elsewhere, make_backed_up_office
from tests.integration.test_backup import SOUND, refused

PRODUCTION = {
    "ALURIZIN_MODE": "production",
    "SECRET_KEY": "N8fQ2vXz7LrT4wKd9HsB3mJc6YpG1uEa5ZoR",
    "BASE_URL": "https://izin.contoh.go.id",
    "TRUSTED_HOSTS": "izin.contoh.go.id",
}


@pytest.fixture(scope="module")
def original(_server: Engine, tmp_path_factory: pytest.TempPathFactory) -> BackedUp:
    return make_backed_up_office(_server, tmp_path_factory.mktemp("cadangan"))


@pytest.fixture(autouse=True)
def _same_key(original: BackedUp) -> Iterator[None]:
    """Whatever a test puts in its place."""
    before = public()
    yield
    (settings().data / "kunci" / "cadangan.pub").write_bytes(before)


def public() -> bytes:
    return (settings().data / "kunci" / "cadangan.pub").read_bytes()


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_key_of_an_office_is_not_replaced_unasked(original: BackedUp, tmp_path: Path) -> None:
    before = public()
    assert before.decode() in original.key.read_text("ascii")
    refused(alurizin("kunci-cadangan", tmp_path / "kedua"), "sudah punya kunci publik cadangan", "--ganti")
    assert not (tmp_path / "kedua").exists()
    assert public() == before


def test_a_restored_office_goes_on_with_its_key(original: BackedUp, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    data = tmp_path / "baru"
    back = original.restore(data, **PRODUCTION)
    assert back.returncode == 0, back.stderr
    assert SOUND in back.stdout
    assert "belum pernah dibuat" not in back.stderr
    assert (data / "kunci" / "cadangan.pub").read_bytes() == public()
    refused(alurizin("kunci-cadangan", tmp_path / "kedua", env=elsewhere(data)), "cadangkan FOLDER")


def test_after_another_key_the_good_backups_stay_and_new_ones_go_elsewhere(original: BackedUp, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    second = BackedUp(tmp_path / "kedua", tmp_path / "lain")
    made = alurizin("kunci-cadangan", second.key, "--ganti")
    assert made.returncode == 0
    assert "folder baru yang kosong" in made.stderr
    before = state(original.target)
    for key in ((), ("--kunci", second.key), ("--kunci", public().decode().strip())):
        done = alurizin("cadangkan", original.target, *key, "--simpan", "1", env=os.environ)
        refused(done, "berisi cadangan untuk kunci lain", "Pilih folder lain yang kosong")
    assert state(original.target) == before
    second.again("--simpan", "1")
    original.again("--simpan", "1")
    for one, name in ((original, "pertama"), (second, "berikutnya")):
        back = one.restore(tmp_path / name)
        assert back.returncode == 0, back.stderr
        assert SOUND in back.stdout
