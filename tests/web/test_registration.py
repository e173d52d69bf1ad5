"""An address is confirmed by a code before it is anything; who has an account already, only its owner learns."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, update
from werkzeug.test import TestResponse

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotFound
from pipeline.models import AccessAttempt, Account, AccountChange, AccountLetter, Notice, Outbox, Person, WebSession
from pipeline.services.people import account_letters
from pipeline.services.people.account_letters import KEPT, sweep_letters
from pipeline.services.people.accounts import create_petugas
from pipeline.services.people.accounts import register as make_applicant
from pipeline.services.people.registration import confirm, start_registration
from pipeline.settings import settings
from tests.factories import RABU, work_off
from tests.web.conftest import PASSWORD, Peramban, SamplePerson
from tests.web.surat import code_for, letters, link_for, register

SITI = "siti@contoh.id"
RANDOM = re.compile(r'name="csrf_token" value="[^"]+"|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|sesi=[^;]+')


def accounts() -> list[tuple[str | None, str | None]]:
    with unit_of_work() as s:
        return [(a.surel, a.telepon) for a in s.scalars(select(Account).order_by(Account.created_at))]


def seen(jawaban: TestResponse) -> tuple[object, ...]:
    """All that can be told apart from outside, without what differs each time."""
    kepala = sorted((k, RANDOM.sub("", v)) for k, v in jawaban.headers if k not in {"Content-Length", "X-Request-Id"})
    return jawaban.status_code, kepala, RANDOM.sub("", jawaban.text)


@pytest.fixture
def no_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office with e-mail and nothing to reach a phone by."""
    monkeypatch.setattr(account_letters, "alive", lambda _: frozenset({"surel"}))


