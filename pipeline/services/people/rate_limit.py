"""Counted tries in a window: the one rate limit, in PostgreSQL, so that a flushed Redis opens no door.

A try is counted before what it tries, in one statement: of a hundred at once no more get through than of a hundred in
a row.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, literal_column, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from pipeline.db import writing
from pipeline.errors import TooOften
from pipeline.models import AccessAttempt


def counter(what: str, who: str) -> str:
    """The counter of one kind of try for one person or address; hashed, because an address is personal data."""
    return f"{what}:{hashlib.sha256(who.encode()).hexdigest()[:40]}"


def count_try(what: str, who: str, *, at_most: int, window: timedelta, now: datetime) -> None:
    """Count a try. Raises TooOften, with the seconds to wait, from the try after ``at_most`` on."""
    count, until = add_try(counter(what, who), window=window, now=now)
    if count > at_most:
        raise _refusal(until - now)


def add_try(name: str, *, window: timedelta, now: datetime) -> tuple[int, datetime]:
    """Count a try; returns how many there were in this window, and its end."""
    over = AccessAttempt.expires_at <= now
    new = insert(AccessAttempt).values(key=name, total=1, expires_at=now + window)
    counted = new.on_conflict_do_update(
        index_elements=[AccessAttempt.key],
        set_={
            "total": case((over, 1), else_=AccessAttempt.total + 1),
            "expires_at": case((over, now + window), else_=AccessAttempt.expires_at),
        },
    ).returning(AccessAttempt.total, AccessAttempt.expires_at)
    with writing() as conn:
        count, until = conn.execute(counted).one()
    return count, until


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast may be guessed: ``free`` tries in a window, and each one after that only when a pause is over.

    The pauses are 1, 2, 4 … minutes, at most ``longest``.
    """

    free: int
    window: timedelta
    longest: int


#: Of one account, code or frasa sandi. Nobody is locked out for ever, and nobody guesses twice in a pause.
OF_A_SECRET = Pace(free=5, window=timedelta(days=1), longest=15)


@contextmanager
def guess(
    name: str, *, wrong: type[Exception], now: datetime, pace: Pace = OF_A_SECRET, clears: bool = True
) -> Iterator[None]:
    """Count a guess before it is looked at. Raises TooOften while this counter pauses, whatever was guessed.

    The block raises ``wrong`` for a wrong guess. A right one clears the counter, or just does not count; any other end
    was no guess.
    """
    _take(name, pace, now)
    try:
        yield
    except wrong:
        raise
    except BaseException:
        _give_back(name)
        raise
    forget(name) if clears else _give_back(name)


def _take(name: str, pace: Pace, now: datetime) -> None:
    over = AccessAttempt.expires_at <= now
    count = case((over, 1), else_=AccessAttempt.total + 1)
    minutes = func.least(func.power(2, func.least(count - pace.free, 10)), pace.longest)
    held = case((count >= pace.free, now + minutes * literal_column("interval '1 minute'")), else_=null())
    taken = (
        insert(AccessAttempt)
        .values(key=name, total=1, expires_at=now + pace.window)
        .on_conflict_do_update(
            index_elements=[AccessAttempt.key],
            set_={
                "total": count,
                "held_until": held,
                "expires_at": func.greatest(case((over, now + pace.window), else_=AccessAttempt.expires_at), held),
            },
            where=or_(AccessAttempt.held_until.is_(None), AccessAttempt.held_until <= now),
        )
        .returning(AccessAttempt.total)
    )
    with writing() as conn:
        if conn.execute(taken).one_or_none() is None:
            until = conn.scalar(select(AccessAttempt.held_until).where(AccessAttempt.key == name))
            raise _refusal((until or now) - now)


def _give_back(name: str) -> None:
    """A counted try that was none after all; the pause it began is lifted."""
    less = {"total": func.greatest(AccessAttempt.total - 1, 0), "held_until": null()}
    with writing() as conn:
        conn.execute(update(AccessAttempt).where(AccessAttempt.key == name).values(less))


def forget(*names: str) -> None:
    """Forget these counters."""
    with writing() as conn:
        conn.execute(delete(AccessAttempt).where(AccessAttempt.key.in_(names)))


def sweep(*, now: datetime) -> int:
    """Delete the counters whose window is over; returns how many."""
    with writing() as conn:
        return conn.execute(delete(AccessAttempt).where(AccessAttempt.expires_at <= now)).rowcount


def _refusal(rest: timedelta) -> TooOften:
    """It says how long to wait."""
    seconds = max(1, int(rest.total_seconds()) + 1)
    words = f"{seconds} detik" if seconds < 60 else f"{-(-seconds // 60)} menit"
    return TooOften(seconds, f"Terlalu banyak percobaan. Coba lagi dalam {words}.")
