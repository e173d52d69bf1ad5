"""What a letter about an account says, and to whom: looked up when it leaves, so that no table holds its secret."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, false, func, or_, select

from pipeline.models import Account, AccountLetter, LetterKind, Person
from pipeline.rules.notices.rules import Kind
from pipeline.rules.notices.words import NoticeWords, write
from pipeline.rules.one_time import LIFE, PASSWORD_CODE_LIFE, code_of, password_code_of, token_of
from pipeline.settings import settings
from pipeline.text import moment_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWords:
    """A letter as it stands at this moment."""

    kind: Kind
    naskah: NoticeWords
    name: str  # "" where only somebody who typed it says so
    recipient: str
    link: str


def read_letter_words(conn: Connection, letter_id: UUID) -> LetterWords | None:
    """The words of a letter; None for a link whose account is not known (yet)."""
    query: Select[*tuple[object, ...]] = (
        select(
            AccountLetter.id,
            AccountLetter.kind,
            AccountLetter.email,
            AccountLetter.phone,
            AccountLetter.account_id,
            AccountLetter.used_at,
            AccountLetter.token_hash,
            AccountLetter.created_at,
            Account.petugas,
            Person.name,
        )
        .outerjoin(Account, Account.id == AccountLetter.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(AccountLetter.id == letter_id)
    )
    row = conn.execute(query).one()
    if row.kind == LetterKind.PASSWORD and row.account_id is None:
        return None
    kind = _kind(conn, row)
    facts: dict[str, str | int] = {
        "kode": "",
        "menit": int(LIFE.total_seconds() // 60),
        "waktu": moment_in_words(row.created_at),
    }
    if kind is Kind.KODE:
        facts["kode"] = code_of(row.id, settings().secret_key)
    if kind is Kind.KODE_SANDI:
        facts["kode"] = password_code_of(row.id, settings().secret_key)
        facts["menit"] = int(PASSWORD_CODE_LIFE.total_seconds() // 60)
    return LetterWords(
        kind=kind,
        naskah=write(kind, facts),
        name=row.name or "",
        recipient=row.email or row.phone or "",
        link=_link(kind, row),
    )


def has_address(email: str | None, phone: str | None) -> ColumnElement[bool]:
    """An account has one of these addresses."""
    same = [func.lower(Account.email) == email] if email else []
    return or_(false(), *same, *([Account.phone == phone] if phone else []))


def _kind(conn: Connection, row: Row[*tuple[object, ...]]) -> Kind:
    """A code for an address that already is an account's says so instead, to the one who reads what comes there."""
    if row.kind not in {LetterKind.REGISTRATION, LetterKind.ADDRESS}:
        return kind_of(row.kind, row.token_hash)
    taken = conn.scalar(select(exists().where(has_address(row.email, row.phone))))
    return Kind.TERDAFTAR if taken and row.used_at is None else Kind.KODE


def _link(kind: Kind, row: Row[*tuple[object, ...]]) -> str:
    if kind is Kind.TAUTAN:
        return f"/akun/tautan/{token_of(row.id, settings().secret_key)}"
    if kind is Kind.TERDAFTAR:
        return "/akun/lupa-sandi"
    # A code is typed where it was asked for: a link to that page would let one person confirm for another.
    return "/" if kind in {Kind.KODE, Kind.KODE_SANDI} else "/petugas/masuk" if row.petugas else "/akun/masuk"


def kind_of(letter: str, token_hash: str | None) -> Kind:
    """What the list of notices calls a letter; one of a password that has no link has a code."""
    if letter == LetterKind.PASSWORD and token_hash is None:
        return Kind.KODE_SANDI
    return _KINDS[LetterKind(letter)]


_KINDS = {
    LetterKind.REGISTRATION: Kind.KODE,
    LetterKind.ADDRESS: Kind.KODE,
    LetterKind.PASSWORD: Kind.TAUTAN,
    LetterKind.ADDRESS_CHANGED: Kind.ALAMAT_DIGANTI,
    LetterKind.PASSWORD_CHANGED: Kind.SANDI_DIGANTI,
}
