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

from pipeline.clock import Geser, real_now, write_shift
from pipeline.roles import Peran
from pipeline.services.people.accounts import create_petugas, register
from pipeline.settings import settings
from tests.factories import RABU, new_nip

SANDI = "sandi-uji-panjang"


@dataclass
class Peramban:
    """A browser of one person: keeps cookies, and sends the CSRF token of the last form it saw."""

    klien: FlaskClient
    token: str = ""

    def buka(self, alamat: str, **lain: object) -> TestResponse:
        jawaban = self.klien.get(alamat, **lain)
        self._catat(jawaban)
        return jawaban

    def kirim(self, alamat: str, data: dict[str, object] | None = None, **lain: object) -> TestResponse:
        jawaban = self.klien.post(alamat, data={"csrf_token": self.token, **(data or {})}, **lain)
        self._catat(jawaban)
        return jawaban

    def masuk(self, pengenal: str, *, petugas: bool = False, sandi: str = SANDI) -> TestResponse:
        alamat = "/petugas/masuk" if petugas else "/akun/masuk"
        self.buka(alamat)
        jawaban = self.kirim(alamat, {"pengenal": pengenal, "sandi": sandi})
        self.buka(jawaban.headers.get("Location", "/"))
        return jawaban

    def _catat(self, jawaban: TestResponse) -> None:
        halaman = jawaban.text if jawaban.mimetype == "text/html" else ""
        if ada := re.search(r'name="csrf_token" value="([^"]+)"', halaman):
            self.token = ada[1]


def tanpa_token(halaman: str) -> str:
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
class OrangUji:
    """An applicant: who, and the browser they are logged in with."""

    orang_id: UUID
    surel: str
    peramban: Peramban


@pytest.fixture
def buat_pemohon(app: Flask, db: Engine) -> Callable[..., OrangUji]:
    """Make an applicant and log them in."""

    def buat(surel: str = "pemohon@uji.test", nama: str = "Ahmad Fauzi") -> OrangUji:
        akun_id = register(nama, "", surel, SANDI, now=RABU)
        peramban = Peramban(app.test_client())
        assert peramban.masuk(surel).status_code == 303
        return OrangUji(_orang_of(db, akun_id), surel, peramban)

    return buat


@pytest.fixture
def pemohon(buat_pemohon: Callable[..., OrangUji]) -> OrangUji:
    return buat_pemohon()


@pytest.fixture
def buat_petugas(app: Flask, db: Engine) -> Callable[..., OrangUji]:
    """Make an officer with these roles and log them in."""

    def buat(*peran: Peran, surel: str = "petugas@uji.test", nama: str = "Siti Rahmah") -> OrangUji:
        tugas = [(p, p.nama, RABU.date().replace(month=1)) for p in peran]
        orang_id = create_petugas(nama, new_nip(), surel, "", SANDI, penugasan=tugas, now=RABU)
        peramban = Peramban(app.test_client())
        assert peramban.masuk(surel, petugas=True).status_code == 303
        return OrangUji(orang_id, surel, peramban)

    return buat


@pytest.fixture(autouse=True)
def jam_kantor() -> Iterator[None]:
    """Pages are opened on Rabu 25 November 2026, 09.00 WITA; sessions keep the real clock."""
    data = settings().data
    write_shift(data, Geser(RABU - real_now()))
    yield
    write_shift(data, Geser())


def _orang_of(db: Engine, akun_id: UUID) -> UUID:
    from sqlalchemy import select

    from pipeline.models import Akun

    with db.connect() as conn:
        return conn.execute(select(Akun.orang_id).where(Akun.id == akun_id)).scalar_one()
