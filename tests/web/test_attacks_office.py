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
from pipeline.services.people.accounts import register
from pipeline.settings import read_settings
from pipeline.sop.words import KeputusanKind
from pipeline.storage import store
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, bring_to, bytes_received, decide_at, examine
from tests.owner import as_owner
from tests.web.conftest import PASSWORD, Browser, SamplePerson
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor
from tests.web.test_attacks_forms import tried
from tests.web.test_headers import PRODUCTION
from tests.web.test_pemohon import berkas, draft
from web import create_app
from web.headers import CSP_BERKAS
from web.publik.verification import VERIFICATIONS_PER_MINUTE

KABID, TECHNICAL = KABID_PERIZINAN, DINAS_TEKNIS
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


class TestThatRunBrowser:
    """C02: what a browser would run."""

    @pytest.mark.attack("C02")
    @pytest.mark.parametrize("name", RUNS)
    def test_it_is_refused_whatever_it_is_called(self, pemohon: SamplePerson, db: Engine, name: str) -> None:
        address, before = draft(pemohon), set(bytes_received())
        answer = pemohon.browser.send(f"{address}/dokumen/SP", {"berkas": (*berkas(name, RUNS[name]), "image/png")})
        assert answer.status_code in {303, 422}  # at a glance, or once a worker has looked at it
        examine()
        if answer.status_code == 303:
            assert "govuk-error-message" in pemohon.browser.open_page(f"{address}/dokumen").text
        with db.connect() as conn:
            assert conn.scalars(select(BerkasRow.id)).all() == []
        assert set(bytes_received()) <= before

    @pytest.mark.attack("C02")
    @pytest.mark.parametrize("kind", ["png", "jpg", "pdf"])
    def test_one_that_got_in_all_the_same_is_only_downloaded(self, kantor: Kantor, db: Engine, kind: str) -> None:
        file = kantor.carry("rekomendasi")
        sha256 = store(file.permohonan_id).put(SVG)
        with as_owner() as conn:
            conn.execute(
                update(BerkasRow).values(sha256=sha256, original_sha256=sha256, kind=kind, size=len(SVG), name="x.svg")
            )
            one = conn.execute(select(BerkasRow.id).where(BerkasRow.permohonan_id == file.permohonan_id)).first()
        assert one is not None
        download = kantor[TECHNICAL].open_page(f"/petugas/berkas/{one.id}/unduh")
        assert download.status_code == 200
        assert download.headers["Content-Disposition"].startswith("attachment")
        assert download.mimetype not in {"image/svg+xml", "text/html", "application/xml"}
        assert download.headers["X-Content-Type-Options"] == "nosniff"
        assert download.headers["Content-Security-Policy"] == CSP_BERKAS
        picture = kantor[TECHNICAL].open_page(f"/petugas/berkas/{one.id}/gambar/1")
        assert SVG not in picture.data


FORMERLY = {
    "tanggal": "2020-01-01", "waktu": "2020-01-01T00:00:00Z", "pada": "2020-01-01", "closed_at": "2020-01-01",
    "started_at": "2020-01-01", "tenggat": "2030-01-01", "now": "2020-01-01", "created_at": "2020-01-01",
}  # fmt: skip


@pytest.mark.attack("D17")
def test_the_time_of_a_decision_is_the_offices_whatever_the_form_says(kantor: Kantor) -> None:
    file = kantor.carry("paraf_kabid")
    desk = at_desk(file.permohonan_id)
    kantor[KABID].open_page(file.address)
    head = {"Date": "Wed, 01 Jan 2020 00:00:00 GMT", "X-Timezone": "UTC"}
    content = file.shown(keputusan="setujui", **FORMERLY)
    assert kantor[KABID].send(f"{file.address}/keputusan", dict(content), headers=head).status_code == 303
    with unit_of_work() as s:
        closed, opened = s.get_one(Tugas, desk.tugas_id), s.get_one(Tugas, at_desk(file.permohonan_id).tugas_id)
        times = [closed.closed_at, opened.started_at, s.scalars(select(Approval.at)).one()]
        times += s.scalars(select(Peristiwa.at).where(Peristiwa.permohonan_id == file.permohonan_id)).all()
    assert all(WEDNESDAY - timedelta(days=1) < t < WEDNESDAY + timedelta(days=1) for t in times if t), times
    assert opened.tenggat is not None
    assert opened.tenggat < WEDNESDAY + timedelta(days=1)


