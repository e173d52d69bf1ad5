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
from pipeline.services.people.accounts import authenticate, create_petugas, register, roles_of
from pipeline.services.people.passwords import change_password
from pipeline.services.people.sessions import ALIVE, SILENT, User, sweep_session
from tests.factories import WEDNESDAY
from tests.owner import as_owner
from tests.web.conftest import PASSWORD, Browser, SamplePerson

WRONG = "bukan-sandinya"


def cookie(browser: Browser) -> str:
    cookie = browser.web_client.get_cookie("sesi")
    assert cookie is not None
    return cookie.value


class TestList:
    @pytest.mark.attack("A19")
    @pytest.mark.parametrize(
        ("content", "sentence"),
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
        self, guest: Browser, content: dict[str, object], sentence: str
    ) -> None:
        guest.open_page("/akun/daftar")
        answer = guest.send("/akun/daftar", content)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "<title>Galat:" in answer.text
        assert str(content.get("telepon", "")) in answer.text


class TestEvidenceSelf:
    @pytest.mark.parametrize(
        ("page", "content"),
        [
            ("/akun/sandi", {"sandi_lama": WRONG, "sandi": "kata-sandi-yang-baru"}),
            ("/akun/alamat", {"sandi": WRONG, "surel": "lain@uji.test"}),
        ],
    )
    def test_a_wrong_password_typed_to_prove_oneself_is_on_record(
        self, pemohon: SamplePerson, page: str, content: dict[str, object]
    ) -> None:
        pemohon.browser.open_page(page)
        assert pemohon.browser.send(page, content).status_code == 422
        d = AccessRefused
        with unit_of_work() as s:
            refused = [tuple(r) for r in s.execute(select(d.actor, d.method, d.rule, d.status))]
        assert refused == [(pemohon.person_id, "POST", page, 422)]


