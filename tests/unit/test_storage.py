"""Documents on disk: found by their content, closed to others, whole or not there."""

import errno
import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from pipeline.cipher import DocumentKey, make_key
from pipeline.errors import BerkasDamaged, BerkasLost, NotFound
from pipeline.sealing.keys import owner_bytes
from pipeline.storage import OFFICE, SEALED, Damage, StorageFull, Store


class Key:
    """One key, in no database."""

    def __init__(self, owner: UUID | None = None) -> None:
        self._key = DocumentKey(make_key(), owner_bytes(owner))

    def present(self) -> tuple[DocumentKey]:
        return (self._key,)

    anew = present

    def sealing(self) -> DocumentKey:
        return self._key


@pytest.fixture
def storehouse(tmp_path: Path) -> Store:
    return Store(tmp_path / "data" / "berkas", Key())


def _files(storehouse: Store) -> list[Path]:
    return [p for p in storehouse.folder.rglob("*") if p.is_file()]


def test_what_is_put_is_got_by_its_hash(storehouse: Store) -> None:
    sha256 = storehouse.put(b"isi")
    assert sha256 == hashlib.sha256(b"isi").hexdigest()
    assert storehouse.get(sha256) == b"isi"
    assert storehouse.has(sha256)


def test_the_same_bytes_are_kept_once(storehouse: Store) -> None:
    assert storehouse.put(b"isi") == storehouse.put(b"isi")
    (one,) = _files(storehouse)
    assert one.relative_to(storehouse.folder).parts == (OFFICE, one.name)


def test_files_and_folders_are_closed_to_others(storehouse: Store) -> None:
    storehouse.put(b"isi")
    (one,) = _files(storehouse)
    assert one.stat().st_mode & 0o777 == 0o600
    for folder in (one.parent, storehouse.folder, storehouse.folder.parent):
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "0" * 63 + "/", "0" * 64 + "\n"])
def test_what_is_not_there_is_not_found(storehouse: Store, key: str) -> None:
    assert not storehouse.has(key)
    with pytest.raises(NotFound):
        storehouse.get(key)


@pytest.fixture
def alarm() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def watched(tmp_path: Path, alarm: list[tuple[str, str]]) -> Store:
    return Store(tmp_path / "dijaga", Key(), alarm=lambda sha256, damage, _: alarm.append((sha256, damage)))


@pytest.mark.parametrize("harm", [lambda b: b + b" ", lambda b: b"\0" + b[1:], lambda b: b[:-1], lambda _: b""])
def test_a_swapped_or_flipped_file_is_never_served(
    watched: Store, alarm: list[tuple[str, str]], harm: Callable[[bytes], bytes]
) -> None:
    sha256 = watched.put(b"isi dokumen")
    (one,) = _files(watched)
    one.write_bytes(harm(one.read_bytes()))
    with pytest.raises(BerkasDamaged, match="rusak"):
        watched.get(sha256)
    assert alarm == [(sha256, "rusak")]
    assert list(watched.scan()) == [one.name.removesuffix(SEALED)]
    watched.put(b"isi dokumen")
    assert watched.damage(sha256) is None
    assert list(watched.scan()) == []


def test_what_cannot_be_read_for_whatever_reason_is_damage(watched: Store, alarm: list[tuple[str, str]]) -> None:
    """A folder of its name stands for a bad disk, and for a file that a restore left to somebody else."""
    sha256 = watched.put(b"isi dokumen")
    (one,) = _files(watched)
    one.unlink()
    one.mkdir()
    with pytest.raises(BerkasDamaged):
        watched.get(sha256)
    assert list(watched.scan()) == [one.name.removesuffix(SEALED)]
    with pytest.raises(BerkasDamaged):
        watched.put(b"isi dokumen")
    assert set(alarm) == {(sha256, "rusak")}


def test_a_file_that_is_gone_says_so_and_is_no_page_not_found(watched: Store, alarm: list[tuple[str, str]]) -> None:
    with pytest.raises(BerkasLost, match="hilang"):
        watched.get("0" * 64)
    assert alarm == [("0" * 64, "hilang")]


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_kindly_and_leaves_nothing(
    storehouse: Store, error: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_fd: int) -> None:
        raise OSError(error, os.strerror(error))

    storehouse.folder.mkdir(parents=True)
    with monkeypatch.context() as m:
        m.setattr(os, "fsync", full)
        with pytest.raises(StorageFull, match="penuh"):
            storehouse.put(b"isi")
    assert _files(storehouse) == []
    assert storehouse.get(storehouse.put(b"isi")) == b"isi"


def test_another_trouble_with_the_disk_is_not_called_full(storehouse: Store) -> None:
    storehouse.folder.parent.mkdir(parents=True)
    storehouse.folder.write_bytes(b"bukan folder")
    with pytest.raises(FileExistsError):
        storehouse.put(b"isi")


def test_a_damaged_file_is_written_again(storehouse: Store) -> None:
    sha256 = storehouse.put(b"isi")
    (one,) = _files(storehouse)
    one.write_bytes(b"i")
    storehouse.put(b"isi")
    assert storehouse.get(sha256) == b"isi"


def test_two_writers_of_the_same_bytes(storehouse: Store) -> None:
    content = os.urandom(1 << 20)
    start = threading.Barrier(4)

    def put() -> None:
        start.wait()
        storehouse.put(content)

    thread = [threading.Thread(target=put) for _ in range(4)]
    for u in thread:
        u.start()
    for u in thread:
        u.join()
    (one,) = _files(storehouse)
    assert storehouse.get(hashlib.sha256(content).hexdigest()) == content
    assert content[:64] not in one.read_bytes()


def test_what_lies_on_the_disk_tells_neither_content_nor_name_nor_that_two_owners_have_the_same(tmp_path: Path) -> None:
    sha256, names = hashlib.sha256(b"KTP seseorang").hexdigest(), set()
    for owner in (uuid4(), uuid4()):
        assert Store(tmp_path, Key(owner), owner=owner).put(b"KTP seseorang") == sha256
    for path in tmp_path.rglob("*"):
        assert sha256 not in path.name
        if path.is_file():
            assert b"KTP" not in path.read_bytes()
            names.add(path.name)
    assert len(names) == 2


def test_a_file_put_in_the_place_of_another_or_of_another_owners_is_damage(tmp_path: Path) -> None:
    """Also the very same bytes, sealed for somebody else; and an older file of the same owner."""
    owners = uuid4(), uuid4()
    mine, theirs = (Store(tmp_path / str(owner), Key(owner), owner=owner) for owner in owners)
    sha256, older = mine.put(b"baru"), mine.put(b"lama")
    theirs.put(b"baru")
    for stranger in (mine.path(older), theirs.path(sha256)):
        whole = mine.path(sha256).read_bytes()
        mine.path(sha256).write_bytes(stranger.read_bytes())
        assert mine.damage(sha256) is Damage.RUSAK
        with pytest.raises(BerkasDamaged):
            mine.get(sha256)
        mine.path(sha256).write_bytes(whole)
    assert mine.get(sha256) == b"baru"


def test_what_an_older_version_kept_in_the_clear_is_still_read_and_only_when_it_is_whole(storehouse: Store) -> None:
    sha256 = hashlib.sha256(b"lama").hexdigest()
    clear = storehouse.clear_path(sha256)
    clear.parent.mkdir(parents=True)
    clear.write_bytes(b"lama")
    assert (storehouse.get(sha256), storehouse.damage(sha256), storehouse.has(sha256)) == (b"lama", None, True)
    clear.write_bytes(b"palsu")
    assert storehouse.damage(sha256) is Damage.RUSAK
