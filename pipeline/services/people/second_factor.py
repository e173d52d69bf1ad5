"""The code beside an officer's password: of an app on their phone, each good once; and ten for the day it is gone.

Whoever changes it holds the account's row, as does whoever ends its sessions: one comes after the other.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import pyotp
from sqlalchemy import any_, func, literal, null, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotAllowedYet, TooOften, WrongCode
from pipeline.hashing import keyed_index
from pipeline.kantor.locked import lock, unlock
from pipeline.kantor.office import kantor
from pipeline.models import Account, SecondFactor
from pipeline.queries.people.accounts import contacts_of
from pipeline.rules.login_code import (
    DIGITS,
    RECOVERY_CODES,
    RECOVERY_DIGITS,
    app_address,
    digits_of,
    in_groups,
    matching_step,
)
from pipeline.rules.notices.rules import Kind
from pipeline.services.notices.write import News, tell
from pipeline.services.people import rate_limit
from pipeline.services.people.accounts import note_own, prove_password
from pipeline.services.people.sessions import ALIVE, User, guard_session
from pipeline.settings import settings
from pipeline.text import local_phone, moment_in_words

PURPOSE = "kode masuk"
TRIES_PER_LOGIN = 5
WRONG = "Kode tidak cocok, atau sudah dipakai. Tunggu kode berikutnya di aplikasi, lalu ketik sekali lagi."
WRONG_AT_FIRST = "Kode ini bukan dari aplikasi yang baru dipasang. Periksa jam HP Anda, lalu ketik kode yang tampil."
START_OVER = "Terlalu banyak kode yang salah. Masuk lagi dari awal dengan kata sandi Anda."
PRESENT = "Kode masuk akun ini sudah terpasang."


@dataclass(frozen=True, slots=True)
class Setup:
    """An app to be set up: its secret as text, as its form keeps it, and as the address in the QR code."""

    secret: str
    kept: str
    address: str


def begin_setup(account_id: UUID, kept: str = "") -> Setup:
    """The setup whose form was sent; a new one when there is none, or it is not of this account."""
    secret = _opened(account_id, kept) or pyotp.random_base32()
    kept = urlsafe_b64encode(lock(f"{PURPOSE} baru", str(account_id), secret)).decode()
    contacts = contacts_of(account_id)
    identifier = contacts.email or local_phone(contacts.phone or "")
    return Setup(secret, kept, app_address(secret, identifier, f"Perizinan {kantor().place}"))


def take_code(user: User, code: str, *, known_device: bool, now: datetime) -> None:
    """The code of a login whose password was right. Raises WrongCode; TooOften: the login has to start over.

    A device that has logged in to the account before is counted by itself, so that who knows the password alone does
    not keep the owner out.
    """
    tries = rate_limit.counter("kode-masuk-sesi", user.session_id or "")
    if rate_limit.add_try(tries, window=ALIVE, now=real_now())[0] > TRIES_PER_LOGIN:
        raise TooOften(1, START_OVER)
    with _proven(user, code, entering=True, known_device=known_device, now=now):
        pass


def set_up(user: User, setup: Setup, code: str, *, now: datetime) -> tuple[str, ...]:
    """In a login that has no code yet. Returns the recovery codes: nobody sees them again. Raises InputInvalid."""
    with unit_of_work() as s:
        account = _lock(s, user, entering=True)
        return _add(s, account, setup, code, now)


def switch_on(user: User, password: str, setup: Setup, code: str, *, now: datetime) -> tuple[str, ...]:
    """The same for who is logged in without one, where it is left to them."""
    prove_password(user.account_id, password, field="sandi")
    with unit_of_work() as s:
        account = _lock(s, user)
        return _add(s, account, setup, code, now)


def move(user: User, password: str, old_code: str, setup: Setup, code: str, *, now: datetime) -> tuple[str, ...]:
    """To another phone. The codes of the old one are worth nothing any more, nor are the recovery codes."""
    prove_password(user.account_id, password, field="sandi")
    with _proven(user, old_code, now=now) as s:
        secret, step = _first_code(user.account_id, setup, code)
        codes = _new_codes()
        kept = {"secret": secret, "last_step": step, "recovery": _hashes(user.account_id, codes), "created_at": now}
        s.execute(update(SecondFactor).where(SecondFactor.account_id == user.account_id).values(kept))
        _note(s, user.account_id, "kode_masuk_dipindah", "Kode masuk akun Anda dipindah ke HP lain", now)
        return codes


def renew_recovery(user: User, password: str, code: str, *, now: datetime) -> tuple[str, ...]:
    """Ten other recovery codes; of the old ones none counts any more. Raises InputInvalid, TooOften."""
    prove_password(user.account_id, password, field="sandi")
    with _proven(user, code, now=now) as s:
        codes = _new_codes()
        mine = update(SecondFactor).where(SecondFactor.account_id == user.account_id)
        s.execute(mine.values(recovery=_hashes(user.account_id, codes)))
        _note(s, user.account_id, "kode_pemulihan_diganti", "Kode pemulihan akun Anda diganti", now)
        return codes


def switch_off(user: User, password: str, code: str, *, now: datetime) -> None:
    """Go back to the password alone, where the office leaves that to each officer."""
    if settings().code_required:
        raise NotAllowedYet("Kantor ini mewajibkan kode masuk, jadi tidak dapat dimatikan.")
    prove_password(user.account_id, password, field="sandi")
    with _proven(user, code, now=now) as s:
        s.delete(s.get_one(SecondFactor, user.account_id))
        _note(s, user.account_id, "kode_masuk_dimatikan", "Kode masuk akun Anda dimatikan", now)


def tell_owner(s: Session, account: Account, what: str, now: datetime) -> None:
    """Tell the owner of an account what happened to its code; ``what`` begins a sentence."""
    facts = {"hal": what, "waktu": moment_in_words(now)}
    key = f"kode-masuk:{uuid4()}"
    news = News(kind=Kind.KODE_MASUK, key=key, permohonan_id=None, link="/petugas/kode-masuk", facts=facts)
    tell(s, news, [account.person_id], now=now)


@contextmanager
def _proven(
    user: User, code: str, *, entering: bool = False, known_device: bool = False, now: datetime
) -> Iterator[Session]:
    """A transaction in which a code was taken: it is used up if the transaction succeeds."""
    device = " perangkat" if known_device else ""
    guesses = rate_limit.counter("kode-masuk", f"{user.account_id}{device}")
    with rate_limit.guess(guesses, wrong=WrongCode, now=real_now()), unit_of_work() as s:
        _lock(s, user, entering=entering)
        digits = digits_of(code)
        if not _take_step(s, user.account_id, digits) and not _take_recovery(s, user.account_id, digits, now):
            raise WrongCode({"kode": WRONG})
        yield s


def _lock(s: Session, user: User, *, entering: bool = False) -> Account:
    account = s.get_one(Account, user.account_id, with_for_update=True)
    guard_session(s, user.session_id, user.person_id, entering=entering)
    return account


def _take_step(s: Session, account_id: UUID, digits: str) -> bool:
    """Use up the half minute of this code, and with it all before; a request to take the app away is void."""
    mine = SecondFactor.account_id == account_id
    locked = s.scalar(select(SecondFactor.secret).where(mine))
    secret = unlock(PURPOSE, str(account_id), locked) if locked and len(digits) == DIGITS else None
    step = matching_step(secret, digits, real_now()) if secret else None
    if step is None:
        return False
    later = update(SecondFactor).where(mine, SecondFactor.secret == locked, SecondFactor.last_step < step)
    taken = later.values(last_step=step, reset_by=null(), reset_at=null()).returning(SecondFactor.last_step)
    return s.scalar(taken) is not None


def _take_recovery(s: Session, account_id: UUID, digits: str, now: datetime) -> bool:
    """Use up a recovery code."""
    if len(digits) != RECOVERY_DIGITS:
        return False
    for key in (settings().secret_key, *settings().secret_key_fallbacks):
        code = _hash(key, account_id, digits)
        having = update(SecondFactor).where(
            SecondFactor.account_id == account_id, literal(code) == any_(SecondFactor.recovery)
        )
        taken = having.values(recovery=func.array_remove(SecondFactor.recovery, code)).returning(SecondFactor.last_step)
        if s.scalar(taken) is not None:
            _note(s, account_id, "kode_pemulihan_dipakai", "Satu kode pemulihan akun Anda dipakai", now)
            return True
    return False


def _add(s: Session, account: Account, setup: Setup, code: str, now: datetime) -> tuple[str, ...]:
    if s.get(SecondFactor, account.id) is not None:
        raise NotAllowedYet(PRESENT)
    secret, step = _first_code(account.id, setup, code)
    codes = _new_codes()
    kept = {"secret": secret, "last_step": step, "recovery": _hashes(account.id, codes), "created_at": now}
    s.add(SecondFactor(account_id=account.id, **kept))
    _note(s, account.id, "kode_masuk_dipasang", "Kode masuk akun Anda dipasang", now)
    return codes


def _first_code(account_id: UUID, setup: Setup, code: str) -> tuple[bytes, int]:
    """The secret as it is kept, and the half minute that its first code has used up. Raises InputInvalid."""
    step = matching_step(setup.secret, digits_of(code), real_now())
    if step is None:
        raise InputInvalid({"kode_baru": WRONG_AT_FIRST})
    return lock(PURPOSE, str(account_id), setup.secret), step


def _note(s: Session, account_id: UUID, kind: str, what: str, now: datetime) -> None:
    account = s.get_one(Account, account_id)
    note_own(s, account, kind, now=now)
    tell_owner(s, account, what, now)


def _new_codes() -> tuple[str, ...]:
    return tuple(
        in_groups(f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}}") for _ in range(RECOVERY_CODES)
    )


def _hashes(account_id: UUID, codes: tuple[str, ...]) -> list[str]:
    return [_hash(settings().secret_key, account_id, digits_of(code)) for code in codes]


def _hash(key: str, account_id: UUID, digits: str) -> str:
    return keyed_index(key, "kode pemulihan", f"{account_id}:{digits}")


def _opened(account_id: UUID, kept: str) -> str | None:
    """The secret a form carried."""
    try:
        return unlock(f"{PURPOSE} baru", str(account_id), urlsafe_b64decode(kept)) if kept else None
    except (NotBase64, ValueError):
        return None
