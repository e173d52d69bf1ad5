"""Accounts: make one, log in, roles. Passwords are argon2id; who guesses is slowed down, never locked out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import connection, unit_of_work
from pipeline.errors import InputInvalid, WrongPassword
from pipeline.models import Account, LetterKind, Penugasan, Person, SecondFactor
from pipeline.queries.people.accounts import holds_on
from pipeline.queries.people.caller import ActivePeran
from pipeline.roles import Peran
from pipeline.rules.form.answers import unprintable
from pipeline.rules.form.isian import parse_email, parse_phone
from pipeline.rules.form.refused_answer import InvalidIsian
from pipeline.rules.password import LONGEST, password_problem
from pipeline.services.people import rate_limit
from pipeline.services.people.account_letters import write_letter
from pipeline.services.people.identity import add_person, identity_problems, nik_index, parse_nip
from pipeline.services.people.sessions import User
from pipeline.services.records.persons import note_person
from pipeline.settings import settings
from pipeline.text import clean_line

NAME_LENGTH_AT_MOST, IDENTIFIER_LENGTH_AT_MOST = 100, 256
FAILED_LOGIN = "Surel/nomor HP atau kata sandi tidak cocok. Periksa lagi, lalu coba sekali lagi."
IN_USE = "Nomor HP atau surel ini sudah dipakai akun lain."
EXISTS_ALREADY = "Nomor HP atau surel ini tidak dapat didaftarkan. Bila sudah punya akun, silakan masuk."
REGISTRATIONS_PER_HOUR = 20
#: Failures to log in from one address.
FROM_AN_ADDRESS = rate_limit.Pace(free=10, window=timedelta(minutes=1), longest=1)

_argon2 = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
#: Each hash takes 32 MB and a tenth of a second of a core: two at once, or logins starve the pages.
_turns = BoundedSemaphore(2)


def register(name: str, phone: str, email: str, password: str, *, now: datetime) -> UUID:
    """Make an applicant's account whose addresses are known to be theirs, and return its id.

    Raises InputInvalid with a sentence per field: nama, telepon, surel, sandi.
    """
    checked = check_account(name, phone, email, password)
    with unit_of_work() as session:
        account = create_account(session, checked, Person(name=checked.name, created_at=now), petugas=False, now=now)
        note_own(session, account, "akun_dibuat", peran="pemohon", now=now)
        return account.id


def create_petugas(
    name: str,
    nip: str,
    email: str,
    phone: str,
    password: str | None,
    *,
    nik: str = "",
    penugasan: Sequence[tuple[Peran, str, date]],
    now: datetime,
) -> UUID:
    """Make an officer with an account and roles (peran, jabatan, start_date), on the server's console; returns the
    person's id.

    Without a password its owner is sent a link to set one. Raises InputInvalid, also for a NIP or NIK that is
    somebody's.
    """
    checked = check_account(name, phone, email, password)
    with unit_of_work() as session:
        account = create_officer(session, checked, nip, nik, now=now)
        session.add_all(
            Penugasan(person_id=account.person_id, peran=peran, jabatan=jabatan, start_date=start, created_at=now)
            for peran, jabatan, start in penugasan
        )
        data = {"akun": account.id, "peran": ", ".join(peran for peran, _, _ in penugasan)}
        note_person(session, account.person_id, "akun_dibuat", data, actor=None, now=now)
        return account.person_id


def create_officer(s: Session, checked: "NewAccount", nip: str, nik: str, *, now: datetime) -> Account:
    """Keep an officer's account; without a password its owner is sent a link. Raises InputInvalid."""
    if errors := identity_problems(s, nip, nik):
        raise InputInvalid(errors)
    person = Person(name=checked.name, nip=parse_nip(nip), nik_index=nik_index(nik), created_at=now)
    account = create_account(s, checked, person, petugas=True, now=now)
    if checked.password is None:
        write_letter(s, LetterKind.PASSWORD, account.id, email=account.email, phone=account.phone, now=now)
    return account


def account_problems(name: str, email: str, phone: str) -> dict[str, str]:
    """What is wrong with a new account, by field; the password is still to be made."""
    try:
        check_account(name, phone, email, None)
    except InputInvalid as error:
        return dict(error.errors)
    return {}


def authenticate(
    identifier: str, password: str, address: str, *, petugas: bool, now: datetime, known_account: UUID | None = None
) -> User:
    """The account of this e-mail or phone and password.

    One sentence (InputInvalid) whatever was wrong; TooOften, even for the right password, while this name or this
    address is slowed down after too many failures. A device that has logged in to the account before is counted by
    itself (``known_account``): who guesses elsewhere does not keep the owner out. ``now`` is the real clock.
    """
    name = clean_identifier(identifier)
    account = _find(name, petugas=petugas)
    device = " perangkat" if account and account.id == known_account else ""
    from_here, this_name = rate_limit.counter("masuk", address), rate_limit.counter("masuk-nama", name + device)
    with (
        rate_limit.guess(from_here, wrong=InputInvalid, pace=FROM_AN_ADDRESS, clears=False, now=now),
        rate_limit.guess(this_name, wrong=InputInvalid, now=now),
    ):
        if not _password_fits(account.password if account else None, password) or account is None:
            raise InputInvalid({"pengenal": FAILED_LOGIN})
    awaits_code = petugas and (account.has_code or settings().code_required)
    who = (account.id, account.person_id, account.name, account.petugas)
    return User(*who, proven=account.password_changed_at, awaits_code=awaits_code)


