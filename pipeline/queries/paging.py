"""Lists come in pages."""

from collections.abc import Sequence
from typing import TypeVarTuple

from sqlalchemy import Connection, Row, Select

PER_HALAMAN = 25
HALAMAN_TERBESAR = 1000  # beyond it nobody reads, and skipping the rows before it costs

Ts = TypeVarTuple("Ts")


def read_page(
    conn: Connection, query: Select[*Ts], halaman: int, *, per_halaman: int = PER_HALAMAN
) -> tuple[Sequence[Row[*Ts]], bool]:
    """The rows of a page of an ordered query, counted from 1; and whether more follow."""
    skipped = (max(1, min(halaman, HALAMAN_TERBESAR)) - 1) * per_halaman
    rows = conn.execute(query.limit(per_halaman + 1).offset(skipped)).all()
    return rows[:per_halaman], len(rows) > per_halaman
