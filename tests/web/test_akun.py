"""Register, log in, log out; guessing is slowed down; a session that was ended stays ended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, TooOften
from pipeline.models import AccessRefused, Account, WebSession
from pipeline.roles import Peran
from pipeline.services.people.accounts import authenticate, change_password, create_petugas, register, roles_of
from pipeline.services.people.sessions import ALIVE, SILENT, User, sweep_session
from tests.factories import RABU
from tests.web.conftest import PASSWORD, Peramban, SamplePerson

WRONG = "bukan-sandinya"


def cookie(peramban: Peramban) -> str:
    kue = peramban.web_client.get_cookie("sesi")
    assert kue is not None
    return kue.value


class TestList:
    @pytest.mark.attack("A19")
    @pytest.mark.parametrize(
        ("isi", "kalimat"),
        [
            ({"nama": "", "telepon": "081234567890", "sandi": PASSWORD}, "Isi nama lengkap"),
            ({"nama": "A", "telepon": "", "surel": "", "sandi": PASSWORD}, "Isi nomor HP, atau surel"),
            ({"nama": "A", "telepon": "12", "sandi": PASSWORD}, "Nomor telepon belum benar"),
            ({"nama": "Siti 🌸", "telepon": "081234567890", "sandi": PASSWORD}, "Hapus 🌸 dari isian ini"),
            ({"nama": "A", "surel": "x@y", "sandi": PASSWORD}, "Alamat surel belum benar"),
            ({"nama": "A", "telepon": "081234567890", "sandi": "pendek"}, "paling sedikit 8 huruf"),
            ({"nama": "A", "telepon": "081234567890", "sandi": "x" * 257}, "paling panjang 256 huruf"),
        ],
    )
    def test_a_wrong_field_comes_back_with_its_sentence_and_what_was_typed(
        self, tamu: Peramban, isi: dict[str, object], kalimat: str
    ) -> None:
        tamu.buka("/akun/daftar")
        jawaban = tamu.kirim("/akun/daftar", isi)
        assert jawaban.status_code == 422
        assert kalimat in jawaban.text
        assert "<title>Galat:" in jawaban.text
        assert str(isi.get("telepon", "")) in jawaban.text


class TestEvidenceDiri:
    @pytest.mark.parametrize(
        ("halaman", "isi"),
        [
            ("/akun/sandi", {"sandi_lama": WRONG, "sandi": "kata-sandi-yang-baru"}),
            ("/akun/alamat", {"sandi": WRONG, "surel": "lain@uji.test"}),
        ],
    )
    def test_a_wrong_password_typed_to_prove_oneself_is_on_record(
        self, pemohon: SamplePerson, halaman: str, isi: dict[str, object]
    ) -> None:
        pemohon.peramban.buka(halaman)
        assert pemohon.peramban.kirim(halaman, isi).status_code == 422
        d = AccessRefused
        with unit_of_work() as s:
            refused = [tuple(r) for r in s.execute(select(d.oleh, d.cara, d.aturan, d.status))]
        assert refused == [(pemohon.person_id, "POST", halaman, 422)]


class TestLogin:
    def test_by_email_in_any_case_or_by_phone_in_any_spelling(self, app: Flask, db: Engine) -> None:
        register("Siti", "081234567890", "Siti@Contoh.ID", PASSWORD, now=RABU)
        for pengenal in ("siti@contoh.id", "SITI@contoh.id", "0812 3456 7890", "+62812-3456-7890"):
            assert Peramban(app.test_client()).masuk(pengenal).status_code == 303, pengenal

    @pytest.mark.attack("A01")
    def test_unknown_name_and_wrong_password_get_the_same_answer(self, tamu: Peramban) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=RABU)
        tamu.buka("/akun/masuk")
        satu = tamu.kirim("/akun/masuk", {"pengenal": "siti@contoh.id", "sandi": WRONG})
        dua = tamu.kirim("/akun/masuk", {"pengenal": "tiada@contoh.id", "sandi": PASSWORD})
        assert satu.status_code == dua.status_code == 422
        assert "tidak cocok" in satu.text
        assert "tidak cocok" in dua.text

    def test_an_officer_does_not_enter_by_the_applicants_door(self, tamu: Peramban) -> None:
        create_petugas("P", "", "p@uji.test", "", PASSWORD, penugasan=[], now=RABU)
        assert tamu.masuk("p@uji.test").status_code == 422

    @pytest.mark.attack("A14")
    @pytest.mark.parametrize(
        "tujuan",
        ["//evil.com", "/\\evil.com", "\t//evil.com", "https:evil.com", "/%09/evil.com", "javascript:alert(1)",
         "/akun/masuk@evil.com", "////evil.com", "https://evil.com/permohonan", "/permohonan\r\nX: 1"],
    )  # fmt: skip
    def test_next_never_leads_to_another_site(self, tamu: Peramban, tujuan: str) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=RABU)
        tamu.buka("/akun/masuk")
        isi = {"pengenal": "siti@contoh.id", "sandi": PASSWORD}
        assert tamu.kirim("/akun/masuk", isi, query_string={"next": tujuan}).location == "/permohonan"

    def test_next_leads_back_to_the_page_that_asked(self, tamu: Peramban) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=RABU)
        requested = tamu.buka("/permohonan/baru")
        assert requested.status_code == 302
        assert requested.location == "/akun/masuk?next=/permohonan/baru"
        tamu.buka(requested.location)
        assert (
            tamu.kirim(requested.location, {"pengenal": "siti@contoh.id", "sandi": PASSWORD}).location
            == "/permohonan/baru"
        )

    @pytest.mark.attack("A03")
    def test_five_failures_slow_the_name_down_even_for_the_right_password(self, db: Engine) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=RABU)
        now = datetime(2026, 11, 25, tzinfo=UTC)
        for n in range(5):
            with pytest.raises(InputInvalid):
                authenticate("siti@contoh.id", WRONG, f"10.0.0.{n}", petugas=False, now=now)
        with pytest.raises(TooOften, match="Coba lagi dalam"):
            authenticate("siti@contoh.id", PASSWORD, "10.0.0.9", petugas=False, now=now)
        later = now + timedelta(minutes=1, seconds=1)
        assert authenticate("siti@contoh.id", PASSWORD, "10.0.0.9", petugas=False, now=later).nama == "Siti"

    def test_a_login_on_its_way_while_the_password_changes_opens_nothing(
        self, pemohon: SamplePerson, tamu: Peramban, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The old password was right when it was looked at; the session begins after every session was ended."""

        def slowly(*args: Any, **lain: Any) -> User:
            found = authenticate(*args, **lain)
            change_password(found.account_id, PASSWORD, "perahu kayu sungai", now=real_now())
            return found

        monkeypatch.setattr("web.akun.login.authenticate", slowly)
        tamu.buka("/akun/masuk")
        tamu.kirim("/akun/masuk", {"pengenal": pemohon.surel, "sandi": PASSWORD})
        assert tamu.buka("/permohonan").location.startswith("/akun/masuk")

    @pytest.mark.attack("A04")
    def test_who_guesses_elsewhere_does_not_keep_the_owner_out(self, app: Flask, pemohon: SamplePerson) -> None:
        pemohon.peramban.kirim("/akun/keluar")
        asing = Peramban(app.test_client())
        for _ in range(6):
            asing.masuk(pemohon.surel, sandi=WRONG)
        assert asing.masuk(pemohon.surel).status_code == 429
        assert pemohon.peramban.masuk(pemohon.surel).status_code == 303

    @pytest.mark.attack("A03")
    def test_one_address_may_fail_ten_times_a_minute(self, tamu: Peramban) -> None:
        tamu.buka("/akun/masuk")
        jawaban = [tamu.kirim("/akun/masuk", {"pengenal": f"x{n}@contoh.id", "sandi": WRONG}) for n in range(11)]
        assert [j.status_code for j in jawaban] == [422] * 10 + [429]
        assert 0 < int(jawaban[-1].headers["Retry-After"]) <= 61


