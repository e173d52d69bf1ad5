"""Definitive roles and officers' accounts: an administrator gives them, nobody gives them to themselves."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotAuthorised, NotFound
from pipeline.kantor.office import desks
from pipeline.models import Account, Penugasan, Person
from pipeline.roles import Peran
from pipeline.rules.form.answers import unprintable
from pipeline.services.people.accounts import account_problems, check_account, create_officer
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import (
    AT_LONGEST,
    OWN,
    SEPARATE,
    officer_account,
)
from pipeline.services.people.guards import guard_admin, holds_any
from pipeline.services.people.identity import add_person, identity_problems, nik_index, parse_nip
from pipeline.services.people.waiting_roles import Way, ask_second, lock_roles, way_of
from pipeline.services.records.persons import note_person
from pipeline.sop.who_may import signers
from pipeline.text import clean_line, date_at

JABATAN_LENGTH_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Given:
    """A role that was given or asked for, and how it comes into force."""

    id: UUID
    way: Way

    @property
    def waits(self) -> bool:
        """For a second person."""
        return self.way is Way.WAITS


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
) -> Given:
    """Make an officer with an account and a first role, and send them a link to set a password.

    Raises InputInvalid with a sentence per field.
    """
    jabatan = clean_line(jabatan)
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        errors = account_problems(name, email, phone) | _problems(None, peran, jabatan, start_date, actor, now)
        if errors := errors | identity_problems(s, nip, nik):
            raise InputInvalid(errors)
        guard_combination(s, None, peran, start_date)
        account = create_officer(s, check_account(name, phone, email, None), nip, nik, now=now)
        penugasan = _definitive(account.person_id, peran, jabatan, start_date, actor, now)
        way = way_of(s, peran, actor=actor, now=now)
        data: dict[str, object] = {"akun": account.id, "peran": "" if way is Way.WAITS else peran, **_alone(way)}
        if way is not Way.WAITS:
            s.add(penugasan)
        note_person(s, account.person_id, "akun_dibuat", data, actor=actor.person_id, now=now)
        if way is Way.WAITS:
            ask_second(s, penugasan, actor=actor, now=now)
    return Given(penugasan.id, way)


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


def grant_role(
    person_id: UUID, peran: Peran, jabatan: str, *, start_date: date, actor: Petugas, now: datetime
) -> Given:
    """Give a person a role for good, under a title; one that decides or signs waits for a second person.

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
        guard_combination(s, person_id, peran, start_date)
        penugasan = _definitive(person_id, peran, jabatan, start_date, actor, now)
        way = way_of(s, peran, actor=actor, now=now)
        if way is Way.WAITS:
            ask_second(s, penugasan, actor=actor, now=now)
        else:
            s.add(penugasan)
            data = {"penugasan": penugasan.id, "peran": peran, "jabatan": jabatan, "start_date": start_date}
            note_person(s, person_id, "peran_diberikan", {**data, **_alone(way)}, actor=actor.person_id, now=now)
    return Given(penugasan.id, way)


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


def _definitive(person_id: UUID, peran: Peran, jabatan: str, start: date, actor: Petugas, now: datetime) -> Penugasan:
    """An assignment for good, not stored yet."""
    return Penugasan(
        id=uuid4(),
        person_id=person_id,
        peran=peran,
        jabatan=jabatan,
        start_date=start,
        created_by=actor.person_id,
        created_at=now,
    )


def _alone(way: Way) -> dict[str, str]:
    """What the history says of a role that one person alone gave."""
    return {"sendiri": "ya"} if way is Way.ALONE else {}


def guard_combination(s: Session, person_id: UUID | None, peran: Peran, start: date) -> None:
    """The role goes with the ones this person holds, and with the one signer there is. Raises InputInvalid."""
    lock_roles(s)
    if peran in signers() and holds_any(s, None, (peran,), start, None):
        raise InputInvalid({"peran": f"Jabatan {peran.name} masih terisi pada tanggal itu. Akhiri dahulu peran itu."})
    if person_id is None:
        return
    if holds_any(s, person_id, (peran,), start, None):
        raise InputInvalid({"peran": "Orang ini sudah memegang peran itu pada tanggal tersebut."})
    apart = desks() if peran == Peran.ADMIN else (Peran.ADMIN,) if peran in (Peran.PEMOHON, *desks()) else ()
    if holds_any(s, person_id, apart, start, None, any_basis=True):
        raise InputInvalid({"peran": SEPARATE})
