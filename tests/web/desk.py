"""Officers with browsers, and files on their desks."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine, select

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.documents.signing.local import create_certificate
from pipeline.models import Account
from pipeline.roles import Peran
from pipeline.services.people.actor import Petugas
from pipeline.services.records.persons import note_person
from pipeline.settings import settings
from tests.desks import DESKS, KEPALA_DINAS
from tests.factories import WEDNESDAY, at_desk, bring_to, person, submitted
from tests.web.conftest import PASSWORD, Browser

PASSPHRASE = "frasa-uji-2026"


@dataclass
class Kantor:
    """One officer per desk, with a browser opened when it is first asked for."""

    app: Flask
    person: dict[Peran, Petugas]
    browser: dict[Peran, Browser]

    def __getitem__(self, peran: Peran) -> Browser:
        if peran not in self.browser:
            self.browser[peran] = login(self.app, email(peran))
        return self.browser[peran]

    def carry(self, langkah: str, *, seed: str = "a", pemohon: UUID | None = None) -> "Berkas":
        """A submitted file carried to a langkah."""
        permohonan_id = submitted(pemohon or person(), seed=seed)
        bring_to(permohonan_id, langkah, self.person)
        return Berkas(permohonan_id)


@dataclass(frozen=True)
class Berkas:
    """A file, and the addresses of its page at the desk it lies on."""

    permohonan_id: UUID

    @property
    def address(self) -> str:
        return f"/petugas/tugas/{at_desk(self.permohonan_id).tugas_id}"

    def shown(self, **other: str) -> dict[str, str]:
        """The hidden fields of the decision form, and what else is posted."""
        seen = at_desk(self.permohonan_id).seen
        return {"versi": str(seen.version), "naskah_hash": seen.naskah_hash or "", **other}


def email(peran: Peran) -> str:
    return f"{peran}@uji.test"


def login(app: Flask, identifier: str) -> Browser:
    browser = Browser(app.test_client())
    assert browser.login(identifier, petugas=True).status_code == 303
    return browser


@cache
def _cheap_hash() -> str:
    """Of SANDI, quick to verify: these tests are not about passwords."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


def make_officer(identifier: str, *peran: Peran, name: str = "Rahmi Auliani") -> UUID:
    """A person with these roles and an account they log in with by e-mail."""
    person_id = person(*peran, name=name)
    with unit_of_work() as s:
        account = s.scalar(select(Account).where(Account.person_id == person_id))
        if account is None:
            account = Account(person_id=person_id, petugas=True, password_changed_at=WEDNESDAY, created_at=WEDNESDAY)
            s.add(account)
        account.email, account.phone, account.password = identifier, None, _cheap_hash()
        note_person(s, person_id, "sandi_diganti", {}, actor=None, now=WEDNESDAY)
    return person_id


@pytest.fixture(name="kantor")
def make_kantor(app: Flask, db: Engine) -> Kantor:
    """An office."""
    person = {p: Petugas(make_officer(email(p), p, name=f"Petugas {p.name}"), p) for p in DESKS}
    return Kantor(app, person, {})


def give_certificate(kantor: Kantor) -> None:
    """The Kepala Dinas can sign with FRASA from now on."""
    head = kantor.person[KEPALA_DINAS].person_id
    create_certificate(settings().data / "tte", str(head), "Petugas Kepala Dinas", Secret(PASSPHRASE))
