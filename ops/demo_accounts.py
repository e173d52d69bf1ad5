"""Making the people of the demonstration: accounts, roles, and certificates for those who sign."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from ops.demo_people import PASSPHRASE, PASSWORD, Example, everybody
from pipeline.db import connection
from pipeline.documents.signing import Secret
from pipeline.documents.signing.local import create_certificate
from pipeline.errors import DefinitionError
from pipeline.models import Account, Person
from pipeline.roles import Peran
from pipeline.services.people.accounts import create_petugas, register
from pipeline.settings import settings
from pipeline.sop.who_may import signers

_SINCE = date(2026, 1, 1)


def load_demo_accounts(now: datetime) -> int:
    """Make whoever is missing, with the certificates of those who sign; returns how many were made."""
    if not settings().demo:
        raise DefinitionError("Akun demo hanya untuk ALURIZIN_MODE=demo.")
    people = everybody()
    missing = [contoh for contoh in people if _person_id(contoh) is None]
    for contoh in missing:
        _create(contoh, now)
    for contoh in people:
        if contoh.peran in signers():
            _certify(contoh)
    return len(missing)


def _create(contoh: Example, now: datetime) -> None:
    if contoh.peran == Peran.PEMOHON:
        register(contoh.name, contoh.phone, contoh.email, PASSWORD, now=now)
    else:
        penugasan = [(contoh.peran, contoh.jabatan, _SINCE)]
        create_petugas(contoh.name, contoh.nip, contoh.email, contoh.phone, PASSWORD, penugasan=penugasan, now=now)


def _certify(contoh: Example) -> None:
    folder = settings().data / "tte"
    person_id = _person_id(contoh)
    if not (folder / f"{person_id}.p12").exists():
        create_certificate(folder, str(person_id), contoh.name, Secret(PASSPHRASE))


def _person_id(contoh: Example) -> UUID | None:
    query = (
        select(Person.id).join(Account, Account.person_id == Person.id).where(func.lower(Account.email) == contoh.email)
    )
    with connection() as conn:
        return conn.scalar(query)
