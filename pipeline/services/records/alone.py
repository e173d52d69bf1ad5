"""Rows of a sweep, together or each by itself: what is wrong with one stops none of the others."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

import structlog
from sqlalchemy.exc import DataError, IntegrityError, InternalError, ProgrammingError

from pipeline.errors import AlurIzinError
from pipeline.logs import where

T = TypeVar("T")

log = structlog.get_logger()

#: Rows of one transaction of a sweep.
BATCH = 200
#: What a damaged row, its file or its SOP raises. A lost database or the end of a task's time is nobody's own: it ends
#: the sweep, which comes again.
ROWS_OWN: Final = (
    AlurIzinError, ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError,
    DataError, IntegrityError, InternalError, ProgrammingError,
)  # fmt: skip


#: Whether a sweep may begin another batch; asked before each. What is left then is for the next sweep.
More = Callable[[], bool]


def endless() -> bool:
    """A sweep that nobody waits for goes on until nothing is left."""
    return True


def alone(work: Callable[[], T], *, otherwise: T, failed: str, row: object) -> T:
    """What ``work`` returns. If it fails, ``otherwise``; it is logged as ``failed``, and the next sweep tries again."""
    try:
        return work()
    except ROWS_OWN as error:
        log.error(failed, baris=str(row), galat=where(error))
        return otherwise


def in_batches(
    rows: Sequence[T], work: Callable[[Sequence[T]], int], *, failed: str, more: More = endless, size: int = BATCH
) -> int:
    """Do the rows by hundreds, each batch one transaction of ``work``; returns the sum of what it returns.

    A batch that fails as a whole is done row by row, so that only the row that is wrong is left.
    """
    done = 0
    for first in range(0, len(rows), size):
        if not more():
            break
        done += _together(rows[first : first + size], work, failed)
    return done


def _together(rows: Sequence[T], work: Callable[[Sequence[T]], int], failed: str) -> int:
    if len(rows) > 1:
        try:
            return work(rows)
        except ROWS_OWN as error:
            log.warning("sekumpulan baris gagal, dikerjakan satu per satu", jumlah=len(rows), galat=where(error))
    return sum(alone(partial(work, [row]), otherwise=0, failed=failed, row=row) for row in rows)
