"""Documents on disk: found by their content, closed to others, whole or not there."""

import errno
import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import BerkasDamaged, BerkasLost, NotFound
from pipeline.storage import Damage, StorageFull, Store


@pytest.fixture
def gudang(tmp_path: Path) -> Store:
    return Store(tmp_path / "data" / "berkas")


def _files(gudang: Store) -> list[Path]:
    return [p for p in gudang.folder.rglob("*") if p.is_file()]


def test_what_is_put_is_got_by_its_hash(gudang: Store) -> None:
    sha256 = gudang.put(b"isi")
    assert sha256 == hashlib.sha256(b"isi").hexdigest()
    assert gudang.get(sha256) == b"isi"
    assert gudang.has(sha256)


def test_the_same_bytes_are_kept_once(gudang: Store) -> None:
    assert gudang.put(b"isi") == gudang.put(b"isi")
    (satu,) = _files(gudang)
    assert satu.relative_to(gudang.folder).parts == (satu.name[:2], satu.name[2:4], satu.name)


def test_files_and_folders_are_closed_to_others(gudang: Store) -> None:
    gudang.put(b"isi")
    (satu,) = _files(gudang)
    assert satu.stat().st_mode & 0o777 == 0o600
    for folder in (satu.parent, satu.parent.parent, gudang.folder, gudang.folder.parent):
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kunci", ["", "../../etc/passwd", "A" * 64, "0" * 63 + "/", "0" * 64 + "\n"])
def test_what_is_not_there_is_not_found(gudang: Store, kunci: str) -> None:
    assert not gudang.has(kunci)
    with pytest.raises(NotFound):
        gudang.get(kunci)


@pytest.fixture
def alarm() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def watched(tmp_path: Path, alarm: list[tuple[str, str]]) -> Store:
    return Store(tmp_path / "dijaga", lambda sha256, damage: alarm.append((sha256, damage)))


@pytest.mark.parametrize("harm", [lambda b: b + b" ", lambda b: b"\0" + b[1:], lambda b: b[:-1], lambda _: b""])
def test_a_swapped_or_flipped_file_is_never_served(
    watched: Store, alarm: list[tuple[str, str]], harm: Callable[[bytes], bytes]
) -> None:
    sha256 = watched.put(b"isi dokumen")
    (satu,) = _files(watched)
    satu.write_bytes(harm(satu.read_bytes()))
    with pytest.raises(BerkasDamaged, match="rusak"):
        watched.get(sha256)
    assert alarm == [(sha256, "rusak")]
    assert dict(watched.scan()) == {sha256: Damage.RUSAK}
    watched.put(b"isi dokumen")
    assert watched.damage(sha256) is None
    assert list(watched.scan()) == []


def test_what_cannot_be_read_for_whatever_reason_is_damage(watched: Store, alarm: list[tuple[str, str]]) -> None:
    """A folder of its name stands for a bad disk, and for a file that a restore left to somebody else."""
    sha256 = watched.put(b"isi dokumen")
    (satu,) = _files(watched)
    satu.unlink()
    satu.mkdir()
    with pytest.raises(BerkasDamaged):
        watched.get(sha256)
    assert dict(watched.scan()) == {sha256: Damage.RUSAK}
    with pytest.raises(BerkasDamaged):
        watched.put(b"isi dokumen")
    assert set(alarm) == {(sha256, "rusak")}


def test_a_file_that_is_gone_says_so_and_is_no_page_not_found(watched: Store, alarm: list[tuple[str, str]]) -> None:
    with pytest.raises(BerkasLost, match="hilang"):
        watched.get("0" * 64)
    assert alarm == [("0" * 64, "hilang")]


@pytest.mark.parametrize("galat", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_kindly_and_leaves_nothing(
    gudang: Store, galat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_fd: int) -> None:
        raise OSError(galat, os.strerror(galat))

    gudang.folder.mkdir(parents=True)
    with monkeypatch.context() as m:
        m.setattr(os, "fsync", full)
        with pytest.raises(StorageFull, match="penuh"):
            gudang.put(b"isi")
    assert _files(gudang) == []
    assert gudang.get(gudang.put(b"isi")) == b"isi"


def test_another_trouble_with_the_disk_is_not_called_full(gudang: Store) -> None:
    gudang.folder.parent.mkdir(parents=True)
    gudang.folder.write_bytes(b"bukan folder")
    with pytest.raises(FileExistsError):
        gudang.put(b"isi")


def test_a_damaged_file_is_written_again(gudang: Store) -> None:
    sha256 = gudang.put(b"isi")
    (satu,) = _files(gudang)
    satu.write_bytes(b"i")
    gudang.put(b"isi")
    assert gudang.get(sha256) == b"isi"


def test_two_writers_of_the_same_bytes(gudang: Store) -> None:
    isi = os.urandom(1 << 20)
    mulai = threading.Barrier(4)

    def put() -> None:
        mulai.wait()
        gudang.put(isi)

    utas = [threading.Thread(target=put) for _ in range(4)]
    for u in utas:
        u.start()
    for u in utas:
        u.join()
    (satu,) = _files(gudang)
    assert satu.read_bytes() == isi