class TestLogin:
    def test_by_email_in_any_case_or_by_phone_in_any_spelling(self, app: Flask, db: Engine) -> None:
        register("Siti", "081234567890", "Siti@Contoh.ID", PASSWORD, now=WEDNESDAY)
        for identifier in ("siti@contoh.id", "SITI@contoh.id", "0812 3456 7890", "+62812-3456-7890"):
            assert Browser(app.test_client()).login(identifier).status_code == 303, identifier

    @pytest.mark.attack("A01")
    def test_unknown_name_and_wrong_password_get_the_same_answer(self, guest: Browser) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=WEDNESDAY)
        guest.open_page("/akun/masuk")
        one = guest.send("/akun/masuk", {"pengenal": "siti@contoh.id", "sandi": WRONG})
        two = guest.send("/akun/masuk", {"pengenal": "tiada@contoh.id", "sandi": PASSWORD})
        assert one.status_code == two.status_code == 422
        assert "tidak cocok" in one.text
        assert "tidak cocok" in two.text

    def test_an_officer_does_not_enter_by_the_applicants_door(self, guest: Browser) -> None:
        create_petugas("P", "", "p@uji.test", "", PASSWORD, penugasan=[], now=WEDNESDAY)
        assert guest.login("p@uji.test").status_code == 422

    @pytest.mark.attack("A14")
    @pytest.mark.parametrize(
        "purpose",
        ["//evil.com", "/\\evil.com", "\t//evil.com", "https:evil.com", "/%09/evil.com", "javascript:alert(1)",
         "/akun/masuk@evil.com", "////evil.com", "https://evil.com/permohonan", "/permohonan\r\nX: 1"],
    )  # fmt: skip
    def test_next_never_leads_to_another_site(self, guest: Browser, purpose: str) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=WEDNESDAY)
        guest.open_page("/akun/masuk")
        content = {"pengenal": "siti@contoh.id", "sandi": PASSWORD}
        assert guest.send("/akun/masuk", content, query_string={"next": purpose}).location == "/permohonan"

    def test_next_leads_back_to_the_page_that_asked(self, guest: Browser) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=WEDNESDAY)
        requested = guest.open_page("/permohonan/baru")
        assert requested.status_code == 302
        assert requested.location == "/akun/masuk?next=/permohonan/baru"
        guest.open_page(requested.location)
        assert (
            guest.send(requested.location, {"pengenal": "siti@contoh.id", "sandi": PASSWORD}).location
            == "/permohonan/baru"
        )

    @pytest.mark.attack("A03")
    def test_five_failures_slow_the_name_down_even_for_the_right_password(self, db: Engine) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=WEDNESDAY)
        now = datetime(2026, 11, 25, tzinfo=UTC)
        for n in range(5):
            with pytest.raises(InputInvalid):
                authenticate("siti@contoh.id", WRONG, f"10.0.0.{n}", petugas=False, now=now)
        with pytest.raises(TooOften, match="Coba lagi dalam"):
            authenticate("siti@contoh.id", PASSWORD, "10.0.0.9", petugas=False, now=now)
        later = now + timedelta(minutes=1, seconds=1)
        assert authenticate("siti@contoh.id", PASSWORD, "10.0.0.9", petugas=False, now=later).name == "Siti"

    def test_a_login_on_its_way_while_the_password_changes_opens_nothing(
        self, pemohon: SamplePerson, guest: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The old password was right when it was looked at; the session begins after every session was ended."""

        def slowly(*args: Any, **other: Any) -> User:
            found = authenticate(*args, **other)
            change_password(found.account_id, PASSWORD, "perahu kayu sungai", now=real_now())
            return found

        monkeypatch.setattr("web.account.login.authenticate", slowly)
        guest.open_page("/akun/masuk")
        guest.send("/akun/masuk", {"pengenal": pemohon.email, "sandi": PASSWORD})
        assert guest.open_page("/permohonan").location.startswith("/akun/masuk")

    @pytest.mark.attack("A04")
    def test_who_guesses_elsewhere_does_not_keep_the_owner_out(self, app: Flask, pemohon: SamplePerson) -> None:
        pemohon.browser.send("/akun/keluar")
        foreign = Browser(app.test_client())
        for _ in range(6):
            foreign.login(pemohon.email, password=WRONG)
        assert foreign.login(pemohon.email).status_code == 429
        assert pemohon.browser.login(pemohon.email).status_code == 303

    @pytest.mark.attack("A03")
    def test_one_address_may_fail_ten_times_a_minute(self, guest: Browser) -> None:
        guest.open_page("/akun/masuk")
        answer = [guest.send("/akun/masuk", {"pengenal": f"x{n}@contoh.id", "sandi": WRONG}) for n in range(11)]
        assert [j.status_code for j in answer] == [422] * 10 + [429]
        assert 0 < int(answer[-1].headers["Retry-After"]) <= 61


class TestSession:
    @pytest.mark.attack("A05")
    def test_login_changes_the_cookie_and_the_old_one_is_worth_nothing(self, app: Flask, guest: Browser) -> None:
        register("Siti", "", "siti@contoh.id", PASSWORD, now=WEDNESDAY)
        guest.open_page("/akun/masuk")
        before = cookie(guest)
        guest.login("siti@contoh.id")
        assert cookie(guest) != before
        other = app.test_client()
        other.set_cookie("sesi", before)
        assert other.get("/permohonan").status_code == 302

    @pytest.mark.attack("A06")
    def test_logout_ends_it_on_the_server(self, app: Flask, pemohon: SamplePerson) -> None:
        stolen = cookie(pemohon.browser)
        answer = pemohon.browser.send("/akun/keluar")
        assert (answer.status_code, answer.location) == (303, "/")
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
        other = app.test_client()
        other.set_cookie("sesi", stolen)
        assert other.get("/permohonan").status_code == 302

    @pytest.mark.attack("F16")
    @pytest.mark.parametrize(("column", "age"), [("last_at", SILENT), ("created_at", ALIVE)])
    def test_idle_and_absolute_end(self, pemohon: SamplePerson, db: Engine, column: str, age: timedelta) -> None:
        with as_owner() as conn:
            conn.execute(update(WebSession).values({column: real_now() - age - timedelta(seconds=1)}))
        assert pemohon.browser.open_page("/permohonan").status_code == 302
        assert sweep_session(now=real_now()) >= 1

    def test_the_cookie_itself_is_not_in_the_table(self, pemohon: SamplePerson, db: Engine) -> None:
        with db.connect() as conn:
            assert cookie(pemohon.browser) not in conn.scalars(select(WebSession.key)).all()

    def test_a_closed_account_is_out_at_once(self, pemohon: SamplePerson, db: Engine) -> None:
        with db.begin() as conn:
            conn.execute(update(Account).values(active=False))
        assert pemohon.browser.open_page("/permohonan").status_code == 302

    @pytest.mark.attack("A08")
    def test_a_role_taken_away_acts_at_once(self, make_petugas: Callable[..., SamplePerson], db: Engine) -> None:
        from pipeline.models import Penugasan

        petugas = make_petugas(Peran.OPERATOR)
        assert petugas.browser.open_page("/operator").status_code == 200
        with db.begin() as conn:
            conn.execute(update(Penugasan).values(end_date=WEDNESDAY.date() - timedelta(days=1)))
        assert petugas.browser.open_page("/operator").status_code == 403

    @pytest.mark.attack("A16")
    def test_cookie_flags(self, guest: Browser) -> None:
        cookie = guest.open_page("/akun/masuk").headers["Set-Cookie"]
        assert cookie.startswith("sesi=")
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert len(cookie) < 200

    def test_a_page_without_a_form_starts_no_session(self, guest: Browser) -> None:
        assert "Set-Cookie" not in guest.open_page("/privasi").headers


def test_a_new_password_ends_every_session(pemohon: SamplePerson, db: Engine) -> None:
    with db.connect() as conn:
        account_id = conn.execute(select(Account.id)).scalar_one()
    with pytest.raises(InputInvalid):
        change_password(account_id, WRONG, "sandi-yang-baru", now=WEDNESDAY)
    change_password(account_id, PASSWORD, "sandi-yang-baru", now=WEDNESDAY)
    assert pemohon.browser.open_page("/permohonan").status_code == 302
    assert pemohon.browser.login(pemohon.email, password="sandi-yang-baru").status_code == 303


def test_roles_count_from_their_first_day_to_their_last(db: Engine) -> None:
    start = WEDNESDAY.date()
    person_id = create_petugas(
        "P", "", "p@uji.test", "", PASSWORD, penugasan=[(Peran.ADMIN, "Admin", start)], now=WEDNESDAY
    )
    assert [p.peran for p in roles_of(person_id, start)] == [Peran.ADMIN]
    assert roles_of(person_id, start - timedelta(days=1)) == ()
