"""Documents, sealed: written once, never changed, found by owner and by the hash of their content.

On the disk each has a name that tells nothing: the same bytes of two owners are two files. What an older version kept
in the clear, under the hash itself, is still read (``services/records/seal_store`` seals it).
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from pipeline.cipher import DocumentKey, SealBroken
from pipeline.damage import record_damage
from pipeline.disk import is_full, write_atomic
from pipeline.errors import AlurIzinError, BerkasDamaged, BerkasErased, BerkasLost, NotFound
from pipeline.sealing.erasures import is_erased
from pipeline.sealing.keys import OWNER_BYTES, keys_of, read_keys, sealing_key
from pipeline.settings import settings

_SHA256 = re.compile(r"[0-9a-f]{64}")
#: In front of what is sealed: what kind of file it is, and whose.
MAGIC: Final = b"ALZ1"
_HEAD: Final = len(MAGIC) + OWNER_BYTES
SEALED, OFFICE = ".segel", "kantor"


class StorageFull(AlurIzinError):
    """Penyimpanan dokumen sedang penuh, jadi berkas belum tersimpan. Isian Anda aman; coba lagi beberapa saat lagi."""


class Damage(StrEnum):
    """What can be wrong with a kept file."""

    RUSAK = "rusak"
    HILANG = "hilang"


class Keys(Protocol):
    """Where a store has the keys of its owner from."""

    def present(self) -> Sequence[DocumentKey]: ...

    def anew(self) -> Sequence[DocumentKey]: ...

    def sealing(self) -> DocumentKey: ...


@dataclass(frozen=True, slots=True)
class KeptKeys:
    """Those of an application, or of the office itself."""

    owner: UUID | None

    def present(self) -> Sequence[DocumentKey]:
        """As this process knows them."""
        return keys_of(self.owner)

    def anew(self) -> Sequence[DocumentKey]:
        """As they are."""
        return keys_of(None) if self.owner is None else read_keys(self.owner)

    def sealing(self) -> DocumentKey:
        """The one to keep something with."""
        return sealing_key(self.owner)


class Store:
    """The documents of one owner, in a folder of their own; readable by its user alone.

    Bytes are believed only where they open as what they are asked for; ``alarm`` is told of each damage met.
    """

    def __init__(
        self,
        folder: Path,
        keys: Keys,
        *,
        owner: UUID | None = None,
        alarm: Callable[[str, str, UUID | None], None] | None = None,
        erased: Callable[[str], bool] | None = None,
    ) -> None:
        self.folder, self.owner = folder, owner
        self._place = f"{folder}/{owner.hex[:2]}/{owner.hex}" if owner else f"{folder}/{OFFICE}"
        self._keys, self._alarm, self._erased = keys, alarm, erased

    def put(self, payload: bytes) -> str:
        """Keep the bytes and return their SHA-256 (hex); putting them again changes nothing.

        Raises StorageFull when the disk is full, OfficeKeyLacking.
        """
        sha256 = hashlib.sha256(payload).hexdigest()
        key = self._keys.sealing()
        name = key.name(sha256)
        if _open(key, self._name(name), name) != payload:  # one that was damaged is put right
            try:
                write_atomic(Path(self._name(name)), MAGIC + key.owner + key.seal(payload, name))
            except OSError as error:
                if is_full(error):
                    raise StorageFull from error
                if isinstance(error, IsADirectoryError | PermissionError):
                    self._tell(sha256, Damage.RUSAK)
                    raise BerkasDamaged from error
                raise
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes kept under ``sha256``. Raises BerkasErased, BerkasDamaged, BerkasLost; NotFound for no hash."""
        found = self._look(sha256)
        if found is Damage.HILANG and self.is_erased(sha256):
            raise BerkasErased
        if not isinstance(found, Damage) and hashlib.sha256(found).hexdigest() != sha256:
            found = Damage.RUSAK
        if isinstance(found, Damage):
            self._tell(sha256, found)
            raise BerkasLost if found is Damage.HILANG else BerkasDamaged
        return found

    def has(self, sha256: str) -> bool:
        return bool(_SHA256.fullmatch(sha256)) and self.path(sha256).exists()

    def damage(self, sha256: str) -> Damage | None:
        """What is wrong with a kept file, if anything; the alarm is told. That it opens under its name is enough: its
        hash was taken when it was sealed."""
        if not _SHA256.fullmatch(sha256):  # what the records name is no hash
            return Damage.HILANG
        if self._is_whole(sha256):
            return None
        found = self._look(sha256)
        if not isinstance(found, Damage) or (found is Damage.HILANG and self.is_erased(sha256)):
            return None
        self._tell(sha256, found)
        return found

    def is_erased(self, sha256: str) -> bool:
        """Whether it is gone because somebody had it erased: no damage, and never to come back."""
        return self._erased is not None and self._erased(sha256)

    def keep_only(self, kept: Iterable[str]) -> None:
        """Seal these with the newest key, and take away whatever else there is of this owner."""
        key, names = self._keys.sealing(), set[str]()
        for sha256 in kept:
            with suppress(BerkasDamaged, BerkasErased):
                self.put(self.get(sha256))
                names.add(f"{key.name(sha256)}{SEALED}")
        for path in Path(self._place).glob("*"):
            if path.name not in names:
                path.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where it lies; where there is none, where it would."""
        clear = self.clear_path(sha256)
        for keys in (self._keys.present, self._keys.anew):
            sealed = [Path(self._name(key.name(sha256))) for key in keys()]
            if found := [path for path in (*sealed, clear) if path.exists()]:
                return found[0]
        return sealed[0] if sealed else clear

    def clear_path(self, sha256: str) -> Path:
        """Where an older version kept it."""
        if not _SHA256.fullmatch(sha256):  # never let a caller's text become a path
            raise NotFound
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def scan(self) -> Iterator[str]:
        """The names on the disk of this owner's sealed files that do not open."""
        return scan(self.folder, lambda owner: self._keys.present() if owner == self.owner else ())

    def _look(self, sha256: str) -> bytes | Damage:
        if not _SHA256.fullmatch(sha256):
            raise NotFound
        found = self._opened(sha256, self._keys.present())
        if found is Damage.HILANG:
            found = self._in_the_clear(sha256)
        if found is Damage.HILANG:  # sealed just now, or by another process with a key this one does not know yet
            found = self._opened(sha256, self._keys.anew())
        return found

    def _is_whole(self, sha256: str) -> bool:
        """Whether it opens with the newest key this process knows: what a guard asks of twenty files at a time."""
        for key in self._keys.present()[:1]:
            sealed = _read(self._name(name := key.name(sha256)))
            return not isinstance(sealed, Damage) and _is_sound(key, sealed, name)
        return False

    def _opened(self, sha256: str, keys: Sequence[DocumentKey]) -> bytes | Damage:
        found: bytes | Damage = Damage.HILANG
        for key in keys:
            name = key.name(sha256)
            if not isinstance(found := _open(key, self._name(name), name), Damage):
                break
        return found

    def _in_the_clear(self, sha256: str) -> bytes | Damage:
        found = _read(str(self.clear_path(sha256)))
        return found if isinstance(found, Damage) or hashlib.sha256(found).hexdigest() == sha256 else Damage.RUSAK

    def _tell(self, sha256: str, damage: Damage) -> None:
        if self._alarm is not None:
            self._alarm(sha256, damage, self.owner)

    def _name(self, name: str) -> str:
        """Its path as a text: an act looks at some twenty files, and to make a Path takes longer than to read one."""
        return f"{self._place}/{name}{SEALED}"


