"""Certificates of the local signer: each officer makes their own, so that nobody else ever knows its frasa sandi."""

from datetime import datetime

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret, UserNotRegistered, penandatangan
from pipeline.errors import InputInvalid, NotFound, WrongPassword
from pipeline.roles import Peran
from pipeline.rules.password import password_problem
from pipeline.services.people.accounts import prove_password
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_role
from pipeline.services.people.sessions import User
from pipeline.services.records.persons import note_person
from pipeline.settings import settings


def makes_certificates() -> bool:
    """Whether this instance signs with certificates of its own, as the demo does; else the provider issues them."""
    return settings().demo and penandatangan(settings()).nama == "lokal"


def has_certificate(person_id: object) -> bool:
    """Whether the local signer knows this person."""
    try:
        return penandatangan(settings()).sidik(str(person_id)) is not None
    except UserNotRegistered:
        return False


def make_certificate(pengguna: User, sandi: str, frasa: str, repeated: str, *, now: datetime) -> None:
    """Make (or replace) one's own certificate. ``sandi`` is the password of the account.

    Raises InputInvalid with a sentence per field: sandi, passphrase, ulangi; NotFound where there is nothing
    to make.
    """
    if not makes_certificates():
        raise NotFound
    if errors := _problems(pengguna, sandi, frasa, repeated):
        raise WrongPassword(errors) if "sandi" in errors else InputInvalid(errors)
    from pipeline.documents.signing.local import create_certificate  # pyHanko, which no other page of this module needs

    oleh = Petugas(pengguna.person_id, Peran.KEPALA_DINAS, pengguna.sesi)
    with unit_of_work() as s:
        guard_role(s, oleh, Peran.KEPALA_DINAS, now)
        create_certificate(settings().data / "tte", str(pengguna.person_id), pengguna.nama, Secret(frasa))
        note_person(s, pengguna.person_id, "sertifikat_dibuat", {}, oleh=oleh.person_id, now=now)


def _problems(pengguna: User, sandi: str, frasa: str, repeated: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    try:
        prove_password(pengguna.account_id, sandi, field="sandi")
    except WrongPassword as error:
        errors |= error.errors
    if problem := password_problem(frasa, [pengguna.nama], what="Frasa sandi"):
        errors["passphrase"] = problem
    elif frasa == sandi:
        errors["passphrase"] = "Frasa sandi tidak boleh sama dengan kata sandi akun."  # noqa: S105 - a sentence
    elif frasa != repeated:
        errors["ulangi"] = "Kedua frasa sandi berbeda. Ketik ulang."
    return errors
