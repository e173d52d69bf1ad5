"""Files a browser would run, times a form brings along, a file sent back and forth, a key that was changed."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from pipeline.db import unit_of_work
from pipeline.models import Approval, Peristiwa, Sk, Tugas
from pipeline.models import Berkas as BerkasRow
from pipeline.roles import Peran
from pipeline.services.people.accounts import register
from pipeline.settings import read_settings
from pipeline.sop.values import KeputusanKind
from pipeline.storage import store
from tests.factories import RABU, at_desk, bring_to, decide_at
from tests.web.conftest import PASSWORD, Peramban, SamplePerson
from tests.web.meja import Kantor, make_kantor, make_officer, masuk  # noqa: F401 - the fixture kantor
from tests.web.test_attacks_forms import tried
from tests.web.test_headers import PRODUKSI
from tests.web.test_pemohon import berkas, draf
from web import create_app
from web.headers import CSP_BERKAS
from web.publik.verification import VERIFICATIONS_PER_MINUTE

KABID, TECHNICAL = Peran.KABID_PERIZINAN, Peran.DINAS_TEKNIS
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="jalan"</script></svg>'
RUNS = {
    "logo.svg": SVG,
    "logo.png": SVG,
    "data.xml": b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#x"?><x/>',
    "arsip.mhtml": b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n\r\n<script/>",
    "halaman.htm": b"<!doctype html><script>document.title='jalan'</script>",
    "gambar.png": b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
    "halaman.pdf": b"<html>%PDF-1.7<script>alert(1)</script>",
}


class TestYangDijalankanPeramban:
    """C02: what a browser would run."""

    @pytest.mark.attack("C02")
    @pytest.mark.parametrize("nama", RUNS)
    def test_it_is_refused_whatever_it_is_called(self, pemohon: SamplePerson, db: Engine, nama: str) -> None:
        alamat = draf(pemohon)
        jawaban = pemohon.peramban.kirim(f"{alamat}/dokumen/SP", {"berkas": (*berkas(nama, RUNS[nama]), "image/png")})
        assert jawaban.status_code == 422
        with db.connect() as conn:
            assert conn.scalars(select(BerkasRow.id)).all() == []

    @pytest.mark.attack("C02")
    @pytest.mark.parametrize("jenis", ["png", "jpg", "pdf"])
    def test_one_that_got_in_all_the_same_is_only_downloaded(self, kantor: Kantor, db: Engine, jenis: str) -> None:
        file = kantor.bawa("rekomendasi")
        sha256 = store().put(SVG)
        with db.begin() as conn:
            conn.execute(
                update(BerkasRow).values(sha256=sha256, sha256_asli=sha256, jenis=jenis, ukuran=len(SVG), nama="x.svg")
            )
            satu = conn.execute(select(BerkasRow.id).where(BerkasRow.permohonan_id == file.permohonan_id)).first()
        assert satu is not None
        unduh = kantor[TECHNICAL].buka(f"/petugas/berkas/{satu.id}/unduh")
        assert unduh.status_code == 200
        assert unduh.headers["Content-Disposition"].startswith("attachment")
        assert unduh.mimetype not in {"image/svg+xml", "text/html", "application/xml"}
        assert unduh.headers["X-Content-Type-Options"] == "nosniff"
        assert unduh.headers["Content-Security-Policy"] == CSP_BERKAS
        gambar = kantor[TECHNICAL].buka(f"/petugas/berkas/{satu.id}/gambar/1")
        assert SVG not in gambar.data


DAHULU = {
    "tanggal": "2020-01-01", "waktu": "2020-01-01T00:00:00Z", "pada": "2020-01-01", "closed_at": "2020-01-01",
    "started_at": "2020-01-01", "tenggat": "2030-01-01", "now": "2020-01-01", "created_at": "2020-01-01",
}  # fmt: skip


@pytest.mark.attack("D17")
def test_the_time_of_a_decision_is_the_offices_whatever_the_form_says(kantor: Kantor) -> None:
    file = kantor.bawa("paraf_kabid")
    meja = at_desk(file.permohonan_id)
    kantor[KABID].buka(file.alamat)
    kepala = {"Date": "Wed, 01 Jan 2020 00:00:00 GMT", "X-Timezone": "UTC"}
    isi = file.shown(keputusan="setujui", **DAHULU)
    assert kantor[KABID].kirim(f"{file.alamat}/keputusan", dict(isi), headers=kepala).status_code == 303
    with unit_of_work() as s:
        closed, opened = s.get_one(Tugas, meja.tugas_id), s.get_one(Tugas, at_desk(file.permohonan_id).tugas_id)
        times = [closed.closed_at, opened.started_at, s.scalars(select(Approval.pada)).one()]
        times += s.scalars(select(Peristiwa.pada).where(Peristiwa.permohonan_id == file.permohonan_id)).all()
    assert all(RABU - timedelta(days=1) < t < RABU + timedelta(days=1) for t in times if t), times
    assert opened.tenggat is not None
    assert opened.tenggat < RABU + timedelta(days=1)


@pytest.mark.attack("D12")
def test_sent_back_fifty_times_it_needs_every_approval_anew_and_uses_up_no_number(kantor: Kantor) -> None:
    file = kantor.bawa("paraf_sekretaris")
    for ke in islice(cycle(["paraf_kabid", "susun_sk", "rekomendasi"]), 50):
        sekretaris = kantor.orang[Peran.SEKRETARIS]
        decide_at(file.permohonan_id, sekretaris, KeputusanKind.KEMBALIKAN, ke=ke, alasan="Periksa lagi.")
        bring_to(file.permohonan_id, "paraf_sekretaris", kantor.orang)
    with unit_of_work() as s:
        given = s.scalars(select(Approval.langkah).where(Approval.voided_at.is_(None))).all()
        assert given == ["paraf_kabid"]
        assert s.scalars(select(Sk.id)).all() == []
    assert at_desk(file.permohonan_id).langkah == "paraf_sekretaris"


class TestKeyNew:
    """H06: SECRET_KEY is changed, the old one is in SECRET_KEY_FALLBACKS."""

    LAMA, BARU = "l" * 40, "b" * 40

    def office(self, data: Path, **env: str) -> Flask:
        hosts = {
            "ALURIZIN_MODE": "demo",
            "ALURIZIN_DATA": str(data),
            "BASE_URL": "http://localhost",
            "TRUSTED_HOSTS": "localhost",
        }
        return create_app(read_settings({**PRODUKSI, **hosts, **env}))

    @pytest.mark.attack("H06")
    def test_who_is_logged_in_and_an_open_form_outlive_it(self, db: Engine, tmp_path: Path) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=RABU)
        lama = Peramban(self.office(tmp_path, SECRET_KEY=self.LAMA).test_client())
        lama.masuk("siti@contoh.id")
        lama.buka("/permohonan/baru")
        for fallbacks, status in ((self.LAMA, 303), ("", 400)):
            sesudah = self.office(tmp_path, SECRET_KEY=self.BARU, SECRET_KEY_FALLBACKS=fallbacks).test_client()
            for nama in ("sesi", "perangkat"):
                kue = lama.web_client.get_cookie(nama)
                assert kue is not None
                sesudah.set_cookie(nama, kue.value)
            assert sesudah.get("/permohonan").status_code == 200  # sessions are rows, no key signs them
            isi = {"csrf_token": lama.token, "sop": "td_lks"}
            assert sesudah.post("/permohonan/baru", data=isi).status_code == status


class TestAtBackProksi:
    """H01: an address told by a header."""

    @pytest.mark.attack("H01")
    @pytest.mark.parametrize(("proksi", "ditahan"), [("1", False), ("", True)])
    def test_only_what_the_proxy_added_counts(self, db: Engine, tmp_path: Path, proksi: str, ditahan: bool) -> None:
        env: Mapping[str, str] = {**PRODUKSI, "ALURIZIN_DATA": str(tmp_path), "PROXY": proksi}
        web_client = create_app(read_settings(env)).test_client()

        def jawaban(terusan: str) -> int:
            kepala = {"X-Forwarded-For": terusan, "X-Forwarded-Host": "evil.com", "X-Forwarded-Proto": "https"}
            return web_client.get(
                "/verifikasi/tebakan", base_url="https://izin.contoh.go.id", headers=kepala
            ).status_code

        tried(VERIFICATIONS_PER_MINUTE, "10.0.0.9" if proksi else "127.0.0.1")
        assert jawaban("1.2.3.4, 10.0.0.9") == 429  # what the client made up is no address
        assert (jawaban("10.0.0.9, 10.0.0.10") == 429) is ditahan
