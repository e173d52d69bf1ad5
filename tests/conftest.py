"""A real PostgreSQL for every test that asks for ``db``: one cluster per test process, emptied before each test."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, text

_DATA = Path(tempfile.mkdtemp(prefix="alurizin-uji-"))
_DATA.chmod(0o755)
# Before anything reads the settings: tests never see the developer's own environment.
for name in [
    n for n in os.environ if n.startswith(("ALURIZIN_", "SECRET_KEY", "BASE_URL", "TRUSTED_HOSTS", "SMTP_", "MAIL_"))
]:
    del os.environ[name]
os.environ.update(
    ALURIZIN_DATA=str(_DATA),
    ALURIZIN_MODE="demo",
    ALURIZIN_PORT="8099",
    ALURIZIN_MESIN_PDF="sederhana",  # ten times faster; LibreOffice has its own tests
    DATABASE_URL=f"postgresql://alurizin_aplikasi@/alurizin?host={quote(str(_DATA / 'soket'), safe='')}",
    MIGRATION_DATABASE_URL=f"postgresql://alurizin@/alurizin?host={quote(str(_DATA / 'soket'), safe='')}",
    CELERY_BROKER_URL=f"redis+socket://{_DATA}/soket/tidak-ada.sock",
)

hypothesis_settings.register_profile("uji", deadline=None)  # a busy machine is no failure
hypothesis_settings.load_profile("uji")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Of the drills (tests/e2e/drills)."""
    parser.addoption("--tulis", metavar="FILE", help="Write the table of what the drills saw.")
    parser.addoption("--berkas", type=int, default=40, help="Files on their way in each drill of the table.")


@pytest.fixture(scope="session", autouse=True)
def _keys() -> None:
    """The office's keys, as the first start makes them."""
    from pipeline.sealing.keys import make_keys

    make_keys()


def pytest_sessionfinish() -> None:
    shutil.rmtree(_DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def _server() -> Iterator[Engine]:
    from ops.postgres import own_postgres
    from pipeline.db import engine
    from pipeline.migrations import upgrade
    from pipeline.migrations.rights import give_rights
    from tests.owner import owner

    server = own_postgres(_DATA)
    server.create()
    server.alone("GRANT SET ON PARAMETER session_replication_role TO alurizin")  # tests change what nobody may change
    unsafe = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
    process = server.process
    words = [*(("setpriv", *process.setpriv) if process.setpriv else ()), *process.command, *unsafe]
    (_DATA / "log").mkdir(exist_ok=True)  # as an office: no backup keeps it
    with (_DATA / "log" / "postgres.log").open("wb") as log:
        running = subprocess.Popen(words, stdout=log, stderr=log, cwd="/", start_new_session=True)
    try:
        _wait(engine(), running)
        upgrade(owner())
        with owner().begin() as conn:
            give_rights(conn, str(engine().url.username))
        yield engine()
    finally:
        engine().dispose()
        owner().dispose()
        running.send_signal(process.stop)
        running.wait(timeout=30)


def _wait(engine: Engine, running: "subprocess.Popen[bytes]") -> None:
    """Until the server answers; the kernel's own wait on the socket is bounded by connect_timeout."""
    import time

    from sqlalchemy.exc import OperationalError

    end = time.monotonic() + 60
    while True:
        try:
            with engine.connect():
                return
        except OperationalError:
            if time.monotonic() > end or running.poll() is not None:
                raise
            running.poll() or time.sleep(0.05)


@pytest.fixture
def db(_server: Engine) -> Engine:
    """An empty database as the application reaches it, and no daily head of another."""
    from pipeline.queries.records.restorations import restored

    empty_database()
    restored.cache_clear()
    for head in (_DATA / "kepala").glob("*.json"):
        head.unlink()
    return _server


def empty_database() -> None:
    """By its owner; the append-only triggers sleep meanwhile."""
    from pipeline.models import metadata
    from tests.owner import behind_its_back

    tables = ", ".join(t.name for t in metadata.sorted_tables)
    with behind_its_back() as s:
        s.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
