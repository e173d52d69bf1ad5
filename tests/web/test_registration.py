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
from tests.factories import WEDNESDAY, work_off
from tests.web.conftest import PASSWORD, Browser, SamplePerson
from tests.web.letter import code_for, letters, link_for, register

NEWCOMER = "siti@contoh.id"
RANDOM = re.compile(r'name="csrf_token" value="[^"]+"|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|sesi=[^;]+')


def accounts() -> list[tuple[str | None, str | None]]:
    with unit_of_work() as s:
        return [(a.email, a.phone) for a in s.scalars(select(Account).order_by(Account.created_at))]


def seen(answer: TestResponse) -> tuple[object, ...]:
    """All that can be told apart from outside, without what differs each time."""
    head = sorted((k, RANDOM.sub("", v)) for k, v in answer.headers if k not in {"Content-Length", "X-Request-Id"})
    return answer.status_code, head, RANDOM.sub("", answer.text)


@pytest.fixture
def no_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office with e-mail and nothing to reach a phone by."""
    monkeypatch.setattr(account_letters, "alive", lambda _: frozenset({"surel"}))


class TestList:
    def test_the_code_makes_the_account_and_logs_in(self, guest: Browser) -> None:
        page = register(guest, NEWCOMER)
        assert accounts() == []
        assert NEWCOMER in guest.open_page(page).text
        assert guest.open_page("/permohonan").status_code == 302
        answer = guest.send(page, {"kode": code_for(NEWCOMER)})
        assert (answer.status_code, answer.location) == (303, "/permohonan")
        assert "Akun Anda sudah jadi" in guest.open_page("/permohonan").text
        assert accounts() == [(NEWCOMER, None)]
        with unit_of_work() as s:
            assert s.scalars(select(AccountChange.kind)).all() == ["akun_dibuat"]

    def test_a_phone_gets_its_code_as_a_message(self, guest: Browser) -> None:
        page = register(guest, "0812-3456-7890")
        assert "081234567890" in guest.open_page(page).text
        (message,) = letters("6281234567890")
        assert message.channel == "pesan"
        assert guest.send(page, {"kode": code_for("6281234567890")}).status_code == 303
        assert accounts() == [(None, "6281234567890")]

    def test_two_addresses_are_confirmed_one_after_the_other(self, guest: Browser) -> None:
        first = register(guest, NEWCOMER, telepon="081234567890")
        assert letters("6281234567890") == []
        second = guest.send(first, {"kode": code_for(NEWCOMER)}).location
        assert accounts() == [(NEWCOMER, None)]
        guest.open_page(second)
        assert guest.send(second, {"kode": code_for("6281234567890")}).location == "/permohonan"
        assert accounts() == [(NEWCOMER, "6281234567890")]

    def test_the_second_address_may_wait_and_gets_nothing_until_then(self, guest: Browser) -> None:
        first = register(guest, NEWCOMER, telepon="081234567890")
        second = guest.send(first, {"kode": code_for(NEWCOMER)}).location
        assert "Lewati dulu" in guest.open_page(second).text
        assert guest.open_page("/permohonan").status_code == 200
        assert accounts() == [(NEWCOMER, None)]

    @pytest.mark.attack("A01")
    def test_a_known_and_an_unknown_address_get_the_same_answers(self, app: Flask, db: Engine) -> None:
        """A01: and nothing is looked up, so they take the same time."""
        make_applicant("Ani", "", "zq1@contoh.id", PASSWORD, now=WEDNESDAY)
        create_petugas("Budi", "", "zq2@contoh.id", "", PASSWORD, penugasan=[], now=WEDNESDAY)
        got = []
        for name in ("zq1", "zq2", "zq3"):
            guest = Browser(app.test_client())
            guest.open_page("/akun/daftar")
            content = {"nama": "Siti", "surel": f"{name}@contoh.id", "sandi": PASSWORD}
            send = guest.send("/akun/daftar", content)
            work_off()
            every = [send, guest.open_page(send.location), guest.send(send.location, {"kode": "000000"})]
            every.append(guest.send(f"{send.location}/ulang"))
            got.append([str(seen(j)).replace(name, "") for j in every])
        assert got[0] == got[1] == got[2]
        assert "Alamat ini sudah punya akun" in letters("zq1@contoh.id")[0].title
        assert "Kode untuk akun Anda" in letters("zq3@contoh.id")[0].title
        assert len(accounts()) == 2

    def test_who_owns_the_address_is_told_and_no_code_works(self, guest: Browser) -> None:
        make_applicant("Ani", "", NEWCOMER, PASSWORD, now=WEDNESDAY)
        page = register(guest, NEWCOMER, name="Orang Lain")
        (letter,) = letters(NEWCOMER)
        assert not re.search(r"\d{6}", letter.content)
        assert "Orang Lain" not in letter.content + letter.name
        assert (letter.name, letter.link) == ("Bapak/Ibu", "/akun/lupa-sandi")
        assert guest.send(page, {"kode": "123456"}).status_code == 422

    def test_two_who_register_the_same_address_make_one_account(self, app: Flask, db: Engine) -> None:
        one, two = Browser(app.test_client()), Browser(app.test_client())
        page_one = register(one, NEWCOMER, name="Penyerobot", password="sandi orang lain")
        code_one = code_for(NEWCOMER)
        page_two = register(two, NEWCOMER)
        code_two = code_for(NEWCOMER)
        assert code_one != code_two
        assert two.send(page_two, {"kode": code_one}).status_code == 422
        assert two.send(page_two, {"kode": code_two}).status_code == 303
        late = one.send(page_one, {"kode": code_one})
        assert late.status_code == 422
        assert accounts() == [(NEWCOMER, None)]
        assert Browser(app.test_client()).login(NEWCOMER).status_code == 303

    def test_a_letter_with_a_code_leads_nowhere_it_could_be_used(self, guest: Browser) -> None:
        """Or somebody registers another's address, and its owner, following the letter, makes the account for them."""
        page = register(guest, NEWCOMER)
        (letter,) = letters(NEWCOMER)
        assert letter.link == "/"
        assert page.rpartition("/")[2] not in letter.content

    def test_before_the_code_nobody_can_log_in_and_no_notice_is_owed(self, app: Flask, guest: Browser) -> None:
        register(guest, NEWCOMER)
        assert Browser(app.test_client()).login(NEWCOMER).status_code == 422
        with unit_of_work() as s:
            assert s.scalars(select(Notice.kind)).all() == ["kode"]

    def test_no_table_holds_the_code_or_the_password(self, guest: Browser, db: Engine) -> None:
        register(guest, NEWCOMER)
        code = code_for(NEWCOMER)
        with unit_of_work() as s:
            for table in (AccountLetter, Notice, Outbox):
                for line in s.execute(select(*table.__table__.columns)):
                    ids = {v for v in line if isinstance(v, UUID)}
                    text = " ".join(str(v) for v in line if v not in ids)
                    assert code not in text
                    assert PASSWORD not in text

    def test_five_wrong_codes_pause_even_for_the_right_one(self, guest: Browser) -> None:
        page = register(guest, NEWCOMER)
        code = code_for(NEWCOMER)
        wrong = [f"{(int(code) + n) % 10**6:06}" for n in range(1, 6)]
        assert [guest.send(page, {"kode": k}).status_code for k in wrong] == [422] * 5
        assert guest.send(page, {"kode": code}).status_code == 429
        assert accounts() == []

    def test_a_code_is_too_late_after_half_an_hour(self, db: Engine) -> None:
        letter_id = start_registration("Siti", "", NEWCOMER, PASSWORD, now=WEDNESDAY)
        with pytest.raises(NotFound):
            confirm(letter_id, code_for(NEWCOMER), None, now=WEDNESDAY + timedelta(minutes=30))
        confirm(letter_id, code_for(NEWCOMER), None, now=WEDNESDAY + timedelta(minutes=29))
        with pytest.raises(NotFound):
            confirm(letter_id, code_for(NEWCOMER), None, now=WEDNESDAY + timedelta(minutes=29))

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "'; --", "x" * 5000, "-00001"])
    def test_what_is_no_code_is_refused_in_words(self, guest: Browser, code: str) -> None:
        answer = guest.send(register(guest, NEWCOMER), {"kode": code})
        assert answer.status_code == 422
        assert "Kode tidak cocok" in answer.text

    def test_a_code_with_a_space_in_it_is_the_same_code(self, guest: Browser) -> None:
        page = register(guest, NEWCOMER)
        code = code_for(NEWCOMER)
        assert guest.send(page, {"kode": f" {code[:3]} {code[3:]} "}).status_code == 303

    def test_the_code_is_sent_again_and_is_the_same(self, guest: Browser) -> None:
        page = register(guest, NEWCOMER)
        code = code_for(NEWCOMER)
        work_off()
        answer = guest.send(f"{page}/ulang")
        assert answer.location == f"{page}?ulang=ya"
        assert len(answer.headers.get("Set-Cookie", "")) < 200
        assert "sekali lagi" in guest.open_page(answer.location).text
        with unit_of_work() as s:
            assert s.scalars(select(func.count()).select_from(Outbox).where(Outbox.closed_at.is_(None))).one() == 1
        work_off()
        assert code_for(NEWCOMER) == code
        assert guest.send(page, {"kode": code}).status_code == 303

    def test_nobodys_mailbox_is_filled_through_us(self, app: Flask, db: Engine) -> None:
        for _ in range(5):
            register(Browser(app.test_client()), NEWCOMER)
        guest = Browser(app.test_client())
        guest.open_page("/akun/daftar")
        assert guest.send("/akun/daftar", {"nama": "S", "surel": NEWCOMER, "sandi": PASSWORD}).status_code == 429
        assert len(letters(NEWCOMER)) == 5

    @pytest.mark.usefixtures("no_gateway")
    def test_without_a_gateway_a_phone_alone_is_told_what_to_do_and_nothing_is_lost(self, guest: Browser) -> None:
        make_applicant("Ani", "081234567890", "", PASSWORD, now=WEDNESDAY)
        for nomor in ("081234567890", "081299990000"):
            guest.open_page("/akun/daftar")
            answer = guest.send("/akun/daftar", {"nama": "Siti", "telepon": nomor, "sandi": PASSWORD})
            assert answer.status_code == 422
            assert "belum dapat mengirim pesan ke nomor HP" in answer.text
            assert "loket" in answer.text
            assert nomor in answer.text

    @pytest.mark.parametrize(
        ("alive", "asked"),
        [({"surel", "pesan"}, {"telepon", "surel"}), ({"surel"}, {"surel"}), ({"pesan"}, {"telepon"}), (set(), set())],
    )
    def test_the_form_asks_for_what_can_be_confirmed_and_whatever_it_asks_for_alone_is_enough(
        self, guest: Browser, monkeypatch: pytest.MonkeyPatch, alive: set[str], asked: set[str]
    ) -> None:
        monkeypatch.setattr(account_letters, "alive", lambda _: frozenset(alive))
        page = guest.open_page("/akun/daftar").text
        assert {field for field in ("telepon", "surel") if f'name="{field}"' in page} == asked
        assert ("Isi nomor HP, surel, atau keduanya" in page) == (len(asked) == 2)
        assert ("akun belum dapat dibuat di sini" in page) == (not asked)
        answer = guest.send("/akun/daftar", {"nama": "Siti", "telepon": "", "surel": "", "sandi": PASSWORD})
        if asked:
            (named,) = re.findall(r'href="#(\w+)"', answer.text.split('<form method="post" novalidate')[0])[-1:]
            assert named in asked
        for field in asked:
            typed = {"nama": "Siti", field: {"telepon": "081234567890", "surel": NEWCOMER}[field], "sandi": PASSWORD}
            guest.open_page("/akun/daftar")
            assert guest.send("/akun/daftar", typed).status_code == 303

    @pytest.mark.usefixtures("no_gateway")
    def test_without_a_gateway_the_phone_is_left_out_and_the_address_works(self, guest: Browser) -> None:
        page = register(guest, NEWCOMER, telepon="081234567890")
        assert guest.send(page, {"kode": code_for(NEWCOMER)}).location == "/permohonan"
        assert accounts() == [(NEWCOMER, None)]

    @pytest.mark.parametrize("password", ["password", " " * 8, "12345678", "aaaaaaaa", "sitiaminah", "Siti.Aminah1"])
    def test_a_password_that_is_tried_first_is_refused_and_the_rest_is_kept(
        self, guest: Browser, password: str
    ) -> None:
        guest.open_page("/akun/daftar")
        answer = guest.send("/akun/daftar", {"nama": "Siti Aminah", "surel": NEWCOMER, "sandi": password})
        assert answer.status_code == 422
        assert 'href="#sandi"' in answer.text
        assert NEWCOMER in answer.text
        assert f'value="{password}"' not in answer.text
        assert letters(NEWCOMER) == []

    @pytest.mark.parametrize("password", ["  di depan dan belakang  ", "kata " * 12 + "akhir", "🙂🦆🌧🚲🍎🪁🧵🎈"])
    def test_a_password_works_exactly_as_it_was_typed(self, app: Flask, guest: Browser, password: str) -> None:
        """A19."""
        page = register(guest, NEWCOMER, password=password)
        guest.send(page, {"kode": code_for(NEWCOMER)})
        assert Browser(app.test_client()).login(NEWCOMER, password=password).status_code == 303
        assert Browser(app.test_client()).login(NEWCOMER, password=password.strip()).status_code == (
            303 if password == password.strip() else 422
        )

    @pytest.mark.attack("A19")
    def test_a_password_of_a_megabyte_is_refused_before_it_is_hashed(
        self, guest: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A19."""
        from pipeline.services.people import accounts as account

        monkeypatch.setattr(account, "_argon2", None)  # whoever hashes fails
        guest.open_page("/akun/daftar")
        content = {"nama": "S", "surel": NEWCOMER}
        assert guest.send("/akun/daftar", {**content, "sandi": "ab " * 20_000}).status_code == 422
        assert guest.send("/akun/daftar", {**content, "sandi": "x" * 10**6}).status_code == 413
        guest.open_page("/akun/masuk")
        assert guest.send("/akun/masuk", {"pengenal": NEWCOMER, "sandi": "ab " * 20_000}).status_code == 422

    @pytest.mark.attack("A17")
    @pytest.mark.parametrize(
        "foreign",
        [{"peran": "kepala_dinas"}, {"petugas": "true"}, {"aktif": "0"}, {"id": "1"}, {"used_at": "2026-01-01"},
         {"kind": "sandi"}, {"person_id": str(UUID(int=3))}, {"account_id": str(UUID(int=3))}],
    )  # fmt: skip
    def test_more_fields_than_the_form_has_change_nothing(self, guest: Browser, foreign: dict[str, str]) -> None:
        """A17."""
        page = register(guest, NEWCOMER, **foreign)
        assert guest.send(page, {"kode": "000000", **foreign}).status_code == 422
        assert guest.send(page, {"kode": code_for(NEWCOMER), **foreign}).status_code == 303
        with unit_of_work() as s:
            account = s.scalars(select(Account)).one()
            assert (account.petugas, account.active) == (False, True)
            assert s.scalars(select(Person.id)).one() != UUID(int=3)

    @pytest.mark.attack("A21")
    @pytest.mark.parametrize(
        "name", ["x\r\nBcc: a@b.id", "=?utf-8?q?x?=", "http://jahat.id/ klik di sini", "\u202eitiS"]
    )
    def test_a_name_puts_nothing_into_the_letter(self, guest: Browser, name: str) -> None:
        """A21: and nobody's words are sent through us to somebody who did not ask for them."""
        register(guest, NEWCOMER, name=name)
        (letter,) = letters(NEWCOMER)
        assert "Bcc" not in letter.title + letter.content + letter.name
        assert "jahat" not in letter.title + letter.content + letter.name

    def test_what_was_typed_and_never_confirmed_is_swept(self, guest: Browser) -> None:
        register(guest, NEWCOMER)
        assert sweep_letters(now=WEDNESDAY + timedelta(minutes=31)) == 0
        assert sweep_letters(now=WEDNESDAY + timedelta(minutes=31) + KEPT) == 1
        with unit_of_work() as s:
            assert s.scalars(select(Notice)).all() == []
        work_off()  # its message finds nothing, and is done


class TestAddress:
    """A20: another address."""

    def ask(self, browser: Browser, password: str = PASSWORD, **content: str) -> TestResponse:
        browser.open_page("/akun/alamat")
        return browser.send("/akun/alamat", {"sandi": password, **content})

    @pytest.mark.attack("A20")
    def test_the_new_address_counts_once_its_code_is_typed_and_the_old_one_is_told(self, pemohon: SamplePerson) -> None:
        page = self.ask(pemohon.browser, surel="baru@contoh.id").location
        assert accounts() == [(pemohon.email, None)]
        pemohon.browser.open_page(page)
        pemohon.browser.send(page, {"kode": code_for("baru@contoh.id")})
        assert accounts() == [("baru@contoh.id", None)]
        (news,) = letters(pemohon.email)
        assert (news.kind, "baru@contoh.id" in news.content) == ("alamat_diganti", False)

    def test_the_page_shows_what_the_account_has_now(self, pemohon: SamplePerson) -> None:
        page = pemohon.browser.open_page("/akun/alamat").text
        assert f"<dt>Surel sekarang</dt><dd>{pemohon.email}</dd>" in page
        assert "<dt>Nomor HP sekarang</dt><dd>Belum ada</dd>" in page

    @pytest.mark.attack("A20")
    def test_not_without_the_password(self, pemohon: SamplePerson) -> None:
        answer = self.ask(pemohon.browser, password="bukan sandinya", surel="baru@contoh.id")
        assert answer.status_code == 422
        assert "baru@contoh.id" in answer.text
        assert letters("baru@contoh.id") == []

    def test_guesses_at_the_password_pause(self, pemohon: SamplePerson) -> None:
        code = [
            self.ask(pemohon.browser, password=f"tebakan {n}", surel="baru@contoh.id").status_code for n in range(6)
        ]
        assert code == [422] * 5 + [429]
        pemohon.browser.open_page("/akun/sandi")
        content = {"sandi_lama": PASSWORD, "sandi": "kucing biru terbang"}
        assert pemohon.browser.send("/akun/sandi", content).status_code == 429

    def test_not_in_anybody_elses_session(self, app: Flask, make_pemohon: Callable[..., SamplePerson]) -> None:
        one, two = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        page = self.ask(one.browser, surel="baru@contoh.id").location
        code = code_for("baru@contoh.id")
        guest = Browser(app.test_client())
        guest.open_page("/akun/masuk")
        for other in (two.browser, guest):
            assert other.open_page(page).status_code == 404
            assert other.send(page, {"kode": code}).status_code == 404
            assert other.send(f"{page}/ulang").status_code == 404
        assert ("baru@contoh.id", None) not in accounts()

    def test_an_address_of_somebody_else_gets_the_same_answer_and_no_code(
        self, make_pemohon: Callable[..., SamplePerson]
    ) -> None:
        one, two = make_pemohon("a@uji.test"), make_pemohon("b@uji.test")
        answer = self.ask(one.browser, surel=two.email)
        assert answer.status_code == 303
        assert letters(two.email)[0].kind == "terdaftar"

    def test_one_address_at_a_time_and_not_the_one_in_use(self, pemohon: SamplePerson) -> None:
        for content in (
            {},
            {"surel": "x@contoh.id", "telepon": "081234567890"},
            {"surel": pemohon.email},
            {"surel": "x"},
        ):
            assert self.ask(pemohon.browser, **content).status_code == 422

    def test_a_link_that_went_to_the_old_address_is_dead(self, app: Flask, pemohon: SamplePerson) -> None:
        guest = Browser(app.test_client())
        guest.open_page("/akun/lupa-sandi")
        guest.send("/akun/lupa-sandi", {"pengenal": pemohon.email})
        work_off()
        link = link_for(pemohon.email)
        page = self.ask(pemohon.browser, surel="baru@contoh.id").location
        pemohon.browser.send(page, {"kode": code_for("baru@contoh.id")})
        assert guest.open_page(link).status_code == 404


class TestVisitor:
    """A visitor's session is their cookie: it holds a CSRF token and opens nothing."""

    def test_three_hundred_visits_leave_no_row(self, app: Flask, db: Engine) -> None:
        for n in range(300):
            answer = app.test_client().get(("/akun/masuk", "/akun/daftar", "/lacak")[n % 3])
            assert "sesi=" in answer.headers["Set-Cookie"]
        with db.connect() as conn:
            assert conn.scalar(select(func.count()).select_from(WebSession)) == 0
            assert conn.scalar(select(func.count()).select_from(AccessAttempt)) == 0

    def test_nobody_is_logged_in_without_the_token_of_their_own_cookie(self, app: Flask, pemohon: SamplePerson) -> None:
        """A15: a form of another site has no token, or one of a cookie this browser does not have."""
        content = {"pengenal": pemohon.email, "sandi": PASSWORD}
        foreign = Browser(app.test_client())
        foreign.open_page("/akun/masuk")
        victim = Browser(app.test_client())
        assert victim.send("/akun/masuk", content).status_code == 400  # no cookie yet
        victim.open_page("/akun/masuk")
        assert victim.send("/akun/masuk", {**content, "csrf_token": ""}).status_code == 400
        assert victim.send("/akun/masuk", {**content, "csrf_token": foreign.token}).status_code == 400
        assert victim.send("/akun/masuk", content).status_code == 303

    @pytest.mark.parametrize(
        "damaged", [lambda c: c[:-9] + c[-9:].swapcase(), lambda c: "x." + c, lambda c: "." * 43, lambda _: "e30.x"]
    )
    def test_a_cookie_nobody_signed_is_no_session(
        self, app: Flask, guest: Browser, damaged: Callable[[str], str]
    ) -> None:
        guest.open_page("/akun/masuk")
        cookie = guest.web_client.get_cookie("sesi")
        assert cookie is not None
        guest.web_client.set_cookie("sesi", damaged(cookie.value))
        assert guest.web_client.post("/akun/masuk", data={"csrf_token": guest.token}).status_code == 400
        assert guest.open_page("/permohonan").status_code == 302

    def test_a_cookie_planted_before_the_login_is_worth_nothing_after_it(
        self, app: Flask, pemohon: SamplePerson
    ) -> None:
        """A05."""
        attacker, victim = Browser(app.test_client()), Browser(app.test_client())
        attacker.open_page("/akun/masuk")
        cookie = attacker.web_client.get_cookie("sesi")
        assert cookie is not None
        victim.web_client.set_cookie("sesi", cookie.value)
        victim.token = attacker.token
        assert victim.send("/akun/masuk", {"pengenal": pemohon.email, "sandi": PASSWORD}).status_code == 303
        new = victim.web_client.get_cookie("sesi")
        assert new is not None
        assert new.value != cookie.value
        assert attacker.open_page("/permohonan").status_code == 302
        victim.open_page("/akun/sandi")
        assert victim.token != attacker.token

    def test_signed_for_something_else_it_is_no_session(self, app: Flask, pemohon: SamplePerson) -> None:
        """E14: the cookie of a known device is signed by the same key."""
        cookie = pemohon.browser.web_client.get_cookie("perangkat")
        assert cookie is not None
        other = Browser(app.test_client())
        other.web_client.set_cookie("sesi", cookie.value)
        assert other.open_page("/permohonan").status_code == 302

    def test_a_form_still_works_when_the_office_keeps_two_keys(self, db: Engine) -> None:
        from web import create_app

        guest = Browser(create_app().test_client())
        guest.open_page("/lacak")
        new = create_app(replace(settings(), secret_key="k" * 40, secret_key_fallbacks=(settings().secret_key,)))
        cookie = guest.web_client.get_cookie("sesi")
        assert cookie is not None
        other = new.test_client()
        other.set_cookie("sesi", cookie.value)
        assert "Set-Cookie" not in other.get("/lacak").headers


class TestCsp:
    def test_reports_are_counted_and_bounded(self, app: Flask, db: Engine) -> None:
        web_client = app.test_client()
        assert [web_client.post("/csp-laporan", data=b"{}").status_code for _ in range(12)] == [204] * 10 + [429] * 2

    def test_from_many_addresses_too(self, app: Flask, db: Engine) -> None:
        result = [
            app.test_client().post("/csp-laporan", environ_base={"REMOTE_ADDR": f"10.0.{n}.1"}).status_code
            for n in range(70)
        ]
        assert (result.count(204), result.count(429)) == (60, 10)

    def test_a_large_one_is_refused(self, app: Flask, db: Engine) -> None:
        assert app.test_client().post("/csp-laporan", data=b"x" * 20_000).status_code == 413


def test_an_unknown_letter_leaves_no_counter(db: Engine) -> None:
    with pytest.raises(NotFound):
        confirm(uuid4(), "000000", None, now=WEDNESDAY)
    with db.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(AccessAttempt)) == 0


def test_a_code_of_a_closed_letter_kind_confirms_nothing(db: Engine, pemohon: SamplePerson) -> None:
    """E14: a link's letter has a code too, computed for nothing; it is no code for an address."""
    from pipeline.rules.one_time import code_of
    from pipeline.services.people.recovery import request_reset

    request_reset(pemohon.email, now=WEDNESDAY)
    work_off()
    with unit_of_work() as s:
        letter_id = s.scalars(select(AccountLetter.id)).one()
        s.execute(update(AccountLetter).values(used_at=None))
    with pytest.raises((NotFound, InputInvalid)):
        confirm(letter_id, code_of(letter_id, settings().secret_key), None, now=WEDNESDAY)