@pytest.mark.attack("D12")
def test_sent_back_fifty_times_it_needs_every_approval_anew_and_uses_up_no_number(kantor: Kantor) -> None:
    file = kantor.carry("paraf_sekretaris")
    for target in islice(cycle(["paraf_kabid", "susun_sk", "rekomendasi"]), 50):
        secretary = kantor.person[SEKRETARIS]
        decide_at(file.permohonan_id, secretary, KeputusanKind.KEMBALIKAN, target=target, reason="Periksa lagi.")
        bring_to(file.permohonan_id, "paraf_sekretaris", kantor.person)
    with unit_of_work() as s:
        given = s.scalars(select(Approval.langkah).where(Approval.voided_at.is_(None))).all()
        assert given == ["paraf_kabid"]
        assert s.scalars(select(Sk.id)).all() == []
    assert at_desk(file.permohonan_id).langkah == "paraf_sekretaris"


class TestKeyNew:
    """H06: SECRET_KEY is changed, the old one is in SECRET_KEY_FALLBACKS."""

    OLD, NEW = "l" * 40, "b" * 40

    def office(self, data: Path, **env: str) -> Flask:
        hosts = {
            "ALURIZIN_MODE": "demo",
            "ALURIZIN_DATA": str(data),
            "BASE_URL": "http://localhost",
            "TRUSTED_HOSTS": "localhost",
        }
        return create_app(read_settings({**PRODUCTION, **hosts, **env}))

    @pytest.mark.attack("H06")
    def test_who_is_logged_in_and_an_open_form_outlive_it(self, db: Engine, tmp_path: Path) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=WEDNESDAY)
        old = Browser(self.office(tmp_path, SECRET_KEY=self.OLD).test_client())
        old.login("siti@contoh.id")
        old.open_page("/permohonan/baru")
        for fallbacks, status in ((self.OLD, 303), ("", 400)):
            after = self.office(tmp_path, SECRET_KEY=self.NEW, SECRET_KEY_FALLBACKS=fallbacks).test_client()
            for name in ("sesi", "perangkat"):
                cookie = old.web_client.get_cookie(name)
                assert cookie is not None
                after.set_cookie(name, cookie.value)
            assert after.get("/permohonan").status_code == 200  # sessions are rows, no key signs them
            content = {"csrf_token": old.token, "sop": "td_lks"}
            assert after.post("/permohonan/baru", data=content).status_code == status


class TestAtBackProxy:
    """H01: an address told by a header."""

    @pytest.mark.attack("H01")
    @pytest.mark.parametrize(("proxy", "held"), [("1", False), ("", True)])
    def test_only_what_the_proxy_added_counts(self, db: Engine, tmp_path: Path, proxy: str, held: bool) -> None:
        env: Mapping[str, str] = {**PRODUCTION, "ALURIZIN_DATA": str(tmp_path), "PROXY": proxy}
        web_client = create_app(read_settings(env)).test_client()

        def answer(channel: str) -> int:
            head = {"X-Forwarded-For": channel, "X-Forwarded-Host": "evil.com", "X-Forwarded-Proto": "https"}
            return web_client.get("/verifikasi/tebakan", base_url="https://izin.contoh.go.id", headers=head).status_code

        tried(VERIFICATIONS_PER_MINUTE, "10.0.0.9" if proxy else "127.0.0.1")
        assert answer("1.2.3.4, 10.0.0.9") == 429  # what the client made up is no address
        assert (answer("10.0.0.9, 10.0.0.10") == 429) is held

    @pytest.mark.attack("H01")
    def test_as_many_hops_count_as_the_office_has(self, db: Engine, tmp_path: Path) -> None:
        env: Mapping[str, str] = {**PRODUCTION, "ALURIZIN_DATA": str(tmp_path), "PROXY_HOPS": "2"}
        web_client = create_app(read_settings(env)).test_client()

        def answer(*hops: str) -> int:
            head = {"X-Forwarded-For": ", ".join(hops)}
            return web_client.get("/verifikasi/tebakan", base_url="https://izin.contoh.go.id", headers=head).status_code

        tried(VERIFICATIONS_PER_MINUTE, "10.0.0.9")
        assert answer("1.2.3.4", "10.0.0.9", "10.0.0.1") == 429
        assert answer("10.0.0.9", "10.0.0.8", "10.0.0.1") == 404
        assert answer("10.0.0.9") == 404  # came past one of the two: whom it names is not believed
