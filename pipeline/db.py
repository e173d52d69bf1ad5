"""The engine, and the one place where a transaction begins and ends.

unit_of_work    an act: a transaction with an ORM session
connection      a bare connection: a transaction of its own, or that of the page being read
reading         a page: all it reads is of one moment, and nothing can be written (web/sessions.py begins it)
snapshot        the same with its connection, for a page that is drawn again after a form was sent
all_at_once     many acts as one transaction, for what no worker may take up half-way
writing         the same for what is written: always a transaction of its own, also while a page is read
session_on      a session within such a transaction, for its rare ways
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import cache, cached_property
from select import POLLIN, poll
from typing import Final, TypeAlias, TypeVar, cast

import psycopg
from sqlalchemy import BindParameter, Connection, Engine, Result, TextClause, create_engine, event
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import Session, configure_mappers
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.sql.visitors import cloned_traverse

from pipeline.logs.refused_values import forget_values, hide_values
from pipeline.logs.traces import tracing, watch
from pipeline.settings import settings

#: Seconds a statement may take when a page asks, when a report or a file of it is made, and in a worker.
PAGE, REPORT, WORK = 5, 30, 60
#: Compiling (JIT) pays for none of our statements: it took longer than they do.
_OPTIONS = "-c timezone=UTC -c jit=off -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
_limit = 0  # of this process; 0: none, for commands that a person waits for


def limit_statements(seconds: int) -> None:
    """From now on a new connection of this process ends a statement that takes longer: it fails, nothing is kept."""
    global _limit  # one door a process
    _limit = seconds


def give_time(conn: Connection, seconds: int) -> None:
    """Let the statements of this transaction take longer than those of a page; a process without a limit keeps none."""
    if _limit:
        conn.exec_driver_sql(f"SET LOCAL statement_timeout = '{seconds}s'")


def took_too_long(error: Exception) -> bool:
    """Whether a statement was ended by its limit."""
    return isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.errors.QueryCanceled)


@cache
def engine() -> Engine:
    """This process's engine. Celery children drop their parent's with ``dispose(close=False)`` (tasks/app.py)."""
    return _prepared(
        create_engine(
            settings().database_url,
            pool_size=5,
            max_overflow=30,  # a web process has 32 threads; what all processes take together: ops/processes.py
            pool_use_lifo=True,  # a server process that has met every statement keeps 12 MB: as few of them as can be
            hide_parameters=True,  # an error message must not carry what people typed
        )
    )


@cache
def owner_engine() -> Engine:
    """Of who owns the tables, for migrations alone. The application's own engine where no other role is named."""
    url = settings().owner_url
    return _prepared(create_engine(url, poolclass=NullPool, hide_parameters=True)) if url else engine()


def _prepared(made: Engine) -> Engine:
    event.listen(made, "do_connect", _with_options)
    event.listen(made, "handle_error", forget_values)
    event.listen(made, "checkout", _drop_if_dead)
    if tracing():
        watch(made)
    return made


def _with_options(_dialect: object, _record: object, _args: object, words: dict[str, object]) -> None:
    words["options"] = f"{_OPTIONS} -c statement_timeout={_limit}s"


def _drop_if_dead(connection: psycopg.Connection[object], *_: object) -> None:
    """A connection the server has ended has its farewell to be read: asked of the socket, it costs no round trip.

    The pool then makes another one (SQLAlchemy, "Disconnect Handling - Pessimistic"). What breaks later than this is
    met at the door: a page is read once more (web/errors.py), a row of the outbox is tried again.
    """
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    if waiting.poll(0):
        raise DisconnectionError


