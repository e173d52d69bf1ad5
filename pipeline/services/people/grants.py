"""Definitive roles and officers' accounts: an administrator gives them, nobody gives them to themselves."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotAuthorised, NotFound
from pipeline.kantor.office import desks
from pipeline.models import Account, Penugasan, Person
from pipeline.roles import Peran
from pipeline.rules.form.answers import unprintable
from pipeline.services.people.accounts import account_problems, create_petugas
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import (
    AT_LONGEST,
    OWN,
    SEPARATE,
    officer_account,
)
from pipeline.services.people.guards import guard_admin, holds_any
from pipeline.services.people.identity import add_person, identity_problems, nik_index, parse_nip
from pipeline.services.records.persons import note_person
from pipeline.sop.who_may import signers
from pipeline.text import clean_line, date_at

JABATAN_LENGTH_AT_MOST = 100


def open_account(
    name: str,
    nip: str,
    email: str,
    phone: str,
    *,
    nik: str = "",
    peran: Peran,
    jabatan: str,
    start_date: date,
    actor: Petugas,
    now: datetime,
) -> UUID:
    """Make an officer with an account and a first role, and send them a link to set a password.

    Returns the person's id. Raises InputInvalid with a sentence per field.
    """
    jabatan = clean_line(jabatan)
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        errors = account_problems(name, email, phone) | _problems(None, peran, jabatan, start_date, actor, now)
        if errors := errors | identity_problems(s, nip, nik):
            raise InputInvalid(errors)
        _guard_combination(s, None, peran, start_date)
    penugasan = [(peran, jabatan, start_date)]
    return create_petugas(
        name,
        nip,
        email,
        phone,
        None,
        nik=nik,
        penugasan=penugasan,
        actor=actor.person_id,
        session_id=actor.session_id,
        now=now,
    )


#: A number once noted stays: who could change it would be two persons, and approve what they wrote.
RECORDED_ALREADY = "Nomor lain sudah tercatat untuk orang ini dan tidak dapat diganti. Bila salah, buat akun yang baru."
_KEPT = {"nip": "nip", "nik": "nik_index"}


def identify(account_id: UUID, nip: str, nik: str, *, actor: Petugas, now: datetime) -> None:
    """Note the NIP and NIK of an officer, one or both. Raises InputInvalid, also when they are another person's."""
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        person = s.get_one(Person, officer_account(s, account_id).person_id)
        if person.id == actor.person_id:
            raise NotAuthorised("NIP dan NIK sendiri hanya dapat diubah administrator lain.")
        if errors := identity_problems(s, nip, nik, besides=person.id):
            raise InputInvalid(errors)
        known = {"nip": parse_nip(nip), "nik": nik_index(nik)}
        if errors := {
            k: RECORDED_ALREADY for k, v in known.items() if v and getattr(person, _KEPT[k]) not in (None, v)
        }:
            raise InputInvalid(errors)
        person.nip, person.nik_index = known["nip"] or person.nip, known["nik"] or person.nik_index
        add_person(s, person)
        if told := ", ".join(k for k, v in known.items() if v):
            note_person(s, person.id, "identitas_dicatat", {"what": told}, actor=actor.person_id, now=now)


def grant_role(person_id: UUID, peran: Peran, jabatan: str, *, start_date: date, actor: Petugas, now: datetime) -> UUID:
    """Give a person a role for good, under a title. Returns the assignment.

    Raises InputInvalid with a sentence per field: nobody grants themselves a role, an administrator decides on no
    file, and there is one head of the office.
    """
    jabatan = clean_line(jabatan)
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        if errors := _problems(person_id, peran, jabatan, start_date, actor, now):
            raise InputInvalid(errors)
        if s.scalar(select(Account.id).where(Account.person_id == person_id, Account.petugas)) is None:
            raise NotFound
        _guard_combination(s, person_id, peran, start_date)
        penugasan_id = uuid4()
        s.add(
            Penugasan(
                id=penugasan_id,
                person_id=person_id,
                peran=peran,
                jabatan=jabatan,
                start_date=start_date,
                created_by=actor.person_id,
                created_at=now,
            )
        )
        data = {"penugasan": penugasan_id, "peran": peran, "jabatan": jabatan, "start_date": start_date}
        note_person(s, person_id, "peran_diberikan", data, actor=actor.person_id, now=now)
    return penugasan_id


def reopen(account_id: UUID, *, actor: Petugas, now: datetime) -> None:
    """Open a closed account again, with the password its owner had."""
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        account = officer_account(s, account_id)
        if not account.active:
            account.active = True
            note_person(s, account.person_id, "akun_dibuka", {"akun": account_id}, actor=actor.person_id, now=now)


def _problems(
    person_id: UUID | None, peran: Peran, jabatan: str, start: date, actor: Petugas, now: datetime
) -> dict[str, str]:
    """What is wrong with a role to be granted, by field; ``person_id`` None is a person still to be made.

    Raises NotAuthorised for who grants it to themselves: that is no slip of the pen, and goes on record.
    """
    errors: dict[str, str] = {}
    if person_id == actor.person_id:
        raise NotAuthorised(OWN)
    if peran == Peran.PEMOHON:
        errors["peran"] = "Pilih peran petugas."
    if not jabatan:
        errors["jabatan"] = "Isi jabatan seperti yang tercetak di bawah tanda tangan, misalnya Kepala Bidang Perizinan."
    elif len(jabatan) > JABATAN_LENGTH_AT_MOST:
        errors["jabatan"] = f"Jabatan paling panjang {JABATAN_LENGTH_AT_MOST} huruf."
    elif problem := unprintable(jabatan):
        errors["jabatan"] = problem
    if not date_at(now) <= start <= date_at(now) + AT_LONGEST:
        errors["start_date"] = "Tanggal mulai harus hari ini atau sesudahnya, paling lama setahun lagi."
    return errors


def _guard_combination(s: Session, person_id: UUID | None, peran: Peran, start: date) -> None:
    """The role goes with the ones this person holds, and with the one signer there is. Raises InputInvalid."""
    s.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('peran', 0))"))
    if peran in signers() and holds_any(s, None, (peran,), start, None):
        raise InputInvalid({"peran": f"Jabatan {peran.name} masih terisi pada tanggal itu. Akhiri dahulu peran itu."})
    if person_id is None:
        return
    if holds_any(s, person_id, (peran,), start, None):
        raise InputInvalid({"peran": "Orang ini sudah memegang peran itu pada tanggal tersebut."})
    apart = desks() if peran == Peran.ADMIN else (Peran.ADMIN,) if peran in (Peran.PEMOHON, *desks()) else ()
    if holds_any(s, person_id, apart, start, None, any_basis=True):
        raise InputInvalid({"peran": SEPARATE})
