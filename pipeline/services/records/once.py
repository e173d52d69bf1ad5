"""Rows that are written once, however often they are told: one that is there already stays, or starts over."""

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Connection

from pipeline.json import Json
from pipeline.models.base import Base
from pipeline.services.records.sets import Rows, RowsPart, inserting, write_rows


@cache
def inserting_once(model: type[Base], *columns: str, gives: tuple[str, ...]) -> RowsPart:
    """The part that inserts those of the rows that are not there yet, and gives back these columns of them."""
    return _on_conflict(inserting(model, *columns), "DO NOTHING", ", ".join(gives))


def inserting_anew(model: type[Base], *columns: str, key: str, anew: Mapping[str, str]) -> RowsPart:
    """The part that inserts rows; one that is there already, by its ``key``, has these columns set to constants."""
    assigned = ", ".join(f"{column} = {value}" for column, value in anew.items())
    return _on_conflict(inserting(model, *columns), f"({key}) DO UPDATE SET {assigned}", "1")


def write_once(
    conn: Connection, once: RowsPart, rows: Sequence[Json], also: Rows | None = None
) -> Sequence[tuple[object, ...]]:
    """Insert what is not there yet, with ``also`` further rows, in one statement. Returns what ``once`` gives back."""
    return write_rows(conn, {once: rows, **(also or {})}, giving=once)


def _on_conflict(part: RowsPart, what: str, gives: str) -> RowsPart:
    text = part.text.removesuffix("RETURNING 1")
    return RowsPart(part.name, None, f"{text}ON CONFLICT {what} RETURNING {gives}", wakes=part.wakes)
