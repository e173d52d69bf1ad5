"""What anybody may see, and what it does not tell."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, insert, select, update

from pipeline.models import NomorRegister, Permohonan, Sk
from pipeline.queries.applicant.catalogue import read_real_time
from pipeline.queries.applicant.tracking import Authenticity, find_naskah
from pipeline.settings import settings
from pipeline.sop.registry import SOPS
from tests.desks import KEPALA_DINAS
from tests.factories import WEDNESDAY, bring_to, data_of, office, submitted, work_off
from tests.owner import as_owner
from tests.web.conftest import Browser, SamplePerson

TODAY = WEDNESDAY.date()


@pytest.mark.parametrize(
    "address", ["/", "/lacak", "/privasi", "/verifikasi", "/akun/masuk", "/akun/daftar", "/petugas/masuk"]
)
def test_pages_for_everybody_open_and_have_one_heading(guest: Browser, address: str) -> None:
    answer = guest.open_page(address)
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert 'lang="id"' in answer.text


def test_the_home_page_lists_the_permits_and_finds_them_by_any_word(guest: Browser) -> None:
    assert "/izin/td_lks" in guest.open_page("/").text
    assert "/izin/td_lks" in guest.open_page("/?cari=panti+asuhan").text
    nothing = guest.open_page("/?cari=<b>terbang").text
    assert "/izin/td_lks" not in nothing
    assert "&lt;b&gt;terbang" in nothing


def test_the_page_of_a_permit_says_cost_time_documents_and_what_it_rests_on(guest: Browser) -> None:
    page = guest.open_page("/izin/td_lks").text
    for told in ("Rp0", "5 hari kerja", "Akta notaris", "Ya, berbadan hukum", "Undang-Undang Nomor 11 Tahun 2009"):
        assert told in page
    assert guest.open_page("/izin/lain").status_code == 404


class TestTrack:
    """B03, B04: a number alone shows nothing, a number with its code no name."""

    def nomor_and_code(self, db: Engine) -> tuple[str, str]:
        with db.connect() as conn:
            nomor, code = conn.execute(select(Permohonan.nomor, Permohonan.tracking_code)).one()
        return nomor, code

    @pytest.mark.attack("B04")
    def test_number_and_code_show_the_way_and_no_name(self, guest: Browser, pemohon: SamplePerson, db: Engine) -> None:
        permohonan_id = submitted(pemohon.person_id)
        nomor, code = self.nomor_and_code(db)
        guest.open_page("/lacak")
        page = guest.send("/lacak", {"nomor": nomor.lower(), "kode": f" {code.lower()} "}).text
        assert "Pemeriksaan berkas" in page
        assert 'aria-current="step"' in page
        data = data_of(permohonan_id)
        for secret in ("nama_lembaga", "alamat", "ketua_nama", "ketua_nik"):
            assert str(data[secret]) not in page

    @pytest.mark.attack("B03")
    def test_wrong_number_and_wrong_code_get_the_same_answer(
        self, guest: Browser, pemohon: SamplePerson, db: Engine
    ) -> None:
        submitted(pemohon.person_id)
        nomor, code = self.nomor_and_code(db)
        guest.open_page("/lacak")
        wrong_code = guest.send("/lacak", {"nomor": nomor, "kode": "AAAAAAAA"})
        wrong_nomor = guest.send("/lacak", {"nomor": "LKS-2026-000000", "kode": code})
        assert wrong_code.status_code == wrong_nomor.status_code == 422
        for answer in (wrong_code, wrong_nomor):
            assert "tidak cocok" in answer.text

    @pytest.mark.attack("B03")
    def test_ten_tries_a_minute_from_one_address(self, guest: Browser) -> None:
        guest.open_page("/lacak")
        answer = [guest.send("/lacak", {"nomor": f"LKS-2026-{n:06}", "kode": "AAAAAAAA"}) for n in range(11)]
        assert [j.status_code for j in answer] == [422] * 10 + [429]
        assert "Retry-After" in answer[-1].headers

    def test_the_qr_code_fills_in_the_number_only(self, guest: Browser) -> None:
        assert 'value="LKS-2026-123456"' in guest.open_page("/lacak?nomor=LKS-2026-123456").text


class TestVerification:
    def issued(self, db: Engine, pemohon: SamplePerson, **change: object) -> None:
        """A published row as signing leaves it."""
        kantor = office()
        permohonan_id = submitted(pemohon.person_id)
        bring_to(permohonan_id, "tanda_tangan", kantor)
        work_off()
        value: dict[str, object] = {
            "permohonan_id": permohonan_id,
            "draft_id": _draft(db),
            "sop": "td_lks",
            "kind": "sk",
            "year": 2026,
            "sequence": 1,
            "nomor": "503/0001/TD-LKS/DPMPTSP/2026",
            "day": TODAY,
            "token": "tokenUji123",
            "status": "terbit",
            "signer_id": kantor[KEPALA_DINAS].person_id,
            "signatory": {"nama": "Rahasia Nama", "nip": "1978", "jabatan": "Kepala Dinas"},
            "pdf_sha256": "a" * 64,
            "pdf_size": 1000,
            "created_at": WEDNESDAY,
            "issued_at": WEDNESDAY,
            "provider": "lokal",
            **change,
        }
        nomor = {k: value[k] for k in ("sop", "kind", "year", "sequence", "nomor", "permohonan_id")}
        with db.begin() as conn:
            conn.execute(insert(NomorRegister).values(**nomor, drawn_at=WEDNESDAY, used_at=WEDNESDAY))
            conn.execute(Sk.__table__.insert().values(value))

    def test_a_permit_tells_how_long_it_really_took_of_late(self, db: Engine, pemohon: SamplePerson) -> None:
        sop = SOPS["td_lks"]
        assert read_real_time(sop, now=WEDNESDAY) is None
        self.issued(db, pemohon)
        real = read_real_time(sop, now=WEDNESDAY + timedelta(days=20))
        assert real is not None
        assert real.total == 1
        assert read_real_time(sop, now=WEDNESDAY + timedelta(days=40)) is None

    @pytest.mark.attack("E12")
    def test_in_force_then_expired_then_revoked(self, db: Engine, pemohon: SamplePerson, guest: Browser) -> None:
        self.issued(db, pemohon, valid_until_date=date(2031, 11, 25))
        page = guest.open_page("/verifikasi/tokenUji123")
        assert page.status_code == 200
        assert "BERLAKU" in page.text
        assert "503/0001/TD-LKS" in page.text
        assert "Kepala Dinas" in page.text
        assert "Rahasia Nama" not in page.text
        later = find_naskah("tokenUji123", today=date(2031, 11, 26))
        assert later is not None
        assert later.authenticity is Authenticity.KEDALUWARSA
        with as_owner() as conn:
            conn.execute(update(Sk).values(status="dicabut", revoked_at=WEDNESDAY))
        assert "DICABUT" in guest.open_page("/verifikasi/tokenUji123").text

    def test_a_refusal_letter_is_genuine_and_says_what_it_is(
        self, db: Engine, pemohon: SamplePerson, guest: Browser
    ) -> None:
        self.issued(db, pemohon, kind="penolakan")
        assert (
            "permohonan Tanda Daftar LKS/LKSA ditolak; ini bukan izinnya"
            in guest.open_page("/verifikasi/tokenUji123").text
        )

    @pytest.mark.attack("E12")
    def test_what_is_not_signed_yet_is_not_found(self, db: Engine, pemohon: SamplePerson, guest: Browser) -> None:
        self.issued(db, pemohon, status="niat")
        answer = guest.open_page("/verifikasi/tokenUji123")
        assert answer.status_code == 404
        assert "TIDAK DITEMUKAN" in answer.text

    @pytest.mark.parametrize("token", ["x", "%00", "%ff", "a" * 3000, "'; DROP TABLE sk; --"])
    def test_a_token_that_is_none_is_not_found(self, guest: Browser, token: str) -> None:
        assert guest.open_page(f"/verifikasi/{token}").status_code == 404

    def test_the_code_may_be_typed_or_the_whole_address_pasted(self, guest: Browser) -> None:
        host = "https://" + "perizinan-" * 6 + "kota.contoh.go.id"
        for code in (
            "abc",
            " abc ",
            f"{host}/verifikasi/abc",
            f"{host}/verifikasi/abc/",
            f"{host}/verifikasi/abc?x=1#y",
        ):
            location = guest.open_page("/verifikasi", query_string={"kode": code}).location
            assert location == "/verifikasi/abc" + "?alamat=lain" * code.startswith(host), code

    def test_an_address_of_another_site_is_named_as_such(
        self, db: Engine, pemohon: SamplePerson, guest: Browser
    ) -> None:
        self.issued(db, pemohon)
        ours = settings().base_url
        for pasted, foreign in (
            (f"{ours}/verifikasi/tokenUji123", False),
            (ours.upper() + "/verifikasi/tokenUji123", False),
            (ours.partition("://")[2] + "/verifikasi?kode=tokenUji123", False),
            ("tokenUji123", False),
            ("503/0001/TD-LKS/DPMPTSP/2026", False),
            ("No. 503/0001/TD-LKS/DPMPTSP/2026", False),
            ("https://jahat.example/verifikasi/tokenUji123", True),
            ("jahat.example/verifikasi/tokenUji123", True),
            (f"https://jahat.example/{ours}/verifikasi/tokenUji123", True),
            (f"<https://{ours.partition('://')[2]}@jahat.example/verifikasi/tokenUji123>", True),
        ):
            page = guest.web_client.get("/verifikasi", query_string={"kode": pasted}, follow_redirects=True).text
            assert ("bukan alamat kantor ini" in page, "asli dan masih berlaku" in page) == (foreign, True), pasted

    def test_a_genuine_decree_is_found_however_its_number_or_address_was_copied(
        self, db: Engine, pemohon: SamplePerson, guest: Browser
    ) -> None:
        self.issued(db, pemohon)
        for written in (
            "503/0001/TD-LKS/DPMPTSP/2026",
            "503/1/td-lks/dpmptsp/2026",
            " 503 / 0001 / TD-LKS / DPMPTSP / 2026 ",
            "Nomor: 503/0001/TD-LKS/DPMPTSP/2026",
            "SK No. 503/0001/TD-LKS/DPMPTSP/2026.",
            "503-0001-TDLKS-DPMPTSP-2026",
            "503/0001/TD–LKS/DPMPTSP/2026",
            "503 0001 TD LKS DPMPTSP 2026",
            "503%2F0001%2FTD-LKS%2FDPMPTSP%2F2026",
            "5O3/OOO1/TD-LKS/DPMPTSP/2O26",
            "503/000l/td-lks/dpmptsp/2026",
            "503／０００１／TD-LKS／DPMPTSP／2026",
            "“503/0001/TD-LKS/DPMPTSP/2026”",
            "503\\0001\\TD-LKS\\DPMPTSP\\2026",
            "503/0001/TD-LKS/DPMPTSP/2026 tanggal 25 November 2026",
            "https://x.id/verifikasi/503/0001/TD-LKS/DPMPTSP/2026",
            "SK 503/0001/TD-LKS/\n DPMPTSP/2026",
            "HTTPS://X.ID/VERIFIKASI/tokenUji123",
            "x.id/verifikasi/tokenUji123",
            "https://x.id/verifi kasi/token Uji123",
            "https://x.id/verifikasi?kode=tokenUji123",
            "(tokenUji123).",
            "Keputusan Kepala Dinas 503/0001/TD-LKS/DPMPTSP/2026",
            "Nomor Tanda Daftar: 503/0001/TD-LKS/DPMPTSP/2026",
            "Nr. 503/0001/TD-LKS/DPMPTSP/2026",
            "Nomor503/0001/TD-LKS/DPMPTSP/2026",
            "503/0001/TD-LKS/DPMPTSP/2026 tentang Tanda Daftar",
            "503/0001/TD-LKS/DPMPTSP/2026, 27 November 2026",
            "503/0001/TD-LKS/DPMPTSP/2026 (27 November 2026)",
            "503/0001/TD-LKS/DPMPTSP/2026 tertanggal 27 November 2026",
            "503/0001/TD-LKS/DPMPTSP/Tahun 2026",
            "503/0001/TD-LKS/DPMPTSP/2026 Tahun 2026",
            "Kode verifikasi: tokenUji123",
            "<https://x.id/verifikasi/tokenUji123>",
        ):
            answer = guest.web_client.get("/verifikasi", query_string={"kode": written}, follow_redirects=True)
            found = "Surat Keputusan ini asli dan masih berlaku" in answer.text
            assert (answer.status_code, found) == (200, True), written

    def test_a_number_that_only_looks_like_it_is_not_found(
        self, db: Engine, pemohon: SamplePerson, guest: Browser
    ) -> None:
        self.issued(db, pemohon)
        for other in (
            "503/0010/TD-LKS/DPMPTSP/2026",
            "503/0001/TD-LKS/DPMPTSP/2025",
            "5030/001/TD-LKS/DPMPTSP/2026",
            "2026",
            "503/0001/TOLAK-LKS/DPMPTSP/2026",
            "503/0001/TD-LKS/DPMPTSP",
            "1",
            "503/1/2026",
            "9" * 70,
            "503/٠٠٠١/2026",
            "1503/0001/TD-LKS/DPMPTSP/2026",
            "503/0001/TD-LKS/DPMPTSP/20261",
            "503/0001/TD-LKS/DPMPTSP/2026/7",
            "7/503/0001/TD-LKS/DPMPTSP/2026",
        ):
            answer = guest.web_client.get("/verifikasi", query_string={"kode": other}, follow_redirects=True)
            assert (answer.status_code, "TIDAK DITEMUKAN" in answer.text) == (404, True), other

    def test_who_counts_through_the_numbers_of_refusals_learns_no_name(
        self, db: Engine, pemohon: SamplePerson, guest: Browser
    ) -> None:
        self.issued(db, pemohon, kind="penolakan", nomor="503/0001/TOLAK-LKS/DPMPTSP/2026")
        with db.connect() as conn:
            name = conn.execute(select(Permohonan.pemegang)).scalar_one()
        tallied = guest.open_page("/verifikasi/503/0001/TOLAK-LKS/DPMPTSP/2026")
        assert (tallied.status_code, "SURAT PENOLAKAN ASLI" in tallied.text, name in tallied.text) == (
            200,
            True,
            False,
        )
        assert name in guest.open_page("/verifikasi/tokenUji123").text

    def test_a_number_before_it_is_signed_is_not_found(self, db: Engine, pemohon: SamplePerson, guest: Browser) -> None:
        self.issued(db, pemohon, status="niat")
        assert guest.open_page("/verifikasi/503/0001/TD-LKS/DPMPTSP/2026").status_code == 404

    @pytest.mark.parametrize("empty", ["", "  ", "/", "?", "#"])
    def test_an_empty_form_says_what_to_write(self, guest: Browser, empty: str) -> None:
        answer = guest.open_page("/verifikasi", query_string={"kode": empty})
        assert (answer.status_code, "Tulis nomor surat" in answer.text) == (422, True)


@pytest.mark.attack("F15")
def test_health_says_ok_and_nothing_else(guest: Browser) -> None:
    stranger = {"REMOTE_ADDR": "203.0.113.9"}
    assert guest.open_page("/sehat", environ_base=stranger).json == {"sehat": True}
    assert guest.open_page("/siap", environ_base=stranger).json == {"siap": True}


def test_static_files_are_named_by_hash_compressed_and_kept(guest: Browser, app: Flask) -> None:
    import re

    address = re.findall(r"/static/[^\"]+", guest.open_page("/").text)
    assert len(address) >= 5
    for one in set(address):
        answer = guest.web_client.get(one, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, one
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()


def test_the_first_load_of_an_applicants_page_is_under_60_kb(pemohon: SamplePerson) -> None:
    import re

    page = pemohon.browser.open_page("/permohonan/baru")
    total = len(page.data)
    for one in set(re.findall(r"/static/[^\"]+", page.text)):
        answer = pemohon.browser.web_client.get(one, headers={"Accept-Encoding": "gzip"})
        total += len(answer.data)
        answer.close()
    assert total < 60 * 1024


def _draft(db: Engine) -> object:
    from pipeline.models import Draft

    with db.connect() as conn:
        return conn.execute(select(Draft.id)).scalar_one()
