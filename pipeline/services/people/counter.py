"""An applicant comes to the counter and cannot log in: they show who they are, and get a slip to set a password by.

The officer finds an account only by what its owner tells exactly, notes what was shown, and never learns the password;
the owner is told in every way there is, and can end the slip by another password. Both acts stand in the history of the
account's owner, where the PDP officer reads them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotAuthorised, NotFound
from pipeline.models import Account, LetterKind, Permohonan, Person
from pipeline.queries.people.account_letters import has_address
from pipeline.rules.counter import PAPERS, REASONS, SOUGHT_BY, ShownIdentity, veil
from pipeline.rules.form.isian import parse_nik
from pipeline.rules.form.refused_answer import InvalidIsian
from pipeline.rules.form.spelling import fold, number_key
from pipeline.rules.notices.rules import Kind
from pipeline.rules.one_time import LIFE, Opens
from pipeline.sealing.nik import index_nik
from pipeline.services.notices.write import News, tell
from pipeline.services.people import rate_limit
from pipeline.services.people.account_letters import link_token, write_letter
from pipeline.services.people.accounts import clean_identifier
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_role
from pipeline.services.people.identity import nik_indexes
from pipeline.services.records.persons import note_person
from pipeline.sop.registry import every_version
from pipeline.sop.who_may import counter_desks
from pipeline.sop.words import IsianKind
from pipeline.text import clean_line, moment_in_words

#: Of one officer: more than a counter has in a day, less than somebody needs who goes through a list.
SEARCHES_PER_DAY, SLIPS_PER_DAY = 60, 20
A_DAY: Final = timedelta(days=1)
#: Whom the counter helps: applicants with an open account, and nobody of the staff.
_OPEN: Final = (Account.active, ~Account.petugas)
NOTHING_TYPED = "Isi nomor HP, surel, atau NIK yang disebut pemohon."
NONE_FOUND = "Tidak ada akun pemohon dengan {what} itu. Tulis lengkap dan persis seperti pada akunnya.{more}"
OF_NIK = " NIK hanya menemukan pemohon yang NIK-nya sudah tercatat: tanyakan nomor HP atau surelnya."
SEVERAL = "NIK itu menunjuk lebih dari satu akun. Cari dengan nomor HP atau surelnya."
OWN = "Akun pemohon Anda sendiri dibantu petugas lain, atau lewat halaman Lupa kata sandi."


@dataclass(frozen=True, slots=True)
class FoundApplicant:
    """An account, as far as an officer has to see it to tell whether it is of the person before them."""

    account_id: UUID
    name: str
    email: str  # veiled, as is the phone; "" for none
    phone: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Slip:
    """What is handed over, once."""

    name: str
    code: str
    until: datetime


def find_applicant(words: str, *, actor: Petugas, now: datetime) -> FoundApplicant:
    """The applicant's account that exactly this phone, e-mail address or NIK belongs to; the look is on record.

    Raises InputInvalid (pengenal), which says the same of an officer's account and of none; TooOften; SessionEnded,
    NotAuthorised.
    """
    with unit_of_work() as s:
        _guard(s, actor, now)
        if not clean_line(words):
            raise InputInvalid({"pengenal": NOTHING_TYPED})
        _count("loket-cari", actor, SEARCHES_PER_DAY)
        what, found = _sought(s, words)
        if len(found) != 1:
            none = NONE_FOUND.format(what=SOUGHT_BY[what], more=OF_NIK if what == "nik" else "")
            raise InputInvalid({"pengenal": SEVERAL if found else none})
        (account,) = found
        data = {"akun": account.id, "peran": actor.peran, "dengan": what}
        note_person(s, account.person_id, "akun_dicari_di_loket", data, actor=actor.person_id, now=now)
        return _shown(s, account)


def read_applicant(account_id: UUID | None, *, actor: Petugas, now: datetime) -> FoundApplicant:
    """The account that was found, for its page to be drawn again. Raises NotFound."""
    with unit_of_work() as s:
        _guard(s, actor, now)
        return _shown(s, _account(s, account_id))


def give_slip(account_id: UUID | None, shown: ShownIdentity, *, actor: Petugas, now: datetime) -> Slip:
    """Make the slip; an older one, and every link and code of the account, opens nothing any more.

    Raises NotFound, also for an officer's account; NotAuthorised for one's own; TooOften; SessionEnded.
    """
    with unit_of_work() as s:
        _guard(s, actor, now)
        account = _account(s, account_id)
        if account.person_id == actor.person_id:
            raise NotAuthorised(OWN)
        _count("loket-kode", actor, SLIPS_PER_DAY)
        s.refresh(account, with_for_update=True)
        letter = write_letter(s, LetterKind.PASSWORD, account.id, email=None, phone=None, opens=Opens.SLIP, now=now)
        data = {
            "akun": account.id,
            "peran": actor.peran,
            "dokumen": shown.paper,
            "akhir": shown.last_digits,
            "alasan": shown.reason,
        }
        note_person(s, account.person_id, "kode_loket_dibuat", data, actor=actor.person_id, now=now)
        tell(s, _news(letter.id, shown, now), [account.person_id], now=now)
        return Slip(s.get_one(Person, account.person_id).name, link_token(letter.id, Opens.SLIP), letter.expires_at)


def _guard(s: Session, actor: Petugas, now: datetime) -> None:
    if actor.peran not in counter_desks():
        raise NotAuthorised
    guard_role(s, actor, actor.peran, now)


def _count(what: str, actor: Petugas, at_most: int) -> None:
    rate_limit.count_try(what, str(actor.person_id), at_most=at_most, window=A_DAY, now=real_now())


def _sought(s: Session, words: str) -> tuple[str, list[Account]]:
    """By what is looked for, and whose it is. Sixteen digits are a NIK: no phone has as many."""
    try:
        return "nik", _of_nik(s, parse_nik(words))
    except InvalidIsian:
        name = clean_identifier(words)
    email, phone = (name, None) if "@" in name else (None, name)
    return "surel" if email else "telepon", list(s.scalars(select(Account).where(has_address(email, phone), *_OPEN)))


def _of_nik(s: Session, nik: str) -> list[Account]:
    """Noted with the person; or holder of a permit that is known by its NIK, applied for by an account of that name."""
    known_by = [f"{field}:{number_key(nik)}" for field in nik_fields()]
    people = select(Account).join(Person, Person.id == Account.person_id).where(*_OPEN)
    noted = s.scalars(people.where(Person.nik_index.in_(nik_indexes(nik))))
    files = people.add_columns(Person.name, Permohonan.search_name).join(Permohonan, Permohonan.pemohon_id == Person.id)
    of_holder = files.where(Permohonan.marks.overlap(index_nik(known_by)), Permohonan.nomor.is_not(None))
    own = (account for account, name, holder in s.execute(of_holder) if fold(name) == holder)
    return list(dict.fromkeys([*noted, *own]))


def nik_fields() -> frozenset[str]:
    """The fields that hold a NIK by which a permit knows its holder."""
    every = (isian for sop in every_version() for isian in sop.isian if isian.kind is IsianKind.NIK)
    return frozenset(isian.code for isian in every if isian.identity and not isian.identity_with)


def _account(s: Session, account_id: UUID | None) -> Account:
    account = s.scalar(select(Account).where(Account.id == account_id, *_OPEN))
    if account is None:
        raise NotFound
    return account


def _shown(s: Session, account: Account) -> FoundApplicant:
    name = s.get_one(Person, account.person_id).name
    return FoundApplicant(account.id, name, veil(account.email or ""), veil(account.phone or ""), account.created_at)


def _news(letter_id: UUID, shown: ShownIdentity, now: datetime) -> News:
    facts: dict[str, str | int] = {
        "waktu": moment_in_words(now),
        "dokumen": PAPERS[shown.paper],
        "alasan": REASONS[shown.reason],
        "menit": int(LIFE.total_seconds() // 60),
    }
    key = f"kode-loket:{letter_id}"
    return News(kind=Kind.KODE_LOKET, key=key, permohonan_id=None, link="/akun/sandi", facts=facts)
