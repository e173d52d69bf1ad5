"""Secrets that work once: a code to type, a link to follow. Pure.

They are computed from the id of the letter that carries them and the key of this office, so none lies in a table or in
a message queue, and a letter that is sent again says the same.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from uuid import UUID

LIFE = timedelta(minutes=30)
DIGITS = 6


def code_of(letter_id: UUID, key: str) -> str:
    """Six digits to be typed."""
    number = int.from_bytes(_derive("kode", letter_id, key)) % 10**DIGITS
    return f"{number:0{DIGITS}}"


def token_of(letter_id: UUID, key: str) -> str:
    """The part of a link that nobody can guess."""
    return urlsafe_b64encode(_derive("tautan", letter_id, key)).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def same_code(typed: str, code: str) -> bool:
    """Whether this is the code, however it is spaced."""
    return hmac.compare_digest("".join(typed.split()).encode(), code.encode())


def _derive(purpose: str, letter_id: UUID, key: str) -> bytes:
    return hmac.new(key.encode(), f"{purpose}:{letter_id}".encode(), hashlib.sha256).digest()
