"""How a decree number stands, and whether a signature that was begun is still being made."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.rules.history.kinds import SkStatus
from pipeline.rules.history.register import INTENT_AGE_AT_MOST, NumberState, is_left, is_unknown, number_state

BEGUN = datetime(2026, 11, 25, 1, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("unknown", [True, False])
@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_a_number_under_which_something_was_issued_is_used_for_ever(held: bool, unknown: bool, year: int) -> None:
    assert number_state(held=held, used=True, unknown=unknown, year=year, this_year=2026) is NumberState.USED


@pytest.mark.parametrize(
    ("year", "unknown", "held", "state"),
    [
        (2026, False, True, NumberState.RESERVED),
        (2026, False, False, NumberState.FREED),
        (2026, True, True, NumberState.RESERVED),
        (2025, False, True, NumberState.CANCELLED),
        (2025, False, False, NumberState.CANCELLED),
        (2025, True, True, NumberState.RESERVED),  # its letter may have been signed in time
    ],
)
def test_a_number_is_kept_freed_or_cancelled_with_its_year(
    year: int, unknown: bool, held: bool, state: NumberState
) -> None:
    assert number_state(held=held, used=False, unknown=unknown, year=year, this_year=2026) is state


def test_an_attempt_to_sign_is_given_up_after_two_minutes_and_not_before() -> None:
    two_minutes = BEGUN + timedelta(minutes=2)
    assert timedelta(minutes=2) == INTENT_AGE_AT_MOST
    assert not is_left(SkStatus.NIAT, BEGUN, two_minutes - A_MOMENT)
    assert is_left(SkStatus.NIAT, BEGUN, two_minutes)


@pytest.mark.parametrize("status", sorted(set(SkStatus) - {SkStatus.NIAT}))
def test_only_an_intent_is_left_behind(status: SkStatus) -> None:
    assert not is_left(status, BEGUN, BEGUN + timedelta(days=1))


@pytest.mark.parametrize(
    ("status", "minutes", "provider", "unknown"),
    [
        (SkStatus.NIAT, 1, "bsre", False),  # still being signed
        (SkStatus.NIAT, 2, "bsre", True),
        (SkStatus.NIAT, 2, "lokal", False),  # the local signer leaves nothing behind
        (SkStatus.PERLU_DICEK, 0, "bsre", True),
        (SkStatus.PERLU_DICEK, 0, "lokal", True),
        (SkStatus.GAGAL, 5, "bsre", False),
        (SkStatus.TERBIT, 5, "bsre", False),
    ],
)
def test_what_a_provider_may_have_signed_is_unknown(
    status: SkStatus, minutes: int, provider: str, unknown: bool
) -> None:
    assert is_unknown(status, BEGUN, provider, BEGUN + timedelta(minutes=minutes)) is unknown
