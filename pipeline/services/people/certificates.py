"""Certificates of the local signer: each officer makes their own, so that nobody else ever knows its frasa sandi."""

from datetime import datetime

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret, UserNotRegistered, signing_service
from pipeline.errors import InputInvalid, NotFound, WrongPassword
from pipeline.queries.opening import read_trial
from pipeline.rules.password import password_problem
from pipeline.services.people.accounts import prove_password
from pipeline.services.people.guards import guard_signer
from pipeline.services.people.sessions import User
from pipeline.services.records.persons import note_person
from pipeline.settings import settings


def makes_certificates() -> bool:
    """Whether officers sign with certificates made here, as in a demo and in a trial; else the provider issues them."""
    return signing_service(settings()).name == "lokal" and (settings().demo or read_trial() is not None)


def has_certificate(person_id: object) -> bool:
    """Whether the local signer knows this person."""
    try:
        return signing_service(settings()).digest(str(person_id)) is not None
    except UserNotRegistered:
        return False


def make_certificate(user: User, password: str, phrase: str, repeated: str, *, now: datetime) -> None:
    """Make (or replace) one's own certificate. ``password`` is the password of the account.

    Raises InputInvalid with a sentence per field: sandi, passphrase, ulangi; NotFound where there is nothing
    to make.
    """
    if not makes_certificates():
        raise NotFound
    if errors := _problems(user, password, phrase, repeated):
        raise WrongPassword(errors) if "sandi" in errors else InputInvalid(errors)
    from pipeline.documents.signing.local import create_certificate  # pyHanko, which no other page of this module needs

    with unit_of_work() as s:
        guard_signer(s, user, now)
        create_certificate(settings().data / "tte", str(user.person_id), user.name, Secret(phrase))
        note_person(s, user.person_id, "sertifikat_dibuat", {}, actor=user.person_id, now=now)


def _problems(user: User, password: str, phrase: str, repeated: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    try:
        prove_password(user.account_id, password, field="sandi")
    except WrongPassword as error:
        errors |= error.errors
    if problem := password_problem(phrase, [user.name], what="Frasa sandi"):
        errors["passphrase"] = problem
    elif phrase == password:
        errors["passphrase"] = "Frasa sandi tidak boleh sama dengan kata sandi akun."  # noqa: S105 - a sentence
    elif phrase != repeated:
        errors["ulangi"] = "Kedua frasa sandi berbeda. Ketik ulang."
    return errors
