"""Accounts: make one, log in, roles. Passwords are argon2id; who guesses is slowed down, never locked out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Row, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import connection, unit_of_work
from pipeline.errors import InputInvalid, WrongPassword
from pipeline.models import Account, LetterKind, Penugasan, Person
from pipeline.queries.people.accounts import holds_on
from pipeline.roles import Peran
from pipeline.rules.form.answers import unprintable
from pipeline.rules.form.isian import InvalidIsian, parse_email, parse_phone
from pipeline.rules.password import LONGEST, password_problem
from pipeline.services.people import rate_limit
from pipeline.services.people.account_letters import end_links, write_letter
from pipeline.services.people.identity import add_person, identity_problems, nik_index, parse_nip
from pipeline.services.people.sessions import User, end_all_sessions, guard_session
from pipeline.services.records.persons import note_person
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


@dataclass(frozen=True, slots=True)
class ActivePeran:
    """A role held on a day, with the title printed under a signature."""

    peran: Peran
    jabatan: str
    dasar: str  # definitif, plt or plh
    assignment_letter: str | None
    start_date: date
    end_date: date | None


def register(nama: str, telepon: str, surel: str, sandi: str, *, now: datetime) -> UUID:
    """Make an applicant's account whose addresses are known to be theirs, and return its id.

    Raises InputInvalid with a sentence per field: nama, telepon, surel, sandi.
    """
    checked = check_account(nama, telepon, surel, sandi)
    with unit_of_work() as session:
        akun = create_account(session, checked, Person(nama=checked.nama, created_at=now), petugas=False, now=now)
        note_own(session, akun, "akun_dibuat", peran="pemohon", now=now)
        return akun.id


def create_petugas(
    nama: str,
    nip: str,
    surel: str,
    telepon: str,
    sandi: str | None,
    *,
    nik: str = "",
    penugasan: Sequence[tuple[Peran, str, date]],
    oleh: UUID | None = None,
    sesi: str | None = None,
    now: datetime,
) -> UUID:
    """Make an officer with an account and roles (peran, jabatan, start_date); returns the person's id.

    Without a password its owner is sent a link to set one. ``oleh`` is the administrator whose act is logged. Raises
    InputInvalid, also for a NIP or NIK that is somebody's.
    """
    checked = check_account(nama, telepon, surel, sandi)
    with unit_of_work() as session:
        if oleh:
            guard_session(session, sesi, oleh)
        if errors := identity_problems(session, nip, nik):
            raise InputInvalid(errors)
        orang = Person(nama=checked.nama, nip=parse_nip(nip), nik_index=nik_index(nik), created_at=now)
        akun = create_account(session, checked, orang, petugas=True, now=now)
        account_id, person_id = akun.id, akun.person_id
        if sandi is None:
            write_letter(session, LetterKind.PASSWORD, account_id, surel=akun.surel, telepon=akun.telepon, now=now)
        session.add_all(
            Penugasan(
                person_id=person_id, peran=peran, jabatan=jabatan, start_date=mulai, created_by=oleh, created_at=now
            )
            for peran, jabatan, mulai in penugasan
        )
        data = {"akun": account_id, "peran": ", ".join(peran for peran, _, _ in penugasan)}
        note_person(session, person_id, "akun_dibuat", data, oleh=oleh, now=now)
        return person_id


def account_problems(nama: str, surel: str, telepon: str) -> dict[str, str]:
    """What is wrong with a new account, by field; the password is still to be made."""
    try:
        check_account(nama, telepon, surel, None)
    except InputInvalid as error:
        return dict(error.errors)
    return {}


def authenticate(
    pengenal: str, sandi: str, address: str, *, petugas: bool, now: datetime, known_account: UUID | None = None
) -> User:
    """The account of this e-mail or phone and password.

    One sentence (InputInvalid) whatever was wrong; TooOften, even for the right password, while this name or this
    address is slowed down after too many failures. A device that has logged in to the account before is counted by
    itself (``known_account``): who guesses elsewhere does not keep the owner out. ``now`` is the real clock.
    """
    name = clean_identifier(pengenal)
    akun = _find(name, petugas=petugas)
    device = " perangkat" if akun and akun.id == known_account else ""
    from_here, this_name = rate_limit.counter("masuk", address), rate_limit.counter("masuk-nama", name + device)
    with (
        rate_limit.guess(from_here, wrong=InputInvalid, pace=FROM_AN_ADDRESS, clears=False, now=now),
        rate_limit.guess(this_name, wrong=InputInvalid, now=now),
    ):
        if not _password_fits(akun.sandi if akun else None, sandi) or akun is None:
            raise InputInvalid({"pengenal": FAILED_LOGIN})
    return User(akun.id, akun.person_id, akun.nama, akun.petugas, proven=akun.password_changed_at)


def is_password(account_id: UUID, sandi: str) -> bool:
    """Whether this is the account's password."""
    with connection() as conn:
        stored = conn.scalar(select(Account.sandi).where(Account.id == account_id))
    return _password_fits(stored, sandi)


def prove_password(account_id: UUID, sandi: str, *, field: str) -> None:
    """Who is logged in proves the password once more. Raises WrongPassword; TooOften after too many."""
    guesses = rate_limit.counter("sandi-akun", str(account_id))
    with rate_limit.guess(guesses, wrong=WrongPassword, now=real_now()):
        if not is_password(account_id, sandi):
            raise WrongPassword({field: "Kata sandi tidak cocok. Periksa lagi, lalu ketik sekali lagi."})


