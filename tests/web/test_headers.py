"""Every answer carries the headers, errors too; what comes from elsewhere is refused."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from pipeline.settings import read_settings
from tests.web.conftest import Peramban, SamplePerson
from web import create_app
from web.headers import FIXED

PRODUKSI = {
    "ALURIZIN_MODE": "production",
    "DATABASE_URL": "postgresql://x@/tiada?host=/tiada",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "k" * 40,
    "BASE_URL": "https://izin.contoh.go.id",
    "TRUSTED_HOSTS": "izin.contoh.go.id",
}


@pytest.mark.attack("B15", "B16")
@pytest.mark.parametrize(
    ("cara", "alamat", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/permohonan", 302),
        ("POST", "/lacak", 400),
        ("GET", "/tiada", 404),
        ("GET", "/akun/keluar", 405),
        ("GET", "/sehat", 200),
    ],
)
def test_every_answer_carries_them(tamu: Peramban, cara: str, alamat: str, status: int) -> None:
    jawaban = tamu.web_client.open(alamat, method=cara)
    assert jawaban.status_code == status
    for nama, nilai in FIXED.items():
        assert jawaban.headers[nama] == nilai, nama


def test_no_page_has_inline_script_or_style(tamu: Peramban, pemohon: SamplePerson) -> None:
    import re

    for peramban, alamat in (
        (tamu, "/"),
        (tamu, "/akun/daftar"),
        (tamu, "/tiada"),
        (pemohon.peramban, "/permohonan/baru"),
    ):
        halaman = peramban.buka(alamat).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", halaman), alamat


@pytest.mark.attack("A13")
@pytest.mark.parametrize("host", ["evil.com", "localhost.evil.com", "127.0.0.2"])
def test_a_foreign_host_is_refused(tamu: Peramban, host: str) -> None:
    jawaban = tamu.web_client.get("/", headers={"Host": host})
    assert jawaban.status_code == 400
    assert jawaban.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.attack("C13")
def test_another_site_may_link_here_and_nothing_else(tamu: Peramban, pemohon: SamplePerson) -> None:
    """C13: nor does a document of ours show as a picture on a page of theirs."""
    asing = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    tautan = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert tamu.web_client.get("/", headers=asing).status_code == 403
    assert tamu.web_client.get("/", headers=tautan).status_code == 200
    assert pemohon.peramban.kirim("/permohonan/baru", {"sop": "td_lks"}, headers=tautan).status_code == 403


@pytest.mark.attack("C07")
class TestSize:
    def test_a_form_over_64_kb_is_413(self, tamu: Peramban) -> None:
        tamu.buka("/lacak")
        assert tamu.kirim("/lacak", {"nomor": "x" * 70_000}).status_code == 413

    def test_so_are_five_thousand_fields(self, tamu: Peramban) -> None:
        tamu.buka("/lacak")
        assert tamu.kirim("/lacak", {f"isian{n}": "x" * 10 for n in range(5000)}).status_code == 413

    def test_an_upload_stops_at_12_mb(self, pemohon: SamplePerson) -> None:
        badan = b"x" * (13 * 2**20)
        alamat = "/permohonan/00000000-0000-0000-0000-000000000000/dokumen/AKTA"
        jenis = "multipart/form-data; boundary=x"
        assert pemohon.peramban.web_client.post(alamat, data=badan, content_type=jenis).status_code == 413


class TestProduksi:
    @pytest.fixture
    def produksi(self, tmp_path_factory: pytest.TempPathFactory) -> Flask:
        data = tmp_path_factory.mktemp("produksi")
        return create_app(read_settings({**PRODUKSI, "ALURIZIN_DATA": str(data)}))

    @pytest.mark.attack("A16")
    def test_the_cookie_is_a_host_cookie_and_https_is_demanded(self, produksi: Flask, db: Engine) -> None:
        jawaban = produksi.test_client().get("/akun/masuk", base_url="https://izin.contoh.go.id")
        kue = jawaban.headers["Set-Cookie"]
        assert kue.startswith("__Host-sesi=")
        assert "Secure" in kue
        assert "Strict-Transport-Security" in jawaban.headers

    @pytest.mark.attack("A13", "H01")
    def test_forwarded_headers_are_nothing_without_a_proxy(self, produksi: Flask, db: Engine) -> None:
        kepala = {"X-Forwarded-Host": "evil.com", "X-Forwarded-For": "1.2.3.4"}
        jawaban = produksi.test_client().get("/", base_url="https://izin.contoh.go.id", headers=kepala)
        assert jawaban.status_code == 200
        assert "evil.com" not in jawaban.text
