"""Bytes that only a holder of the key can read, and that nobody can change, swap or put in another's place unseen.

AES-256-GCM. What the bytes are about is bound to them: opened as anything else they do not open at all.
"""

import hmac
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
NONCE_BYTES, TAG_BYTES = 12, 16  # in front of what is sealed, and behind it
_room, _only_one = bytearray(), threading.Lock()


class SealBroken(Exception):
    """Not sealed by this key, or not about this, or changed since."""


def make_key() -> bytes:
    """A new key."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, content: bytes, about: bytes) -> bytes:
    """The content, sealed as what it is about."""
    return _seal(AESGCM(key), content, about)


def unseal(key: bytes, sealed: bytes | memoryview, about: bytes) -> bytes:
    """The content again. Raises SealBroken."""
    return _unseal(AESGCM(key), sealed, about)


class DocumentKey:
    """The key of one owner's documents: what it seals has a name that tells nothing and is bound to owner and name."""

    __slots__ = ("_cipher", "_names", "owner")

    def __init__(self, secret: bytes, owner: bytes) -> None:
        self.owner = owner
        self._cipher = AESGCM(hmac.digest(secret, b"alurizin isi", "sha256"))
        self._names = hmac.digest(secret, b"alurizin nama", "sha256")

    def name(self, what: str) -> str:
        """What it is called on the disk: the same document of another owner has another name."""
        return hmac.digest(self._names, what.encode(), "sha256").hex()

    def seal(self, content: bytes, name: str) -> bytes:
        """Sealed under this name."""
        return _seal(self._cipher, content, self._about(name))

    def unseal(self, sealed: bytes | memoryview, name: str) -> bytes:
        """The content of that name. Raises SealBroken."""
        return _unseal(self._cipher, sealed, self._about(name))

    def opens(self, sealed: bytes | memoryview, name: str) -> bool:
        """Whether it is whole: the same, into bytes that nobody needs. To ask for new ones costs ten times as much."""
        size = len(sealed) - NONCE_BYTES - TAG_BYTES
        if size < 0:
            return False
        with _spare(size) as room:
            try:
                self._cipher.decrypt_into(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._about(name), room)
            except InvalidTag:
                return False
        return True

    def _about(self, name: str) -> bytes:
        return b"alurizin 1|" + self.owner + b"|" + name.encode()


@contextmanager
def _spare(size: int) -> Iterator[memoryview]:
    """Room for so many bytes: the same each time, or its own for who finds it taken."""
    if not _only_one.acquire(blocking=False):
        yield memoryview(bytearray(size))
        return
    try:
        if len(_room) < size:
            _room.extend(bytes(size - len(_room)))
        with memoryview(_room) as whole, whole[:size] as part:  # released before anybody makes it longer
            yield part
    finally:
        _only_one.release()


def _seal(cipher: AESGCM, content: bytes, about: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, content, about)


def _unseal(cipher: AESGCM, sealed: bytes | memoryview, about: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
    except (InvalidTag, ValueError) as error:  # ValueError: too short to be one
        raise SealBroken from error
