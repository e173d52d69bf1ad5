"""Statements over sets: a text that is written once, and takes any number of rows, each table's as one parameter.

PostgreSQL reads the rows as rows of the table itself (``jsonb_populate_recordset``). So no type is spelled here, the
text is the same for one row and for a thousand, and psycopg keeps it prepared.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import Connection

from pipeline.json import Json
from pipeline.models import Outbox
from pipeline.models.base import Base


@dataclass(frozen=True, slots=True)
class RowsPart:
    """A part of a statement: it writes rows of one table. ``name`` is unique within the statement."""

    name: str
    text: str
    wakes: bool = False  # the relay has to look at what it writes


def inserting(model: type[Base], *columns: str) -> RowsPart:
    """The part that inserts rows with these columns, in their order."""
    table, named = model.__tablename__, ", ".join(columns)
    rows = _rows(table, f"new_{table}")
    text = f"INSERT INTO {table} ({named}) SELECT {named} FROM {rows} RETURNING 1"  # noqa: S608 - our own names
    return RowsPart(f"new_{table}", text, wakes=model is Outbox)


def changing(model: type[Base], *columns: str) -> RowsPart:
    """The part that sets these columns of rows that are there, found by their ``id``."""
    table = model.__tablename__
    assigned = ", ".join(f"{c} = r.{c}" for c in columns)
    rows = _rows(table, f"changed_{table}")
    text = f"UPDATE {table} t SET {assigned} FROM {rows} r WHERE t.id = r.id RETURNING 1"  # noqa: S608 - our own names
    return RowsPart(f"changed_{table}", text, wakes=model is Outbox)


def write_rows(conn: Connection, rows: Mapping[RowsPart, Sequence[Json]], **params: object) -> None:
    """Write all of these rows in one statement; parts without rows are left out. Wakes the relay at commit."""
    if used := tuple(part for part, some in rows.items() if some):
        conn.exec_driver_sql(_statement(used), params | {part.name: as_parameter(rows[part]) for part in used})


def as_parameter(rows: Sequence[Json]) -> str:
    """Rows as PostgreSQL takes them: keys are columns, a column left out is NULL."""
    return json.dumps(rows, default=_plain, ensure_ascii=False)


def _rows(table: str, name: str) -> str:
    return f"jsonb_populate_recordset(NULL::{table}, %({name})s::jsonb)"


@cache
def _statement(parts: tuple[RowsPart, ...]) -> str:
    """No row is given back: what a part returns is only what makes it one of the statement."""
    written = ", ".join(f"{part.name} AS ({part.text})" for part in parts)
    end = "pg_notify('outbox', '')" if any(part.wakes for part in parts) else "1"
    return f"WITH {written} SELECT {end}"


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    raise TypeError(type(value).__name__)
