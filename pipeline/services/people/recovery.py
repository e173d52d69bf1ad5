"""Passwords that are not known: by a link that works once, its owner sets one. Nobody else ever sees or sets it."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import DefinitionError, InputInvalid, NotAllowedYet, NotAuthorised, NotFound
from pipeline.models import Account, AccountLetter, LetterKind, Penugasan, Person
from pipeline.queries.people.account_letters import has_address
from pipeline.roles import Peran
from pipeline.rules.one_time import token_hash, token_of
from pipeline.services.people.account_letters import limit_letters, need_channel, write_letter
from pipeline.services.people.accounts import check_account, clean_identifier, create_account, set_password
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import officer_account
from pipeline.services.people.guards import guard_admin
from pipeline.services.records.persons import note_person
from pipeline.settings import settings
from pipeline.tanggal import date_at
from pipeline.text import clean_line

WITHOUT_CHANNEL = (
    "Kantor ini belum dapat mengirim surat ke alamat akun ini. Minta operator server menjalankan "
    "`alurizin tautan {pengenal}`, lalu menyampaikan tautannya langsung kepada pemilik akun."
)


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whose link it is."""

    nama: str
    pengenal: str
    petugas: bool


def request_link(pengenal: str, *, now: datetime) -> None:
    """An applicant forgot the password: send a link to this address, if it is one of theirs.

    Nothing is looked up here: known or not, the same is done, and takes as long. Raises InputInvalid (pengenal) where
    the office cannot send anything; TooOften.
    """
    name = clean_identifier(pengenal)
    surel, telepon = (name, None) if "@" in name else (None, name)
    need_channel(surel, telepon, "pengenal")
    limit_letters(name)
    with unit_of_work() as s:
        write_letter(s, LetterKind.PASSWORD, None, surel=surel, telepon=telepon, now=now)


def send_link(account_id: UUID, *, oleh: Petugas, now: datetime) -> str:
    """An administrator has a link sent to an officer. Returns the address it goes to; the link itself is not shown."""
    with unit_of_work() as s:
        guard_admin(s, oleh, now)
        akun = officer_account(s, account_id)
        if akun.person_id == oleh.person_id:
            raise NotAuthorised("Kata sandi Anda sendiri diganti di halaman Ganti kata sandi.")
        if not akun.aktif:
            raise NotAllowedYet("Akun ini ditutup. Buka kembali dahulu, lalu kirim tautannya.")
        letter = write_letter(s, LetterKind.PASSWORD, account_id, surel=akun.surel, telepon=akun.telepon, now=now)
        address = letter.surel or letter.telepon
        if not address:
            raise NotAllowedYet(WITHOUT_CHANNEL.format(pengenal=akun.surel or akun.telepon))
        limit_letters(address)
        note_person(s, akun.person_id, "tautan_dibuat", {"akun": account_id}, oleh=oleh.person_id, now=now)
    return address


def console_link(pengenal: str, *, now: datetime) -> str:
    """A link for whoever has the server's console to hand over: for an office that cannot send letters (yet)."""
    name = clean_identifier(pengenal)
    surel, telepon = (name, None) if "@" in name else (None, name)
    with unit_of_work() as s:
        akun = s.scalar(select(Account).where(has_address(surel, telepon), Account.aktif))
        if akun is None:
            raise DefinitionError("Tidak ada akun yang terbuka dengan surel atau nomor HP itu. Periksa ejaannya.")
        return _console_link(s, akun, now)


def first_administrator(nama: str, surel: str, *, now: datetime) -> str:
    """Make the first administrator, once, and return a link to set the password; called again, another link.

    Raises DefinitionError for another address, and once there is an administrator with a password.
    """
    with unit_of_work() as s:
        s.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('administrator', 0))"))
        akun = s.scalar(
            select(Account)
            .join(Penugasan, Penugasan.person_id == Account.person_id)
            .where(Penugasan.peran == Peran.ADMIN)
            .order_by(Penugasan.created_at)
            .limit(1)
        )
        if akun is None:
            akun = _create_administrator(s, nama, surel, now)
        elif akun.sandi is not None:
            raise DefinitionError(
                f"Kantor ini sudah punya administrator. Masuk di {settings().base_url}/petugas/masuk; akun petugas "
                "lain dibuat di sana. Lupa kata sandi: `alurizin tautan SUREL`."
            )
        elif akun.surel != clean_identifier(surel):
            raise DefinitionError(
                "Administrator pertama sudah dibuat dengan surel lain. Panggil perintah ini dengan surel itu untuk "
                "tautan baru."
            )
        return _console_link(s, akun, now)


def read_link(token: str, *, now: datetime) -> LinkOwner:
    """Whose password this link sets. Raises NotFound: used, too late, overtaken by another, or none at all."""
    with unit_of_work() as s:
        akun, _ = _owner(s, token, now)
        orang = s.get_one(Person, akun.person_id)
        return LinkOwner(orang.nama, akun.surel or akun.telepon or "", akun.petugas)


def use_link(token: str, sandi: str, *, now: datetime) -> LinkOwner:
    """Set the password. Raises InputInvalid (sandi): then the link still works; NotFound."""
    with unit_of_work() as s:
        akun, letter = _owner(s, token, now)
        set_password(s, akun, sandi, now=now)
        akun.email_proven |= letter.surel is not None and letter.surel == akun.surel
        akun.phone_proven |= letter.telepon is not None and letter.telepon == akun.telepon
    return LinkOwner("", akun.surel or akun.telepon or "", akun.petugas)


def _owner(s: Session, token: str, now: datetime) -> tuple[Account, AccountLetter]:
    """Lock the account of a link that still opens."""
    letter = select(AccountLetter).where(
        AccountLetter.token_hash == token_hash(token), AccountLetter.used_at.is_(None), AccountLetter.expires_at > now
    )
    found = s.scalars(letter).first()
    if found is None or not _is_ours(token, found.id):
        raise NotFound
    akun = s.scalar(select(Account).where(Account.id == found.account_id, Account.aktif).with_for_update())
    if akun is None or s.execute(letter).first() is None:  # asked again under the lock: it works once
        raise NotFound
    return akun, found


def _is_ours(token: str, letter_id: UUID) -> bool:
    """Made with a key of this office, not only written into its table."""
    keys = (settings().secret_key, *settings().secret_key_fallbacks)
    return any(hmac.compare_digest(token.encode(), token_of(letter_id, key).encode()) for key in keys)


def _console_link(s: Session, akun: Account, now: datetime) -> str:
    letter = write_letter(s, LetterKind.PASSWORD, akun.id, surel=None, telepon=None, now=now)
    data = {"akun": str(akun.id)}
    note_person(s, akun.person_id, "tautan_dibuat", data, oleh=None, now=now)
    return f"{settings().base_url}/akun/tautan/{token_of(letter.id, settings().secret_key)}"


def _create_administrator(s: Session, nama: str, surel: str, now: datetime) -> Account:
    try:
        new = check_account(clean_line(nama), "", surel, None)
        akun = create_account(s, new, Person(nama=new.nama, created_at=now), petugas=True, now=now)
    except InputInvalid as error:
        raise DefinitionError(" ".join(error.errors.values())) from error
    s.add(
        Penugasan(
            person_id=akun.person_id, peran=Peran.ADMIN, jabatan="Administrator", start_date=date_at(now),
            created_at=now,
        )
    )  # fmt: skip
    data = {"akun": str(akun.id), "peran": str(Peran.ADMIN)}
    note_person(s, akun.person_id, "akun_dibuat", data, oleh=None, now=now)
    return akun
