"""The rows of the whole database, out of one moment and back in, by PostgreSQL's COPY.

Not by pg_dump: it has to be as new as the server, is not in the image, and what it writes goes back only into its own
kind of server. The schema is not kept at all: migrations make the one the backup had, rows go in, and the later
migrations bring both forward. So an office may come back on another machine with another PostgreSQL.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

import psycopg
from psycopg.sql import SQL, Composed, Identifier

#: How far a sequence is moved on: numbers that were given after the backup are not given again.
AHEAD = 100_000
Raw = psycopg.Connection[tuple[object, ...]]

_OURS = """c.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')"""
_TABLES = f"""
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relkind = 'r' AND c.relname <> 'alembic_version' AND {_OURS} GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own words
_SEQUENCES = f"""
SELECT c.relname, s.last_value
FROM pg_class c JOIN pg_sequences s ON s.schemaname = current_schema() AND s.sequencename = c.relname
WHERE c.relkind = 'S' AND s.last_value IS NOT NULL AND {_OURS} ORDER BY 1
"""  # noqa: S608 - our own words
_PARENTS = f"""
SELECT c.relname, p.relname FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
WHERE k.contype = 'f' AND k.conrelid <> k.confrelid AND {_OURS}
"""  # noqa: S608 - our own words
#: The columns that a sequence counts.
_COUNTED = f"""
SELECT c.relname, a.attname, s.relname
FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_class c ON c.oid = d.refobjid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND {_OURS}
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class TableOf:
    """A table and the columns that are kept of it."""

    name: str
    columns: tuple[str, ...]

    def copy(self, way: str) -> Composed:
        columns = SQL(", ").join(map(Identifier, self.columns))
        return SQL("COPY {} ({}) {}").format(Identifier(self.name), columns, SQL(way))


def begin_snapshot(conn: Raw) -> None:
    """All that is read from here on is of one moment, however long it takes."""
    conn.execute("SET default_transaction_isolation = 'repeatable read'")
    conn.execute("SET default_transaction_read_only = on")
    conn.execute("SET statement_timeout = 0")
    conn.execute("SET idle_in_transaction_session_timeout = 0")
    conn.execute("SET timezone = 'UTC'")
    conn.execute("SET extra_float_digits = 3")
    conn.commit()


def tables(conn: Raw) -> list[TableOf]:
    return [TableOf(str(name), tuple(_texts(columns))) for name, columns in conn.execute(_TABLES).fetchall()]


def sequences(conn: Raw) -> dict[str, int]:
    """The last number each has given. They stand outside snapshots: as far on as they are now."""
    return {str(name): int(str(last)) for name, last in conn.execute(_SEQUENCES).fetchall()}


def rows_of(conn: Raw, table: TableOf) -> Iterator[bytes]:
    """The rows as COPY writes them."""
    with conn.cursor() as cursor, cursor.copy(table.copy("TO STDOUT")) as copy:
        for piece in copy:
            yield bytes(piece)


def in_order(conn: Raw, every: Iterable[TableOf]) -> list[TableOf]:
    """Parents before children, as the keys of this schema have it."""
    known = {table.name: table for table in every}
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(sorted(known), ()))
    for child, parent in conn.execute(_PARENTS).fetchall():
        sorter.add(str(child), str(parent))
    return [known[name] for name in sorter.static_order() if name in known]


def let_rows_in(conn: Raw, table: TableOf, *, closed: bool) -> None:
    """The triggers of a table guard what people do; rows that are in a backup passed them once."""
    way = SQL("ENABLE") if closed else SQL("DISABLE")
    conn.execute(SQL("ALTER TABLE {} {} TRIGGER USER").format(Identifier(table.name), way))


def move_on(conn: Raw, last: Mapping[str, int]) -> None:
    """Set every sequence well beyond what it had given: as it was told, or as the rows tell."""
    for table, column, sequence in conn.execute(_COUNTED).fetchall():
        highest = SQL("SELECT coalesce(max({}), 0) FROM {}").format(Identifier(str(column)), Identifier(str(table)))
        row = conn.execute(highest).fetchone()
        reached = max(last.get(str(sequence), 0), int(str(row[0])) if row else 0)
        conn.execute("SELECT setval(quote_ident(%s)::regclass, %s)", (sequence, reached + AHEAD))


def _texts(value: object) -> Iterator[str]:
    return map(str, value) if isinstance(value, list) else iter(())