def change_password(account_id: UUID, lama: str, baru: str, *, oleh: User | None = None, now: datetime) -> None:
    """Replace the password, after the old one was proved, and end every session of the account."""
    prove_password(account_id, lama, field="sandi_lama")
    if lama == baru:
        raise InputInvalid({"sandi": "Kata sandi baru sama dengan yang lama. Pilih yang lain."})
    with unit_of_work() as session:
        if oleh is not None:
            guard_session(session, oleh.sesi, oleh.person_id)
        set_password(session, session.get_one(Account, account_id), baru, now=now)


def set_password(session: Session, akun: Account, sandi: str, *, now: datetime) -> None:
    """Set the password its owner chose: every session ends, no link opens any more, and they are told.

    Raises InputInvalid (sandi) for one that is refused.
    """
    orang = session.get_one(Person, akun.person_id)
    if problem := password_problem(sandi, filter(None, (orang.nama, akun.surel, akun.telepon))):
        raise InputInvalid({"sandi": problem})
    if akun.sandi is not None:
        write_letter(session, LetterKind.PASSWORD_CHANGED, akun.id, surel=akun.surel, telepon=akun.telepon, now=now)
    akun.sandi, akun.password_changed_at = hash_password(sandi), now
    end_all_sessions(session.connection(), akun.id)
    end_links(session, akun.id, now=now)
    note_own(session, akun, "sandi_diganti", now=now)
    rate_limit.forget(*(rate_limit.counter("masuk-nama", name) for name in (akun.surel, akun.telepon) if name))


def note_own(session: Session, akun: Account, jenis: str, *, now: datetime, **data: str) -> None:
    """Log what the owner of an account did to it."""
    note_person(session, akun.person_id, jenis, {"akun": akun.id, **data}, oleh=akun.person_id, now=now)


def roles_of(person_id: UUID, hari: date) -> tuple[ActivePeran, ...]:
    """The roles this person holds on a day of the office's calendar."""
    query = select(Penugasan).where(Penugasan.person_id == person_id, holds_on(hari))
    with unit_of_work() as session:
        return tuple(
            ActivePeran(Peran(p.peran), p.jabatan, p.dasar, p.assignment_letter, p.start_date, p.end_date)
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
    """An account to be made; ``sandi`` is a hash, None until its owner has set one."""

    nama: str
    telepon: str | None
    surel: str | None
    sandi: str | None


def check_account(nama: str, telepon: str, surel: str, sandi: str | None) -> NewAccount:
    """What was typed, ready to be stored; ``sandi`` None: it is still to be set. Raises InputInvalid."""
    errors: dict[str, str] = {}
    nama = _name(nama, errors)
    nomor = parse_optional("telepon", telepon, errors)
    alamat = parse_optional("surel", surel, errors)
    if not telepon.strip() and not surel.strip():
        errors["telepon"] = "Isi nomor HP, atau surel, untuk masuk dan menerima kabar."
    about = filter(None, (nama, nomor, alamat))
    if sandi is not None and (problem := password_problem(sandi, about)):
        errors["sandi"] = problem
    if errors:
        raise InputInvalid(errors)
    return NewAccount(nama, nomor, alamat, None if sandi is None else hash_password(sandi))


def _name(text: str, errors: dict[str, str]) -> str:
    nama = clean_line(text)
    if not nama:
        errors["nama"] = "Isi nama lengkap."
    elif len(nama) > NAME_LENGTH_AT_MOST:
        errors["nama"] = f"Nama paling panjang {NAME_LENGTH_AT_MOST} huruf."
    elif problem := unprintable(nama):
        errors["nama"] = problem
    return nama


def parse_optional(kode: str, text: str, errors: dict[str, str]) -> str | None:
    """An address (surel or telepon) as it is stored; what is wrong goes into ``errors``."""
    parse = parse_email if kode == "surel" else parse_phone
    try:
        return parse(text) if text.strip() else None
    except InvalidIsian as error:
        errors[kode] = str(error)
        return None


def create_account(session: Session, new: NewAccount, orang: Person, *, petugas: bool, now: datetime) -> Account:
    """Keep a new person with an account. Raises InputInvalid when one of the addresses is another account's."""
    add_person(session, orang)
    akun = Account(person_id=orang.id, surel=new.surel, telepon=new.telepon, sandi=new.sandi, petugas=petugas)
    akun.password_changed_at = akun.created_at = now
    akun.email_proven = akun.phone_proven = not petugas or new.sandi is not None
    session.add(akun)
    try:
        session.flush()
    except IntegrityError as error:  # one of the two unique indexes
        raise InputInvalid({"telepon" if new.telepon else "surel": IN_USE if petugas else EXISTS_ALREADY}) from error
    return akun


def _find(pengenal: str, *, petugas: bool) -> Row[UUID, UUID, str | None, datetime, bool, str] | None:
    matches = func.lower(Account.surel) == pengenal if "@" in pengenal else Account.telepon == pengenal
    query = (
        select(Account.id, Account.person_id, Account.sandi, Account.password_changed_at, Account.petugas, Person.nama)
        .join(Person, Person.id == Account.person_id)
        .where(matches, Account.aktif, Account.petugas == petugas)
    )
    with connection() as conn:
        return conn.execute(query).one_or_none()


def _password_fits(stored: str | None, sandi: str) -> bool:
    """Compare, taking as long for a name that does not exist as for one that does."""
    if len(sandi) > LONGEST:
        return False
    with _turns:
        try:
            _argon2.verify(stored or _decoy_hash(), sandi)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return stored is not None


def hash_password(sandi: str) -> str:
    """What is stored of a password."""
    with _turns:
        return _argon2.hash(sandi)


@cache
def _decoy_hash() -> str:
    return _argon2.hash("tidak ada akun dengan nama ini")
