"""Every refusal is a page in Indonesian that says what to do; a bug shows a number and nothing of ours."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask, abort
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from pipeline import errors
from pipeline.roles import Peran
from tests.web.conftest import Peramban
from tests.web.meja import Kantor, make_kantor  # noqa: F401 - the fixture kantor
from tests.web.url_map import addresses
from web import create_app
from web.auth import publik
from web.errors import BELUM, PAGE


class Kecelakaan(Exception):
    """Not one of ours."""


ERROR: dict[str, tuple[Exception, int]] = {
    "tiada": (errors.NotFound(), 404),
    "wewenang": (errors.NotAuthorised(), 403),
    "sama": (errors.SamePerson(), 403),
    "diputus": (errors.DecidedAlready("Sudah diputus Rahmi 08.33."), 409),
    "isian": (errors.InputInvalid({"nama": "Isi nama."}), 422),
    "besar": (errors.BerkasTooLarge(), 413),
    "ditolak": (errors.BerkasRefused("Berkas ini kosong."), 422),
    "sering": (errors.TooOften(30), 429),
    "dokumen": (errors.DocumentFailed(), 503),
    "belum": (errors.NotAllowedYet("Mulai besok."), 409),
    "basisdata": (OperationalError("SELECT rahasia", {}, Exception("rahasia")), 503),
    "bug": (Kecelakaan("rahasia"), 500),
}


@pytest.fixture(scope="module")
def rusak() -> Flask:
    """The application with views that fail."""
    app = create_app()

    @app.get("/rusak/<apa>")
    @publik
    def rusak(apa: str) -> str:
        raise ERROR[apa][0]

    @app.get("/kode/<int:kode>")
    @publik
    def kode(kode: int) -> str:
        abort(kode)

    return app


@pytest.mark.parametrize("apa", ERROR)
def test_domain_errors_have_their_status_and_a_page(rusak: Flask, db: Engine, apa: str) -> None:
    jawaban = rusak.test_client().get(f"/rusak/{apa}")
    assert jawaban.status_code == ERROR[apa][1]
    assert (BELUM if apa == "belum" else PAGE[jawaban.status_code]).judul in jawaban.text
    assert "rahasia" not in jawaban.text
    assert "Traceback" not in jawaban.text


def test_a_refusal_keeps_the_offices_own_words(rusak: Flask, db: Engine) -> None:
    web_client = rusak.test_client()
    assert "Sudah diputus Rahmi 08.33." in web_client.get("/rusak/diputus").text
    assert "Isi nama." in web_client.get("/rusak/isian").text
    assert web_client.get("/rusak/sering").headers["Retry-After"] == "30"


@pytest.mark.attack("F14")
def test_an_incident_has_a_number_that_the_header_repeats(rusak: Flask, db: Engine) -> None:
    jawaban = rusak.test_client().get("/rusak/bug")
    assert jawaban.headers["X-Request-Id"] in jawaban.text


@pytest.mark.parametrize("kode", [*PAGE, 406, 418])
def test_every_status_has_a_page(rusak: Flask, db: Engine, kode: int) -> None:
    jawaban = rusak.test_client().get(f"/kode/{kode}")
    assert jawaban.status_code == kode
    assert '<html lang="id"' in jawaban.text


def test_a_script_gets_the_sentence_alone(rusak: Flask, db: Engine) -> None:
    jawaban = rusak.test_client().get("/rusak/ditolak", headers={"Accept": "application/json"})
    assert jawaban.json == {"galat": "Berkas ini kosong."}


def test_the_page_of_a_lost_database_needs_no_database(rusak: Flask, db: Engine) -> None:
    web_client = rusak.test_client()
    web_client.set_cookie("sesi", "x" * 43)
    assert "Layanan sedang terganggu" in web_client.get("/rusak/basisdata").text


def test_who_goes_back_to_the_address_of_a_form_lands_on_its_page(app: Flask, db: Engine, tamu: Peramban) -> None:
    """A form's own address takes only what the form sends; it stands in the history of a browser all the same."""
    led_back = 0
    pages = app.url_map.bind("localhost")
    for alamat in addresses(app, {}):
        if not pages.test(alamat.path, "GET"):
            jawaban = tamu.web_client.get(alamat.path)
            assert jawaban.status_code in {303, 405}, alamat.path
            if jawaban.status_code == 303:
                assert alamat.path.startswith(jawaban.location + "/")
                assert tamu.web_client.get(jawaban.location).status_code != 405
                led_back += 1
    assert led_back > 20


def test_bad_bytes_are_never_a_500(tamu: Peramban) -> None:
    for alamat in ("/%ff%fe", "/lacak?nomor=%ff", "/verifikasi?kode=%00", "/permohonan?halaman=%ff"):
        assert tamu.buka(alamat).status_code < 500, alamat
    tamu.buka("/lacak")
    jawaban = tamu.web_client.post(
        "/lacak", data=b"\xff\xfe=\xff&nomor=%ff", content_type="application/x-www-form-urlencoded"
    )
    assert jawaban.status_code == 400


@pytest.fixture
def without_basis_data(db: Engine) -> Iterator[None]:
    """PostgreSQL takes no connection to our database, and has ended those there were."""
    nama = db.url.database
    lain = create_engine(db.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with lain.connect() as conn:
        conn.execute(text(f"ALTER DATABASE {nama} ALLOW_CONNECTIONS false"))
        conn.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :nama"), {"nama": nama}
        )
        db.dispose()
        yield
        conn.execute(text(f"ALTER DATABASE {nama} ALLOW_CONNECTIONS true"))
    lain.dispose()


class TestWithoutBasisData:
    """While PostgreSQL is away nobody is logged out, and nobody is told that their form was stale."""

    @pytest.fixture
    def browser(self, kantor: Kantor, request: pytest.FixtureRequest) -> Peramban:
        browser = kantor[Peran.FRONT_OFFICE]  # logged in while all was well
        browser.buka("/petugas/antrean")
        request.getfixturevalue("without_basis_data")
        return browser

    @pytest.mark.parametrize("alamat", ["/petugas/antrean", "/pemberitahuan"])
    def test_a_page_says_that_the_service_is_away(self, browser: Peramban, alamat: str) -> None:
        jawaban = browser.buka(alamat)
        assert (jawaban.status_code, "Layanan sedang terganggu" in jawaban.text) == (503, True)

    @pytest.mark.parametrize("alamat", ["/akun/keluar", "/akun/masuk", "/lacak", f"/petugas/tugas/{UUID(int=1)}/ambil"])
    def test_a_form_is_answered_alike(self, browser: Peramban, alamat: str) -> None:
        jawaban = browser.kirim(alamat, {})
        assert (jawaban.status_code, "Layanan sedang terganggu" in jawaban.text) == (503, True)

    def test_what_needs_no_database_still_opens(self, browser: Peramban) -> None:
        assert browser.buka("/privasi").status_code == 200
