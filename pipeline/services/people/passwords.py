"""A password is replaced by its owner: sessions end, links open nothing any more, and the owner is told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid
from pipeline.models import Account, LetterKind, Person
from pipeline.rules.notices.rules import Kind
from pipeline.rules.password import password_problem
from pipeline.services.notices.write import News, tell
from pipeline.services.people import rate_limit
from pipeline.services.people.account_letters import end_links, write_letter
from pipeline.services.people.accounts import hash_password, note_own, prove_password
from pipeline.services.people.sessions import User, end_all_sessions, guard_session
from pipeline.text import moment_in_words


def change_password(account_id: UUID, old: str, new: str, *, actor: User | None = None, now: datetime) -> None:
    """Replace the password, after the old one was proved, and end every session of the account: this one too."""
    prove_password(account_id, old, field="sandi_lama")
    if old == new:
        raise InputInvalid({"sandi": "Kata sandi baru sama dengan yang lama. Pilih yang lain."})
    with unit_of_work() as session:
        account = session.get_one(Account, account_id, with_for_update=True)
        if actor is not None:
            guard_session(session, actor.session_id, actor.person_id)
        set_password(session, account, new, now=now)


def set_password(session: Session, account: Account, password: str, *, now: datetime) -> None:
    """Set the password its owner chose: sessions end, no link opens any more, they are told. Raises InputInvalid."""
    person = session.get_one(Person, account.person_id)
    if problem := password_problem(password, filter(None, (person.name, account.email, account.phone))):
        raise InputInvalid({"sandi": problem})
    if account.password is not None:
        changed = LetterKind.PASSWORD_CHANGED
        write_letter(session, changed, account.id, email=account.email, phone=account.phone, now=now)
        _ring(session, account, now)
    account.password, account.password_changed_at = hash_password(password), now
    end_all_sessions(session.connection(), account.id)
    end_links(session, account.id, now=now)
    note_own(session, account, "sandi_diganti", now=now)
    rate_limit.forget(*(rate_limit.counter("masuk-nama", name) for name in (account.email, account.phone) if name))


def _ring(session: Session, account: Account, now: datetime) -> None:
    """The bell, which reaches also who has no address a letter gets to."""
    facts, key = {"waktu": moment_in_words(now)}, f"sandi-diganti:{account.id}:{now.isoformat()}"
    news = News(kind=Kind.SANDI_DIGANTI, key=key, permohonan_id=None, link="/akun/sesi", facts=facts)
    tell(session, news, [account.person_id], now=now)
