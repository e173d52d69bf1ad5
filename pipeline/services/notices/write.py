"""Writing notices: one row per person and channel, in the transaction whose news they tell, each news once.

A notice for the bell is delivered by being written. One that leaves the house owes the message that sends it
(pipeline/services/notices/send.py).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, any_, bindparam, case, select
from sqlalchemy.orm import Session

from pipeline.channels import alive
from pipeline.db import Constant, Transaction, flushed
from pipeline.json import Json
from pipeline.models import Account, Notice, Outbox
from pipeline.rules.notices.rules import Channel, Kind, NoticeStatus, channels_for
from pipeline.rules.notices.words import NoticeWords, write
from pipeline.services.records.once import inserting_anew, inserting_once, write_once
from pipeline.services.records.sets import write_rows
from pipeline.settings import settings

TASK = "pemberitahuan.kirim"
QUEUE = "pemberitahuan"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something people are told. ``key`` names it: telling the same person again writes nothing."""

    kind: Kind
    key: str
    permohonan_id: UUID | None  # None: about no single file
    link: str  # path of the page it leads to
    facts: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a person can be reached."""

    email: str | None = None
    phone: str | None = None

    def of(self, channel: str) -> str | None:
        return {Channel.SUREL: self.email, Channel.PESAN: self.phone}.get(Channel(channel))


#: A notice of the same key is written once. A message closed or parked before starts over.
_NOTICES = inserting_once(
    Notice,
    *("id", "key", "kind", "permohonan_id", "person_id", "channel", "title", "content", "link"),
    *("status", "created_at", "delivered_at"),
    gives=("key",),
)
_ANEW = ("delivered_at", "try_at", "error", "stuck_at", "closed_at")
_MESSAGES = inserting_anew(
    Outbox,
    *("task", "antrean", "key", "permohonan_id", "created_at"),
    key="key",
    anew={**dict.fromkeys(_ANEW, "NULL"), "attempts": "0"},
)


def tell(s: Session, news: News, person: Iterable[UUID], *, now: datetime) -> int:
    """Write the notices of ``news`` to these people, and owe their messages. Returns how many were new."""
    return tell_many(s, [(news, set(person))], now=now)


def tell_many(s: Transaction, every: Iterable[tuple[News, Collection[UUID]]], *, now: datetime) -> int:
    """The same for each of these news, in three statements, however much there is to tell."""
    told = [(news, sorted(set(person))) for news, person in every if person]
    if not told:
        return 0
    known = addresses(s, {person_id for _, person in told for person_id in person})
    rows = {str(row["key"]): row for news, person in told for row in _rows(news, person, known, now)}
    new = [rows[str(key)] for (key,) in write_once(flushed(s), _NOTICES, list(rows.values()))]
    owe(s, [(str(r["key"]), r["permohonan_id"]) for r in new if r["channel"] != Channel.LONCENG], now=now)
    return len(new)


def owe(s: Transaction, notices: Iterable[tuple[str, object]], *, now: datetime) -> None:
    """Owe the messages that send these notices (key, permohonan); one closed or parked before starts over."""
    rows: list[Json] = [
        {"task": TASK, "antrean": QUEUE, "key": key, "permohonan_id": permohonan_id, "created_at": now}
        for key, permohonan_id in notices
    ]
    write_rows(flushed(s), {_MESSAGES: rows})


_persons = bindparam("persons", type_=ARRAY(Account.person_id.type))
_ADDRESSES = Constant(
    select(
        Account.person_id,
        case((Account.email_proven, Account.email)).label("email"),
        case((Account.phone_proven, Account.phone)).label("phone"),
    )
    .where(Account.person_id == any_(_persons), Account.active, Account.password.is_not(None))
    .order_by(Account.created_at)
)


def addresses(s: Transaction, person: Iterable[UUID]) -> dict[UUID, Addresses]:
    """Addresses of those who have an account in use; the oldest account that has one tells it.

    An officer's address, which somebody else typed, is in use once a link that went there has set a password; one set
    by a link from the server's console proves no address.
    """
    known: dict[UUID, Addresses] = {}
    for account in _ADDRESSES(flushed(s), persons=list(person)).mappings():
        old = known.get(account["person_id"], Addresses())
        known[account["person_id"]] = Addresses(old.email or account["email"], old.phone or account["phone"])
    return known


def typed_addresses(s: Transaction, person_id: UUID) -> dict[UUID, Addresses]:
    """The addresses of an open account as they were typed, whether or not anybody read what came there."""
    accounts = select(Account.email, Account.phone).where(Account.person_id == person_id, Account.active)
    found = flushed(s).execute(accounts.order_by(Account.created_at)).first()
    return {person_id: Addresses(found.email, found.phone)} if found else {}


def _rows(news: News, person: Sequence[UUID], known: Mapping[UUID, Addresses], now: datetime) -> Iterator[Json]:
    """A notice for each of these people and each channel that reaches them."""
    naskah, running = write(news.kind, news.facts), alive(settings())
    for person_id in person:
        owned = known.get(person_id, Addresses())
        for channel in channels_for(news.kind, email=bool(owned.email), phone=bool(owned.phone), alive=running):
            yield _row(news, naskah, person_id, channel, now)


def _row(news: News, naskah: NoticeWords, person_id: UUID, channel: Channel, now: datetime) -> Json:
    arrived = channel is Channel.LONCENG
    return {
        "id": uuid4(),
        "key": f"{news.key}:{person_id}:{channel}",
        "kind": news.kind,
        "permohonan_id": news.permohonan_id,
        "person_id": person_id,
        "channel": channel,
        "title": naskah.title,
        "content": naskah.content,
        "link": news.link,
        "status": NoticeStatus.TERKIRIM if arrived else NoticeStatus.MENUNGGU,
        "created_at": now,
        "delivered_at": now if arrived else None,
    }
