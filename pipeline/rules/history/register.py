"""What a decree number of a year can be, and how an attempt to sign stands. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.rules.history.kinds import SkStatus

#: An intent to sign older than this was left by a process that died.
INTENT_AGE_AT_MOST = timedelta(minutes=2)


class FreedReason(StrEnum):
    """Why a number left its file before anything was issued under it."""

    WITHDRAWN = "ditarik"
    RETURNED = "dikembalikan"
    YEAR_END = "tahun_berakhir"


class NumberState(StrEnum):
    USED = "terpakai"
    RESERVED = "dipesan"
    FREED = "bebas"
    CANCELLED = "dibatalkan"


@dataclass(frozen=True, slots=True)
class Gap:
    """A number of a series that nothing accounts for."""

    sop: str
    kind: str
    year: int
    sequence: int


REASONS = {
    FreedReason.WITHDRAWN: "pemohon membatalkan permohonannya",
    FreedReason.RETURNED: "berkas dikembalikan untuk diperbaiki sebelum ditandatangani",
    FreedReason.YEAR_END: "tahun berakhir sebelum suratnya ditandatangani",
}


def number_state(
    *, held: bool, used: bool, unknown: bool, year: int, this_year: int, on_paper: bool = False
) -> NumberState:
    """How a number stands today. One whose year is over can reach no document any more, freed or not: it is cancelled.

    ``unknown``: whether its document was signed is not known yet, so it stays with its file. ``on_paper``: the numbers
    on paper have gone past it, so that it is drawn no more.
    """
    if used:
        return NumberState.USED
    if year < this_year and not unknown:
        return NumberState.CANCELLED
    if held:
        return NumberState.RESERVED
    return NumberState.CANCELLED if on_paper else NumberState.FREED


def is_left(status: str, created_at: datetime, now: datetime) -> bool:
    """The process that began this attempt is gone."""
    return status == SkStatus.NIAT and now - created_at >= INTENT_AGE_AT_MOST


def is_unknown(status: str, created_at: datetime, provider: str, now: datetime) -> bool:
    """Nobody knows whether this attempt made a signature. The local signer leaves none when its process dies."""
    return status == SkStatus.PERLU_DICEK or (is_left(status, created_at, now) and provider != "lokal")
