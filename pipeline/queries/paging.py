"""Lists come in pages."""

from collections.abc import Sequence
from typing import TypeVarTuple

from sqlalchemy import Connection, Row, Select

PER_PAGE = 25
COUNTED_AT_MOST = 1000  # "lebih dari 1.000" beyond it: counting all would cost more than the page
PAGE_NUMBER_AT_MOST = 1000  # beyond it nobody reads, and skipping the rows before it costs

Ts = TypeVarTuple("Ts")


def at_most(count: int) -> str:
    """A number that was counted up to COUNTED_AT_MOST and one more, in words."""
    return "lebih dari 1.000" if count > COUNTED_AT_MOST else str(count)


def read_page(
    conn: Connection, query: Select[*Ts], page: int, *, per_page: int = PER_PAGE
) -> tuple[Sequence[Row[*Ts]], bool]:
    """The rows of a page of an ordered query, counted from 1; and whether more follow."""
    skipped = (max(1, min(page, PAGE_NUMBER_AT_MOST)) - 1) * per_page
    rows = conn.execute(query.limit(per_page + 1).offset(skipped)).all()
    return rows[:per_page], len(rows) > per_page
