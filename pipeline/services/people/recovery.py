"""Passwords that are not known: by a link or a code that works once, its owner sets one, and nobody else."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.errors import DefinitionError, InputInvalid, NotAllowedYet, NotAuthorised, NotFound, TooOften
from pipeline.models import Account, AccountLetter, LetterKind, Penugasan, Person, SecondFactor
from pipeline.queries.people.account_letters import has_address
from pipeline.roles import Peran
from pipeline.rules.one_time import (
    PASSWORD_CODE_LIFE,
    Opens,
    password_code_of,
    same_code,
    slip_of,
    token_hash,
    token_of,
)
from pipeline.services.people import rate_limit
from pipeline.services.people.account_letters import can_reach, limit_letters, link_token, write_letter
from pipeline.services.people.accounts import check_account, clean_identifier, create_account, note_own
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import officer_account
from pipeline.services.people.factor_reset import take_away
from pipeline.services.people.guards import guard_admin
from pipeline.services.people.passwords import set_password
from pipeline.services.records.persons import note_person
from pipeline.settings import settings
from pipeline.text import clean_line, date_at

WITHOUT_CHANNEL = (
    "Kantor ini belum dapat mengirim surat ke alamat akun ini. Minta operator server menjalankan "
    "`alurizin tautan {identifier}`, lalu menyampaikan tautannya langsung kepada pemilik akun."
)
NOT_REACHED = (
    "Kantor ini belum dapat mengirim {what}.{advice} Datang ke loket dengan kartu identitas Anda: petugas membuatkan"
    " kode untuk menetapkan kata sandi baru."
)
WRONG_CODE = (
    "Kode tidak cocok, sudah dipakai, atau sudah lewat 10 menit. Periksa lagi kode pada pesan terakhir dari kami, atau "
    "minta kode baru."
)
USED_UP = "Kode ini sudah lima kali dicoba, jadi tidak berlaku lagi. Minta kode baru, atau datang ke loket."
CODE_TRIES = 5


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whose link it is."""

    name: str
    identifier: str
    petugas: bool


def request_reset(identifier: str, *, now: datetime) -> UUID | None:
    """An applicant forgot the password: a link goes to this e-mail address, a code to this phone, if it is theirs.

    Returns the letter whose code is to be typed; None for a link. Nothing is looked up here: known or not, the same is
    done, and takes as long. Raises InputInvalid (pengenal) where the office cannot send anything there; TooOften.
    """
    name = clean_identifier(identifier)
    email, phone = (name, None) if "@" in name else (None, name)
    _need_way(email)
    limit_letters(name)
    opens = Opens.LINK if email else Opens.CODE
    with unit_of_work() as s:
        letter = write_letter(s, LetterKind.PASSWORD, None, email=email, phone=phone, opens=opens, now=now)
        return None if email else letter.id


def use_code(letter_id: UUID, code: str, *, now: datetime) -> str:
    """The code that came to a phone is right: it is used up, and its owner goes on by the link with this end.

    Of a letter to nobody, of one that was never written and of a wrong code it says the same. Raises InputInvalid
    (kode); TooOften once it was tried CODE_TRIES times, whatever was typed.
    """
    try:
        rate_limit.count_try(
            "kode-sandi", str(letter_id), at_most=CODE_TRIES, window=PASSWORD_CODE_LIFE, now=real_now()
        )
    except TooOften as error:
        raise TooOften(error.wait_seconds, USED_UP) from error
    with unit_of_work() as s:
        right = same_code(code, password_code_of(letter_id, settings().secret_key))
        held = _hold(s, [AccountLetter.id == letter_id, AccountLetter.token_hash.is_(None)], now) if right else None
        if held is None:
            raise InputInvalid({"kode": WRONG_CODE})
        account, _ = held
        link = write_letter(s, LetterKind.PASSWORD, account.id, email=None, phone=None, now=now)
        note_own(s, account, "kode_sandi_dipakai", now=now)
        return link_token(link.id, Opens.LINK)


def _need_way(email: str | None) -> None:
    if can_reach("surel" if email else "telepon"):
        return
    what, other = ("surel", "nomor HP") if email else ("pesan ke nomor HP", "surel")
    advice = f" Bila akun Anda juga memakai {other}, isi itu." if can_reach("telepon" if email else "surel") else ""
    raise InputInvalid({"pengenal": NOT_REACHED.format(what=what, advice=advice)})


def send_link(account_id: UUID, *, actor: Petugas, now: datetime) -> str:
    """An administrator has a link sent to an officer. Returns the address it goes to; the link itself is not shown."""
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        account = officer_account(s, account_id)
        if account.person_id == actor.person_id:
            raise NotAuthorised("Kata sandi Anda sendiri diganti di halaman Ganti kata sandi.")
        if not account.active:
            raise NotAllowedYet("Akun ini ditutup. Buka kembali dahulu, lalu kirim tautannya.")
        letter = write_letter(s, LetterKind.PASSWORD, account_id, email=account.email, phone=account.phone, now=now)
        address = letter.email or letter.phone
        if not address:
            raise NotAllowedYet(WITHOUT_CHANNEL.format(identifier=account.email or account.phone))
        limit_letters(address)
        note_person(s, account.person_id, "tautan_dibuat", {"akun": account_id}, actor=actor.person_id, now=now)
    return address


