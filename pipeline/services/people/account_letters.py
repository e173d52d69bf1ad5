"""Letters about accounts: written in the transaction that needs them, and what happens to one just before it leaves."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipeline.channels import alive
from pipeline.clock import real_now
from pipeline.db import connection
from pipeline.errors import InputInvalid
from pipeline.models import Account, AccountLetter, LetterKind, Notice
from pipeline.queries.people.account_letters import has_address, kind_of
from pipeline.rules.notices.rules import Channel, NoticeStatus
from pipeline.rules.one_time import LIFE, PASSWORD_CODE_LIFE, Opens, slip_of, token_hash, token_of
from pipeline.services.notices.write import owe
from pipeline.services.people import rate_limit
from pipeline.settings import settings

#: Letters to one address, whoever asks for them: nobody's mailbox is filled through us.
LETTERS_PER_HOUR = 5
#: How long news may be on its way, and any letter is kept after it is worth nothing.
KEPT = timedelta(days=1)
NEWS = {LetterKind.ADDRESS_CHANGED, LetterKind.PASSWORD_CHANGED}


def can_reach(code: str) -> bool:
    """Whether letters of this office reach such an address: "surel" or "telepon"."""
    return {"surel": Channel.SUREL, "telepon": Channel.PESAN}[code] in alive(settings())


def need_channel(email: str | None, phone: str | None) -> None:
    """Raises InputInvalid, beside its field, when this office can reach neither address: known or not, it says so."""
    if (email and can_reach("surel")) or (phone and can_reach("telepon")):
        return
    if phone:
        other = "Isi surel" if can_reach("surel") else "Datang ke loket"
        words = f"Kantor ini belum dapat mengirim pesan ke nomor HP. {other}; petugas loket siap membantu."
    else:
        other = "Isi nomor HP" if can_reach("telepon") else "Datang ke loket"
        words = f"Kantor ini belum dapat mengirim surel. {other}; petugas loket siap membantu."
    raise InputInvalid({"telepon" if phone else "surel": words})


def write_letter(
    s: Session,
    kind: LetterKind,
    account_id: UUID | None,
    *,
    email: str | None,
    phone: str | None,
    opens: Opens = Opens.LINK,
    now: datetime,
) -> AccountLetter:
    """Write a letter to one of these addresses, e-mail first, and owe its message.

    Where neither can be reached it is written all the same, for the server's console or the counter to show its link.
    ``opens``: how one of a password does.
    """
    email = email if can_reach("surel") else None
    phone = phone if can_reach("telepon") and not email else None
    letter = AccountLetter(
        id=uuid4(),
        kind=kind,
        account_id=account_id,
        email=email,
        phone=phone,
        created_at=now,
        expires_at=now + (KEPT if kind in NEWS else PASSWORD_CODE_LIFE if opens is Opens.CODE else LIFE),
    )
    if kind is LetterKind.PASSWORD:
        if opens is not Opens.CODE:
            letter.token_hash = token_hash(link_token(letter.id, opens))
        if account_id is not None:
            end_links(s, account_id, now=now)
    s.add(letter)
    s.flush()
    if email or phone:
        _notice(s, letter, now)
    return letter


def link_token(letter_id: UUID, opens: Opens) -> str:
    """The end of a letter's link."""
    make = slip_of if opens is Opens.SLIP else token_of
    return make(letter_id, settings().secret_key)


def limit_letters(*addresses: str | None) -> None:
    """Raises TooOften when too many letters were asked for to one of these, known or not."""
    for address in filter(None, addresses):
        hour = timedelta(hours=1)
        rate_limit.count_try("surat-akun", address, at_most=LETTERS_PER_HOUR, window=hour, now=real_now())


def send_again(s: Session, letter_id: UUID, *, now: datetime) -> None:
    """The same letter once more, with the same code."""
    p = s.scalars(select(Notice).where(Notice.letter_id == letter_id).with_for_update()).one()
    p.status, p.error = NoticeStatus.MENUNGGU, None
    owe(s, [(p.key, None)], now=now)


def end_links(s: Session, account_id: UUID, *, now: datetime) -> None:
    """The links of this account open nothing any more."""
    links = (
        AccountLetter.account_id == account_id,
        AccountLetter.kind == LetterKind.PASSWORD,
        AccountLetter.used_at.is_(None),
    )
    s.execute(update(AccountLetter).where(*links).values(used_at=now))


def still_leaves(s: Session, letter_id: UUID, *, now: datetime) -> bool:
    """Just before a letter is sent. One that nobody waits for is dropped: too late, used, or for no account at all."""
    letter = s.get_one(AccountLetter, letter_id, with_for_update=True)
    if letter.kind == LetterKind.PASSWORD and letter.account_id is None:
        found = select(Account.id).where(has_address(letter.email, letter.phone), Account.active, ~Account.petugas)
        account_id = s.scalar(found)
        if account_id is not None:
            end_links(s, account_id, now=now)
            letter.account_id = account_id
            s.flush()  # its words are read past the session
    worthless = letter.expires_at <= now or letter.used_at is not None
    if worthless or (letter.kind == LetterKind.PASSWORD and letter.account_id is None):
        s.delete(letter)  # and its notice
        return False
    return True


def sweep_letters(*, now: datetime) -> int:
    """Delete the letters that are worth nothing any more, and what was typed in them; returns how many."""
    with connection() as conn:
        return conn.execute(delete(AccountLetter).where(AccountLetter.expires_at <= now - KEPT)).rowcount


def _notice(s: Session, letter: AccountLetter, now: datetime) -> None:
    key = f"akun:{letter.id}"
    s.add(
        Notice(
            key=key,
            kind=kind_of(letter.kind, letter.token_hash),
            letter_id=letter.id,
            content="",
            title="",
            link="",
            channel=Channel.SUREL if letter.email else Channel.PESAN,
            status=NoticeStatus.MENUNGGU,
            created_at=now,
        )
    )
    s.flush()
    owe(s, [(key, None)], now=now)