class TestSession:
    @pytest.mark.attack("A05")
    def test_login_changes_the_cookie_and_the_old_one_is_worth_nothing(self, app: Flask, tamu: Peramban) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=RABU)
        tamu.buka("/akun/masuk")
        sebelum = cookie(tamu)
        tamu.masuk("siti@contoh.id")
        assert cookie(tamu) != sebelum
        lain = app.test_client()
        lain.set_cookie("sesi", sebelum)
        assert lain.get("/permohonan").status_code == 302

    @pytest.mark.attack("A06")
    def test_logout_ends_it_on_the_server(self, app: Flask, pemohon: SamplePerson) -> None:
        curian = cookie(pemohon.peramban)
        jawaban = pemohon.peramban.kirim("/akun/keluar")
        assert (jawaban.status_code, jawaban.location) == (303, "/")
        assert jawaban.headers["Clear-Site-Data"] == '"cache", "storage"'
        lain = app.test_client()
        lain.set_cookie("sesi", curian)
        assert lain.get("/permohonan").status_code == 302

    @pytest.mark.attack("F16")
    @pytest.mark.parametrize(("kolom", "umur"), [("last_at", SILENT), ("created_at", ALIVE)])
    def test_idle_and_absolute_end(self, pemohon: SamplePerson, db: Engine, kolom: str, umur: timedelta) -> None:
        with db.begin() as conn:
            conn.execute(update(WebSession).values({kolom: real_now() - umur - timedelta(seconds=1)}))
        assert pemohon.peramban.buka("/permohonan").status_code == 302
        assert sweep_session(now=real_now()) >= 1

    def test_the_cookie_itself_is_not_in_the_table(self, pemohon: SamplePerson, db: Engine) -> None:
        with db.connect() as conn:
            assert cookie(pemohon.peramban) not in conn.scalars(select(WebSession.kunci)).all()

    def test_a_closed_account_is_out_at_once(self, pemohon: SamplePerson, db: Engine) -> None:
        with db.begin() as conn:
            conn.execute(update(Account).values(aktif=False))
        assert pemohon.peramban.buka("/permohonan").status_code == 302

    @pytest.mark.attack("A08")
    def test_a_role_taken_away_acts_at_once(self, make_petugas: Callable[..., SamplePerson], db: Engine) -> None:
        from pipeline.models import Penugasan

        petugas = make_petugas(Peran.OPERATOR)
        assert petugas.peramban.buka("/operator").status_code == 200
        with db.begin() as conn:
            conn.execute(update(Penugasan).values(end_date=RABU.date() - timedelta(days=1)))
        assert petugas.peramban.buka("/operator").status_code == 403

    @pytest.mark.attack("A16")
    def test_cookie_flags(self, tamu: Peramban) -> None:
        kue = tamu.buka("/akun/masuk").headers["Set-Cookie"]
        assert kue.startswith("sesi=")
        assert "HttpOnly" in kue
        assert "SameSite=Lax" in kue
        assert "Path=/" in kue
        assert "Domain" not in kue
        assert len(kue) < 200

    def test_a_page_without_a_form_starts_no_session(self, tamu: Peramban) -> None:
        assert "Set-Cookie" not in tamu.buka("/privasi").headers


def test_a_new_password_ends_every_session(pemohon: SamplePerson, db: Engine) -> None:
    with db.connect() as conn:
        account_id = conn.execute(select(Account.id)).scalar_one()
    with pytest.raises(InputInvalid):
        change_password(account_id, WRONG, "sandi-yang-baru", now=RABU)
    change_password(account_id, PASSWORD, "sandi-yang-baru", now=RABU)
    assert pemohon.peramban.buka("/permohonan").status_code == 302
    assert pemohon.peramban.masuk(pemohon.surel, sandi="sandi-yang-baru").status_code == 303


def test_roles_count_from_their_first_day_to_their_last(db: Engine) -> None:
    mulai = RABU.date()
    person_id = create_petugas("P", "", "p@uji.test", "", PASSWORD, penugasan=[(Peran.ADMIN, "Admin", mulai)], now=RABU)
    assert [p.peran for p in roles_of(person_id, mulai)] == [Peran.ADMIN]
    assert roles_of(person_id, mulai - timedelta(days=1)) == ()