def console_link(identifier: str, *, without_code: bool = False, now: datetime) -> str:
    """A link for whoever has the server's console to hand over: for an office that cannot send letters (yet).

    ``without_code``: take away the code of its login too, for who has lost it where nobody else can.
    """
    name = clean_identifier(identifier)
    email, phone = (name, None) if "@" in name else (None, name)
    with unit_of_work() as s:
        account = s.scalar(select(Account).where(has_address(email, phone), Account.active))
        if account is None:
            raise DefinitionError("Tidak ada akun yang terbuka dengan surel atau nomor HP itu. Periksa ejaannya.")
        s.refresh(account, with_for_update=True)
        if without_code and (factor := s.get(SecondFactor, account.id)):
            take_away(s, account, factor, actor=None, now=now)
        return _console_link(s, account, now)


def first_administrator(name: str, email: str, *, now: datetime) -> str:
    """Make the first administrator, once, and return a link to set the password; called again, another link.

    Raises DefinitionError for another address, and once there is an administrator with a password.
    """
    with unit_of_work() as s:
        s.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('administrator', 0))"))
        account = s.scalar(
            select(Account)
            .join(Penugasan, Penugasan.person_id == Account.person_id)
            .where(Penugasan.peran == Peran.ADMIN)
            .order_by(Penugasan.created_at)
            .limit(1)
        )
        if account is None:
            account = _create_administrator(s, name, email, now)
        elif account.password is not None:
            raise DefinitionError(
                f"Kantor ini sudah punya administrator. Masuk di {settings().base_url}/petugas/masuk; akun petugas "
                "lain dibuat di sana. Lupa kata sandi: `alurizin tautan SUREL`."
            )
        elif account.email != clean_identifier(email):
            raise DefinitionError(
                "Administrator pertama sudah dibuat dengan surel lain. Panggil perintah ini dengan surel itu untuk "
                "tautan baru."
            )
        return _console_link(s, account, now)


def read_link(token: str, *, now: datetime) -> LinkOwner:
    """Whose password this link sets. Raises NotFound: used, too late, overtaken by another, or none at all."""
    with unit_of_work() as s:
        account, _ = _owner(s, token, now)
        person = s.get_one(Person, account.person_id)
        return LinkOwner(person.name, account.email or account.phone or "", account.petugas)


def use_link(token: str, password: str, *, now: datetime) -> LinkOwner:
    """Set the password. Raises InputInvalid (sandi): then the link still works; NotFound."""
    with unit_of_work() as s:
        account, letter = _owner(s, token, now)
        set_password(s, account, password, now=now)
        account.email_proven |= letter.email is not None and letter.email == account.email
        account.phone_proven |= letter.phone is not None and letter.phone == account.phone
    return LinkOwner("", account.email or account.phone or "", account.petugas)


def _owner(s: Session, token: str, now: datetime) -> tuple[Account, AccountLetter]:
    """Lock the account of a link that still opens."""
    held = _hold(s, [AccountLetter.token_hash == token_hash(token)], now)
    if held is None or not _is_ours(token, held[1].id):
        raise NotFound
    return held


def _hold(s: Session, which: Iterable[ColumnElement[bool]], now: datetime) -> tuple[Account, AccountLetter] | None:
    """Lock the account of a letter that still opens; None: there is none such."""
    letter = select(AccountLetter).where(
        *which,
        AccountLetter.kind == LetterKind.PASSWORD,
        AccountLetter.used_at.is_(None),
        AccountLetter.expires_at > now,
    )
    found = s.scalars(letter).first()
    if found is None:
        return None
    account = s.scalar(select(Account).where(Account.id == found.account_id, Account.active).with_for_update())
    if account is None or s.execute(letter).first() is None:  # asked again under the lock: it works once
        return None
    return account, found


def _is_ours(token: str, letter_id: UUID) -> bool:
    """Made with a key of this office, not only written into its table."""
    keys = (settings().secret_key, *settings().secret_key_fallbacks)
    ours = (make(letter_id, key) for key in keys for make in (token_of, slip_of))
    return any(hmac.compare_digest(token.encode(), one.encode()) for one in ours)


def _console_link(s: Session, account: Account, now: datetime) -> str:
    letter = write_letter(s, LetterKind.PASSWORD, account.id, email=None, phone=None, now=now)
    data = {"akun": str(account.id)}
    note_person(s, account.person_id, "tautan_dibuat", data, actor=None, now=now)
    return f"{settings().base_url}/akun/tautan/{link_token(letter.id, Opens.LINK)}"


def _create_administrator(s: Session, name: str, email: str, now: datetime) -> Account:
    try:
        new = check_account(clean_line(name), "", email, None)
        account = create_account(s, new, Person(name=new.name, created_at=now), petugas=True, now=now)
    except InputInvalid as error:
        raise DefinitionError(" ".join(error.errors.values())) from error
    s.add(
        Penugasan(
            person_id=account.person_id,
            peran=Peran.ADMIN,
            jabatan="Administrator",
            start_date=date_at(now),
            created_at=now,
        )
    )
    data = {"akun": str(account.id), "peran": str(Peran.ADMIN)}
    note_person(s, account.person_id, "akun_dibuat", data, actor=None, now=now)
    return account
