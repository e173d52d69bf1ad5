"""What the database does for every page, sweep and act in an office of a hundred thousand files: it reads no table
from end to end. Plans are looked at, nothing is timed."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event

from pipeline.db import engine
from pipeline.roles import Peran
from tasks import notices, sweeps  # noqa: F401 - register their tasks
from tasks.app import app as celery
from tasks.relay import Relay
from tests.desks import DESKS, DINAS_TEKNIS
from tests.fakes import FakeBroker
from tests.grown import grow
from tests.integration.story import whole_story
from tests.web.conftest import Browser, SamplePerson
from tests.web.desk import Kantor, give_certificate, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from tests.web.url_map import addresses, ids_of

Asked = dict[str, tuple[object, str]]  # statement -> what it was last asked with, and for what
Node = dict[str, object]

SEARCHES = ("nurul", "zzz", "yayasan", "a", "zx", "2024", "UJI-2024-0001", "100%")
LISTS = (
    "/petugas/antrean?tampil=saya", "/petugas/antrean?tampil=lewat", "/petugas/antrean?tampil=kembali",
    "/pimpinan?tampil=semua", "/pimpinan?tampil=semua&halaman=30", "/pimpinan?peran=dinas_teknis&tampil=semua",
    "/pimpinan?langkah=td_lks.rekomendasi&tampil=semua", "/pimpinan/selesai?bulan=2026-10",
    "/pimpinan/selesai?bulan=2026-10&langkah=td_lks.rekomendasi&tepat=ya", "/petugas/antrean?halaman=30",
)  # fmt: skip
#: Read from end to end, and why that is right.
ALLOWED = {
    ("pemberitahuan", "GET /kotak-surat"): "the mailbox of a demo: everybody's letters, newest first",
}


@contextmanager
def noted(asked: Asked, what: list[str]) -> Iterator[None]:
    def note(_conn: object, _cursor: object, statement: str, parameters: object, _context: object, many: bool) -> None:
        values = parameters[0] if many and isinstance(parameters, list) else parameters
        asked.setdefault(statement, (values, what[0]))

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine(), "before_cursor_execute", note)


def scans(conn: Connection, asked: Asked, grown: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """What asked, the table it reads from end to end, and the statement."""
    for statement, (values, what) in asked.items():
        if statement.lstrip("( ").startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            plan = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
            for node in nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]):
                if node["Node Type"] == "Seq Scan" and node["Relation Name"] in grown:
                    yield what, str(node["Relation Name"]), statement


def nodes(plan: Node) -> Iterator[Node]:
    yield plan
    below = plan.get("Plans", [])
    assert isinstance(below, list)
    for node in below:
        yield from nodes(node)


def open_pages(
    kantor: Kantor, app: Flask, pemohon: SamplePerson, content: Mapping[str, object], what: list[str]
) -> None:
    """Every page of the map, by somebody who may open it, then the lists and searches."""
    everybody = login(app, "semua@uji.test")
    browsers = {"pemohon": pemohon.browser, "publik": Browser(app.test_client())}
    for address in addresses(app, content):
        if "GET" in address.methods and "keluar" not in address.path:
            what[0] = f"GET {address.rule}"
            browsers.get(address.policy.name, everybody).open_page(address.path).close()
    wanted = [f"/petugas/{page}?cari={text}" for page in ("cari", "antrean") for text in SEARCHES]
    for path in (*LISTS, *wanted):
        what[0] = f"GET {path}"
        for browser in (everybody, kantor[DINAS_TEKNIS]):
            browser.open_page(path).close()


def sweep(what: list[str]) -> None:
    """Every task that beat rings for, and the relay's regular work."""
    for name in sorted(name for name in celery.tasks if name.startswith("sistem.")):
        what[0] = name
        celery.tasks[name].run()
    what[0] = "relay"
    Relay(FakeBroker()).work()


@pytest.fixture
def town(kantor: Kantor, pemohon: SamplePerson, db: Engine) -> frozenset[str]:
    """A hundred thousand files, one of each kind among them real; the tables that grew."""
    give_certificate(kantor)
    whole_story(kantor.person)
    make_officer("semua@uji.test", *DESKS, Peran.ADMIN, Peran.OPERATOR, Peran.PDP)
    sweep(["before"])
    return grow()


def test_no_page_sweep_or_act_reads_a_table_from_end_to_end(
    kantor: Kantor, app: Flask, db: Engine, pemohon: SamplePerson, town: frozenset[str]
) -> None:
    asked: Asked = {}
    what = ["an act"]
    with noted(asked, what):
        file = kantor.carry("paraf_kabid", seed="z", pemohon=pemohon.person_id)
    content = ids_of(db, file.permohonan_id)
    with noted(asked, what):
        open_pages(kantor, app, pemohon, content, what)
        sweep(what)
    with db.connect() as conn:
        found = {(table, asker): statement for asker, table, statement in scans(conn, asked, town)}
    assert len(asked) > 200
    assert {place: statement[:300] for place, statement in found.items() if place not in ALLOWED} == {}
