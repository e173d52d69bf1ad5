"""The people of the demonstration, and that no office runs with them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, func, select

from ops import demo_accounts, readiness
from ops.demo_people import PASSPHRASE, PASSWORD, everybody, printed_accounts
from pipeline.errors import DefinitionError
from pipeline.models import Account
from pipeline.roles import Peran
from pipeline.services.people.accounts import authenticate, roles_of
from pipeline.settings import Mode, settings
from tests.desks import DESKS, KEPALA_DINAS

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@pytest.fixture
def people(db: Engine) -> Engine:
    demo_accounts.load_demo_accounts(NOW)
    return db


def test_loading_twice_changes_nothing(people: Engine) -> None:
    assert demo_accounts.load_demo_accounts(NOW) == 0
    with people.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(Account)) == len(everybody())


def test_every_desk_of_the_sop_has_somebody_who_can_log_in(people: Engine) -> None:
    for contoh in everybody():
        pemohon = contoh.peran == Peran.PEMOHON
        login = authenticate(contoh.email, PASSWORD, "127.0.0.1", petugas=not pemohon, now=NOW)
        if not pemohon:
            assert [peran.peran for peran in roles_of(login.person_id, date(2026, 11, 25))] == [contoh.peran]
        if contoh.peran == KEPALA_DINAS:
            assert (settings().data / "tte" / f"{login.person_id}.p12").exists(), "who signs has a certificate"
    assert {contoh.peran for contoh in everybody()} >= {Peran.PEMOHON, *DESKS}
    assert [account["frasa_sandi"] for account in printed_accounts() if "frasa_sandi" in account] == [PASSPHRASE]


def test_production_refuses_to_make_them(db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_accounts, "settings", lambda: replace(settings(), mode=Mode.PRODUCTION))
    with pytest.raises(DefinitionError, match="hanya untuk ALURIZIN_MODE=demo"):
        demo_accounts.load_demo_accounts(NOW)


def test_production_refuses_to_start_on_their_database(people: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    readiness.refuse_demo_accounts()
    monkeypatch.setattr(readiness, "settings", lambda: replace(settings(), mode=Mode.PRODUCTION))
    with pytest.raises(DefinitionError, match="akun demo"):
        readiness.refuse_demo_accounts()
