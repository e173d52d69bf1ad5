"""Officers with a code beside their password, as the tests of it need them."""

import pyotp
from flask import Flask

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.kantor.locked import lock
from pipeline.models import Account, SecondFactor
from pipeline.services.people.accounts import note_own
from pipeline.services.people.second_factor import PURPOSE
from tests.factories import WEDNESDAY
from tests.web.conftest import Browser
from tests.web.test_user import account_id_of

STEP_PAGE, SETUP_PAGE = "/petugas/masuk/kode", "/petugas/masuk/pasang"


def give_code(identifier: str) -> pyotp.TOTP:
    """Set up an app for this account; returns the app."""
    secret, account_id = pyotp.random_base32(), account_id_of(identifier)
    with unit_of_work() as s:
        locked, account = lock(PURPOSE, str(account_id), secret), s.get_one(Account, account_id)
        s.add(SecondFactor(account_id=account_id, secret=locked, last_step=0, recovery=[], created_at=WEDNESDAY))
        note_own(s, account, "kode_masuk_dipasang", now=WEDNESDAY)
    return pyotp.TOTP(secret)


def shown(phone: pyotp.TOTP, steps: int = 0) -> str:
    """The code an app shows now, or so many half minutes later."""
    return phone.at(real_now(), counter_offset=steps)


def wrong(phone: pyotp.TOTP) -> str:
    """A code that no app shows at about this time."""
    near = {shown(phone, n) for n in range(-4, 5)}
    return next(code for n in range(10) if (code := f"{n:06}") not in near)


def at_second_step(app: Flask, identifier: str) -> Browser:
    """A browser whose password was right, on the page that asks for the code."""
    browser = Browser(app.test_client())
    assert browser.login(identifier, petugas=True).location.startswith(STEP_PAGE)
    return browser
