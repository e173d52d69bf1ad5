"""What the application's own user of the database cannot do, even with SQL of its choice."""

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Engine

NOT_OURS = [
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "COPY (SELECT 1) TO PROGRAM 'touch /tmp/dijalankan'",
    "COPY content FROM PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/ditulis'",
    "COPY content FROM '/etc/passwd'",
    "SELECT lo_import('/etc/passwd')",
    "ALTER ROLE alurizin SUPERUSER",
    "CREATE ROLE lain LOGIN",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "CREATE DATABASE lain",
    "ALTER SYSTEM SET archive_command = 'touch /tmp/dijalankan'",
    "CREATE FUNCTION jalan() RETURNS int LANGUAGE c AS '/lib/libc.so.6', 'system'",
    "CREATE EXTENSION adminpack",
    "UPDATE pg_authid SET rolsuper = true",
]


@pytest.mark.attack("H07")
@pytest.mark.parametrize("statement", NOT_OURS)
def test_the_database_refuses_what_only_its_superuser_may(db: Engine, statement: str) -> None:
    with psycopg.connect(address(db), autocommit=True) as conn:
        conn.execute("CREATE TEMP TABLE content (x text)")
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute(statement)


@pytest.mark.attack("H07")
@pytest.mark.parametrize("who", ["postgres", "root", "nobody"])
def test_nobody_else_comes_in(db: Engine, who: str) -> None:
    for name in ("alurizin", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="pg_hba"):
            psycopg.connect(address(db, username=who, database=name)).close()


def address(db: Engine, **other: str) -> str:
    return db.url.set(drivername="postgresql", **other).render_as_string(hide_password=False)
