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
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.services.people.actor import Petugas
from pipeline.services.records.persons import note_person
from pipeline.settings import settings
from tests.factories import RABU, at_desk, bring_to, person, submitted
from tests.web.conftest import PASSWORD, Peramban

PASSPHRASE = "frasa-uji-2026"


@dataclass
class Kantor:
    """One officer per desk, with a browser opened when it is first asked for."""

    app: Flask
    orang: dict[Peran, Petugas]
    peramban: dict[Peran, Peramban]

    def __getitem__(self, peran: Peran) -> Peramban:
        if peran not in self.peramban:
            self.peramban[peran] = masuk(self.app, surel(peran))
        return self.peramban[peran]

    def bawa(self, langkah: str, *, benih: str = "a", pemohon: UUID | None = None) -> "Berkas":
        """A submitted file carried to a langkah."""
        permohonan_id = submitted(pemohon or person(), benih=benih)
        bring_to(permohonan_id, langkah, self.orang)
        return Berkas(permohonan_id)


@dataclass(frozen=True)
class Berkas:
    """A file, and the addresses of its page at the desk it lies on."""

    permohonan_id: UUID

    @property
    def alamat(self) -> str:
        return f"/petugas/tugas/{at_desk(self.permohonan_id).tugas_id}"

    def shown(self, **lain: str) -> dict[str, str]:
        """The hidden fields of the decision form, and what else is posted."""
        seen = at_desk(self.permohonan_id).seen
        return {"versi": str(seen.versi), "naskah_hash": seen.naskah_hash or "", **lain}


def surel(peran: Peran) -> str:
    return f"{peran}@uji.test"


def masuk(app: Flask, pengenal: str) -> Peramban:
    peramban = Peramban(app.test_client())
    assert peramban.masuk(pengenal, petugas=True).status_code == 303
    return peramban


@cache
def _cheap_hash() -> str:
    """Of SANDI, quick to verify: these tests are not about passwords."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


def make_officer(pengenal: str, *peran: Peran, nama: str = "Rahmi Auliani") -> UUID:
    """A person with these roles and an account they log in with by e-mail."""
    person_id = person(*peran, nama=nama)
    with unit_of_work() as s:
        akun = s.scalar(select(Account).where(Account.person_id == person_id))
        if akun is None:
            akun = Account(person_id=person_id, petugas=True, password_changed_at=RABU, created_at=RABU)
            s.add(akun)
        akun.surel, akun.telepon, akun.sandi = pengenal, None, _cheap_hash()
        note_person(s, person_id, "sandi_diganti", {}, oleh=None, now=RABU)
    return person_id


@pytest.fixture(name="kantor")
def make_kantor(app: Flask, db: Engine) -> Kantor:
    """An office."""
    orang = {p: Petugas(make_officer(surel(p), p, nama=f"Petugas {p.nama}"), p) for p in PERAN_PETUGAS}
    return Kantor(app, orang, {})


def give_certificate(kantor: Kantor) -> None:
    """The Kepala Dinas can sign with FRASA from now on."""
    kepala = kantor.orang[Peran.KEPALA_DINAS].person_id
    create_certificate(settings().data / "tte", str(kepala), "Petugas Kepala Dinas", Secret(PASSPHRASE))
