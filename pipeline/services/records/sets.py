"""Statements over sets: a text that is written once, and takes any number of rows, each table's as one parameter.

PostgreSQL reads the rows as rows of the table itself (``jsonb_populate_recordset``). So no type is spelled here, the
text is the same for two rows and for a thousand, and psycopg keeps it prepared.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import Connection

from pipeline.db import run_text
from pipeline.json import Json
from pipeline.models import Outbox
from pipeline.models.base import Base


@dataclass(frozen=True, slots=True)
class RowsPart:
    """A part of a statement: it writes rows of one table. ``name`` is unique within the statement.

    ``changes``: the table whose rows it changes, for PostgreSQL would carry out only one of two changes of a row.
    """

    name: str
    changes: str | None
    text: str
    wakes: bool = False  # the relay has to look at what it writes
    exact: bool = False  # every row must still be there to be changed


#: What is to be written, by part.
Rows = Mapping[RowsPart, Sequence[Json]]


class RowsGone(Exception):
    """A row that should have been changed is not there any more as it was read."""


def new_rows(model: type[Base], *rows: Json) -> Rows:
    """Rows to insert; all of them have the same columns."""
    if any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError("rows with different columns")
    return {inserting(model, *rows[0]): rows} if rows else {}


def changed_row(model: type[Base], key: Mapping[str, object], **values: object) -> Rows:
    """The row with this key, and what it has from now on."""
    return {changing(model, *values, by=tuple(key)): [{**key, **values}]}


def together(*parts: Rows) -> Rows:
    """All of these rows, to be written by one statement."""
    whole = dict[RowsPart, list[Json]]()
    for part, rows in ((part, rows) for several in parts for part, rows in several.items()):
        whole.setdefault(part, []).extend(rows)
    return whole


@cache
def inserting(model: type[Base], *columns: str) -> RowsPart:
    """The part that inserts rows with these columns, in their order."""
    table, named = model.__tablename__, ", ".join(columns)
    rows = _rows(table, f"new_{table}")
    text = f"INSERT INTO {table} ({named}) SELECT {named} FROM {rows} RETURNING 1"  # noqa: S608 - our own names
    return RowsPart(f"new_{table}", None, text, wakes=model is Outbox)


@cache
def changing(model: type[Base], *columns: str, by: tuple[str, ...] = ("id",)) -> RowsPart:
    """The part that sets these columns of rows that are there, found by their key."""
    table = model.__tablename__
    assigned, found = ", ".join(f"{c} = r.{c}" for c in columns), " AND ".join(f"t.{c} = r.{c}" for c in by)
    rows = _rows(table, f"changed_{table}")
    text = f"UPDATE {table} t SET {assigned} FROM {rows} r WHERE {found} RETURNING 1"  # noqa: S608 - our own names
    return RowsPart(f"changed_{table}", table, text, wakes=model is Outbox)


def write_rows(
    conn: Connection, rows: Rows, *, giving: RowsPart | None = None, **params: object
) -> Sequence[tuple[object, ...]]:
    """Write all of these rows in one statement; parts without rows are left out. Wakes the relay at commit.

    Returns what the part ``giving`` gives back. Raises RowsGone when a part is to be exact and was not: then the
    transaction must not be committed.
    """
    if not (used := tuple(part for part, some in rows.items() if some)):
        return []
    changed = [part.changes for part in used if part.changes]
    if len({part.name for part in used}) < len(used) or len(set(changed)) < len(changed):
        raise ValueError("two parts of one name, or that change the same table")
    given = giving if giving in used else None
    text = _statement(used, tuple(len(rows[part]) == 1 for part in used), given)
    written = run_text(conn, text, params | {part.name: _parameter(rows[part]) for part in used})
    if given:
        return written
    if written != [(True,)]:
        raise RowsGone
    return []


def _parameter(rows: Sequence[Json]) -> str:
    """Rows as PostgreSQL takes them: keys are columns, a column left out is NULL. One alone is no list."""
    return json.dumps(rows if len(rows) > 1 else rows[0], default=_plain, ensure_ascii=False)


def _within(part: RowsPart, single: bool) -> str:
    """The part within a statement.

    PostgreSQL expects a hundred rows of a set, and would look through a small table for one row where it can find it by
    its key: of one row it knows that it is one.
    """
    return f"{part.name} AS ({part.text.replace('recordset(', 'record(') if single else part.text})"


def _rows(table: str, name: str) -> str:
    return f"jsonb_populate_recordset(NULL::{table}, %({name})s::jsonb)"


@cache
def _statement(parts: tuple[RowsPart, ...], single: tuple[bool, ...], giving: RowsPart | None) -> str:
    """Given back is what one part gives, or whether the exact ones met all they should."""
    whole = ", ".join(_within(part, one) for part, one in zip(parts, single, strict=True))
    met = [
        f"(SELECT count(*) FROM {p.name}) = "  # noqa: S608 - our own names
        + ("1" if one else f"jsonb_array_length(%({p.name})s::jsonb)")
        for p, one in zip(parts, single, strict=True)
        if p.exact
    ]
    if giving:
        if met or any(part.wakes for part in parts):
            raise ValueError("a part that gives something back goes with none that wakes or is exact")
        return f"WITH {whole} SELECT * FROM {giving.name}"  # noqa: S608 - our own names
    wake = [_waking(p.name, one) for p, one in zip(parts, single, strict=True) if p.wakes]
    end = " AND ".join([*met, *wake]) or "true"
    return f"WITH {whole} SELECT {end}"


def _waking(name: str, single: bool) -> str:
    """Tells the relay which tasks are owed; the same word twice is heard once."""
    if single:
        return f"pg_notify('outbox', %({name})s::jsonb ->> 'task') IS NOT NULL"
    rows = f"jsonb_array_elements(%({name})s::jsonb) r"
    return f"(SELECT count(pg_notify('outbox', r ->> 'task')) FROM {rows}) > 0"  # noqa: S608 - our own names


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    raise TypeError(type(value).__name__)