def is_password(account_id: UUID, password: str) -> bool:
    """Whether this is the account's password."""
    with connection() as conn:
        stored = conn.scalar(select(Account.password).where(Account.id == account_id))
    return _password_fits(stored, password)


def prove_password(account_id: UUID, password: str, *, field: str) -> None:
    """Who is logged in proves the password once more. Raises WrongPassword; TooOften after too many."""
    guesses = rate_limit.counter("sandi-akun", str(account_id))
    with rate_limit.guess(guesses, wrong=WrongPassword, now=real_now()):
        if not is_password(account_id, password):
            raise WrongPassword({field: "Kata sandi tidak cocok. Periksa lagi, lalu ketik sekali lagi."})


def note_own(session: Session, account: Account, kind: str, *, now: datetime, **data: str) -> None:
    """Log what the owner of an account did to it."""
    note_person(session, account.person_id, kind, {"akun": account.id, **data}, actor=account.person_id, now=now)


def roles_of(person_id: UUID, hari: date) -> tuple[ActivePeran, ...]:
    """The roles this person holds on a day of the office's calendar."""
    query = select(Penugasan).where(Penugasan.person_id == person_id, holds_on(hari))
    with unit_of_work() as session:
        return tuple(
            ActivePeran(Peran(p.peran), p.jabatan, p.basis, p.assignment_letter, p.start_date, p.end_date)
            for p in session.scalars(query.order_by(Penugasan.start_date, Penugasan.peran))
        )


def clean_identifier(text: str) -> str:
    """E-mail in small letters, or a phone number with the country code: the one spelling that is stored."""
    text = clean_line(text[:IDENTIFIER_LENGTH_AT_MOST]).lower()
    try:
        return text if "@" in text else parse_phone(text)
    except InvalidIsian:
        return text  # nobody's, and it may say so like any other


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made; ``password`` is a hash, None until its owner has set one."""

    name: str
    phone: str | None
    email: str | None
    password: str | None


def check_account(name: str, phone: str, email: str, password: str | None) -> NewAccount:
    """What was typed, ready to be stored; ``password`` None: it is still to be set. Raises InputInvalid."""
    errors: dict[str, str] = {}
    name = _name(name, errors)
    nomor = parse_optional("telepon", phone, errors)
    address = parse_optional("surel", email, errors)
    if not phone.strip() and not email.strip():
        errors["telepon"] = "Isi nomor HP, atau surel, untuk masuk dan menerima kabar."
    about = filter(None, (name, nomor, address))
    if password is not None and (problem := password_problem(password, about)):
        errors["sandi"] = problem
    if errors:
        raise InputInvalid(errors)
    return NewAccount(name, nomor, address, None if password is None else hash_password(password))


def _name(text: str, errors: dict[str, str]) -> str:
    name = clean_line(text)
    if not name:
        errors["nama"] = "Isi nama lengkap."
    elif len(name) > NAME_LENGTH_AT_MOST:
        errors["nama"] = f"Nama paling panjang {NAME_LENGTH_AT_MOST} huruf."
    elif problem := unprintable(name):
        errors["nama"] = problem
    return name


def parse_optional(code: str, text: str, errors: dict[str, str]) -> str | None:
    """An address (surel or telepon) as it is stored; what is wrong goes into ``errors``."""
    parse = parse_email if code == "surel" else parse_phone
    try:
        return parse(text) if text.strip() else None
    except InvalidIsian as error:
        errors[code] = str(error)
        return None


def create_account(session: Session, new: NewAccount, person: Person, *, petugas: bool, now: datetime) -> Account:
    """Keep a new person with an account. Raises InputInvalid when one of the addresses is another account's."""
    add_person(session, person)
    account = Account(person_id=person.id, email=new.email, phone=new.phone, password=new.password, petugas=petugas)
    account.password_changed_at = account.created_at = now
    account.email_proven = account.phone_proven = not petugas or new.password is not None
    session.add(account)
    try:
        session.flush()
    except IntegrityError as error:  # one of the two unique indexes
        raise InputInvalid({"telepon" if new.phone else "surel": IN_USE if petugas else EXISTS_ALREADY}) from error
    return account


def _find(identifier: str, *, petugas: bool) -> Row[*tuple[object, ...]] | None:
    matches = func.lower(Account.email) == identifier if "@" in identifier else Account.phone == identifier
    query: Select[*tuple[object, ...]] = (
        select(
            Account.id,
            Account.person_id,
            Account.password,
            Account.password_changed_at,
            Account.petugas,
            Person.name,
            exists().where(SecondFactor.account_id == Account.id).label("has_code"),
        )
        .join(Person, Person.id == Account.person_id)
        .where(matches, Account.active, Account.petugas == petugas)
    )
    with connection() as conn:
        return conn.execute(query).one_or_none()


def _password_fits(stored: str | None, password: str) -> bool:
    """Compare, taking as long for a name that does not exist as for one that does."""
    if len(password) > LONGEST:
        return False
    with _turns:
        try:
            _argon2.verify(stored or _decoy_hash(), password)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return stored is not None


def hash_password(password: str) -> str:
    """What is stored of a password."""
    with _turns:
        return _argon2.hash(password)


@cache
def _decoy_hash() -> str:
    return _argon2.hash("tidak ada akun dengan nama ini")
