"""Flower's door is the web's: it opens by a ticket, once, and closes with the session it came from."""

import asyncio
import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import Engine, update
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from ops.flower_auth import PREFIX, make_flower
from pipeline.db import unit_of_work
from pipeline.models import Account, Penugasan
from pipeline.roles import Peran
from tests.web.conftest import Browser
from tests.web.desk import login, make_officer
from tests.web.test_held_requests import account_of, close, grow_old

BERKAS = f"/{PREFIX}/static/css/flower.css"


@dataclass
class Answer:
    status: int
    location: str
    cookie: str


@dataclass
class Door:
    """Flower's address, asked as a browser or as anybody else would."""

    port: int
    cookie: str = ""

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        conn = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        conn.request(method, path, headers={"Cookie": self.cookie, "Host": f"localhost:{self.port}", **headers})
        with conn.getresponse() as response:
            cookie = (response.headers.get("Set-Cookie") or "").partition(";")[0]
            answer = Answer(response.status, response.headers.get("Location", ""), cookie)
        conn.close()
        return answer

    def is_closed(self) -> bool:
        response = self.ask(BERKAS)
        return (response.status, response.location) == (302, f"/{PREFIX}/login")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Flower listening, on a loop in a thread of its own; no broker is there, and none is needed."""
    from tasks.app import app as celery

    ready, loops = threading.Event(), []
    sockets = bind_sockets(0, address="127.0.0.1")

    def serve() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loops.append(loop)
        server = HTTPServer(make_flower(celery, "127.0.0.1", 0))
        server.add_sockets(sockets)
        loop.call_soon(ready.set)
        loop.run_forever()
        server.stop()
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(60)
    yield sockets[0].getsockname()[1]
    loops[0].call_soon_threadsafe(loops[0].stop)
    thread.join(timeout=30)


@pytest.fixture
def operator(app: Flask, db: Engine) -> Browser:
    make_officer("op@uji.test", Peran.OPERATOR, name="Ops")
    return login(app, "op@uji.test")


def ticket(operator: Browser) -> str:
    """Where the web sends the operator, on Flower's own port."""
    address = urlsplit(operator.open_page("/operator/flower-masuk").location)
    return f"{address.path}?{address.query}"


@pytest.fixture
def door(port: int, operator: Browser) -> Door:
    """Opened with a ticket."""
    response = Door(port).ask(ticket(operator))
    assert (response.status, response.location) == (302, f"/{PREFIX}/workers")
    return Door(port, response.cookie)


def test_an_operator_is_let_in(door: Door) -> None:
    assert door.ask(BERKAS).status == 200
    assert door.ask(f"/{PREFIX}/tasks").status == 200


def test_a_ticket_works_once(port: int, operator: Browser) -> None:
    one = ticket(operator)
    assert Door(port).ask(one).cookie.startswith("user=")
    again = Door(port).ask(one)
    assert (again.status, again.cookie) == (403, "")
    assert ticket(operator) != ticket(operator)  # two at once are two


def log_out(operator: Browser) -> None:
    assert operator.send("/akun/keluar").status_code == 303


def lose_role(operator: Browser) -> None:
    with unit_of_work() as s:
        s.execute(update(Penugasan).where(Penugasan.peran == "operator").values(end_date=date(2026, 11, 24)))


@pytest.mark.attack("G10")
@pytest.mark.parametrize(
    "end",
    [log_out, lose_role, lambda o: close(account_of(o)), lambda o: grow_old(account_of(o))],
    ids=["logged out", "no operator any more", "account closed", "idle"],
)
def test_flower_closes_with_the_session_of_the_web(
    door: Door, operator: Browser, end: Callable[[Browser], None]
) -> None:
    operator.open_page("/akun/sandi")
    assert not door.is_closed()
    end(operator)
    assert door.is_closed()
    for path in ("/workers", "/tasks", "/api/workers", "/api/tasks", "/task/1", "/broker", "/"):
        assert door.ask(f"/{PREFIX}{path}").location == f"/{PREFIX}/login", path


def test_a_ticket_outlives_no_session(port: int, operator: Browser) -> None:
    one = ticket(operator)
    close(account_of(operator))
    assert Door(port, Door(port).ask(one).cookie).is_closed()


def test_a_new_login_opens_no_old_door(door: Door, operator: Browser) -> None:
    close(account_of(operator))
    with unit_of_work() as s:
        s.execute(update(Account).values(active=True))
    operator.login("op@uji.test", petugas=True)
    assert door.is_closed()


@pytest.mark.attack("G11")
@pytest.mark.parametrize("host", ["jahat.test", "localhost.jahat.test", "jahat.test:8100", "169.254.169.254", ""])
@pytest.mark.parametrize("path", ["/workers", "/login", "/api/workers", "/metrics"])
def test_a_foreign_name_for_this_machine_is_refused_even_with_the_cookie(door: Door, host: str, path: str) -> None:
    """G11: DNS rebinding."""
    assert door.ask(f"/{PREFIX}{path}", Host=host).status == 400


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/", "GET"), ("/tasks", "GET"), ("/tasks/datatable", "POST"), ("/api/tasks", "GET"), ("/api/workers", "GET"),
        ("/api/task/async-apply/sop.periksa", "POST"), ("/api/worker/shutdown/x", "POST"),
        ("/static/css/flower.css", "GET"),
    ],
)  # fmt: skip
def test_nobody_comes_in_without_a_ticket(port: int, db: Engine, path: str, method: str) -> None:
    """G10. A cookie somebody made up is none."""
    for cookie in ("", "user=operator", 'user="2|1:0|10:1|4:user|8:eA==|00"'):
        assert Door(port, cookie).ask(f"/{PREFIX}{path}", method).status in {302, 403, 405}, cookie


def test_what_flower_leaves_open_is_not_there(port: int, db: Engine) -> None:
    assert [Door(port).ask(f"/{PREFIX}/{p}").status for p in ("metrics", "healthcheck", "metrics/")] == [404] * 3


@pytest.mark.parametrize("path", ["/api/worker/shutdown/x", "/api/task/async-apply/sop.periksa", "/api/task/revoke/x"])
def test_an_operator_only_looks(door: Door, path: str) -> None:
    assert door.ask(f"/{PREFIX}{path}", "POST").status == 403
    site = {"Sec-Fetch-Site": "cross-site", "Origin": "https://jahat.test"}
    assert door.ask(f"/{PREFIX}{path}", "POST", **site).status == 403
