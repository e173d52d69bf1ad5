"""Writing notices: one row per person and channel, in the transaction whose news they tell, each news once.

A notice for the bell is delivered by being written. One that leaves the house owes the message that sends it
(pipeline/services/notices/send.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.channels import alive
from pipeline.json import Json
from pipeline.models import Account, Notice, Outbox
from pipeline.rules.notices.rules import Channel, Kind, NoticeStatus, channels_for
from pipeline.rules.notices.words import NoticeWords, write
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


def tell(s: Session, news: News, person: Iterable[UUID], *, now: datetime) -> int:
    """Write the notices of ``news`` to these people, and owe their messages. Returns how many were new."""
    ids = sorted(set(person))
    if not ids:
        return 0
    naskah, known, p = write(news.kind, news.facts), addresses(s, ids), Notice
    rows = [row for person_id in ids for row in _rows(news, naskah, person_id, known.get(person_id, Addresses()), now)]
    new = s.execute(upsert(p).values(rows).on_conflict_do_nothing().returning(p.key, p.channel)).all()
    owe(s, [(r.key, news.permohonan_id) for r in new if r.channel != Channel.LONCENG], now=now)
    return len(new)


def owe(s: Session, news: Iterable[tuple[str, UUID | None]], *, now: datetime) -> None:
    """Owe the messages that send these notices (kunci, permohonan); one closed or parked before starts over."""
    rows: list[Json] = [
        {"task": TASK, "antrean": QUEUE, "key": key, "permohonan_id": permohonan_id, "created_at": now}
        for key, permohonan_id in news
    ]
    if not rows:
        return
    anew: Json = {
        "delivered_at": None,
        "try_at": None,
        "started_at": None,
        "attempts": 0,
        "error": None,
        "stuck_at": None,
        "closed_at": None,
    }
    s.execute(upsert(Outbox).values(rows).on_conflict_do_update(index_elements=[Outbox.key], set_=anew))
    s.execute(select(func.pg_notify("outbox", "")))


def addresses(s: Session, person: Iterable[UUID]) -> dict[UUID, Addresses]:
    """Addresses of those who have an account in use; the oldest account that has one tells it.

    An officer's address, which somebody else typed, is in use once a link that went there has set a password; one set
    by a link from the server's console proves no address.
    """
    known: dict[UUID, Addresses] = {}
    account = s.execute(
        select(
            Account.person_id,
            case((Account.email_proven, Account.email)).label("email"),
            case((Account.phone_proven, Account.phone)).label("phone"),
        )
        .where(Account.person_id.in_(person), Account.active, Account.password.is_not(None))
        .order_by(Account.created_at)
    )
    for person_id, email, phone in account:
        old = known.get(person_id, Addresses())
        known[person_id] = Addresses(old.email or email, old.phone or phone)
    return known


def _rows(news: News, naskah: NoticeWords, person_id: UUID, owned: Addresses, now: datetime) -> Iterable[Json]:
    running = alive(settings())
    for channel in channels_for(news.kind, email=bool(owned.email), phone=bool(owned.phone), alive=running):
        arrived = channel is Channel.LONCENG
        yield {
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
