"""One row of a sweep by itself: what is wrong with it stops none of the others."""

from collections.abc import Callable
from typing import Final, TypeVar

import structlog
from sqlalchemy.exc import DataError, IntegrityError, InternalError, ProgrammingError

from pipeline.errors import AlurIzinError
from pipeline.logs import where

T = TypeVar("T")

log = structlog.get_logger()

#: What a damaged row, its file or its SOP raises. A lost database or the end of a task's time is nobody's own: it ends
#: the sweep, which comes again.
ROWS_OWN: Final = (
    AlurIzinError, ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError,
    DataError, IntegrityError, InternalError, ProgrammingError,
)  # fmt: skip


def alone(work: Callable[[], T], *, otherwise: T, failed: str, row: object) -> T:
    """What ``work`` returns. If it fails, ``otherwise``; it is logged as ``failed``, and the next sweep tries again."""
    try:
        return work()
    except ROWS_OWN as error:
        log.error(failed, baris=str(row), galat=where(error))
        return otherwise