def load_database_code() -> None:
    """Load now what the first query would: before a fork, so that the children share it. Opens no connection."""
    engine()
    configure_mappers()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: commit if the block succeeds, roll back if it raises."""
    outer = _outer.get()
    with Session(outer or engine(), expire_on_commit=False, join_transaction_mode=_WITHIN) as session, session.begin():
        yield session


_WITHIN: Final = "create_savepoint"  # of an outer transaction; by itself a session makes none
_outer: ContextVar[Connection | None] = ContextVar("outer", default=None)


@contextmanager
def all_at_once() -> Iterator[Connection]:
    """Every act of the block is part of one transaction: nobody sees any of them before the last is done, or ever.

    For files that are made with a past (the demo's): what they owe the workers is done before a relay can see it.
    """
    with engine().begin() as conn:
        before = _outer.set(conn)
        try:
            yield conn
        finally:
            _outer.reset(before)


#: What a service writes by: a session, or the bare connection of an act that is done often.
Transaction: TypeAlias = Session | Connection


def flushed(transaction: Transaction) -> Connection:
    """Its connection, with all that a session was still to write."""
    if isinstance(transaction, Connection):
        return transaction
    transaction.flush()
    return transaction.connection()


@contextmanager
def session_on(conn: Connection) -> Iterator[Session]:
    """A session within the transaction of this connection; what it has to write is written when the block ends."""
    with Session(conn, expire_on_commit=False, join_transaction_mode="rollback_only") as session:
        yield session
        session.flush()


class Constant:
    """A statement whose text never changes: written with SQLAlchemy, compiled once, kept prepared by psycopg.

    Executed as it is, SQLAlchemy would look at all of it again each time, which takes longer than PostgreSQL does.
    What is the same each time stands in the text of a query, so that PostgreSQL plans by it. Values go and come as
    psycopg knows them: a JSON parameter is a text.
    """

    def __init__(self, statement: ReturnsRows | TextClause) -> None:
        self._statement = statement
        self._columns: SimpleResultMetaData | None = None  # as the first answer names them

    def __call__(self, conn: Connection, **params: object) -> Result[*tuple[object, ...]]:
        text, fixed = self._compiled
        cursor = _run(conn, text, {**fixed, **params})
        columns = self._columns
        if columns is None:
            columns = self._columns = SimpleResultMetaData([column.name for column in cursor.description or ()])
        return IteratorResult(columns, iter(cursor.fetchall()))

    @cached_property
    def _compiled(self) -> tuple[str, Mapping[str, object]]:
        statement = self._statement
        if not isinstance(statement, UpdateBase):  # whose values are no part of what is traversed
            statement = cloned_traverse(statement, {}, {"bindparam": _write_out})
        compiled = statement.compile(dialect=engine().dialect, compile_kwargs={"render_postcompile": True})
        return str(compiled), compiled.params


def _write_out(value: BindParameter[object]) -> None:
    value.literal_execute, value.required = not value.required, False


def run_text(conn: Connection, text: str, params: Mapping[str, object]) -> list[tuple[object, ...]]:
    """Execute a text and give back its rows, past what SQLAlchemy does for each result; prepared from the first time.

    Raises what SQLAlchemy would. Of its events ``before_cursor_execute`` is told, for who counts statements.
    """
    return _run(conn, text, params).fetchall()


def _run(conn: Connection, text: str, params: Mapping[str, object]) -> psycopg.Cursor[tuple[object, ...]]:
    if not conn.in_transaction():
        conn.begin()
    raw = cast("psycopg.Connection[tuple[object, ...]]", conn.connection.dbapi_connection)
    cursor = raw.cursor()
    for tell in conn.dispatch.before_cursor_execute:
        tell(conn, cursor, text, params, None, False)
    try:
        return cursor.execute(text, params, prepare=True)
    except psycopg.Error as error:
        lost = raw.closed or raw.broken
        hide_values(error)
        if lost:
            conn.invalidate(error)
        raise DBAPIError.instance(
            text, {}, error, psycopg.Error, hide_parameters=True, connection_invalidated=lost, dialect=conn.dialect
        ) from error


T = TypeVar("T")


class _Reading:
    """What is read of one moment: a connection from the first question on, and what was asked in it already."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._conn: Connection | None = None
        self.kept: dict[object, object] = {}

    def connection(self) -> Connection:
        """The connection; another one, and another moment, after it broke: whoever asks again begins anew."""
        if (outer := _outer.get()) is not None:
            return outer
        if self._conn is None or self._conn.invalidated:
            plain = self._stack.enter_context(engine().connect())
            self._conn = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self.kept = {}
        return self._conn

    def end(self) -> None:
        """Close its transaction, unless the connection broke. What failed is rolled back with the connection."""
        if self._conn is not None and not self._conn.invalidated:
            self._conn.commit()


_current: ContextVar[_Reading | None] = ContextVar("reading", default=None)


@contextmanager
def connection() -> Iterator[Connection]:
    """One transaction on a bare connection, for the hot path and for sweeps; in a ``reading``, that one."""
    if (current := _current.get()) is not None:
        yield current.connection()
        return
    with writing() as conn:
        yield conn


@contextmanager
def writing() -> Iterator[Connection]:
    """The same, always a transaction of its own: for acts that are done often, and what is written during a page."""
    outer = _outer.get()
    with engine().begin() if outer is None else outer.begin_nested() as begun:
        yield outer or cast(Connection, begun)


@contextmanager
def reading() -> Iterator[None]:
    """All that is read in the block is of one moment, in one transaction on one connection; nothing can be written.

    The connection is taken when something is asked. One within another is the outer one.
    """
    if _current.get() is not None:
        yield
        return
    with ExitStack() as stack:
        current = _Reading(stack)
        before = _current.set(current)
        try:
            yield
            current.end()
        finally:
            _current.reset(before)


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A ``reading`` with its connection. Also a decorator: ``@snapshot()`` over what draws a page."""
    with reading(), connection() as conn:
        yield conn


def read_once(conn: Connection, key: tuple[object, ...], read: Callable[[Connection], T]) -> T:
    """What ``read`` gives; in a ``reading`` it is asked once for each ``key``, for it gives the same each time."""
    current = _current.get()
    if current is None or conn is not current.connection():
        return read(conn)
    if key not in current.kept:
        current.kept[key] = read(conn)
    return cast(T, current.kept[key])
