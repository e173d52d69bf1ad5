"""Notices as they are read: the bell of a person, what did not arrive, and the demo's mailbox."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, SQLColumnExpression, case, func, select

from pipeline.db import connection
from pipeline.models import Account, Base, Notice, Permohonan, Person
from pipeline.queries import paging
from pipeline.queries.paging import read_page
from pipeline.queries.people.account_letters import read_letter_words
from pipeline.rules.notices.rules import Channel, NoticeStatus
from pipeline.rules.notices.words import greeting

COUNTED_AT_MOST = 99  # the bell says "99+" beyond it

_BELL = Notice.channel == Channel.LONCENG
_UNDELIVERED = Notice.status.in_((NoticeStatus.GAGAL, NoticeStatus.TIDAK_PASTI))
_LATEST = (Notice.created_at.desc(), Notice.id)


@dataclass(frozen=True, slots=True)
class Ring:
    """One notice on a person's bell."""

    id: UUID
    title: str
    content: str  # paragraphs apart by an empty line
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A notice that failed or is uncertain, without whom it was for."""

    id: UUID
    kind: str
    nomor: str | None
    channel: str
    status: str
    error: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """A letter or message of the demo."""

    id: UUID
    name: str
    recipient: str | None
    channel: str
    title: str
    content: str
    link: str
    kind: str
    status: str
    created_at: datetime


def unread_of(person_id: SQLColumnExpression[UUID], *, within: type[Base]) -> ColumnElement[int]:
    """Unread notices on a person's bell, at most COUNTED_AT_MOST + 1 (partial index): for a select over ``within``."""
    unread = (
        select(Notice.id)
        .where(Notice.person_id == person_id, _BELL, Notice.read_at.is_(None))
        .limit(COUNTED_AT_MOST + 1)
        .correlate(within)
        .subquery()
    )
    return select(func.count()).select_from(unread).scalar_subquery()


def read_bell(person_id: UUID, *, page: int) -> tuple[tuple[Ring, ...], bool]:
    """A page of a person's notices, newest first; and whether more follow."""
    query = select(Notice.id, Notice.title, Notice.content, Notice.created_at, Notice.read_at).where(
        Notice.person_id == person_id, _BELL
    )
    with connection() as conn:
        rows, more = read_page(conn, query.order_by(*_LATEST), page)
    return tuple(Ring(*r) for r in rows), more


def read_undelivered(*, page: int) -> tuple[tuple[Undelivered, ...], bool]:
    """A page of the notices that did not surely arrive, newest first; and whether more follow."""
    error = func.coalesce(Notice.error, "")
    query = (
        select(
            Notice.id,
            Notice.kind,
            Permohonan.nomor,
            Notice.channel,
            Notice.status,
            error,
            Notice.attempts,
            Notice.created_at,
        )
        .outerjoin(Permohonan, Permohonan.id == Notice.permohonan_id)
        .where(_UNDELIVERED)
    )
    with connection() as conn:
        rows, more = read_page(conn, query.order_by(*_LATEST), page)
    return tuple(Undelivered(*r) for r in rows), more


def count_undelivered() -> int:
    """How many notices did not surely arrive, a thousand and one at most."""
    capped = select(Notice.id).where(_UNDELIVERED).limit(paging.COUNTED_AT_MOST + 1)
    with connection() as conn:
        return conn.scalar(select(func.count()).select_from(capped.subquery())) or 0


def read_mailbox(*, page: int) -> tuple[tuple[DemoLetter, ...], bool]:
    """Everybody's letters and messages, newest first; and whether more follow. Only the demo may show it."""
    address = (
        select(case((Notice.channel == Channel.SUREL, Account.email), else_=Account.phone))
        .where(Account.person_id == Notice.person_id, Account.active)
        .order_by(Account.created_at)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            Notice.id,
            Person.name,
            address,
            Notice.channel,
            Notice.title,
            Notice.content,
            Notice.link,
            Notice.kind,
            Notice.status,
            Notice.created_at,
        )
        .outerjoin(Person, Person.id == Notice.person_id)
        .where(~_BELL)
    )
    with connection() as conn:
        rows, more = read_page(conn, query.add_columns(Notice.letter_id).order_by(*_LATEST), page)
        letter = (_letter(conn, DemoLetter(*r[:-1]), r.letter_id) if r.letter_id else DemoLetter(*r[:-1]) for r in rows)
        return tuple(filter(None, letter)), more


def _letter(conn: Connection, letter: DemoLetter, letter_id: UUID) -> DemoLetter | None:
    """A letter about an account, in the words it leaves with; None while it is not known whose it is."""
    w = read_letter_words(conn, letter_id)
    if w is None:
        return None
    return replace(
        letter,
        name=greeting(w.name),
        recipient=w.recipient,
        title=w.naskah.title,
        content=w.naskah.content,
        link=w.link,
        kind=w.kind,
    )
