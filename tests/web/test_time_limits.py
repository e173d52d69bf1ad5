"""A statement that takes too long is ended: a sentence on the page, another try in a worker, nothing half done."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, event, select, text
from sqlalchemy.exc import OperationalError

from pipeline.db import REPORT, connection, engine, give_time, limit_statements, unit_of_work
from pipeline.models import Outbox
from pipeline.services.outbox.lease import lease
from pipeline.services.outbox.run import run_outbox
from tests.desks import KABID_PERIZINAN
from tests.factories import WEDNESDAY, owing_its_step, person
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor

KABID = KABID_PERIZINAN


@pytest.fixture
def limited(db: Engine) -> Iterator[None]:
    """Every new connection has a limit of a second."""
    engine().dispose()
    limit_statements(1)
    yield
    limit_statements(0)
    engine().dispose()


@pytest.fixture
def slow() -> Iterator[list[str]]:
    """A statement with one of these words takes for ever."""
    words: list[str] = []

    def before(conn: Connection, cursor: object, statement: str, *_: object) -> None:
        if any(word in statement for word in words):
            conn.connection.cursor().execute("SELECT pg_sleep(100)")

    event.listen(engine(), "before_cursor_execute", before)
    yield words
    event.remove(engine(), "before_cursor_execute", before)


def setting(name: str) -> str:
    with connection() as conn:
        return str(conn.scalar(text(f"SHOW {name}")))


def test_a_page_that_takes_too_long_says_so_and_when_to_come_again(
    kantor: Kantor, limited: None, slow: list[str]
) -> None:
    kantor[KABID].open_page("/petugas/cari")
    slow.append("ILIKE")
    answer = kantor[KABID].open_page("/petugas/cari?cari=nurul")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "terlalu lama" in answer.text
    slow.clear()
    assert kantor[KABID].open_page("/petugas/cari?cari=nurul").status_code == 200


def test_a_row_of_the_outbox_that_takes_too_long_is_tried_again_later(
    db: Engine, limited: None, slow: list[str]
) -> None:
    owing_its_step(person())
    with unit_of_work() as s:
        outbox_id, task = s.execute(select(Outbox.id, Outbox.task).where(Outbox.closed_at.is_(None))).one()
    slow.append("INTO peristiwa")
    run_outbox(task, [outbox_id], now=WEDNESDAY)
    with unit_of_work() as s:
        row = s.get_one(Outbox, outbox_id)
        assert row.closed_at is row.delivered_at is row.stuck_at is None
        assert row.error
        assert row.try_at is not None


def sleep_under_lease() -> None:
    with lease("uji", during=timedelta(minutes=2)), connection() as conn:
        conn.execute(text("SELECT pg_sleep(100)"))


def test_a_sweep_that_takes_too_long_lets_its_lease_go(db: Engine, limited: None) -> None:
    with pytest.raises(OperationalError):
        sleep_under_lease()
    with lease("uji", during=timedelta(minutes=2)) as again:
        assert again


def test_a_report_may_take_longer_and_the_next_page_may_not(db: Engine, limited: None) -> None:
    with connection() as conn:
        give_time(conn, REPORT)
        assert conn.scalar(text("SHOW statement_timeout")) == "30s"
    assert setting("statement_timeout") == "1s"


def test_a_command_has_no_limit_and_nothing_is_compiled(db: Engine) -> None:
    assert (setting("statement_timeout"), setting("jit")) == ("0", "off")
