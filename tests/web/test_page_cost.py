"""What a page costs, however much lies behind it: one transaction, few statements. Counted, never timed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event, func, select, update
from sqlalchemy.exc import InternalError

from pipeline.clock import real_now
from pipeline.db import connection, engine, read_once, snapshot, unit_of_work
from pipeline.models import Person, WebSession
from pipeline.roles import OWN_PERAN, Peran
from tests.desks import BACK_OFFICE, DESKS, DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY
from tests.web.conftest import Browser, SamplePerson
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from tests.web.test_antrean import many_files
from tests.web.test_draft import sent_back
from tests.web.url_map import addresses, ids_of


class Count:
    transactions = 0
    statements = 0


@contextmanager
def counted() -> Iterator[Count]:
    n = Count()

    def began(*_: object) -> None:
        n.transactions += 1

    def statement(*_: object) -> None:
        n.statements += 1

    event.listen(engine(), "begin", began)
    event.listen(engine(), "before_cursor_execute", statement)
    try:
        yield n
    finally:
        event.remove(engine(), "begin", began)
        event.remove(engine(), "before_cursor_execute", statement)


def cost(browser: Browser, address: str) -> tuple[int, int]:
    """Transactions and statements of a page that was looked at before; whose session it is, is one of them."""
    assert browser.open_page(address).status_code == 200
    with counted() as n:
        assert browser.open_page(address).status_code == 200
    return n.transactions, n.statements


@pytest.mark.parametrize(
    ("langkah", "peran", "page", "statements"),
    [
        ("rekomendasi", DINAS_TEKNIS, "", 4),
        ("rekomendasi", DINAS_TEKNIS, "/formulir", 3),
        ("paraf_kabid", KABID_PERIZINAN, "", 4),
        ("paraf_sekretaris", SEKRETARIS, "", 4),
        ("tanda_tangan", KEPALA_DINAS, "", 4),
        ("tanda_tangan", KEPALA_DINAS, "/tanda-tangan", 4),
    ],
)
def test_a_page_of_a_file_is_one_transaction(
    kantor: Kantor, langkah: str, peran: Peran, page: str, statements: int
) -> None:
    address = kantor.carry(langkah).address + page
    assert cost(kantor[peran], address) == (1, statements)


@pytest.mark.parametrize(("page", "statements"), [("", 4), ("/draf", 4)])
def test_the_page_of_a_draft_is_one_transaction(kantor: Kantor, page: str, statements: int) -> None:
    assert cost(kantor[BACK_OFFICE], f"{sent_back(kantor).address}{page}") == (1, statements)


@pytest.mark.parametrize(("peran", "statements"), [(FRONT_OFFICE, 4), (KABID_PERIZINAN, 5)])
def test_the_page_of_a_file_that_is_elsewhere_is_one_transaction(kantor: Kantor, peran: Peran, statements: int) -> None:
    """A superior of its desk is shown who could have it instead."""
    file = kantor.carry("rekomendasi")
    assert cost(kantor[peran], f"/petugas/permohonan/{file.permohonan_id}") == (1, statements)


@pytest.mark.parametrize(("asked", "statements"), [("", 2), ("?tampil=lewat", 2), ("?cari=LKS", 2), ("?cari=tiada", 2)])
def test_a_queue_costs_the_same_however_many_desks_and_files_there_are(
    kantor: Kantor, app: Flask, asked: str, statements: int
) -> None:
    """Who asks, and one statement for all that is shown."""
    many_files(engine(), 30)
    make_officer("semua@uji.test", *DESKS)
    for browser in (kantor[FRONT_OFFICE], login(app, "semua@uji.test")):
        assert cost(browser, f"/petugas/antrean{asked}") == (1, statements)


def test_a_look_at_the_nik_is_on_record_before_the_page_is_shown(kantor: Kantor) -> None:
    """What is written has a transaction of its own: in the one of the page nothing can be."""
    address = f"{kantor.carry('rekomendasi').address}?lihat=nik"
    transactions, _ = cost(kantor[DINAS_TEKNIS], address)
    assert transactions == 2


#: A page that is not named here costs five statements at most.
STATEMENTS = {
    "pimpinan.pimpinan": 10,
    "admin.list_users": 7,
    "admin.user_details": 10,
    "admin.ask_close_user": 10,
    "admin.ask_end_peran": 7,
    "admin.calendar": 7,
    "admin.calendar_hours": 6,
    "admin.list_delegasi": 6,
    "admin.new_delegasi": 7,
    "operator.operator_": 15,
    "publik.metrics": 9,
    "admin.paper": 8,
    "admin.show_opening": 8,
}


def test_every_page_is_one_transaction(kantor: Kantor, app: Flask, pemohon: SamplePerson) -> None:
    """Of everybody's rooms, with what the session and the page's frame ask."""
    file = kantor.carry("paraf_kabid", pemohon=pemohon.person_id)
    make_officer("semua@uji.test", *OWN_PERAN, *DESKS)
    browsers = {"petugas": login(app, "semua@uji.test")}
    costs = {}
    for address in addresses(app, ids_of(engine(), file.permohonan_id)):
        browser = browsers.get(address.policy.name, pemohon.browser)
        view = app.view_functions[address.rule.endpoint]
        if (
            "GET" not in address.methods
            or hasattr(view, "sends_file")
            or browser.open_page(address.path).status_code != 200
        ):
            continue
        costs[address.rule.endpoint] = cost(browser, address.path)
    assert {endpoint for endpoint, (transactions, _) in costs.items() if transactions > 1} == set()
    dear = {endpoint: n for endpoint, (_, n) in costs.items() if n > STATEMENTS.get(endpoint, 5)}
    assert dear == {}
    assert len(costs) > 35


def test_a_session_is_touched_once_a_minute_not_at_every_page(pemohon: SamplePerson) -> None:
    with unit_of_work() as s:
        s.execute(update(WebSession).values(last_at=real_now() - timedelta(seconds=61)))
    with counted() as first:
        pemohon.browser.open_page("/permohonan")
    with counted() as second:
        pemohon.browser.open_page("/permohonan")
    assert (first.transactions, second.transactions) == (2, 1)


def test_a_file_is_sent_without_the_connection_of_a_page(kantor: Kantor) -> None:
    """Drawing may take long: meanwhile no transaction is held open."""
    file = kantor.carry("paraf_kabid")
    assert cost(kantor[KABID_PERIZINAN], f"{file.address}/draf.docx") == (2, 2)


def test_in_a_snapshot_nothing_is_written_and_nothing_changes(db: Engine) -> None:
    with snapshot() as conn:
        before = conn.scalar(select(func.count()).select_from(Person))
        with unit_of_work() as s:
            s.add(Person(name="Datang kemudian", created_at=WEDNESDAY))
        with connection() as inner, snapshot() as again:
            assert inner is again is conn
            assert inner.scalar(select(func.count()).select_from(Person)) == before
        with pytest.raises(InternalError):
            conn.execute(update(Person).values(name="x"))
    with connection() as outside:
        assert outside.scalar(select(func.count()).select_from(Person)) == (before or 0) + 1


def test_what_a_snapshot_read_once_is_not_kept_beyond_it(db: Engine) -> None:
    asked: list[int] = []

    def read(_: Connection) -> int:
        asked.append(1)
        return len(asked)

    for _ in range(2):
        with snapshot() as conn:
            assert read_once(conn, ("x",), read) == read_once(conn, ("x",), read)
    with connection() as conn:
        assert read_once(conn, ("x",), read) != read_once(conn, ("x",), read)
    assert len(asked) == 4
