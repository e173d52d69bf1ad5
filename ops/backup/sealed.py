"""Sealed files: age streams, written and read a piece at a time, so that memory stays flat for any size."""

import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyrage
from pyrage.x25519 import Identity, Recipient

from pipeline.disk import make_folder, sync_folder
from pipeline.errors import DefinitionError

PIECE = 2**16
_OTHER_KEY = "No matching keys found"
_OTHER_COPY = "Pakai cadangan lain, atau salinan lain darinya."


class WrongKey(DefinitionError):
    """Kunci ini bukan kunci cadangan itu. Pakai berkas kunci yang dibuat bersama cadangannya."""


class PartDamaged(DefinitionError):
    """Bagian cadangan ini rusak atau terpotong."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"Bagian cadangan {path} rusak atau terpotong. {_OTHER_COPY}")


class PartLost(DefinitionError):
    """Bagian cadangan ini tidak ada."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"Bagian cadangan {path} tidak ada. {_OTHER_COPY}")


class _Source:
    """What is sealed, as the library asks for it; it keeps the error of its maker, which the library swallows."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""
        self.error: BaseException | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self._rest:
                self._rest = next(self._pieces)
        except StopIteration:
            return b""
        except BaseException as error:
            self.error = error
            raise
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


class _Sink:
    """Where the opened bytes go; it keeps the error of whoever takes them."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self.error: BaseException | None = None

    def write(self, piece: bytes) -> int:
        try:
            self._take(bytes(piece))
        except BaseException as error:
            self.error = error
            raise
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""


def seal(path: Path, pieces: Iterable[bytes], recipient: Recipient) -> None:
    """Write a sealed file that is on the disk, whole, when this returns."""
    make_folder(path.parent)
    source = _Source(pieces)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        try:
            pyrage.encrypt_io(source, file, [recipient])
        except pyrage.EncryptError:
            if source.error is not None:
                raise source.error from None
            raise
        file.flush()
        os.fsync(file.fileno())


def publish(made: Path, path: Path) -> None:
    """Give a file its name in one step that survives a power cut."""
    make_folder(path.parent)
    made.replace(path)
    sync_folder(path.parent)


def unseal(path: Path, identity: Identity, take: Callable[[bytes], object]) -> None:
    """Hand the opened bytes on, a piece at a time. Raises WrongKey, PartLost, PartDamaged.

    What was handed on counts only when this returns: of a damaged file the beginning may be sound.
    """
    sink = _Sink(take)
    try:
        with path.open("rb") as file:
            pyrage.decrypt_io(file, sink, [identity])
    except FileNotFoundError:
        raise PartLost(path) from None
    except (pyrage.DecryptError, OSError) as error:
        if sink.error is not None:
            raise sink.error from None
        raise (WrongKey() if str(error) == _OTHER_KEY else PartDamaged(path)) from error


def unseal_part(path: Path, identity: Identity, take: Callable[[bytes], object]) -> None:
    """The same of a part whose key is known to be this one: what it does not open is damaged, never another's."""
    try:
        unseal(path, identity, take)
    except WrongKey as error:
        raise PartDamaged(path) from error


def is_for(path: Path, identity: Identity) -> bool:
    """Whether this identity opens it; only the beginning is read. What is damaged cannot tell, and nobody opens it."""

    def enough(_: bytes) -> None:
        raise _EnoughError

    try:
        unseal(path, identity, enough)
    except WrongKey:
        return False
    except (_EnoughError, PartDamaged, PartLost):
        return True
    return True


class _EnoughError(Exception):
    """The first piece came out."""


def packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Compressed, quickly: rows are mostly words that come again."""
    packing = zlib.compressobj(1)
    for piece in pieces:
        yield packing.compress(piece)
    yield packing.flush()


class Unpacking:
    """Takes what ``packed`` gave, and hands on what it was; counts and hashes it on the way."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self._opened = zlib.decompressobj()
        self._digest = hashlib.sha256()

    def __call__(self, piece: bytes) -> None:
        while piece:
            plain = self._opened.decompress(piece, PIECE)
            self._digest.update(plain)
            self._take(plain)
            piece = self._opened.unconsumed_tail

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()
