"""Where somebody is logged in: seen and ended by nobody but themselves; and what a new password ends."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from pipeline.db import unit_of_work
from pipeline.models import Notice, WebSession
from pipeline.services.people.accounts import register
from tests.desks import FRONT_OFFICE
from tests.factories import WEDNESDAY
from tests.web.codes import at_second_step, give_code, shown
from tests.web.conftest import PASSWORD, Browser, SamplePerson
from tests.web.desk import login, make_officer
from tests.web.letter import letters
from tests.web.test_account import cookie

PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
)
PAGE, NEW = "/akun/sesi", "perahu kayu sungai"


@pytest.fixture
def other(app: Flask, pemohon: SamplePerson) -> Browser:
    """The same applicant on a phone somewhere else."""
    browser = Browser(app.test_client())
    browser.web_client.environ_base |= {"HTTP_USER_AGENT": PHONE, "REMOTE_ADDR": "103.23.45.67"}
    browser.login(pemohon.email)
    return browser


def keys_on(page: str) -> list[str]:
    return re.findall(r'name="sesi" value="([0-9a-f]+)"', page)


def alive(browser: Browser) -> bool:
    return browser.web_client.get("/akun").status_code == 200


def test_each_is_told_by_device_and_network_and_this_one_is_marked(pemohon: SamplePerson, other: Browser) -> None:
    page = pemohon.browser.open_page(PAGE).text
    assert "Chrome di Android" in page
    assert "103.23.45.…" in page
    assert "103.23.45.67" not in page
    assert page.count("Yang ini") == 1
    assert len(keys_on(page)) == 1, "this one is left by logging out"
    assert cookie(other) not in page


def test_one_is_ended_and_then_all_others(app: Flask, pemohon: SamplePerson, other: Browser) -> None:
    third, fourth = Browser(app.test_client()), Browser(app.test_client())
    third.login(pemohon.email)
    (key, _) = keys_on(pemohon.browser.open_page(PAGE).text)
    assert pemohon.browser.send(f"{PAGE}/tutup", {"sesi": key}).status_code == 303
    assert [alive(b) for b in (pemohon.browser, other, third)].count(True) == 2
    assert (
        "sudah keluar sebelumnya"
        in pemohon.browser.open_page(pemohon.browser.send(f"{PAGE}/tutup", {"sesi": key}).location).text
    )
    fourth.login(pemohon.email)
    pemohon.browser.open_page(PAGE)
    pemohon.browser.send(f"{PAGE}/tutup")
    assert [alive(b) for b in (pemohon.browser, other, third, fourth)] == [True, False, False, False]


@pytest.mark.attack("B02")
def test_the_key_of_somebody_elses_session_ends_nothing(app: Flask, pemohon: SamplePerson, db: Engine) -> None:
    make_officer("fo@uji.test", FRONT_OFFICE)
    officer = login(app, "fo@uji.test")
    with db.connect() as conn:
        keys = set(conn.scalars(select(WebSession.key)))
    officer.open_page(PAGE)
    for key in keys - set(keys_on(officer.open_page(PAGE).text)):
        officer.send(f"{PAGE}/tutup", {"sesi": key})
    assert alive(pemohon.browser)


def test_two_that_end_each_other_do_not_wait_for_each_other(pemohon: SamplePerson, other: Browser) -> None:
    for browser in (pemohon.browser, other):
        browser.open_page(PAGE)
    with ThreadPoolExecutor(2) as pool:
        status = list(pool.map(lambda b: b.send(f"{PAGE}/tutup").status_code, (pemohon.browser, other)))
    assert sorted(status) in ([303, 401], [302, 303])
    assert [alive(pemohon.browser), alive(other)].count(True) == 1


def test_a_login_that_stopped_at_its_code_is_told(app: Flask, db: Engine) -> None:
    make_officer("fo@uji.test", FRONT_OFFICE)
    phone = give_code("fo@uji.test")
    at_second_step(app, "fo@uji.test")
    officer = at_second_step(app, "fo@uji.test")
    officer.send("/petugas/masuk/kode", {"kode": shown(phone)})
    assert "Belum mengetik kode" in officer.open_page(PAGE).text


class TestNewPassword:
    def change(self, browser: Browser, old: str = PASSWORD) -> int:
        browser.open_page("/akun/sandi")
        return browser.send("/akun/sandi", {"sandi_lama": old, "sandi": NEW}).status_code

    def test_it_ends_the_others_and_this_one_goes_on_under_a_new_cookie(
        self, app: Flask, pemohon: SamplePerson, other: Browser
    ) -> None:
        before = cookie(pemohon.browser)
        assert self.change(pemohon.browser) == 303
        assert [alive(pemohon.browser), alive(other)] == [True, False]
        stolen = Browser(app.test_client())
        stolen.web_client.set_cookie("sesi", before)
        assert not alive(stolen)
        with unit_of_work() as s:
            assert s.scalar(select(func.count()).select_from(WebSession)) == 1

    def test_the_wrong_old_one_changes_nothing(self, pemohon: SamplePerson, other: Browser) -> None:
        assert self.change(pemohon.browser, "bukan-sandinya") == 422
        assert alive(other)

    def test_who_has_no_mail_is_told_by_bell_and_phone(self, app: Flask, db: Engine) -> None:
        register("Siti", "081234567890", "", PASSWORD, now=WEDNESDAY)
        browser = Browser(app.test_client())
        browser.login("081234567890")
        assert self.change(browser) == 303
        assert "Kata sandi akun Anda diganti" in browser.open_page("/pemberitahuan").text
        with unit_of_work() as s:
            assert sorted(s.scalars(select(Notice.channel))) == ["lonceng", "pesan"]

    def test_who_has_mail_is_told_there_once(self, pemohon: SamplePerson) -> None:
        assert self.change(pemohon.browser) == 303
        assert [s.kind for s in letters(pemohon.email)] == ["sandi_diganti"]
        with unit_of_work() as s:
            assert sorted(s.scalars(select(Notice.channel))) == ["lonceng", "surel"]

    @pytest.mark.parametrize("page", ["/permohonan", "/privasi"])
    def test_it_is_two_steps_from_every_page_of_an_applicant(self, pemohon: SamplePerson, page: str) -> None:
        assert 'href="/akun"' in pemohon.browser.open_page(page).text
        assert 'href="/akun/sandi"' in pemohon.browser.open_page("/akun").text

    def test_and_of_an_officer(self, app: Flask, db: Engine) -> None:
        make_officer("fo@uji.test", FRONT_OFFICE)
        browser = login(app, "fo@uji.test")
        assert 'href="/akun"' in browser.open_page("/petugas/antrean").text
        page = browser.open_page("/akun").text
        assert all(f'href="{a}"' in page for a in ("/akun/sandi", "/akun/sesi", "/petugas/kode-masuk"))
        assert self.change(browser) == 303
