"""Every answer carries the headers, errors too; what comes from elsewhere is refused."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from pipeline.settings import read_settings
from tests.web.conftest import Browser, SamplePerson
from web import create_app
from web.headers import FIXED

PRODUCTION = {
    "ALURIZIN_MODE": "production",
    "DATABASE_URL": "postgresql://x@/tiada?host=/tiada",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "N8fQ2vXz7LrT4wKd9HsB3mJc6YpG1uEa5ZoR",
    "BASE_URL": "https://izin.contoh.go.id",
    "TRUSTED_HOSTS": "izin.contoh.go.id",
}


@pytest.mark.attack("B15", "B16")
@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/permohonan", 302),
        ("POST", "/lacak", 400),
        ("GET", "/tiada", 404),
        ("GET", "/csp-laporan", 405),
        ("GET", "/sehat", 200),
    ],
)
def test_every_answer_carries_them(guest: Browser, method: str, address: str, status: int) -> None:
    answer = guest.web_client.open(address, method=method)
    assert answer.status_code == status
    for name, value in FIXED.items():
        assert answer.headers[name] == value, name


def test_no_page_has_inline_script_or_style(guest: Browser, pemohon: SamplePerson) -> None:
    import re

    for browser, address in (
        (guest, "/"),
        (guest, "/akun/daftar"),
        (guest, "/tiada"),
        (pemohon.browser, "/permohonan/baru"),
    ):
        page = browser.open_page(address).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page), address


@pytest.mark.attack("A13")
@pytest.mark.parametrize("host", ["evil.com", "localhost.evil.com", "127.0.0.2"])
def test_a_foreign_host_is_refused(guest: Browser, host: str) -> None:
    answer = guest.web_client.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.attack("C13")
def test_another_site_may_link_here_and_nothing_else(guest: Browser, pemohon: SamplePerson) -> None:
    """C13: nor does a document of ours show as a picture on a page of theirs."""
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert guest.web_client.get("/", headers=foreign).status_code == 403
    assert guest.web_client.get("/", headers=link).status_code == 200
    assert pemohon.browser.send("/permohonan/baru", {"sop": "td_lks"}, headers=link).status_code == 403


@pytest.mark.attack("C07")
class TestSize:
    def test_a_form_over_64_kb_is_413(self, guest: Browser) -> None:
        guest.open_page("/lacak")
        assert guest.send("/lacak", {"nomor": "x" * 70_000}).status_code == 413

    def test_so_are_five_thousand_fields(self, guest: Browser) -> None:
        guest.open_page("/lacak")
        assert guest.send("/lacak", {f"isian{n}": "x" * 10 for n in range(5000)}).status_code == 413

    def test_an_upload_stops_at_12_mb(self, pemohon: SamplePerson) -> None:
        body = b"x" * (13 * 2**20)
        address = "/permohonan/00000000-0000-0000-0000-000000000000/dokumen/AKTA"
        kind = "multipart/form-data; boundary=x"
        assert pemohon.browser.web_client.post(address, data=body, content_type=kind).status_code == 413


class TestProduction:
    @pytest.fixture
    def production(self, tmp_path_factory: pytest.TempPathFactory) -> Flask:
        data = tmp_path_factory.mktemp("produksi")
        return create_app(read_settings({**PRODUCTION, "ALURIZIN_DATA": str(data)}))

    @pytest.mark.attack("A16")
    def test_the_cookie_is_a_host_cookie_and_https_is_demanded(self, production: Flask, db: Engine) -> None:
        answer = production.test_client().get("/akun/masuk", base_url="https://izin.contoh.go.id")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-sesi=")
        assert "Secure" in cookie
        assert "Strict-Transport-Security" in answer.headers

    @pytest.mark.attack("A13", "H01")
    def test_forwarded_headers_are_nothing_without_a_proxy(self, production: Flask, db: Engine) -> None:
        head = {"X-Forwarded-Host": "evil.com", "X-Forwarded-For": "1.2.3.4"}
        answer = production.test_client().get("/", base_url="https://izin.contoh.go.id", headers=head)
        assert answer.status_code == 200
        assert "evil.com" not in answer.text
