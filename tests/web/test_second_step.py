"""Between an officer's password and the office: the code. Nothing else opens, and no code counts twice."""

from collections import Counter
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select, update

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.errors import SessionEnded
from pipeline.models import AccessAttempt, AccessRefused, Account, SecondFactor, WebSession
from pipeline.roles import Peran
from pipeline.services.people.passwords import change_password
from pipeline.services.people.sessions import guard_session
from tests.desks import KEPALA_DINAS
from tests.web.codes import SETUP_PAGE, STEP_PAGE, at_second_step, give_code, shown, wrong
from tests.web.conftest import PASSWORD, Browser, SamplePerson
from tests.web.desk import make_officer
from tests.web.test_account import cookie
from tests.web.test_guessing import at_once
from tests.web.test_user import account_id_of
from tests.web.url_map import addresses, answer, ask

HEAD = "kadis@uji.test"


@pytest.fixture
def phone(db: Engine) -> pyotp.TOTP:
    """Of the Kepala Dinas, who holds other roles too."""
    make_officer(HEAD, KEPALA_DINAS, Peran.OPERATOR, Peran.PDP)
    return give_code(HEAD)


def opened(browser: Browser) -> bool:
    return browser.web_client.get("/petugas/antrean").status_code == 200


@pytest.mark.attack("A11")
class TestNothingElseOpens:
    def test_every_address_leads_back_to_the_code(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser = at_second_step(app, HEAD)
        walked = 0
        for address in addresses(app, {"account_id": account_id_of(HEAD)}):
            if not address.is_for("publik", "entering"):
                for method in address.methods:
                    got = ask(browser, method, address.path)
                    assert (got.status_code, got.location.partition("?")[0]) == (302, STEP_PAGE), (method, address.path)
                    walked += 1
        assert walked > 100

    def test_and_to_the_setup_where_there_is_none(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser = at_second_step(app, HEAD)
        with unit_of_work() as s:
            s.execute(delete(SecondFactor))
        got = browser.open_page("/petugas/antrean?tampil=lewat")
        got = browser.open_page(got.location)
        assert got.location == f"{SETUP_PAGE}?next=/petugas/antrean?tampil%3Dlewat"
        assert browser.open_page(got.location).status_code == 200

    def test_a_public_page_is_what_anybody_sees(self, app: Flask, guest: Browser, phone: pyotp.TOTP) -> None:
        browser = at_second_step(app, HEAD)
        moving = {"/csp-laporan", "/metrik"}  # take words of a browser; count the time
        for address in addresses(app, {}):
            if address.is_for("publik") and "GET" in address.methods and address.rule.rule not in moving:
                seen, anybody = (answer(ask(b, "GET", address.path)) for b in (browser, guest))
                assert seen == anybody, address.path

    def test_no_act_is_done_by_such_a_session(self, app: Flask, phone: pyotp.TOTP) -> None:
        """The guard in the act's own transaction, and with it Flower's, which asks nothing else."""
        at_second_step(app, HEAD)
        with unit_of_work() as s:
            key, person_id = s.execute(
                select(WebSession.key, Account.person_id).join(Account, Account.id == WebSession.account_id)
            ).one()
            with pytest.raises(SessionEnded):
                guard_session(s, key, person_id)

    @pytest.mark.attack("F02")
    @pytest.mark.parametrize("page", [STEP_PAGE, SETUP_PAGE])
    def test_no_code_is_taken_without_the_token_of_the_session(
        self, app: Flask, guest: Browser, phone: pyotp.TOTP, page: str
    ) -> None:
        browser = at_second_step(app, HEAD)
        guest.open_page("/akun/masuk")
        for token in ("", guest.token):
            form = {"csrf_token": token, "kode": shown(phone), "kode_baru": shown(phone)}
            assert browser.web_client.post(page, data=form).status_code == 400
        assert not opened(browser)

    def test_a_script_is_told_401(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser = at_second_step(app, HEAD)
        assert browser.web_client.get("/petugas/antrean", headers={"Sec-Fetch-Mode": "cors"}).status_code == 401

    def test_who_is_in_or_has_proved_nothing_sees_no_page_of_the_code(
        self, app: Flask, guest: Browser, phone: pyotp.TOTP
    ) -> None:
        inside = at_second_step(app, HEAD)
        inside.send(STEP_PAGE, {"kode": shown(phone)})
        for browser in (guest, inside):
            for page in (STEP_PAGE, SETUP_PAGE):
                assert browser.open_page(page).location == "/petugas/masuk"

    def test_a_known_device_does_not_skip_it_and_is_none_before_it(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser = at_second_step(app, HEAD)
        assert browser.web_client.get_cookie("perangkat") is None
        browser.send(STEP_PAGE, {"kode": shown(phone)})
        assert browser.web_client.get_cookie("perangkat") is not None
        browser.open_page("/akun")
        browser.send("/akun/keluar")
        assert browser.login(HEAD, petugas=True).location == STEP_PAGE
        assert not opened(browser)

    def test_no_second_setup_beside_the_first(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser = at_second_step(app, HEAD)
        answer = browser.send(SETUP_PAGE, {"kode_baru": "123456", "rahasia": "tiada"})
        assert answer.status_code in {303, 422}
        with unit_of_work() as s:
            assert len(s.scalars(select(SecondFactor)).all()) == 1
        assert not opened(browser)


class TestCode:
    def test_a_right_code_leads_to_what_was_asked_for(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser = Browser(app.test_client())
        to_login = browser.open_page("/petugas/cari").location
        browser.open_page(to_login)
        to_code = browser.send(to_login, {"pengenal": HEAD, "sandi": PASSWORD}).location
        browser.open_page(to_code)
        assert browser.send(to_code, {"kode": shown(phone)}).location == "/petugas/cari"
        assert opened(browser)

    @pytest.mark.attack("A05")
    def test_it_changes_the_cookie_and_the_old_one_is_worth_nothing(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser = at_second_step(app, HEAD)
        before = cookie(browser)
        assert browser.send(STEP_PAGE, {"kode": f" {shown(phone)[:3]} {shown(phone)[3:]} "}).status_code == 303
        assert cookie(browser) != before
        other = Browser(app.test_client())
        other.web_client.set_cookie("sesi", before)
        assert other.open_page("/petugas/antrean").location.startswith("/petugas/masuk?")
        assert other.open_page(STEP_PAGE).location == "/petugas/masuk"

    @pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
    def test_a_phone_may_be_half_a_minute_wrong(self, app: Flask, phone: pyotp.TOTP, steps: int, status: int) -> None:
        browser = at_second_step(app, HEAD)
        for _ in range(2):  # once more, should the half minute have ended between the two clocks
            step = phone.timecode(real_now())
            got = browser.send(STEP_PAGE, {"kode": phone.generate_otp(step + steps)}).status_code
            if phone.timecode(real_now()) == step:
                break
        assert got == status

    def test_a_wrong_code_is_a_sentence_and_on_record(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser = at_second_step(app, HEAD)
        answer = browser.send(STEP_PAGE, {"kode": wrong(phone)})
        assert (answer.status_code, "Kode tidak cocok" in answer.text) == (422, True)
        with unit_of_work() as s:
            assert s.execute(select(AccessRefused.rule, AccessRefused.status)).all() == [(STEP_PAGE, 422)]

    def test_a_password_replaced_meanwhile_ends_the_login(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser = at_second_step(app, HEAD)
        change_password(account_id_of(HEAD), PASSWORD, "perahu kayu sungai", now=real_now())
        assert browser.send(STEP_PAGE, {"kode": shown(phone)}).location == "/petugas/masuk"
        assert not opened(browser)

    def test_a_code_under_a_lost_key_is_just_wrong(self, app: Flask, phone: pyotp.TOTP, db: Engine) -> None:
        with db.begin() as conn:
            conn.execute(update(SecondFactor).values(secret=b"kunci lain, jadi tidak terbuka"))
        assert at_second_step(app, HEAD).send(STEP_PAGE, {"kode": shown(phone)}).status_code == 422


@pytest.mark.attack("A09")
class TestOnce:
    def test_the_same_code_opens_no_second_session(self, app: Flask, phone: pyotp.TOTP) -> None:
        one, two = at_second_step(app, HEAD), at_second_step(app, HEAD)
        code = shown(phone)
        assert one.send(STEP_PAGE, {"kode": code}).status_code == 303
        assert two.send(STEP_PAGE, {"kode": code}).status_code == 422
        assert two.send(STEP_PAGE, {"kode": shown(phone, -1)}).status_code == 422, "nor one from before it"
        assert two.send(STEP_PAGE, {"kode": shown(phone, 1)}).status_code == 303

    def test_of_twenty_at_once_one_is_let_in(self, app: Flask, phone: pyotp.TOTP) -> None:
        browsers = [at_second_step(app, HEAD) for _ in range(20)]
        code = shown(phone)
        result = at_once(20, lambda n: str(browsers[n].send(STEP_PAGE, {"kode": code}).status_code))
        assert result["303"] == 1
        assert set(result) <= {"303", "422", "429"}
        assert [opened(b) for b in browsers].count(True) == 1

    def test_sent_five_times_at_once_in_one_session_it_lets_in_once(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser = at_second_step(app, HEAD)
        before, token, code = cookie(browser), browser.token, shown(phone)

        def send(_: int) -> str:
            same = Browser(app.test_client(), token)
            same.web_client.set_cookie("sesi", before)
            same.send(STEP_PAGE, {"kode": code})
            return "in" if opened(same) else "out"

        assert at_once(5, send) == {"in": 1, "out": 4}


@pytest.mark.attack("A10")
class TestGuessing:
    def test_after_five_wrong_codes_the_login_starts_over(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser, code = at_second_step(app, HEAD), wrong(phone)
        answers = [browser.send(STEP_PAGE, {"kode": code}) for _ in range(7)]
        assert [a.status_code for a in answers] == [422] * 5 + [429, 302]
        assert int(answers[5].headers["Retry-After"]) > 0
        assert answers[6].location == "/petugas/masuk"

    def test_also_when_each_comes_after_the_pause(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser, code = at_second_step(app, HEAD), wrong(phone)
        statuses = []
        for _ in range(7):
            with unit_of_work() as s:
                s.execute(update(AccessAttempt).values(held_until=real_now() - timedelta(seconds=1)))
            statuses.append(browser.send(STEP_PAGE, {"kode": code}).status_code)
        assert statuses == [422] * 5 + [429, 302]

    def test_a_thousand_codes_with_the_password_known_are_five(self, app: Flask, phone: pyotp.TOTP) -> None:
        """However often the login starts over; the pauses between grow to a quarter of an hour."""
        code, result = wrong(phone), Counter[int]()
        browser = at_second_step(app, HEAD)
        for _ in range(40):
            status = browser.send(STEP_PAGE, {"kode": code}).status_code
            result[status] += 1
            if status == 302:
                browser = at_second_step(app, HEAD)
        assert result[422] == 5
        assert not {200, 303} & set(result)

    def test_of_thirty_at_once_five_are_looked_at(self, app: Flask, phone: pyotp.TOTP) -> None:
        browser = at_second_step(app, HEAD)
        before, token, code = cookie(browser), browser.token, wrong(phone)

        def send(_: int) -> str:
            same = Browser(app.test_client(), token)
            same.web_client.set_cookie("sesi", before)
            return str(same.send(STEP_PAGE, {"kode": code}).status_code)

        result = at_once(30, send)
        assert result["422"] <= 5  # or fewer, even none: a refusal ends the session, also for those on their way
        assert result["429"] > 0
        assert set(result) <= {"422", "429", "401", "302"}

    def test_who_knows_the_password_does_not_keep_the_owner_out(self, app: Flask, phone: pyotp.TOTP) -> None:
        """A device that got in before is counted by itself."""
        own = at_second_step(app, HEAD)
        own.send(STEP_PAGE, {"kode": shown(phone, -1)})
        own.open_page("/akun")
        own.send("/akun/keluar")
        thief = at_second_step(app, HEAD)
        for _ in range(6):
            thief.send(STEP_PAGE, {"kode": wrong(phone)})
        own.login(HEAD, petugas=True)
        assert own.send(STEP_PAGE, {"kode": shown(phone)}).status_code == 303


def test_an_applicant_is_asked_for_no_code(app: Flask, phone: pyotp.TOTP, pemohon: SamplePerson) -> None:
    assert pemohon.browser.open_page("/permohonan").status_code == 200
    assert pemohon.browser.open_page(STEP_PAGE).location == "/petugas/masuk"
