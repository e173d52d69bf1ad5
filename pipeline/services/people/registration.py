"""Applicants' accounts and addresses: each is confirmed by a code sent there before anything else is.

Nothing is looked up while somebody registers: that an address has an account already is told to whoever reads what is
sent there, and to nobody else.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotFound
from pipeline.models import Account, AccountLetter, LetterKind, Person
from pipeline.rules.one_time import code_of, same_code
from pipeline.services.people import rate_limit
from pipeline.services.people.account_letters import (
    can_reach,
    end_links,
    limit_letters,
    need_channel,
    send_again,
    write_letter,
)
from pipeline.services.people.accounts import (
    EXISTS_ALREADY,
    NewAccount,
    check_account,
    create_account,
    note_own,
    parse_optional,
    prove_password,
)
from pipeline.services.people.sessions import User, guard_session
from pipeline.settings import settings

WRONG_CODE = "Kode tidak cocok. Periksa lagi kode pada surat atau pesan terakhir dari kami, atau minta kirim ulang."
NO_EMAIL = "Isi surel, untuk masuk dan menerima kabar."


@dataclass(frozen=True, slots=True)
class Awaited:
    """A code that is waited for."""

    address: str
    email: bool  # sent by e-mail; else to a phone
    registration: bool


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a code confirmed: whose account it is now, and the letter with the code for its other address, if any."""

    account_id: UUID
    registration: bool
    next_letter: UUID | None


def start_registration(name: str, phone: str, email: str, password: str, *, now: datetime) -> UUID:
    """Send a code to the address of a new account. Returns the letter's id.

    Raises InputInvalid with a sentence per field: nama, telepon, surel, sandi; TooOften.
    """
    new = _check(name, phone, email, password)
    email_first = new.email if can_reach("surel") else None
    need_channel(new.email, new.phone)
    limit_letters(email_first or new.phone)
    with unit_of_work() as s:
        letter = write_letter(s, LetterKind.REGISTRATION, None, email=new.email, phone=new.phone, now=now)
        letter.name, letter.password = new.name, new.password
        letter.other_address = new.phone if email_first else new.email
        return letter.id


def _check(name: str, phone: str, email: str, password: str) -> NewAccount:
    """That no address was typed is said beside the one that can be typed."""
    try:
        return check_account(name, phone, email, password)
    except InputInvalid as error:
        if phone.strip() or email.strip() or can_reach("telepon"):
            raise
        others = {field: sentence for field, sentence in error.errors.items() if field != "telepon"}
        raise InputInvalid({**others, "surel": NO_EMAIL}) from error


def start_address_change(
    account_id: UUID, password: str, phone: str, email: str, *, actor: User | None = None, now: datetime
) -> UUID:
    """Send a code to another address of an account, after its password was proved. Returns the letter's id.

    The address in use stays until the code is typed. Raises InputInvalid: sandi, telepon, surel; TooOften.
    """
    errors: dict[str, str] = {}
    address, nomor = parse_optional("surel", email, errors), parse_optional("telepon", phone, errors)
    if bool(address) == bool(nomor) and not errors:
        errors["telepon"] = "Isi salah satu: nomor HP baru, atau surel baru."
    with unit_of_work() as s:
        _guard(s, actor)
        account = s.get_one(Account, account_id)
        if (address and address == account.email) or (nomor and nomor == account.phone):
            errors["surel" if address else "telepon"] = "Alamat ini sudah dipakai akun Anda."
    if errors:
        raise InputInvalid(errors)
    need_channel(address, nomor)
    prove_password(account_id, password, field="sandi")
    limit_letters(address, nomor)
    with unit_of_work() as s:
        _guard(s, actor)
        return write_letter(s, LetterKind.ADDRESS, account_id, email=address, phone=nomor, now=now).id


def _guard(s: Session, actor: User | None) -> None:
    """Who is logged in still is. Raises SessionEnded."""
    if actor is not None:
        guard_session(s, actor.session_id, actor.person_id)


