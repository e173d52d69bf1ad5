"""Documents on disk: found by their content, closed to others, whole or not there."""

import errno
import hashlib
import os
import threading
from pathlib import Path

import pytest

from pipeline.errors import TidakDitemukan
from pipeline.storage import PenyimpananPenuh, Store


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


@pytest.mark.parametrize("kunci", ["0" * 64, "", "../../etc/passwd", "A" * 64, "0" * 63 + "/", "0" * 64 + "\n"])
def test_what_is_not_there_is_not_found(gudang: Store, kunci: str) -> None:
    assert not gudang.has(kunci)
    with pytest.raises(TidakDitemukan):
        gudang.get(kunci)


@pytest.mark.parametrize("galat", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_kindly_and_leaves_nothing(
    gudang: Store, galat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_fd: int) -> None:
        raise OSError(galat, os.strerror(galat))

    gudang.folder.mkdir(parents=True)
    with monkeypatch.context() as m:
        m.setattr(os, "fsync", full)
        with pytest.raises(PenyimpananPenuh, match="penuh"):
            gudang.put(b"isi")
    assert _files(gudang) == []
    assert gudang.get(gudang.put(b"isi")) == b"isi"


def test_another_trouble_with_the_disk_is_not_called_full(gudang: Store) -> None:
    gudang.folder.parent.mkdir(parents=True)
    gudang.folder.write_bytes(b"bukan folder")
    with pytest.raises(NotADirectoryError):
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
