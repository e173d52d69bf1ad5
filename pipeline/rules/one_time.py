"""Secrets that work once: a code to type, a link to follow, a slip of the counter. Pure.

They are computed from the id of the letter that carries them and the key of this office, so none lies in a table or in
a message queue, and a letter that is sent again says the same.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

LIFE: Final = timedelta(minutes=30)
DIGITS: Final = 6
#: Of the code that opens the way to a new password: it stands for the password, so it is longer and lives shorter.
PASSWORD_CODE_LIFE: Final = timedelta(minutes=10)
PASSWORD_CODE_DIGITS: Final = 8
#: What nobody reads as another one: no 0 and O, no 1, I and L, no U beside V.
SLIP_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SLIP_LENGTH: Final = 12


class Opens(StrEnum):
    """How a letter lets an owner set a password."""

    LINK = "tautan"
    CODE = "kode"  # typed from a message to a phone
    SLIP = "loket"  # a link short enough to be typed from paper


def code_of(letter_id: UUID, key: str) -> str:
    """Six digits to be typed."""
    return _digits(_derive("kode", letter_id, key), DIGITS)


def password_code_of(letter_id: UUID, key: str) -> str:
    """Eight digits to be typed, which lead to a new password."""
    return _digits(_derive("kode-sandi", letter_id, key), PASSWORD_CODE_DIGITS)


def slip_of(letter_id: UUID, key: str) -> str:
    """Twelve letters and digits: the end of a link, and typed by hand where nothing can be scanned."""
    number, letters = int.from_bytes(_derive("loket", letter_id, key)), ""
    for _ in range(SLIP_LENGTH):
        number, place = divmod(number, len(SLIP_LETTERS))
        letters += SLIP_LETTERS[place]
    return letters


def typed_slip(text: str) -> str:
    """What stands on a slip, however it was typed."""
    return "".join(letter for letter in text.upper() if letter in SLIP_LETTERS)


def token_of(letter_id: UUID, key: str) -> str:
    """The part of a link that nobody can guess."""
    return urlsafe_b64encode(_derive("tautan", letter_id, key)).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def same_code(typed: str, code: str) -> bool:
    """Whether this is the code, however it is spaced."""
    return hmac.compare_digest("".join(typed.split()).encode(), code.encode())


def _digits(secret: bytes, count: int) -> str:
    return f"{int.from_bytes(secret) % 10**count:0{count}}"


def _derive(purpose: str, letter_id: UUID, key: str) -> bytes:
    return hmac.new(key.encode(), f"{purpose}:{letter_id}".encode(), hashlib.sha256).digest()
