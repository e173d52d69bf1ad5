"""A Flask client over the real database, and the few steps every page test begins with."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from pipeline.clock import Shift, real_now, write_shift
from pipeline.roles import Peran
from pipeline.services.people.accounts import create_petugas, register
from pipeline.settings import settings
from tests.factories import RABU, new_nip

PASSWORD = "sandi-uji-panjang"


@dataclass
class Peramban:
    """A browser of one person: keeps cookies, and sends the CSRF token of the last form it saw."""

    web_client: FlaskClient
    token: str = ""

    def buka(self, alamat: str, **lain: object) -> TestResponse:
        jawaban = self.web_client.get(alamat, **lain)
        self._note(jawaban)
        return jawaban

    def kirim(self, alamat: str, data: dict[str, object] | None = None, **lain: object) -> TestResponse:
        jawaban = self.web_client.post(alamat, data={"csrf_token": self.token, **(data or {})}, **lain)
        self._note(jawaban)
        return jawaban

    def masuk(self, pengenal: str, *, petugas: bool = False, sandi: str = PASSWORD) -> TestResponse:
        alamat = "/petugas/masuk" if petugas else "/akun/masuk"
        self.buka(alamat)
        jawaban = self.kirim(alamat, {"pengenal": pengenal, "sandi": sandi})
        self.buka(jawaban.headers.get("Location", "/"))
        return jawaban

    def _note(self, jawaban: TestResponse) -> None:
        halaman = jawaban.text if jawaban.mimetype == "text/html" else ""
        if ada := re.search(r'name="csrf_token" value="([^"]+)"', halaman):
            self.token = ada[1]


def without_token(halaman: str) -> str:
    """A page without its token, which holds the second it was made in: of one page asked for twice it may differ."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", halaman)


@pytest.fixture(scope="session")
def app() -> Flask:
    from web import create_app

    return create_app()


@pytest.fixture
def tamu(app: Flask, db: Engine) -> Peramban:
    """Somebody who is not logged in."""
    return Peramban(app.test_client())


@dataclass(frozen=True)
class SamplePerson:
    """An applicant: who, and the browser they are logged in with."""

    person_id: UUID
    surel: str
    peramban: Peramban


@pytest.fixture
def make_pemohon(app: Flask, db: Engine) -> Callable[..., SamplePerson]:
    """Make an applicant and log them in."""

    def buat(surel: str = "pemohon@uji.test", nama: str = "Ahmad Fauzi") -> SamplePerson:
        account_id = register(nama, "", surel, PASSWORD, now=RABU)
        peramban = Peramban(app.test_client())
        assert peramban.masuk(surel).status_code == 303
        return SamplePerson(_person_of(db, account_id), surel, peramban)

    return buat


@pytest.fixture
def pemohon(make_pemohon: Callable[..., SamplePerson]) -> SamplePerson:
    return make_pemohon()


@pytest.fixture
def make_petugas(app: Flask, db: Engine) -> Callable[..., SamplePerson]:
    """Make an officer with these roles and log them in."""

    def buat(*peran: Peran, surel: str = "petugas@uji.test", nama: str = "Siti Rahmah") -> SamplePerson:
        tugas = [(p, p.nama, RABU.date().replace(month=1)) for p in peran]
        person_id = create_petugas(nama, new_nip(), surel, "", PASSWORD, penugasan=tugas, now=RABU)
        peramban = Peramban(app.test_client())
        assert peramban.masuk(surel, petugas=True).status_code == 303
        return SamplePerson(person_id, surel, peramban)

    return buat


@pytest.fixture(autouse=True)
def office_hours() -> Iterator[None]:
    """Pages are opened on Rabu 25 November 2026, 09.00 WITA; sessions keep the real clock."""
    data = settings().data
    write_shift(data, Shift(RABU - real_now()))
    yield
    write_shift(data, Shift())


def _person_of(db: Engine, account_id: UUID) -> UUID:
    from sqlalchemy import select

    from pipeline.models import Account

    with db.connect() as conn:
        return conn.execute(select(Account.person_id).where(Account.id == account_id)).scalar_one()
