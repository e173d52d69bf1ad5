"""The code of an app on an officer's phone (RFC 6238), and the codes for the day the phone is gone. Pure."""

from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError

#: So many half minutes a phone's clock may be ahead or behind.
DRIFT = 1
DIGITS, RECOVERY_DIGITS, RECOVERY_CODES = 6, 12, 10


def digits_of(typed: str) -> str:
    """A code however it was spaced: "1234-5678 9012"."""
    return "".join(letter for letter in typed if letter.isascii() and letter.isdigit())


def matching_step(secret: str, digits: str, now: datetime) -> int | None:
    """The half minute whose code this is; None when it is none of those around ``now``."""
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(digits, for_time=now, valid_window=DRIFT)
    except OTPVerificationError:
        return None


def app_address(secret: str, identifier: str, office: str) -> str:
    """What the QR code tells the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=identifier, issuer_name=office)


def in_groups(code: str) -> str:
    """A long code as people read it: "1234 5678 9012"."""
    return " ".join(code[n : n + 4] for n in range(0, len(code), 4))
