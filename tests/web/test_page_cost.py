"""What opening a file costs, however much lies in it: transactions and statements. Counted, never timed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event, func, select, update
from sqlalchemy.exc import InternalError

from pipeline.db import connection, engine, read_once, snapshot, unit_of_work
from pipeline.models import Person
from pipeline.roles import Peran
from tests.factories import WEDNESDAY
from tests.web.conftest import Browser
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor
from tests.web.test_draft import sent_back


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


#: Whose session it is, and which roles they have, are asked before the page: a transaction and a statement each.
WHO = 2


def cost(browser: Browser, address: str) -> tuple[int, int]:
    """Transactions and statements of a page that was looked at before."""
    assert browser.open_page(address).status_code == 200
    with counted() as n:
        assert browser.open_page(address).status_code == 200
    return n.transactions - WHO, n.statements - WHO


@pytest.mark.parametrize(
    ("langkah", "peran", "page", "statements"),
    [
        ("rekomendasi", Peran.DINAS_TEKNIS, "", 13),
        ("rekomendasi", Peran.DINAS_TEKNIS, "/bap", 6),
        ("paraf_kabid", Peran.KABID_PERIZINAN, "", 14),
        ("tanda_tangan", Peran.KEPALA_DINAS, "/tanda-tangan", 7),
    ],
)
def test_a_page_of_a_file_is_one_transaction(
    kantor: Kantor, langkah: str, peran: Peran, page: str, statements: int
) -> None:
    address = kantor.carry(langkah).address + page
    assert cost(kantor[peran], address) == (1, statements)


def test_the_page_of_a_draft_is_one_transaction(kantor: Kantor) -> None:
    assert cost(kantor[Peran.BACK_OFFICE], f"{sent_back(kantor).address}/draf") == (1, 10)


def test_the_page_of_a_file_that_is_elsewhere_is_one_transaction(kantor: Kantor) -> None:
    file = kantor.carry("paraf_kabid")
    assert cost(kantor[Peran.FRONT_OFFICE], f"/petugas/permohonan/{file.permohonan_id}") == (1, 12)


def test_a_look_at_the_nik_is_on_record_before_the_page_is_read(kantor: Kantor) -> None:
    """What is written has a transaction of its own: in the one of the page nothing can be."""
    address = f"{kantor.carry('rekomendasi').address}?lihat=nik"
    transactions, _ = cost(kantor[Peran.DINAS_TEKNIS], address)
    assert transactions == 3


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