def read_awaited(letter_id: UUID, account_id: UUID | None, *, now: datetime) -> Awaited:
    """The code somebody waits for; ``account_id``: who is logged in. Raises NotFound: used, too late, or of another."""
    with unit_of_work() as s:
        letter = _awaited(s, letter_id, account_id, now)
        kind = LetterKind(letter.kind)
        return Awaited(letter.email or letter.phone or "", bool(letter.email), kind is LetterKind.REGISTRATION)


def send_code_again(letter_id: UUID, account_id: UUID | None, *, now: datetime) -> None:
    """The same code once more. Raises TooOften."""
    with unit_of_work() as s:
        letter = _awaited(s, letter_id, account_id, now)
        limit_letters(letter.email, letter.phone)
        send_again(s, letter_id, now=now)


def confirm(
    letter_id: UUID, code: str, account_id: UUID | None, *, actor: User | None = None, now: datetime
) -> Confirmed:
    """Make the account, or give it the address, once the code is right.

    Raises InputInvalid (kode), TooOften after too many wrong ones, NotFound.
    """
    read_awaited(letter_id, account_id, now=now)  # no counter is kept of what does not exist
    guesses = rate_limit.counter("kode", str(letter_id))
    with rate_limit.guess(guesses, wrong=InputInvalid, now=real_now()), unit_of_work() as s:
        _guard(s, actor)
        letter = _awaited(s, letter_id, account_id, now)
        if not same_code(code, code_of(letter.id, settings().secret_key)):
            raise InputInvalid({"kode": WRONG_CODE})
        letter.used_at = now
        if letter.kind == LetterKind.REGISTRATION:
            return _register(s, letter, now)
        return _change_address(s, letter, now)


def _register(s: Session, letter: AccountLetter, now: datetime) -> Confirmed:
    """Only the confirmed address is the account's; the other one, if it was typed, gets a code of its own."""
    other, letter.other_address = letter.other_address, None
    new = NewAccount(letter.name or "", letter.phone, letter.email, letter.password)
    letter.name = letter.password = None
    try:
        account = create_account(s, new, Person(name=new.name, created_at=now), petugas=False, now=now)
    except InputInvalid as error:
        raise InputInvalid({"kode": EXISTS_ALREADY}) from error
    note_own(s, account, "akun_dibuat", peran="pemohon", now=now)
    code = "telepon" if new.email else "surel"
    if other is None or not can_reach(code):
        return Confirmed(account.id, True, None)
    email, phone = (None, other) if new.email else (other, None)
    return Confirmed(
        account.id, True, write_letter(s, LetterKind.ADDRESS, account.id, email=email, phone=phone, now=now).id
    )


def _change_address(s: Session, letter: AccountLetter, now: datetime) -> Confirmed:
    """The old address is told, where there was one, and no link sent there opens any more."""
    account = s.get_one(Account, letter.account_id, with_for_update=True)
    old_email, old_phone = (account.email, None) if letter.email else (None, account.phone)
    if letter.email:
        account.email = letter.email
    else:
        account.phone = letter.phone
    try:
        s.flush()
    except IntegrityError as error:  # another account's
        raise InputInvalid({"kode": EXISTS_ALREADY}) from error
    end_links(s, account.id, now=now)
    note_own(s, account, "alamat_diganti", what="surel" if letter.email else "telepon", now=now)
    if old_email or old_phone:
        write_letter(s, LetterKind.ADDRESS_CHANGED, account.id, email=old_email, phone=old_phone, now=now)
    return Confirmed(account.id, False, None)


def _awaited(s: Session, letter_id: UUID, account_id: UUID | None, now: datetime) -> AccountLetter:
    codes = (LetterKind.REGISTRATION, LetterKind.ADDRESS)
    query = select(AccountLetter).where(AccountLetter.id == letter_id, AccountLetter.kind.in_(codes))
    letter = s.scalar(query.with_for_update())
    if letter is None or letter.used_at is not None or letter.expires_at <= now:
        raise NotFound
    if letter.account_id is not None and letter.account_id != account_id:
        raise NotFound
    return letter
