"""An officer's own code: set up in the login where the office demands it, moved, renewed, lost and let go."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, select, text, update
from werkzeug.test import TestResponse

from ops.cli import main
from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.errors import SessionEnded
from pipeline.models import Account, AccountChange, Notice, SecondFactor, WebSession
from pipeline.roles import Peran
from pipeline.services.people import accounts, second_factor
from pipeline.services.people.second_factor import renew_recovery, switch_off
from pipeline.services.people.sessions import User
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import settings
from tests.desks import FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import WEDNESDAY
from tests.web.codes import SETUP_PAGE, STEP_PAGE, at_second_step, give_code, shown, wrong
from tests.web.conftest import PASSWORD, Browser
from tests.web.desk import login, make_officer
from tests.web.test_user import account_id_of

OFFICER = "fo@uji.test"
OWN = "/petugas/kode-masuk"


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    """The office demands a code, as every one in production does."""
    demands = replace(settings(), code_required=True)
    for door in (accounts, second_factor):
        monkeypatch.setattr(door, "settings", lambda: demands)


@pytest.fixture
def officer(app: Flask, db: Engine) -> Browser:
    """Logged in with a password alone."""
    make_officer(OFFICER, FRONT_OFFICE)
    return login(app, OFFICER)


def secret_on(page: TestResponse) -> tuple[pyotp.TOTP, str]:
    """The app as the page sets it up, and what its form carries."""
    assert page.status_code in {200, 422}
    address = re.search(r'href="otpauth://totp/[^"]*secret=([A-Z2-7]+)', page.text)
    kept = re.search(r'name="rahasia" value="([^"]+)"', page.text)
    assert address
    assert kept
    return pyotp.TOTP(address[1]), kept[1]


def codes_on(page: TestResponse) -> list[str]:
    assert page.status_code == 201, page.text
    return re.findall(r'<li class="code">([0-9 ]+)</li>', page.text)


def acts(identifier: str) -> list[str]:
    with unit_of_work() as s:
        mine = select(AccountChange.kind).join(Account, Account.person_id == AccountChange.person_id)
        return list(s.scalars(mine.where(Account.email == identifier).order_by(AccountChange.sequence)))


def bell(identifier: str) -> list[str]:
    with unit_of_work() as s:
        mine = select(Notice.title).join(Account, Account.person_id == Notice.person_id)
        return list(s.scalars(mine.where(Account.email == identifier, Notice.channel == "lonceng")))


class TestFirstSetup:
    """Demanded: right after the password, and before anything else."""

    @pytest.mark.attack("A11")
    def test_it_comes_after_the_password_and_opens_the_office(self, app: Flask, db: Engine, required: None) -> None:
        make_officer(OFFICER, FRONT_OFFICE)
        browser = at_second_step(app, OFFICER)
        assert browser.open_page(STEP_PAGE).location == SETUP_PAGE
        assert browser.web_client.get("/petugas/antrean").location.startswith(STEP_PAGE)
        app_shown, kept = secret_on(browser.open_page(SETUP_PAGE))
        done = browser.send(SETUP_PAGE, {"kode_baru": shown(app_shown), "rahasia": kept})
        assert len(set(codes_on(done))) == 10
        assert 'href="/petugas/antrean"' in done.text
        assert browser.open_page("/petugas/antrean").status_code == 200
        assert acts(OFFICER)[-1] == "kode_masuk_dipasang"
        assert bell(OFFICER) == ["Kode masuk akun Anda dipasang"]
        assert verify_all()[1] == []

    def test_a_wrong_first_code_keeps_the_picture_that_was_scanned(
        self, app: Flask, db: Engine, required: None
    ) -> None:
        make_officer(OFFICER, FRONT_OFFICE)
        browser = at_second_step(app, OFFICER)
        first, kept = secret_on(browser.open_page(SETUP_PAGE))
        refused = browser.send(SETUP_PAGE, {"kode_baru": wrong(first), "rahasia": kept})
        assert refused.status_code == 422
        again, kept = secret_on(refused)
        assert again.secret == first.secret
        assert browser.send(SETUP_PAGE, {"kode_baru": shown(first), "rahasia": kept}).status_code == 201

    def test_the_first_code_is_used_up_by_it(self, app: Flask, db: Engine, required: None) -> None:
        make_officer(OFFICER, FRONT_OFFICE)
        browser = at_second_step(app, OFFICER)
        phone, kept = secret_on(browser.open_page(SETUP_PAGE))
        code = shown(phone)
        assert browser.send(SETUP_PAGE, {"kode_baru": code, "rahasia": kept}).status_code == 201
        assert at_second_step(app, OFFICER).send(STEP_PAGE, {"kode": code}).status_code == 422

    def test_what_a_form_carries_is_no_secret_and_fits_no_other_account(
        self, app: Flask, db: Engine, required: None
    ) -> None:
        make_officer(OFFICER, FRONT_OFFICE)
        make_officer("lain@uji.test", FRONT_OFFICE)
        phone, kept = secret_on(at_second_step(app, OFFICER).open_page(SETUP_PAGE))
        assert phone.secret not in kept
        other = at_second_step(app, "lain@uji.test")
        other.open_page(SETUP_PAGE)
        answer = other.send(SETUP_PAGE, {"kode_baru": shown(phone), "rahasia": kept})
        assert answer.status_code == 422
        assert phone.secret not in answer.text

    def test_a_setting_of_production_cannot_be_switched_off(self, app: Flask, db: Engine, required: None) -> None:
        make_officer(OFFICER, FRONT_OFFICE)
        phone = give_code(OFFICER)
        browser = at_second_step(app, OFFICER)
        browser.send(STEP_PAGE, {"kode": shown(phone, -1)})
        browser.open_page("/akun")
        assert browser.send(f"{OWN}/matikan", {"sandi": PASSWORD, "kode": shown(phone)}).status_code == 409


class TestOwnWill:
    """Where it is left to each officer."""

    def set_up(self, officer: Browser) -> tuple[pyotp.TOTP, list[str]]:
        phone, kept = secret_on(officer.open_page(f"{OWN}/pasang"))
        form = {"kode_baru": shown(phone, -1), "rahasia": kept, "sandi": PASSWORD}
        return phone, codes_on(officer.send(f"{OWN}/pasang", form))

    def test_it_is_set_up_with_the_password_and_asked_for_from_then_on(self, app: Flask, officer: Browser) -> None:
        phone, kept = secret_on(officer.open_page(f"{OWN}/pasang"))
        form = {"kode_baru": shown(phone), "rahasia": kept, "sandi": "bukan-sandinya"}
        assert officer.send(f"{OWN}/pasang", form).status_code == 422
        assert officer.send(f"{OWN}/pasang", form | {"sandi": PASSWORD}).status_code == 201
        assert "Terpasang" in officer.open_page(OWN).text
        assert at_second_step(app, OFFICER).send(STEP_PAGE, {"kode": shown(phone, 1)}).status_code == 303

    def test_nothing_that_is_kept_tells_the_secret_or_a_recovery_code(self, officer: Browser) -> None:
        phone, codes = self.set_up(officer)
        with unit_of_work() as s:
            row = s.scalars(select(SecondFactor)).one()
        assert phone.secret.encode() not in row.secret
        assert len(row.recovery) == 10
        assert not any(code.replace(" ", "") in str(row.recovery) for code in codes)

    def test_a_recovery_code_lets_in_once_and_its_owner_is_told(self, app: Flask, officer: Browser) -> None:
        _, codes = self.set_up(officer)
        assert at_second_step(app, OFFICER).send(STEP_PAGE, {"kode": codes[3].replace(" ", "-")}).status_code == 303
        assert at_second_step(app, OFFICER).send(STEP_PAGE, {"kode": codes[3]}).status_code == 422
        assert at_second_step(app, OFFICER).send(STEP_PAGE, {"kode": codes[4]}).status_code == 303
        assert "<strong>8</strong>" in officer.open_page(OWN).text
        assert acts(OFFICER).count("kode_pemulihan_dipakai") == 2
        assert "Satu kode pemulihan akun Anda dipakai" in bell(OFFICER)

    def test_others_are_made_with_password_and_code(self, app: Flask, officer: Browser) -> None:
        phone, old = self.set_up(officer)
        page = f"{OWN}/pemulihan"
        officer.open_page(page)
        assert officer.send(page, {"sandi": PASSWORD, "kode": wrong(phone)}).status_code == 422
        assert officer.send(page, {"sandi": "bukan-sandinya", "kode": shown(phone)}).status_code == 422
        new = codes_on(officer.send(page, {"sandi": PASSWORD, "kode": shown(phone)}))
        assert not set(new) & set(old)
        assert at_second_step(app, OFFICER).send(STEP_PAGE, {"kode": old[0]}).status_code == 422
        assert at_second_step(app, OFFICER).send(STEP_PAGE, {"kode": new[0]}).status_code == 303

    def test_another_phone_takes_over_and_the_old_one_is_worth_nothing(self, app: Flask, officer: Browser) -> None:
        phone, old = self.set_up(officer)
        other, kept = secret_on(officer.open_page(f"{OWN}/pasang"))
        form = {"kode_baru": shown(other), "rahasia": kept, "sandi": PASSWORD}
        assert officer.send(f"{OWN}/pasang", form | {"kode": wrong(phone)}).status_code == 422
        assert officer.send(f"{OWN}/pasang", form | {"kode": shown(phone)}).status_code == 201
        for code in (shown(phone, 1), old[0]):
            assert at_second_step(app, OFFICER).send(STEP_PAGE, {"kode": code}).status_code == 422
        assert at_second_step(app, OFFICER).send(STEP_PAGE, {"kode": shown(other, 1)}).status_code == 303

    def test_it_is_switched_off_with_both(self, app: Flask, officer: Browser) -> None:
        phone, _ = self.set_up(officer)
        officer.open_page(f"{OWN}/matikan")
        assert officer.send(f"{OWN}/matikan", {"sandi": PASSWORD, "kode": wrong(phone)}).status_code == 422
        assert officer.send(f"{OWN}/matikan", {"sandi": PASSWORD, "kode": shown(phone)}).status_code == 303
        assert login(app, OFFICER).open_page("/petugas/antrean").status_code == 200


class TestLost:
    """Phone and recovery codes are gone: one asks, a second one agrees."""

    @pytest.fixture
    def admin(self, app: Flask, officer: Browser) -> Browser:
        give_code(OFFICER)
        make_officer("admin@uji.test", Peran.ADMIN)
        make_officer("kabid@uji.test", KABID_PERIZINAN)
        return login(app, "admin@uji.test")

    def ask(self, admin: Browser, identifier: str = OFFICER) -> int:
        page = f"/admin/pengguna/{account_id_of(identifier)}"
        admin.open_page(page)
        return admin.send(f"{page}/lepas-kode").status_code

    def agree(self, browser: Browser) -> int:
        browser.open_page("/akun/sandi")
        return browser.send(f"{OWN}/lepas/{account_id_of(OFFICER)}").status_code

    def has_code(self) -> bool:
        with unit_of_work() as s:
            return s.scalars(select(SecondFactor)).first() is not None

    @pytest.mark.parametrize(("identifier", "peran"), [("dua@uji.test", Peran.ADMIN), ("kabid@uji.test", None)])
    def test_another_administrator_or_the_superior_lets_it_go(
        self, app: Flask, admin: Browser, officer: Browser, identifier: str, peran: Peran | None
    ) -> None:
        if peran:
            make_officer(identifier, peran)
        assert self.ask(admin) == 303
        assert "Administrator meminta kode masuk akun Anda dilepas" in bell(OFFICER)
        second = login(app, identifier)
        page = second.open_page(f"{OWN}/lepas/{account_id_of(OFFICER)}")
        assert (page.status_code, "Rahmi Auliani" in page.text) == (200, True)
        assert "Ada permintaan melepas kode masuk" in second.open_page("/pemberitahuan").text
        assert self.agree(second) == 303
        assert not self.has_code()
        assert officer.open_page("/petugas/antrean").status_code == 302, "every session ended"
        assert acts(OFFICER)[-2:] == ["lepas_kode_diminta", "kode_masuk_dilepas"]
        assert verify_all()[1] == []
        assert "orang kedua" in admin.open_page(f"/admin/pengguna/{account_id_of(OFFICER)}").text

    def test_nobody_lets_it_go_alone(self, app: Flask, admin: Browser, officer: Browser) -> None:
        assert self.agree(admin) == 404, "nothing was asked"
        assert self.ask(admin) == 303
        make_officer("kadis@uji.test", KEPALA_DINAS)
        make_officer("teman@uji.test", FRONT_OFFICE)
        for browser in (admin, officer, login(app, "teman@uji.test")):
            assert self.agree(browser) == 404
        assert self.has_code()

    def test_after_a_day_it_has_to_be_asked_again(self, app: Flask, admin: Browser, db: Engine) -> None:
        self.ask(admin)
        with db.begin() as conn:
            conn.execute(update(SecondFactor).values(reset_at=WEDNESDAY - timedelta(days=1)))
        assert self.agree(login(app, "kabid@uji.test")) == 404

    def test_a_code_of_the_app_shows_that_it_is_not_lost(self, app: Flask, admin: Browser, db: Engine) -> None:
        with db.begin() as conn:
            conn.execute(SecondFactor.__table__.delete())
        phone = give_code(OFFICER)
        self.ask(admin)
        assert at_second_step(app, OFFICER).send(STEP_PAGE, {"kode": shown(phone)}).status_code == 303
        assert self.agree(login(app, "kabid@uji.test")) == 404

    def test_nobody_asks_for_themselves_nor_where_there_is_none_nor_without_a_second_person(
        self, app: Flask, admin: Browser
    ) -> None:
        give_code("admin@uji.test")
        assert self.ask(admin, "admin@uji.test") == 403
        assert self.ask(admin, "kabid@uji.test") == 409
        with unit_of_work() as s:
            s.execute(update(Account).where(Account.email == "kabid@uji.test").values(active=False))
        assert self.ask(admin) == 409

    def test_the_console_helps_where_nobody_else_can(self, app: Flask, admin: Browser) -> None:
        result = CliRunner().invoke(main, ["tautan", OFFICER])
        assert result.exit_code == 0
        assert self.has_code()
        result = CliRunner().invoke(main, ["tautan", OFFICER, "--lepas-kode"])
        assert result.exit_code == 0
        assert not self.has_code()
        assert "kode_masuk_dilepas" in acts(OFFICER)


def test_the_logs_of_a_setup_and_a_login_tell_no_secret(
    app: Flask, officer: Browser, capfd: pytest.CaptureFixture[str]
) -> None:
    phone, kept = secret_on(officer.open_page(f"{OWN}/pasang"))
    code = shown(phone)
    officer.send(f"{OWN}/pasang", {"kode_baru": code, "rahasia": kept, "sandi": PASSWORD})
    later = shown(phone, 1)
    at_second_step(app, OFFICER).send(STEP_PAGE, {"kode": later})
    recorded = "".join(capfd.readouterr())
    assert "permintaan" in recorded
    assert not [word for word in (phone.secret, kept, f" {code}", f" {later}") if word in recorded]


@pytest.mark.parametrize("act", [renew_recovery, switch_off])
def test_a_session_that_ended_meanwhile_changes_nothing_and_uses_up_no_code(
    app: Flask, officer: Browser, db: Engine, act: Callable[..., object]
) -> None:
    phone = give_code(OFFICER)
    with db.connect() as conn:
        account_id, person_id = conn.execute(select(Account.id, Account.person_id)).one()
        before = conn.execute(select(SecondFactor)).one()
    gone = User(account_id, person_id, "Rahmi Auliani", True, session_id="sudah berakhir")
    with pytest.raises(SessionEnded):
        act(gone, PASSWORD, shown(phone), now=WEDNESDAY)
    with db.connect() as conn:
        assert conn.execute(select(SecondFactor)).one() == before


def test_a_session_that_ended_sets_up_nothing(officer: Browser) -> None:
    phone, kept = secret_on(officer.open_page(f"{OWN}/pasang"))
    with unit_of_work() as s:
        s.execute(WebSession.__table__.update().values(last_at=real_now() - timedelta(hours=1)))
    officer.send(f"{OWN}/pasang", {"kode_baru": shown(phone), "rahasia": kept, "sandi": PASSWORD})
    with unit_of_work() as s:
        assert s.scalars(select(SecondFactor)).all() == []


@pytest.mark.parametrize(
    "change",
    ["DELETE FROM second_factor", "UPDATE second_factor SET secret = 'milik penyusup'"],
)
def test_a_code_changed_behind_the_systems_back_is_found(officer: Browser, db: Engine, change: str) -> None:
    give_code(OFFICER)
    assert verify_all()[1] == []
    with db.begin() as conn:
        conn.execute(text(change))
    assert [f.sentence for f in verify_all()[1] if "akun: kode masuk diubah" in f.sentence]
