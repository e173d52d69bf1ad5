"""At the counter: what an applicant who cannot log in any more has shown, and why. Pure.

Of the number of an identity paper its last digits are noted, never the whole of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pipeline.errors import InputInvalid

LAST_DIGITS: Final = 4


class IdentityPaper(StrEnum):
    """What has a name and a picture on it."""

    KTP = "ktp"
    SIM = "sim"
    PASSPORT = "paspor"


class ResetReason(StrEnum):
    """Why they come: one of a list, so that nobody writes about a person what can never be erased."""

    FORGOTTEN = "lupa"
    PHONE_LOST = "hp"
    NOTHING_ARRIVED = "tidak_sampai"
    MISUSED = "disalahgunakan"


PAPERS: Final[Mapping[IdentityPaper, str]] = {
    IdentityPaper.KTP: "KTP",
    IdentityPaper.SIM: "SIM",
    IdentityPaper.PASSPORT: "Paspor",
}
REASONS: Final[Mapping[ResetReason, str]] = {
    ResetReason.FORGOTTEN: "Lupa kata sandi",
    ResetReason.PHONE_LOST: "HP hilang, rusak, atau berganti nomor",
    ResetReason.NOTHING_ARRIVED: "Kode atau tautan tidak sampai",
    ResetReason.MISUSED: "Akun diduga dipakai orang lain",
}
#: By what an account was looked for.
SOUGHT_BY: Final[Mapping[str, str]] = {"telepon": "nomor HP", "surel": "surel", "nik": "NIK"}


@dataclass(frozen=True, slots=True)
class ShownIdentity:
    """What an officer has seen."""

    paper: IdentityPaper
    last_digits: str
    reason: ResetReason


def read_shown(paper: str, last_digits: str, reason: str) -> ShownIdentity:
    """What was typed at the counter. Raises InputInvalid: dokumen, akhir, alasan."""
    errors: dict[str, str] = {}
    if paper not in set(IdentityPaper):
        errors["dokumen"] = "Pilih kartu identitas yang ditunjukkan."
    if not (last_digits.isascii() and last_digits.isdigit() and len(last_digits) == LAST_DIGITS):
        errors["akhir"] = f"Tulis {LAST_DIGITS} angka terakhirnya saja, bukan seluruh nomor."
    if reason not in set(ResetReason):
        errors["alasan"] = "Pilih alasannya."
    if errors:
        raise InputInvalid(errors)
    return ShownIdentity(IdentityPaper(paper), last_digits, ResetReason(reason))


def veil(address: str) -> str:
    """As much of an address as tells its owner which one it is: "s…@contoh.id", "…890"."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}" if at else f"…{address[-3:]}" if address else ""
