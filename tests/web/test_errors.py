"""Every refusal is a page in Indonesian that says what to do; a bug shows a number and nothing of ours."""

import errno
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask, abort
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from pipeline import errors
from pipeline.uploads.refusals import BerkasRefused, BerkasTooLarge, RefusalReason
from tests.desks import FRONT_OFFICE
from tests.owner import owner
from tests.web.conftest import Browser
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor
from tests.web.url_map import addresses
from web import create_app
from web.auth import publik
from web.errors import NOT_YET, PAGE


class Accident(Exception):
    """Not one of ours."""


ERROR: dict[str, tuple[Exception, int]] = {
    "tiada": (errors.NotFound(), 404),
    "wewenang": (errors.NotAuthorised(), 403),
    "sama": (errors.SamePerson(), 403),
    "diputus": (errors.DecidedAlready("Sudah diputus Rahmi 08.33."), 409),
    "isian": (errors.InputInvalid({"nama": "Isi nama."}), 422),
    "besar": (BerkasTooLarge(), 413),
    "ditolak": (BerkasRefused(RefusalReason.EMPTY), 422),
    "sering": (errors.TooOften(30), 429),
    "dokumen": (errors.DocumentFailed(), 503),
    "belum": (errors.NotAllowedYet("Mulai besok."), 409),
    "basisdata": (OperationalError("SELECT rahasia", {}, Exception("rahasia")), 503),
    "penuh": (OSError(errno.ENOSPC, "rahasia"), 503),
    "kuota": (OSError(errno.EDQUOT, "rahasia"), 503),
    "sistem": (OSError(errno.EIO, "rahasia"), 500),
    "bug": (Accident("rahasia"), 500),
}


@pytest.fixture(scope="module")
def damaged() -> Flask:
    """The application with views that fail."""
    app = create_app()

    @app.get("/rusak/<what>")
    @publik
    def damaged(what: str) -> str:
        raise ERROR[what][0]

    @app.get("/kode/<int:code>")
    @publik
    def code(code: int) -> str:
        abort(code)

    return app


@pytest.mark.parametrize("what", ERROR)
def test_domain_errors_have_their_status_and_a_page(damaged: Flask, db: Engine, what: str) -> None:
    answer = damaged.test_client().get(f"/rusak/{what}")
    assert answer.status_code == ERROR[what][1]
    assert (NOT_YET if what == "belum" else PAGE[answer.status_code]).title in answer.text
    assert "rahasia" not in answer.text
    assert "Traceback" not in answer.text


def test_a_refusal_keeps_the_offices_own_words(damaged: Flask, db: Engine) -> None:
    web_client = damaged.test_client()
    assert "Sudah diputus Rahmi 08.33." in web_client.get("/rusak/diputus").text
    assert "Isi nama." in web_client.get("/rusak/isian").text
    assert web_client.get("/rusak/sering").headers["Retry-After"] == "30"


@pytest.mark.attack("F14")
def test_an_incident_has_a_number_that_the_header_repeats(damaged: Flask, db: Engine) -> None:
    answer = damaged.test_client().get("/rusak/bug")
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize("code", [*PAGE, 406, 418])
def test_every_status_has_a_page(damaged: Flask, db: Engine, code: int) -> None:
    answer = damaged.test_client().get(f"/kode/{code}")
    assert answer.status_code == code
    assert '<html lang="id"' in answer.text


def test_a_script_gets_the_sentence_alone(damaged: Flask, db: Engine) -> None:
    answer = damaged.test_client().get("/rusak/ditolak", headers={"Accept": "application/json"})
    assert answer.json == {"galat": "Berkas ini kosong. Pilih berkas lain, atau pindai ulang dokumennya."}


def test_the_page_of_a_lost_database_needs_no_database(damaged: Flask, db: Engine) -> None:
    web_client = damaged.test_client()
    web_client.set_cookie("sesi", "x" * 43)
    assert "Layanan sedang terganggu" in web_client.get("/rusak/basisdata").text


def test_who_goes_back_to_the_address_of_a_form_lands_on_its_page(app: Flask, db: Engine, guest: Browser) -> None:
    """A form's own address takes only what the form sends; it stands in the history of a browser all the same."""
    led_back = 0
    pages = app.url_map.bind("localhost")
    for address in addresses(app, {}):
        if not pages.test(address.path, "GET"):
            answer = guest.web_client.get(address.path)
            assert answer.status_code in {303, 405}, address.path
            if answer.status_code == 303:
                assert address.path.startswith(answer.location + "/")
                assert guest.web_client.get(answer.location).status_code != 405
                led_back += 1
    assert led_back > 20


def test_bad_bytes_are_never_a_500(guest: Browser) -> None:
    for address in ("/%ff%fe", "/lacak?nomor=%ff", "/verifikasi?kode=%00", "/permohonan?halaman=%ff"):
        assert guest.open_page(address).status_code < 500, address
    guest.open_page("/lacak")
    answer = guest.web_client.post(
        "/lacak", data=b"\xff\xfe=\xff&nomor=%ff", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400


@pytest.fixture
def without_basis_data(db: Engine) -> Iterator[None]:
    """PostgreSQL takes no connection to our database, and has ended those there were."""
    name = db.url.database
    as_owner, as_application = (
        create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT") for engine in (owner(), db)
    )
    its_own = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND usename = user")
    with as_owner.connect() as conn, as_application.connect() as application:
        conn.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        for each in (conn, application):
            each.execute(its_own, {"name": name})
        db.dispose()
        owner().dispose()
        yield
        conn.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    as_owner.dispose()
    as_application.dispose()


class TestWithoutBasisData:
    """While PostgreSQL is away nobody is logged out, and nobody is told that their form was stale."""

    @pytest.fixture
    def browser(self, kantor: Kantor, request: pytest.FixtureRequest) -> Browser:
        browser = kantor[FRONT_OFFICE]  # logged in while all was well
        browser.open_page("/petugas/antrean")
        request.getfixturevalue("without_basis_data")
        return browser

    @pytest.mark.parametrize("address", ["/petugas/antrean", "/pemberitahuan"])
    def test_a_page_says_that_the_service_is_away(self, browser: Browser, address: str) -> None:
        answer = browser.open_page(address)
        assert (answer.status_code, "Layanan sedang terganggu" in answer.text) == (503, True)

    @pytest.mark.parametrize(
        "address", ["/akun/keluar", "/akun/masuk", "/lacak", f"/petugas/tugas/{UUID(int=1)}/ambil"]
    )
    def test_a_form_is_answered_alike(self, browser: Browser, address: str) -> None:
        answer = browser.send(address, {})
        assert (answer.status_code, "Layanan sedang terganggu" in answer.text) == (503, True)

    def test_what_needs_no_database_still_opens(self, browser: Browser) -> None:
        assert browser.open_page("/privasi").status_code == 200
