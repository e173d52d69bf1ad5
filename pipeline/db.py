"""The engine, and the one place where a transaction begins and ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.orm import Session, configure_mappers

from pipeline.settings import settings


@cache
def engine() -> Engine:
    """This process's engine. Celery children drop their parent's with ``dispose(close=False)`` (tasks/app.py)."""
    made = create_engine(
        settings().database_url,
        pool_size=5,
        max_overflow=30,  # a web process has 32 threads
        pool_pre_ping=True,
        hide_parameters=True,  # an error message must not carry what people typed
        connect_args={"options": "-c timezone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"},
    )
    event.listen(made, "handle_error", _forget_values)
    return made


def _forget_values(context: ExceptionContext) -> None:
    """PostgreSQL quotes the row that broke a rule (DETAIL), and a value it could not read: neither gets into a log.

    What is left says which rule, table and column; ``orig.diag`` still has the rest for code.
    """
    error = context.original_exception
    if not isinstance(error, psycopg.Error) or error.sqlstate is None:
        return  # the server was not reached, or not asked
    quotes_a_value = error.sqlstate.startswith("22")  # data exceptions
    told = f"SQLSTATE {error.sqlstate}" if quotes_a_value else error.diag.message_primary or error.sqlstate
    error.args = (told,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__name__}) {told}",)


def load_database_code() -> None:
    """Load now what the first query would: before a fork, so that the children share it. Opens no connection."""
    engine()
    configure_mappers()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: commit if the block succeeds, roll back if it raises."""
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def connection() -> Iterator[Connection]:
    """One transaction on a bare connection, for the hot path and for sweeps."""
    with engine().begin() as conn:
        yield conn
