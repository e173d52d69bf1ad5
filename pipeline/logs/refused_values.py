"""What PostgreSQL says of a row it refuses, without the values of that row."""

import psycopg
from sqlalchemy import ExceptionContext


def forget_values(context: ExceptionContext) -> None:
    """PostgreSQL quotes the row that broke a rule (DETAIL), and a value it could not read: neither gets into a log.

    What is left says which rule, table and column; ``orig.diag`` still has the rest for code.
    """
    error = context.original_exception
    if isinstance(error, psycopg.Error) and hide_values(error) and context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__name__}) {error}",)


def hide_values(error: psycopg.Error) -> bool:
    """Leave of an error what holds no value of a row; whether there was any to leave out."""
    if error.sqlstate is None:
        return False  # the server was not reached, or not asked
    quotes_a_value = error.sqlstate.startswith("22")  # data exceptions
    error.args = (f"SQLSTATE {error.sqlstate}" if quotes_a_value else error.diag.message_primary or error.sqlstate,)
    return True
