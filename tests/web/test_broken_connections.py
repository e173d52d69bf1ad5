"""The database restarts, or drops connections, while people work: nobody sees it, or one sentence."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url

from pipeline.db import engine
from pipeline.settings import settings
from tests.desks import KABID_PERIZINAN
from tests.web.conftest import Browser
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor
from tests.web.test_keputusan import REASON, decide, status

Arm = Callable[..., list[str]]
KABID = KABID_PERIZINAN


def drop_connections() -> None:
    """What a restart of the server does to every connection there is."""
    url = make_url(settings().database_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def drop_at() -> Iterator[Arm]:
    """Drop every connection just before a statement of a table is sent, so many times."""
    hooks = []

    def arm(words: str, times: int = 1) -> list[str]:
        dropped: list[str] = []

        def before(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            if words in statement and len(dropped) < times:
                dropped.append(statement)
                drop_connections()

        event.listen(engine(), "before_cursor_execute", before)
        hooks.append(before)
        return dropped

    yield arm
    for hook in hooks:
        event.remove(engine(), "before_cursor_execute", hook)


def test_connections_dropped_between_two_pages_are_nobodys_trouble(kantor: Kantor) -> None:
    file = kantor.carry("paraf_kabid")
    kantor[KABID].open_page(file.address)
    drop_connections()
    assert decide(kantor, KABID, file, keputusan="setujui").status_code == 303
    assert status(file)[1] == "paraf_sekretaris"


def test_a_page_whose_connection_breaks_is_read_once_more(kantor: Kantor, drop_at: Arm) -> None:
    file = kantor.carry("paraf_kabid")
    address = file.address
    dropped = drop_at("FROM tugas")
    assert kantor[KABID].open_page(address).status_code == 200
    assert len(dropped) == 1


def test_a_database_that_stays_away_is_one_sentence(kantor: Kantor, drop_at: Arm) -> None:
    file = kantor.carry("paraf_kabid")
    address = file.address
    drop_at("FROM tugas", times=99)
    answer = kantor[KABID].open_page(address)
    assert answer.status_code == 503
    assert "Layanan sedang terganggu" in answer.text


def test_a_form_is_not_sent_twice_and_its_words_come_back(kantor: Kantor, drop_at: Arm) -> None:
    file = kantor.carry("paraf_kabid")
    kantor[KABID].open_page(file.address)
    form = file.shown(keputusan="kembalikan", ke="susun_sk", alasan=REASON)
    address = f"{file.address}/keputusan"
    dropped = drop_at("INTO peristiwa")
    answer = kantor[KABID].send(address, form)
    assert (answer.status_code, len(dropped)) == (503, 1)
    assert REASON in answer.text
    assert status(file) == ("berjalan", "paraf_kabid")


@pytest.mark.parametrize("page", ["/pimpinan", "/pdp", "/operator", "/petugas/antrean"])
def test_a_connection_that_breaks_lets_nobody_in(guest: Browser, kantor: Kantor, drop_at: Arm, page: str) -> None:
    """The session cannot be read: whose it is, is not known, and a page for the office is not read once more."""
    guest.web_client.set_cookie("sesi", "x" * 43)
    drop_at("FROM sesi")
    answer = guest.open_page(page)
    assert answer.status_code in {302, 303, 503}, page
    assert "Masuk" in answer.text or "Layanan sedang terganggu" in answer.text


def test_who_was_let_in_and_loses_the_connection_reads_on(kantor: Kantor, drop_at: Arm) -> None:
    address = kantor.carry("paraf_kabid").address
    dropped = drop_at("FROM peristiwa")
    assert kantor[KABID].open_page(address).status_code == 200
    assert dropped
