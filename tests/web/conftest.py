"""A Flask client over the real database, and the few steps every page test begins with."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask, has_request_context, request
from flask.testing import FlaskClient
from jinja2 import Undefined
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from pipeline.clock import Shift, real_now, write_shift
from pipeline.roles import Peran
from pipeline.services.people.accounts import create_petugas, register
from pipeline.settings import settings
from pipeline.uploads.sandbox import Sandbox, Session
from tests.factories import WEDNESDAY, new_nip

PASSWORD = "sandi-uji-panjang"


@dataclass
class Browser:
    """A browser of one person: keeps cookies, and sends the CSRF token of the last form it saw."""

    web_client: FlaskClient
    token: str = ""

    def open_page(self, address: str, **other: object) -> TestResponse:
        answer = self.web_client.get(address, **other)
        self._note(answer)
        return answer

    def send(self, address: str, data: dict[str, object] | None = None, **other: object) -> TestResponse:
        answer = self.web_client.post(address, data={"csrf_token": self.token, **(data or {})}, **other)
        self._note(answer)
        return answer

    def send_large(self, address: str, field: str, name: str, payload: bytes, **typed: str) -> TestResponse:
        """A multipart form encoded by hand: for large bodies Flask's test client leaves a temporary file open."""
        words = {"csrf_token": self.token, **typed}
        parts = [(f'name="{code}"', value.encode()) for code, value in words.items()]
        parts.append((f'name="{field}"; filename="{name}"', payload))
        head = b"--x\r\nContent-Disposition: form-data; "
        body = b"".join(head + title.encode() + b"\r\n\r\n" + content + b"\r\n" for title, content in parts)
        kind = "multipart/form-data; boundary=x"
        return self.web_client.post(address, data=body + b"--x--\r\n", content_type=kind)

    def login(self, identifier: str, *, petugas: bool = False, password: str = PASSWORD) -> TestResponse:
        address = "/petugas/masuk" if petugas else "/akun/masuk"
        self.open_page(address)
        answer = self.send(address, {"pengenal": identifier, "sandi": password})
        self.open_page(answer.headers.get("Location", "/"))
        return answer

    def _note(self, answer: TestResponse) -> None:
        page = answer.text if answer.mimetype == "text/html" else ""
        if present := re.search(r'name="csrf_token" value="([^"]+)"', page):
            self.token = present[1]


def without_token(page: str) -> str:
    """A page without its token, which holds the second it was made in: of one page asked for twice it may differ."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


class Unprintable(Undefined):
    """What a page asks for and nobody has may be asked about, as in production; printed or gone through, it fails."""

    def __str__(self) -> str:
        return self._fail_with_undefined_error()

    def __iter__(self) -> Iterator[object]:
        return self._fail_with_undefined_error()


@pytest.fixture(scope="session")
def app() -> Flask:
    from web import create_app

    made = create_app()
    made.jinja_env.undefined = Unprintable
    return made


@pytest.fixture(autouse=True)
def opened_in_requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Where a foreign file was opened while a page was answered: that is the document worker's, so it stays empty."""
    opened, session = list[str](), Sandbox.session

    def watched(sandbox: Sandbox) -> AbstractContextManager[Session]:
        if has_request_context():
            opened.append(request.path)
        return session(sandbox)

    monkeypatch.setattr(Sandbox, "session", watched)
    yield opened
    assert opened == []


@pytest.fixture
def guest(app: Flask, db: Engine) -> Browser:
    """Somebody who is not logged in."""
    return Browser(app.test_client())


@dataclass(frozen=True)
class SamplePerson:
    """An applicant: who, and the browser they are logged in with."""

    person_id: UUID
    email: str
    browser: Browser


@pytest.fixture
def make_pemohon(app: Flask, db: Engine) -> Callable[..., SamplePerson]:
    """Make an applicant and log them in."""

    def create(email: str = "pemohon@uji.test", name: str = "Ahmad Fauzi") -> SamplePerson:
        account_id = register(name, "", email, PASSWORD, now=WEDNESDAY)
        browser = Browser(app.test_client())
        assert browser.login(email).status_code == 303
        return SamplePerson(_person_of(db, account_id), email, browser)

    return create


@pytest.fixture
def pemohon(make_pemohon: Callable[..., SamplePerson]) -> SamplePerson:
    return make_pemohon()


@pytest.fixture
def make_petugas(app: Flask, db: Engine) -> Callable[..., SamplePerson]:
    """Make an officer with these roles and log them in."""

    def create(*peran: Peran, email: str = "petugas@uji.test", name: str = "Siti Rahmah") -> SamplePerson:
        tugas = [(p, p.name, WEDNESDAY.date().replace(month=1)) for p in peran]
        person_id = create_petugas(name, new_nip(), email, "", PASSWORD, penugasan=tugas, now=WEDNESDAY)
        browser = Browser(app.test_client())
        assert browser.login(email, petugas=True).status_code == 303
        return SamplePerson(person_id, email, browser)

    return create


@pytest.fixture(autouse=True)
def office_hours() -> Iterator[None]:
    """Pages are opened on Rabu 25 November 2026, 09.00 WITA; sessions keep the real clock."""
    data = settings().data
    write_shift(data, Shift(WEDNESDAY - real_now()))
    yield
    write_shift(data, Shift())


def _person_of(db: Engine, account_id: UUID) -> UUID:
    from sqlalchemy import select

    from pipeline.models import Account

    with db.connect() as conn:
        return conn.execute(select(Account.person_id).where(Account.id == account_id)).scalar_one()
