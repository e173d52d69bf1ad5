"""What the application's own role in the database cannot do, even with SQL of its choice; and that its owner can."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Engine, text

from ops.readiness import rights_lack
from pipeline.migrations.rights import RIGHTS, give_rights, held, too_much, wanted
from pipeline.models import metadata
from pipeline.settings import ROOT, settings
from tests.owner import as_owner, owner

NOT_OURS = [
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "COPY (SELECT 1) TO PROGRAM 'touch /tmp/dijalankan'",
    "COPY sesi FROM PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/ditulis'",
    "COPY sesi FROM '/etc/passwd'",
    "SELECT lo_import('/etc/passwd')",
    "ALTER ROLE alurizin SUPERUSER",
    "CREATE ROLE lain LOGIN",
    "SET ROLE postgres",
    "SET ROLE alurizin",
    "SET SESSION AUTHORIZATION postgres",
    "SET session_replication_role = replica",
    "CREATE DATABASE lain",
    "ALTER SYSTEM SET archive_command = 'touch /tmp/dijalankan'",
    "CREATE FUNCTION jalan() RETURNS int LANGUAGE c AS '/lib/libc.so.6', 'system'",
    "CREATE FUNCTION jalan() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION adminpack",
    "UPDATE pg_authid SET rolsuper = true",
    "SELECT rolpassword FROM pg_authid",
    "CREATE SCHEMA lain",
    "CREATE TABLE lain (x int)",
    "CREATE TEMP TABLE lain (x int)",
    "ALTER TABLE sesi ADD x int",
    "ALTER TABLE peristiwa DISABLE TRIGGER ALL",
    "DROP TRIGGER peristiwa_tambah_saja ON peristiwa",
    "DROP TABLE akses_data",
    "DROP INDEX uq_draft_berlaku",
    "CREATE OR REPLACE FUNCTION tolak_ubah() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "GRANT ALL ON peristiwa TO PUBLIC",
    "GRANT alurizin TO alurizin_aplikasi",
    "UPDATE alembic_version SET version_num = '0001'",
    "INSERT INTO alembic_version VALUES ('9999')",
    "VACUUM FULL peristiwa",
    "SELECT setval(pg_get_serial_sequence('peristiwa', 'id'), 1)",
]
#: What was written stays as it was written.
RECORDS = [
    "peristiwa", "peristiwa_words", "perubahan_akun", "perubahan_kalender", "akses_data", "akses_ditolak", "daily_head",
    "daily_leaf", "draft_author",
]  # fmt: skip


@pytest.mark.attack("H07")
@pytest.mark.parametrize("statement", NOT_OURS)
def test_the_database_refuses_what_only_its_superuser_or_owner_may(db: Engine, statement: str) -> None:
    warnings = list[str]()
    with psycopg.connect(address(db), autocommit=True) as conn:
        conn.add_notice_handler(lambda told: warnings.append(told.severity_nonlocalized or ""))
        try:
            conn.execute(statement)
        except errors.InsufficientPrivilege:
            return
    assert warnings == ["WARNING"]  # nothing was done, PostgreSQL says


@pytest.mark.attack("H07")
@pytest.mark.parametrize("who", ["postgres", "root", "nobody"])
def test_nobody_else_comes_in(db: Engine, who: str) -> None:
    for name in ("alurizin", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="pg_hba"):
            psycopg.connect(address(db, username=who, database=name)).close()


@pytest.mark.attack("F11")
@pytest.mark.parametrize("table", RECORDS)
def test_what_was_recorded_is_not_changed_taken_out_or_emptied(db: Engine, table: str) -> None:
    for statement in (
        *(f"UPDATE {table} SET {column} = DEFAULT WHERE false" for column in RIGHTS[table].kept.split()),
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"SELECT * FROM {table} FOR UPDATE",
    ):
        assert refused(db, statement), statement


@pytest.mark.attack("F11")
@pytest.mark.parametrize("table", sorted(RIGHTS))
def test_each_table_is_changed_only_as_the_rows_of_it_need(db: Engine, table: str) -> None:
    """Every column, and every way to lose a row, is tried."""
    rights = RIGHTS[table]
    for column in rights.kept.split():
        assert refused(db, f"UPDATE {table} SET {column} = DEFAULT WHERE false"), column
    for column in rights.changes.split():
        assert not refused(db, f"UPDATE {table} SET {column} = DEFAULT WHERE false"), column
    assert refused(db, f"DELETE FROM {table} WHERE false") is not rights.deletes
    assert refused(db, f"TRUNCATE {table}")
    assert not refused(db, f"SELECT FROM {table}")


def test_approvals_and_decrees_are_not_deleted_and_few_of_their_columns_change() -> None:
    assert not any(RIGHTS[table].deletes for table in ("persetujuan", "sk", "draft", "nomor_register", "permohonan"))
    assert RIGHTS["persetujuan"].changes == RIGHTS["draft"].changes == "voided_at"
    assert not {"id", "token", "sequence", "permohonan_id"} & set(RIGHTS["sk"].changes.split())


def test_every_table_and_column_is_named_among_the_rights() -> None:
    """A new one is read by the application; what else it needs has to be said (pipeline/migrations/rights.py)."""
    named = {table: sorted((*r.kept.split(), *r.changes.split())) for table, r in RIGHTS.items()}
    assert named.pop("alembic_version") == ["version_num"]
    assert named == {t.name: sorted(c.name for c in t.columns) for t in metadata.sorted_tables}


def test_what_was_given_or_taken_by_hand_is_put_right_by_the_next_migration(db: Engine) -> None:
    role = str(db.url.username)
    with as_owner() as s:
        assert held(s.connection(), role) == wanted()
        assert not give_rights(s.connection(), role)
        for statement in (
            "GRANT ALL ON peristiwa TO {}",
            "GRANT UPDATE (token) ON sk TO {}",
            "REVOKE ALL ON sesi FROM {}",
        ):
            s.execute(text(statement.format(role)))
        assert give_rights(s.connection(), role)
        assert held(s.connection(), role) == wanted()
        s.execute(text(f"REVOKE ALL ON FUNCTION take_back_sk(uuid) FROM {role}"))
        assert give_rights(s.connection(), role)
        assert not give_rights(s.connection(), role)


def test_a_role_that_may_more_than_it_needs_is_told_of() -> None:
    assert rights_lack() == ""
    with owner().connect() as conn:
        told = too_much(conn)
    assert "pemilik tabel" in told
    assert "MIGRATION_DATABASE_URL" in told


def test_one_role_alone_migrates_and_is_told_what_is_lacking(db: Engine) -> None:
    done = migrate(DATABASE_URL=settings().owner_url, MIGRATION_DATABASE_URL="")
    assert (done.returncode, "pemilik tabel" in done.stderr) == (0, True), done.stderr
    both = migrate()
    assert (both.returncode, both.stderr) == (0, "")


def test_a_role_that_may_not_migrate_is_told_which_one_may(db: Engine) -> None:
    assert migrate(MIGRATION_DATABASE_URL="").returncode == 0  # nothing has to be done
    with older_schema():
        done = migrate(MIGRATION_DATABASE_URL="")
    assert done.returncode == 1
    assert "MIGRATION_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


@contextmanager
def older_schema() -> Iterator[None]:
    """As after an update of the programs."""
    with as_owner() as s:
        now = s.scalar(text("SELECT version_num FROM alembic_version"))
        s.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        yield
    finally:
        with as_owner() as s:
            s.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": now})


def migrate(**env: str) -> "subprocess.CompletedProcess[str]":
    words = [Path(sys.executable).parent / "alurizin", "migrate"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(words, env=env, cwd=ROOT, capture_output=True, text=True, check=False)


def refused(db: Engine, statement: str) -> bool:
    """Whether the application may not; what it may is undone."""
    with psycopg.connect(address(db)) as conn:
        try:
            conn.execute(statement)
        except errors.InsufficientPrivilege:
            return True
        finally:
            conn.rollback()
    return False


def address(db: Engine, **other: str) -> str:
    return db.url.set(drivername="postgresql", **other).render_as_string(hide_password=False)
