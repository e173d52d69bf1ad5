"""What anybody may see, and what it does not tell."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, insert, select, update

from pipeline.models import NomorRegister, Permohonan, Sk
from pipeline.queries.applicant.tracking import Authenticity, find_naskah
from pipeline.roles import Peran
from pipeline.settings import settings
from tests.factories import RABU, bring_to, data_of, office, submitted, work_off
from tests.web.conftest import Peramban, SamplePerson

TODAY = RABU.date()


@pytest.mark.parametrize(
    "alamat", ["/", "/lacak", "/privasi", "/verifikasi", "/akun/masuk", "/akun/daftar", "/petugas/masuk"]
)
def test_pages_for_everybody_open_and_have_one_heading(tamu: Peramban, alamat: str) -> None:
    jawaban = tamu.buka(alamat)
    assert jawaban.status_code == 200
    assert jawaban.text.count("<h1") == 1
    assert 'lang="id"' in jawaban.text


def test_the_home_page_says_cost_time_and_documents(tamu: Peramban) -> None:
    halaman = tamu.buka("/").text
    assert "Rp0" in halaman
    assert "5 hari kerja" in halaman
    assert "Akta notaris" in halaman


class TestTrack:
    """B03, B04: a number alone shows nothing, a number with its code no name."""

    def nomor_dan_code(self, db: Engine) -> tuple[str, str]:
        with db.connect() as conn:
            nomor, kode = conn.execute(select(Permohonan.nomor, Permohonan.kode_lacak)).one()
        return nomor, kode

    @pytest.mark.attack("B04")
    def test_number_and_code_show_the_way_and_no_name(self, tamu: Peramban, pemohon: SamplePerson, db: Engine) -> None:
        permohonan_id = submitted(pemohon.person_id)
        nomor, kode = self.nomor_dan_code(db)
        tamu.buka("/lacak")
        halaman = tamu.kirim("/lacak", {"nomor": nomor.lower(), "kode": f" {kode.lower()} "}).text
        assert "Pemeriksaan berkas" in halaman
        assert 'aria-current="step"' in halaman
        data = data_of(permohonan_id)
        for rahasia in ("nama_lembaga", "alamat", "ketua_nama", "ketua_nik"):
            assert str(data[rahasia]) not in halaman

    @pytest.mark.attack("B03")
    def test_wrong_number_and_wrong_code_get_the_same_answer(
        self, tamu: Peramban, pemohon: SamplePerson, db: Engine
    ) -> None:
        submitted(pemohon.person_id)
        nomor, kode = self.nomor_dan_code(db)
        tamu.buka("/lacak")
        wrong_code = tamu.kirim("/lacak", {"nomor": nomor, "kode": "AAAAAAAA"})
        wrong_nomor = tamu.kirim("/lacak", {"nomor": "LKS-2026-000000", "kode": kode})
        assert wrong_code.status_code == wrong_nomor.status_code == 422
        for jawaban in (wrong_code, wrong_nomor):
            assert "tidak cocok" in jawaban.text

    @pytest.mark.attack("B03")
    def test_ten_tries_a_minute_from_one_address(self, tamu: Peramban) -> None:
        tamu.buka("/lacak")
        jawaban = [tamu.kirim("/lacak", {"nomor": f"LKS-2026-{n:06}", "kode": "AAAAAAAA"}) for n in range(11)]
        assert [j.status_code for j in jawaban] == [422] * 10 + [429]
        assert "Retry-After" in jawaban[-1].headers

    def test_the_qr_code_fills_in_the_number_only(self, tamu: Peramban) -> None:
        assert 'value="LKS-2026-123456"' in tamu.buka("/lacak?nomor=LKS-2026-123456").text


class TestVerification:
    def terbit(self, db: Engine, pemohon: SamplePerson, **ubah: object) -> None:
        """A published row as signing leaves it."""
        kantor = office()
        permohonan_id = submitted(pemohon.person_id)
        bring_to(permohonan_id, "tanda_tangan", kantor)
        work_off()
        nilai: dict[str, object] = {
            "permohonan_id": permohonan_id, "draft_id": _draft(db), "sop": "td_lks", "jenis": "sk", "tahun": 2026,
            "urut": 1, "nomor": "503/0001/TD-LKS/DPMPTSP/2026", "tanggal": TODAY,
            "token": "tokenUji123", "status": "terbit",
            "signer_id": kantor[Peran.KEPALA_DINAS].person_id,
            "penandatangan": {"nama": "Rahasia Nama", "nip": "1978", "jabatan": "Kepala Dinas"},
            "pdf_sha256": "a" * 64, "pdf_size": 1000, "created_at": RABU, "issued_at": RABU,
            "penyedia": "lokal", **ubah,
        }  # fmt: skip
        nomor = {k: nilai[k] for k in ("sop", "jenis", "tahun", "urut", "nomor", "permohonan_id")}
        with db.begin() as conn:
            conn.execute(insert(NomorRegister).values(**nomor, drawn_at=RABU, used_at=RABU))
            conn.execute(Sk.__table__.insert().values(nilai))

    @pytest.mark.attack("E12")
    def test_in_force_then_expired_then_revoked(self, db: Engine, pemohon: SamplePerson, tamu: Peramban) -> None:
        self.terbit(db, pemohon, valid_until_date=date(2031, 11, 25))
        halaman = tamu.buka("/verifikasi/tokenUji123")
        assert halaman.status_code == 200
        assert "BERLAKU" in halaman.text
        assert "503/0001/TD-LKS" in halaman.text
        assert "Kepala Dinas" in halaman.text
        assert "Rahasia Nama" not in halaman.text
        kelak = find_naskah("tokenUji123", today=date(2031, 11, 26))
        assert kelak is not None
        assert kelak.authenticity is Authenticity.KEDALUWARSA
        with db.begin() as conn:
            conn.execute(update(Sk).values(status="dicabut", revoked_at=RABU))
        assert "DICABUT" in tamu.buka("/verifikasi/tokenUji123").text

    def test_a_refusal_letter_is_genuine_and_says_what_it_is(
        self, db: Engine, pemohon: SamplePerson, tamu: Peramban
    ) -> None:
        self.terbit(db, pemohon, jenis="penolakan")
        assert "surat penolakan permohonan, bukan tanda daftar" in tamu.buka("/verifikasi/tokenUji123").text

    @pytest.mark.attack("E12")
    def test_what_is_not_signed_yet_is_not_found(self, db: Engine, pemohon: SamplePerson, tamu: Peramban) -> None:
        self.terbit(db, pemohon, status="niat")
        jawaban = tamu.buka("/verifikasi/tokenUji123")
        assert jawaban.status_code == 404
        assert "TIDAK DITEMUKAN" in jawaban.text

    @pytest.mark.parametrize("token", ["x", "%00", "%ff", "a" * 3000, "'; DROP TABLE sk; --"])
    def test_a_token_that_is_none_is_not_found(self, tamu: Peramban, token: str) -> None:
        assert tamu.buka(f"/verifikasi/{token}").status_code == 404

    def test_the_code_may_be_typed_or_the_whole_address_pasted(self, tamu: Peramban) -> None:
        host = "https://" + "perizinan-" * 6 + "kota.contoh.go.id"
        for kode in (
            "abc",
            " abc ",
            f"{host}/verifikasi/abc",
            f"{host}/verifikasi/abc/",
            f"{host}/verifikasi/abc?x=1#y",
        ):
            location = tamu.buka("/verifikasi", query_string={"kode": kode}).location
            assert location == "/verifikasi/abc" + "?alamat=lain" * kode.startswith(host), kode

    def test_an_address_of_another_site_is_named_as_such(
        self, db: Engine, pemohon: SamplePerson, tamu: Peramban
    ) -> None:
        self.terbit(db, pemohon)
        ours = settings().base_url
        for pasted, foreign in (
            (f"{ours}/verifikasi/tokenUji123", False), (ours.upper() + "/verifikasi/tokenUji123", False),
            (ours.partition("://")[2] + "/verifikasi?kode=tokenUji123", False), ("tokenUji123", False),
            ("503/0001/TD-LKS/DPMPTSP/2026", False), ("No. 503/0001/TD-LKS/DPMPTSP/2026", False),
            ("https://jahat.example/verifikasi/tokenUji123", True), ("jahat.example/verifikasi/tokenUji123", True),
            (f"https://jahat.example/{ours}/verifikasi/tokenUji123", True),
            (f"<https://{ours.partition('://')[2]}@jahat.example/verifikasi/tokenUji123>", True),
        ):  # fmt: skip
            page = tamu.web_client.get("/verifikasi", query_string={"kode": pasted}, follow_redirects=True).text
            assert ("bukan alamat kantor ini" in page, "asli dan masih berlaku" in page) == (foreign, True), pasted

    def test_a_genuine_decree_is_found_however_its_number_or_address_was_copied(
        self, db: Engine, pemohon: SamplePerson, tamu: Peramban
    ) -> None:
        self.terbit(db, pemohon)
        for tertulis in (
            "503/0001/TD-LKS/DPMPTSP/2026", "503/1/td-lks/dpmptsp/2026", " 503 / 0001 / TD-LKS / DPMPTSP / 2026 ",
            "Nomor: 503/0001/TD-LKS/DPMPTSP/2026", "SK No. 503/0001/TD-LKS/DPMPTSP/2026.",
            "503-0001-TDLKS-DPMPTSP-2026",
            "503/0001/TD–LKS/DPMPTSP/2026", "503 0001 TD LKS DPMPTSP 2026", "503%2F0001%2FTD-LKS%2FDPMPTSP%2F2026",
            "5O3/OOO1/TD-LKS/DPMPTSP/2O26", "503/000l/td-lks/dpmptsp/2026",
            "503／０００１／TD-LKS／DPMPTSP／2026", "“503/0001/TD-LKS/DPMPTSP/2026”",
            "503\\0001\\TD-LKS\\DPMPTSP\\2026",
            "503/0001/TD-LKS/DPMPTSP/2026 tanggal 25 November 2026", "https://x.id/verifikasi/503/0001/TD-LKS/DPMPTSP/2026",
            "SK 503/0001/TD-LKS/\n DPMPTSP/2026", "HTTPS://X.ID/VERIFIKASI/tokenUji123", "x.id/verifikasi/tokenUji123",
            "https://x.id/verifi kasi/token Uji123", "https://x.id/verifikasi?kode=tokenUji123", "(tokenUji123).",
            "Keputusan Kepala Dinas 503/0001/TD-LKS/DPMPTSP/2026", "Nomor Tanda Daftar: 503/0001/TD-LKS/DPMPTSP/2026",
            "Nr. 503/0001/TD-LKS/DPMPTSP/2026", "Nomor503/0001/TD-LKS/DPMPTSP/2026",
            "503/0001/TD-LKS/DPMPTSP/2026 tentang Tanda Daftar", "503/0001/TD-LKS/DPMPTSP/2026, 27 November 2026",
            "503/0001/TD-LKS/DPMPTSP/2026 (27 November 2026)",
            "503/0001/TD-LKS/DPMPTSP/2026 tertanggal 27 November 2026",
            "503/0001/TD-LKS/DPMPTSP/Tahun 2026", "503/0001/TD-LKS/DPMPTSP/2026 Tahun 2026",
            "Kode verifikasi: tokenUji123", "<https://x.id/verifikasi/tokenUji123>",
        ):  # fmt: skip
            jawaban = tamu.web_client.get("/verifikasi", query_string={"kode": tertulis}, follow_redirects=True)
            assert (jawaban.status_code, "SK ini asli dan masih berlaku" in jawaban.text) == (200, True), tertulis

    def test_a_number_that_only_looks_like_it_is_not_found(
        self, db: Engine, pemohon: SamplePerson, tamu: Peramban
    ) -> None:
        self.terbit(db, pemohon)
        for lain in (
            "503/0010/TD-LKS/DPMPTSP/2026", "503/0001/TD-LKS/DPMPTSP/2025", "5030/001/TD-LKS/DPMPTSP/2026", "2026",
            "503/0001/TOLAK-LKS/DPMPTSP/2026", "503/0001/TD-LKS/DPMPTSP", "1", "503/1/2026", "9" * 70, "503/٠٠٠١/2026",
            "1503/0001/TD-LKS/DPMPTSP/2026", "503/0001/TD-LKS/DPMPTSP/20261", "503/0001/TD-LKS/DPMPTSP/2026/7",
            "7/503/0001/TD-LKS/DPMPTSP/2026",
        ):  # fmt: skip
            jawaban = tamu.web_client.get("/verifikasi", query_string={"kode": lain}, follow_redirects=True)
            assert (jawaban.status_code, "TIDAK DITEMUKAN" in jawaban.text) == (404, True), lain

    def test_who_counts_through_the_numbers_of_refusals_learns_no_name(
        self, db: Engine, pemohon: SamplePerson, tamu: Peramban
    ) -> None:
        self.terbit(db, pemohon, jenis="penolakan", nomor="503/0001/TOLAK-LKS/DPMPTSP/2026")
        with db.connect() as conn:
            nama = conn.execute(select(Permohonan.nama_lembaga)).scalar_one()
        tallied = tamu.buka("/verifikasi/503/0001/TOLAK-LKS/DPMPTSP/2026")
        assert (tallied.status_code, "SURAT PENOLAKAN ASLI" in tallied.text, nama in tallied.text) == (
            200,
            True,
            False,
        )
        assert nama in tamu.buka("/verifikasi/tokenUji123").text

    def test_a_number_before_it_is_signed_is_not_found(self, db: Engine, pemohon: SamplePerson, tamu: Peramban) -> None:
        self.terbit(db, pemohon, status="niat")
        assert tamu.buka("/verifikasi/503/0001/TD-LKS/DPMPTSP/2026").status_code == 404

    @pytest.mark.parametrize("kosong", ["", "  ", "/", "?", "#"])
    def test_an_empty_form_says_what_to_write(self, tamu: Peramban, kosong: str) -> None:
        jawaban = tamu.buka("/verifikasi", query_string={"kode": kosong})
        assert (jawaban.status_code, "Tulis nomor SK" in jawaban.text) == (422, True)


@pytest.mark.attack("F15")
def test_health_says_ok_and_nothing_else(tamu: Peramban) -> None:
    assert tamu.buka("/sehat").json == {"sehat": True}
    assert tamu.buka("/siap").json == {"siap": True}


def test_static_files_are_named_by_hash_compressed_and_kept(tamu: Peramban, app: Flask) -> None:
    import re

    alamat = re.findall(r"/static/[^\"]+", tamu.buka("/").text)
    assert len(alamat) >= 5
    for satu in set(alamat):
        jawaban = tamu.web_client.get(satu, headers={"Accept-Encoding": "gzip"})
        assert jawaban.status_code == 200, satu
        assert "immutable" in jawaban.headers["Cache-Control"]
        assert jawaban.headers["X-Content-Type-Options"] == "nosniff"
        jawaban.close()


def test_the_first_load_of_an_applicants_page_is_under_60_kb(pemohon: SamplePerson) -> None:
    import re

    halaman = pemohon.peramban.buka("/permohonan/baru")
    jumlah = len(halaman.data)
    for satu in set(re.findall(r"/static/[^\"]+", halaman.text)):
        jawaban = pemohon.peramban.web_client.get(satu, headers={"Accept-Encoding": "gzip"})
        jumlah += len(jawaban.data)
        jawaban.close()
    assert jumlah < 60 * 1024


def _draft(db: Engine) -> object:
    from pipeline.models import Draft

    with db.connect() as conn:
        return conn.execute(select(Draft.id)).scalar_one()