class TestList:
    def test_the_code_makes_the_account_and_logs_in(self, tamu: Peramban) -> None:
        halaman = register(tamu, SITI)
        assert accounts() == []
        assert SITI in tamu.buka(halaman).text
        assert tamu.buka("/permohonan").status_code == 302
        jawaban = tamu.kirim(halaman, {"kode": code_for(SITI)})
        assert (jawaban.status_code, jawaban.location) == (303, "/permohonan")
        assert "Akun Anda sudah jadi" in tamu.buka("/permohonan").text
        assert accounts() == [(SITI, None)]
        with unit_of_work() as s:
            assert s.scalars(select(AccountChange.jenis)).all() == ["akun_dibuat"]

    def test_a_phone_gets_its_code_as_a_message(self, tamu: Peramban) -> None:
        halaman = register(tamu, "0812-3456-7890")
        assert "081234567890" in tamu.buka(halaman).text
        (pesan,) = letters("6281234567890")
        assert pesan.saluran == "pesan"
        assert tamu.kirim(halaman, {"kode": code_for("6281234567890")}).status_code == 303
        assert accounts() == [(None, "6281234567890")]

    def test_two_addresses_are_confirmed_one_after_the_other(self, tamu: Peramban) -> None:
        first = register(tamu, SITI, telepon="081234567890")
        assert letters("6281234567890") == []
        kedua = tamu.kirim(first, {"kode": code_for(SITI)}).location
        assert accounts() == [(SITI, None)]
        tamu.buka(kedua)
        assert tamu.kirim(kedua, {"kode": code_for("6281234567890")}).location == "/permohonan"
        assert accounts() == [(SITI, "6281234567890")]

    def test_the_second_address_may_wait_and_gets_nothing_until_then(self, tamu: Peramban) -> None:
        first = register(tamu, SITI, telepon="081234567890")
        kedua = tamu.kirim(first, {"kode": code_for(SITI)}).location
        assert "Lewati dulu" in tamu.buka(kedua).text
        assert tamu.buka("/permohonan").status_code == 200
        assert accounts() == [(SITI, None)]

    @pytest.mark.attack("A01")
    def test_a_known_and_an_unknown_address_get_the_same_answers(self, app: Flask, db: Engine) -> None:
        """A01: and nothing is looked up, so they take the same time."""
        make_applicant("Ani", "", "zq1@contoh.id", PASSWORD, now=RABU)
        create_petugas("Budi", "", "zq2@contoh.id", "", PASSWORD, penugasan=[], now=RABU)
        didapat = []
        for nama in ("zq1", "zq2", "zq3"):
            tamu = Peramban(app.test_client())
            tamu.buka("/akun/daftar")
            isi = {"nama": "Siti", "surel": f"{nama}@contoh.id", "sandi": PASSWORD}
            kirim = tamu.kirim("/akun/daftar", isi)
            work_off()
            semua = [kirim, tamu.buka(kirim.location), tamu.kirim(kirim.location, {"kode": "000000"})]
            semua.append(tamu.kirim(f"{kirim.location}/ulang"))
            didapat.append([str(seen(j)).replace(nama, "") for j in semua])
        assert didapat[0] == didapat[1] == didapat[2]
        assert "Alamat ini sudah punya akun" in letters("zq1@contoh.id")[0].judul
        assert "Kode untuk akun Anda" in letters("zq3@contoh.id")[0].judul
        assert len(accounts()) == 2

    def test_who_owns_the_address_is_told_and_no_code_works(self, tamu: Peramban) -> None:
        make_applicant("Ani", "", SITI, PASSWORD, now=RABU)
        halaman = register(tamu, SITI, nama="Orang Lain")
        (surat,) = letters(SITI)
        assert not re.search(r"\d{6}", surat.isi)
        assert "Orang Lain" not in surat.isi + surat.nama
        assert (surat.nama, surat.tautan) == ("Bapak/Ibu", "/akun/lupa-sandi")
        assert tamu.kirim(halaman, {"kode": "123456"}).status_code == 422

    def test_two_who_register_the_same_address_make_one_account(self, app: Flask, db: Engine) -> None:
        satu, dua = Peramban(app.test_client()), Peramban(app.test_client())
        page_one = register(satu, SITI, nama="Penyerobot", sandi="sandi orang lain")
        code_one = code_for(SITI)
        page_two = register(dua, SITI)
        code_two = code_for(SITI)
        assert code_one != code_two
        assert dua.kirim(page_two, {"kode": code_one}).status_code == 422
        assert dua.kirim(page_two, {"kode": code_two}).status_code == 303
        terlambat = satu.kirim(page_one, {"kode": code_one})
        assert terlambat.status_code == 422
        assert accounts() == [(SITI, None)]
        assert Peramban(app.test_client()).masuk(SITI).status_code == 303

    def test_a_letter_with_a_code_leads_nowhere_it_could_be_used(self, tamu: Peramban) -> None:
        """Or somebody registers another's address, and its owner, following the letter, makes the account for them."""
        halaman = register(tamu, SITI)
        (surat,) = letters(SITI)
        assert surat.tautan == "/"
        assert halaman.rpartition("/")[2] not in surat.isi

    def test_before_the_code_nobody_can_log_in_and_no_notice_is_owed(self, app: Flask, tamu: Peramban) -> None:
        register(tamu, SITI)
        assert Peramban(app.test_client()).masuk(SITI).status_code == 422
        with unit_of_work() as s:
            assert s.scalars(select(Notice.jenis)).all() == ["kode"]

    def test_no_table_holds_the_code_or_the_password(self, tamu: Peramban, db: Engine) -> None:
        register(tamu, SITI)
        kode = code_for(SITI)
        with unit_of_work() as s:
            for tabel in (AccountLetter, Notice, Outbox):
                for baris in s.execute(select(*tabel.__table__.columns)):
                    ids = {v for v in baris if isinstance(v, UUID)}
                    teks = " ".join(str(v) for v in baris if v not in ids)
                    assert kode not in teks
                    assert PASSWORD not in teks

    def test_five_wrong_codes_pause_even_for_the_right_one(self, tamu: Peramban) -> None:
        halaman = register(tamu, SITI)
        kode = code_for(SITI)
        salah = [f"{(int(kode) + n) % 10**6:06}" for n in range(1, 6)]
        assert [tamu.kirim(halaman, {"kode": k}).status_code for k in salah] == [422] * 5
        assert tamu.kirim(halaman, {"kode": kode}).status_code == 429
        assert accounts() == []

    def test_a_code_is_too_late_after_half_an_hour(self, db: Engine) -> None:
        letter_id = start_registration("Siti", "", SITI, PASSWORD, now=RABU)
        with pytest.raises(NotFound):
            confirm(letter_id, code_for(SITI), None, now=RABU + timedelta(minutes=30))
        confirm(letter_id, code_for(SITI), None, now=RABU + timedelta(minutes=29))
        with pytest.raises(NotFound):
            confirm(letter_id, code_for(SITI), None, now=RABU + timedelta(minutes=29))

    @pytest.mark.parametrize("kode", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "'; --", "x" * 5000, "-00001"])
    def test_what_is_no_code_is_refused_in_words(self, tamu: Peramban, kode: str) -> None:
        jawaban = tamu.kirim(register(tamu, SITI), {"kode": kode})
        assert jawaban.status_code == 422
        assert "Kode tidak cocok" in jawaban.text

    def test_a_code_with_a_space_in_it_is_the_same_code(self, tamu: Peramban) -> None:
        halaman = register(tamu, SITI)
        kode = code_for(SITI)
        assert tamu.kirim(halaman, {"kode": f" {kode[:3]} {kode[3:]} "}).status_code == 303

    def test_the_code_is_sent_again_and_is_the_same(self, tamu: Peramban) -> None:
        halaman = register(tamu, SITI)
        kode = code_for(SITI)
        work_off()
        jawaban = tamu.kirim(f"{halaman}/ulang")
        assert jawaban.location == f"{halaman}?ulang=ya"
        assert len(jawaban.headers.get("Set-Cookie", "")) < 200
        assert "sekali lagi" in tamu.buka(jawaban.location).text
        with unit_of_work() as s:
            assert s.scalars(select(func.count()).select_from(Outbox).where(Outbox.closed_at.is_(None))).one() == 1
        work_off()
        assert code_for(SITI) == kode
        assert tamu.kirim(halaman, {"kode": kode}).status_code == 303

    def test_nobodys_mailbox_is_filled_through_us(self, app: Flask, db: Engine) -> None:
        for _ in range(5):
            register(Peramban(app.test_client()), SITI)
        tamu = Peramban(app.test_client())
        tamu.buka("/akun/daftar")
        assert tamu.kirim("/akun/daftar", {"nama": "S", "surel": SITI, "sandi": PASSWORD}).status_code == 429
        assert len(letters(SITI)) == 5

    @pytest.mark.usefixtures("no_gateway")
    def test_without_a_gateway_a_phone_alone_is_told_what_to_do_and_nothing_is_lost(self, tamu: Peramban) -> None:
        make_applicant("Ani", "081234567890", "", PASSWORD, now=RABU)
        for nomor in ("081234567890", "081299990000"):
            tamu.buka("/akun/daftar")
            jawaban = tamu.kirim("/akun/daftar", {"nama": "Siti", "telepon": nomor, "sandi": PASSWORD})
            assert jawaban.status_code == 422
            assert "belum dapat mengirim pesan ke nomor HP" in jawaban.text
            assert "loket" in jawaban.text
            assert nomor in jawaban.text

    @pytest.mark.usefixtures("no_gateway")
    def test_without_a_gateway_the_phone_is_left_out_and_the_address_works(self, tamu: Peramban) -> None:
        halaman = register(tamu, SITI, telepon="081234567890")
        assert tamu.kirim(halaman, {"kode": code_for(SITI)}).location == "/permohonan"
        assert accounts() == [(SITI, None)]

    @pytest.mark.parametrize("sandi", ["password", " " * 8, "12345678", "aaaaaaaa", "sitiaminah", "Siti.Aminah1"])
    def test_a_password_that_is_tried_first_is_refused_and_the_rest_is_kept(self, tamu: Peramban, sandi: str) -> None:
        tamu.buka("/akun/daftar")
        jawaban = tamu.kirim("/akun/daftar", {"nama": "Siti Aminah", "surel": SITI, "sandi": sandi})
        assert jawaban.status_code == 422
        assert 'href="#sandi"' in jawaban.text
        assert SITI in jawaban.text
        assert f'value="{sandi}"' not in jawaban.text
        assert letters(SITI) == []

    @pytest.mark.parametrize("sandi", ["  di depan dan belakang  ", "kata " * 12 + "akhir", "🙂🦆🌧🚲🍎🪁🧵🎈"])
    def test_a_password_works_exactly_as_it_was_typed(self, app: Flask, tamu: Peramban, sandi: str) -> None:
        """A19."""
        halaman = register(tamu, SITI, sandi=sandi)
        tamu.kirim(halaman, {"kode": code_for(SITI)})
        assert Peramban(app.test_client()).masuk(SITI, sandi=sandi).status_code == 303
        assert Peramban(app.test_client()).masuk(SITI, sandi=sandi.strip()).status_code == (
            303 if sandi == sandi.strip() else 422
        )

    @pytest.mark.attack("A19")
    def test_a_password_of_a_megabyte_is_refused_before_it_is_hashed(
        self, tamu: Peramban, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A19."""
        from pipeline.services.people import accounts as akun

        monkeypatch.setattr(akun, "_argon2", None)  # whoever hashes fails
        tamu.buka("/akun/daftar")
        isi = {"nama": "S", "surel": SITI}
        assert tamu.kirim("/akun/daftar", {**isi, "sandi": "ab " * 20_000}).status_code == 422
        assert tamu.kirim("/akun/daftar", {**isi, "sandi": "x" * 10**6}).status_code == 413
        tamu.buka("/akun/masuk")
        assert tamu.kirim("/akun/masuk", {"pengenal": SITI, "sandi": "ab " * 20_000}).status_code == 422

    @pytest.mark.attack("A17")
    @pytest.mark.parametrize(
        "asing",
        [{"peran": "kepala_dinas"}, {"petugas": "true"}, {"aktif": "0"}, {"id": "1"}, {"used_at": "2026-01-01"},
         {"kind": "sandi"}, {"person_id": str(UUID(int=3))}, {"account_id": str(UUID(int=3))}],
    )  # fmt: skip
    def test_more_fields_than_the_form_has_change_nothing(self, tamu: Peramban, asing: dict[str, str]) -> None:
        """A17."""
        halaman = register(tamu, SITI, **asing)
        assert tamu.kirim(halaman, {"kode": "000000", **asing}).status_code == 422
        assert tamu.kirim(halaman, {"kode": code_for(SITI), **asing}).status_code == 303
        with unit_of_work() as s:
            akun = s.scalars(select(Account)).one()
            assert (akun.petugas, akun.aktif) == (False, True)
            assert s.scalars(select(Person.id)).one() != UUID(int=3)

    @pytest.mark.attack("A21")
    @pytest.mark.parametrize(
        "nama", ["x\r\nBcc: a@b.id", "=?utf-8?q?x?=", "http://jahat.id/ klik di sini", "\u202eitiS"]
    )
    def test_a_name_puts_nothing_into_the_letter(self, tamu: Peramban, nama: str) -> None:
        """A21: and nobody's words are sent through us to somebody who did not ask for them."""
        register(tamu, SITI, nama=nama)
        (surat,) = letters(SITI)
        assert "Bcc" not in surat.judul + surat.isi + surat.nama
        assert "jahat" not in surat.judul + surat.isi + surat.nama

    def test_what_was_typed_and_never_confirmed_is_swept(self, tamu: Peramban) -> None:
        register(tamu, SITI)
        assert sweep_letters(now=RABU + timedelta(minutes=31)) == 0
        assert sweep_letters(now=RABU + timedelta(minutes=31) + KEPT) == 1
        with unit_of_work() as s:
            assert s.scalars(select(Notice)).all() == []
        work_off()  # its message finds nothing, and is done


class TestAddress:
    """A20: another address."""

    def ask(self, browser: Peramban, sandi: str = PASSWORD, **isi: str) -> TestResponse:
        browser.buka("/akun/alamat")
        return browser.kirim("/akun/alamat", {"sandi": sandi, **isi})

    @pytest.mark.attack("A20")
    def test_the_new_address_counts_once_its_code_is_typed_and_the_old_one_is_told(self, pemohon: SamplePerson) -> None:
        halaman = self.ask(pemohon.peramban, surel="baru@contoh.id").location
        assert accounts() == [(pemohon.surel, None)]
        pemohon.peramban.buka(halaman)
        pemohon.peramban.kirim(halaman, {"kode": code_for("baru@contoh.id")})
        assert accounts() == [("baru@contoh.id", None)]
        (kabar,) = letters(pemohon.surel)
        assert (kabar.jenis, "baru@contoh.id" in kabar.isi) == ("alamat_diganti", False)

    def test_the_page_shows_what_the_account_has_now(self, pemohon: SamplePerson) -> None:
        halaman = pemohon.peramban.buka("/akun/alamat").text
        assert f"<dt>Surel sekarang</dt><dd>{pemohon.surel}</dd>" in halaman
        assert "<dt>Nomor HP sekarang</dt><dd>Belum ada</dd>" in halaman

    @pytest.mark.attack("A20")
    def test_not_without_the_password(self, pemohon: SamplePerson) -> None:
        jawaban = self.ask(pemohon.peramban, sandi="bukan sandinya", surel="baru@contoh.id")
        assert jawaban.status_code == 422
        assert "baru@contoh.id" in jawaban.text
        assert letters("baru@contoh.id") == []

    def test_guesses_at_the_password_pause(self, pemohon: SamplePerson) -> None:
        kode = [self.ask(pemohon.peramban, sandi=f"tebakan {n}", surel="baru@contoh.id").status_code for n in range(6)]
        assert kode == [422] * 5 + [429]
        pemohon.peramban.buka("/akun/sandi")
        isi = {"sandi_lama": PASSWORD, "sandi": "kucing biru terbang"}
        assert pemohon.peramban.kirim("/akun/sandi", isi).status_code == 429

    def test_not_in_anybody_elses_session(self, app: Flask, make_pemohon: Callable[..., SamplePerson]) -> None:
        satu, dua = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        halaman = self.ask(satu.peramban, surel="baru@contoh.id").location
        kode = code_for("baru@contoh.id")
        tamu = Peramban(app.test_client())
        tamu.buka("/akun/masuk")
        for lain in (dua.peramban, tamu):
            assert lain.buka(halaman).status_code == 404
            assert lain.kirim(halaman, {"kode": kode}).status_code == 404
            assert lain.kirim(f"{halaman}/ulang").status_code == 404
        assert ("baru@contoh.id", None) not in accounts()

    def test_an_address_of_somebody_else_gets_the_same_answer_and_no_code(
        self, make_pemohon: Callable[..., SamplePerson]
    ) -> None:
        satu, dua = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        jawaban = self.ask(satu.peramban, surel=dua.surel)
        assert jawaban.status_code == 303
        assert letters(dua.surel)[0].jenis == "terdaftar"

    def test_one_address_at_a_time_and_not_the_one_in_use(self, pemohon: SamplePerson) -> None:
        for isi in ({}, {"surel": "x@contoh.id", "telepon": "081234567890"}, {"surel": pemohon.surel}, {"surel": "x"}):
            assert self.ask(pemohon.peramban, **isi).status_code == 422

    def test_a_link_that_went_to_the_old_address_is_dead(self, app: Flask, pemohon: SamplePerson) -> None:
        tamu = Peramban(app.test_client())
        tamu.buka("/akun/lupa-sandi")
        tamu.kirim("/akun/lupa-sandi", {"pengenal": pemohon.surel})
        work_off()
        tautan = link_for(pemohon.surel)
        halaman = self.ask(pemohon.peramban, surel="baru@contoh.id").location
        pemohon.peramban.kirim(halaman, {"kode": code_for("baru@contoh.id")})
        assert tamu.buka(tautan).status_code == 404


class TestVisitor:
    """A visitor's session is their cookie: it holds a CSRF token and opens nothing."""

    def test_three_hundred_visits_leave_no_row(self, app: Flask, db: Engine) -> None:
        for n in range(300):
            jawaban = app.test_client().get(("/akun/masuk", "/akun/daftar", "/lacak")[n % 3])
            assert "sesi=" in jawaban.headers["Set-Cookie"]
        with db.connect() as conn:
            assert conn.scalar(select(func.count()).select_from(WebSession)) == 0
            assert conn.scalar(select(func.count()).select_from(AccessAttempt)) == 0

    def test_nobody_is_logged_in_without_the_token_of_their_own_cookie(self, app: Flask, pemohon: SamplePerson) -> None:
        """A15: a form of another site has no token, or one of a cookie this browser does not have."""
        isi = {"pengenal": pemohon.surel, "sandi": PASSWORD}
        asing = Peramban(app.test_client())
        asing.buka("/akun/masuk")
        korban = Peramban(app.test_client())
        assert korban.kirim("/akun/masuk", isi).status_code == 400  # no cookie yet
        korban.buka("/akun/masuk")
        assert korban.kirim("/akun/masuk", {**isi, "csrf_token": ""}).status_code == 400
        assert korban.kirim("/akun/masuk", {**isi, "csrf_token": asing.token}).status_code == 400
        assert korban.kirim("/akun/masuk", isi).status_code == 303

    @pytest.mark.parametrize(
        "rusak", [lambda c: c[:-2] + "AA", lambda c: "x." + c, lambda c: "." * 43, lambda _: "e30.x"]
    )
    def test_a_cookie_nobody_signed_is_no_session(
        self, app: Flask, tamu: Peramban, rusak: Callable[[str], str]
    ) -> None:
        tamu.buka("/akun/masuk")
        kue = tamu.web_client.get_cookie("sesi")
        assert kue is not None
        tamu.web_client.set_cookie("sesi", rusak(kue.value))
        assert tamu.web_client.post("/akun/masuk", data={"csrf_token": tamu.token}).status_code == 400
        assert tamu.buka("/permohonan").status_code == 302

    def test_a_cookie_planted_before_the_login_is_worth_nothing_after_it(
        self, app: Flask, pemohon: SamplePerson
    ) -> None:
        """A05."""
        penyerang, korban = Peramban(app.test_client()), Peramban(app.test_client())
        penyerang.buka("/akun/masuk")
        kue = penyerang.web_client.get_cookie("sesi")
        assert kue is not None
        korban.web_client.set_cookie("sesi", kue.value)
        korban.token = penyerang.token
        assert korban.kirim("/akun/masuk", {"pengenal": pemohon.surel, "sandi": PASSWORD}).status_code == 303
        baru = korban.web_client.get_cookie("sesi")
        assert baru is not None
        assert baru.value != kue.value
        assert penyerang.buka("/permohonan").status_code == 302
        korban.buka("/akun/sandi")
        assert korban.token != penyerang.token

    def test_signed_for_something_else_it_is_no_session(self, app: Flask, pemohon: SamplePerson) -> None:
        """E14: the cookie of a known device is signed by the same key."""
        kue = pemohon.peramban.web_client.get_cookie("perangkat")
        assert kue is not None
        lain = Peramban(app.test_client())
        lain.web_client.set_cookie("sesi", kue.value)
        assert lain.buka("/permohonan").status_code == 302

    def test_a_form_still_works_when_the_office_keeps_two_keys(self, db: Engine) -> None:
        from web import create_app

        tamu = Peramban(create_app().test_client())
        tamu.buka("/lacak")
        baru = create_app(replace(settings(), secret_key="k" * 40, secret_key_fallbacks=(settings().secret_key,)))
        kue = tamu.web_client.get_cookie("sesi")
        assert kue is not None
        lain = baru.test_client()
        lain.set_cookie("sesi", kue.value)
        assert "Set-Cookie" not in lain.get("/lacak").headers


class TestCsp:
    def test_reports_are_counted_and_bounded(self, app: Flask, db: Engine) -> None:
        web_client = app.test_client()
        assert [web_client.post("/csp-laporan", data=b"{}").status_code for _ in range(12)] == [204] * 10 + [429] * 2

    def test_from_many_addresses_too(self, app: Flask, db: Engine) -> None:
        hasil = [
            app.test_client().post("/csp-laporan", environ_base={"REMOTE_ADDR": f"10.0.{n}.1"}).status_code
            for n in range(70)
        ]
        assert (hasil.count(204), hasil.count(429)) == (60, 10)

    def test_a_large_one_is_refused(self, app: Flask, db: Engine) -> None:
        assert app.test_client().post("/csp-laporan", data=b"x" * 20_000).status_code == 413


def test_an_unknown_letter_leaves_no_counter(db: Engine) -> None:
    with pytest.raises(NotFound):
        confirm(uuid4(), "000000", None, now=RABU)
    with db.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(AccessAttempt)) == 0


def test_a_code_of_a_closed_letter_kind_confirms_nothing(db: Engine, pemohon: SamplePerson) -> None:
    """E14: a link's letter has a code too, computed for nothing; it is no code for an address."""
    from pipeline.rules.one_time import code_of
    from pipeline.services.people.recovery import request_link

    request_link(pemohon.surel, now=RABU)
    work_off()
    with unit_of_work() as s:
        letter_id = s.scalars(select(AccountLetter.id)).one()
        s.execute(update(AccountLetter).values(used_at=None))
    with pytest.raises((NotFound, InputInvalid)):
        confirm(letter_id, code_of(letter_id, settings().secret_key), None, now=RABU)
