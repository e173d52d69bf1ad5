"""What lies in the database under this instance's secret: a copy of its tables alone opens none of it."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.hashing import derived_key
from pipeline.settings import settings

NONCE = 12


def lock(purpose: str, about: str, plain: str) -> bytes:
    """A secret as it is kept; it opens only for the same purpose, and for who it is about."""
    nonce = os.urandom(NONCE)
    return nonce + _cipher(settings().secret_key, purpose).encrypt(nonce, plain.encode(), about.encode())


def unlock(purpose: str, about: str, locked: bytes) -> str | None:
    """The secret again, under the present key or an older one; None when none of them opens it."""
    for key in (settings().secret_key, *settings().secret_key_fallbacks):
        try:
            return _cipher(key, purpose).decrypt(locked[:NONCE], locked[NONCE:], about.encode()).decode()
        except (InvalidTag, ValueError):  # ValueError: too short to be one
            continue
    return None


def _cipher(key: str, purpose: str) -> AESGCM:
    return AESGCM(derived_key(key, f"locked {purpose}"))