def scan(folder: Path, keys: Callable[[UUID | None], Sequence[DocumentKey]]) -> Iterator[str]:
    """Read every sealed file of every owner, and yield the names of those that do not open as what they are called.

    A file being written has another name.
    """
    for path in (*folder.glob(f"{OFFICE}/*{SEALED}"), *folder.glob(f"??/*/*{SEALED}")):
        if not opens(path, keys):
            yield path.stem


def opens(path: Path, keys: Callable[[UUID | None], Sequence[DocumentKey]]) -> bool:
    """Whether a sealed file opens as what it is called; one whose owner has no key any more was erased: no damage."""
    sealed = _read(str(path))
    if isinstance(sealed, Damage) or not sealed.startswith(MAGIC):
        return False
    owner = UUID(bytes=sealed[len(MAGIC) : _HEAD].ljust(OWNER_BYTES, b"\0"))
    known = keys(owner if owner.int else None)
    return not known or any(_is_sound(key, sealed, path.stem) for key in known)


def is_hash(text: str) -> bool:
    """Whether a text names a kept file at all."""
    return bool(_SHA256.fullmatch(text))


def store(owner: UUID | None = None) -> Store:
    """The documents of an application; without one, the office's own."""
    erased = partial(is_erased, owner) if owner else None
    return Store(settings().data / "berkas", KeptKeys(owner), owner=owner, alarm=record_damage, erased=erased)


def _open(key: DocumentKey, path: str, name: str) -> bytes | Damage:
    sealed = _read(path)
    return sealed if isinstance(sealed, Damage) else _unsealed(key, sealed, name)


def _is_sound(key: DocumentKey, sealed: bytes, name: str) -> bool:
    return sealed.startswith(MAGIC + key.owner) and key.opens(memoryview(sealed)[_HEAD:], name)


def _unsealed(key: DocumentKey, sealed: bytes, name: str) -> bytes | Damage:
    if not sealed.startswith(MAGIC + key.owner):
        return Damage.RUSAK
    try:
        return key.unseal(memoryview(sealed)[_HEAD:], name)
    except SealBroken:
        return Damage.RUSAK


def _read(path: str) -> bytes | Damage:
    try:
        with open(path, "rb") as f:
            return f.read()
    except FileNotFoundError:
        return Damage.HILANG
    except OSError:  # somebody else's file, a folder of that name, a bad disk: whatever the reason, it is not there
        return Damage.RUSAK
