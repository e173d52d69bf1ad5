"""One row of a sweep by itself: what is wrong with it stops none of the others."""

from collections.abc import Callable
from typing import TypeVar

import structlog

from pipeline.logs import where

T = TypeVar("T")

log = structlog.get_logger()


def alone(work: Callable[[], T], *, otherwise: T, failed: str, row: object) -> T:
    """What ``work`` returns. If it fails, ``otherwise``; it is logged as ``failed``, and the next sweep tries again."""
    try:
        return work()
    except Exception as e:  # noqa: BLE001 - whatever it is, it is this row's
        log.error(failed, baris=str(row), galat=where(e))
        return otherwise
