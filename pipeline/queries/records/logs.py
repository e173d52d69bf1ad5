"""The records that belong to no single file, as a daily head binds them: who read, who was refused, the calendar,
what was taken over from paper."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, func, select
from sqlalchemy.dialects.postgresql import JSONB

from pipeline.hashing import canonical
from pipeline.json import Json
from pipeline.models import AccessRefused, Base, CalendarChange, DataAccess, PaperChange
from pipeline.rules.history.replay import Row

#: Each only grows.
BOUND: Final = tuple(m.__tablename__ for m in (DataAccess, AccessRefused, CalendarChange, PaperChange))
#: A row younger than this is left for the next head: one with a smaller number may still be on its way.
SETTLED: Final = timedelta(minutes=10)


def new_rows(conn: Connection, previous: Mapping[str, object] | None, *, now: datetime) -> Json:
    """What each of them has grown by since the head before: last id before and after, number of rows, and digest.

    ``now`` is the real clock, which these rows are dated by.
    """
    before = previous.get("logs") if previous else None
    return {name: _grown(conn, name, _last(before, name), now) for name in BOUND}


def is_as_signed(conn: Connection, name: str, signed: Mapping[str, object]) -> bool:
    """Whether the rows that a head has of this table are the ones that are there."""
    table = Base.metadata.tables[name]
    after, upto = int(str(signed["after"])), int(str(signed["upto"]))
    return _digest(conn, table, after, upto) == (signed["rows"], signed["digest"])


def _grown(conn: Connection, name: str, after: int, now: datetime) -> Json:
    table = Base.metadata.tables[name]
    settled = table.c.at < now - SETTLED
    upto = conn.scalar(select(func.max(table.c.id)).where(table.c.id > after, settled)) or after
    rows, digest = _digest(conn, table, after, upto)
    return {"after": after, "upto": upto, "rows": rows, "digest": digest}


def _digest(conn: Connection, table: Table, after: int, upto: int) -> tuple[int, str]:
    """Read as it is needed: memory stays flat for any number of rows."""
    count, digest = 0, hashlib.sha256()
    for row in _rows(conn, table, table.c.id.between(after + 1, upto)):
        count += 1
        digest.update(canonical(row))
    return count, digest.hexdigest()


def _rows(conn: Connection, table: Table, which: ColumnElement[bool]) -> Iterator[Row]:
    row: ColumnElement[Row] = func.to_jsonb(table.table_valued(), type_=JSONB)
    query = select(row).where(which).order_by(table.c.id).execution_options(yield_per=1000)
    yield from conn.scalars(query)


def _last(before: object, name: str) -> int:
    segment = before.get(name) if isinstance(before, Mapping) else None
    return int(str(segment["upto"])) if isinstance(segment, Mapping) else 0
