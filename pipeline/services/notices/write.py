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
from pipeline.rules.notices.rules import Channel, Kind, channels_for
from pipeline.rules.notices.words import Naskah, write
from pipeline.settings import settings

TASK = "pemberitahuan.kirim"
QUEUE = "pemberitahuan"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something people are told. ``kunci`` names it: telling the same person again writes nothing."""

    jenis: Kind
    kunci: str
    permohonan_id: UUID | None  # None: about no single file
    tautan: str  # path of the page it leads to
    found_facts: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a person can be reached."""

    surel: str | None = None
    telepon: str | None = None

    def of(self, saluran: str) -> str | None:
        return {Channel.SUREL: self.surel, Channel.PESAN: self.telepon}.get(Channel(saluran))


def tell(s: Session, news: News, orang: Iterable[UUID], *, now: datetime) -> int:
    """Write the notices of ``news`` to these people, and owe their messages. Returns how many were new."""
    ids = sorted(set(orang))
    if not ids:
        return 0
    naskah, known, p = write(news.jenis, news.found_facts), addresses(s, ids), Notice
    rows = [row for person_id in ids for row in _rows(news, naskah, person_id, known.get(person_id, Addresses()), now)]
    new = s.execute(upsert(p).values(rows).on_conflict_do_nothing().returning(p.kunci, p.saluran)).all()
    owe(s, [(r.kunci, news.permohonan_id) for r in new if r.saluran != Channel.LONCENG], now=now)
    return len(new)


def owe(s: Session, news: Iterable[tuple[str, UUID | None]], *, now: datetime) -> None:
    """Owe the messages that send these notices (kunci, permohonan); one closed or parked before starts over."""
    rows: list[Json] = [
        {"task": TASK, "antrean": QUEUE, "kunci": key, "permohonan_id": permohonan_id, "created_at": now}
        for key, permohonan_id in news
    ]
    if not rows:
        return
    anew: Json = {
        "delivered_at": None, "try_at": None, "started_at": None, "percobaan": 0, "galat": None,
        "stuck_at": None, "closed_at": None,
    }  # fmt: skip
    s.execute(upsert(Outbox).values(rows).on_conflict_do_update(index_elements=[Outbox.kunci], set_=anew))
    s.execute(select(func.pg_notify("outbox", "")))


def addresses(s: Session, orang: Iterable[UUID]) -> dict[UUID, Addresses]:
    """Addresses of those who have an account in use; the oldest account that has one tells it.

    An officer's address, which somebody else typed, is in use once a link that went there has set a password; one set
    by a link from the server's console proves no address.
    """
    known: dict[UUID, Addresses] = {}
    akun = s.execute(
        select(
            Account.person_id,
            case((Account.email_proven, Account.surel)).label("surel"),
            case((Account.phone_proven, Account.telepon)).label("telepon"),
        )
        .where(Account.person_id.in_(orang), Account.aktif, Account.sandi.is_not(None))
        .order_by(Account.created_at)
    )
    for person_id, surel, telepon in akun:
        lama = known.get(person_id, Addresses())
        known[person_id] = Addresses(lama.surel or surel, lama.telepon or telepon)
    return known


def _rows(news: News, naskah: Naskah, person_id: UUID, punya: Addresses, now: datetime) -> Iterable[Json]:
    hidup = alive(settings())
    for saluran in channels_for(news.jenis, surel=bool(punya.surel), telepon=bool(punya.telepon), hidup=hidup):
        tiba = saluran is Channel.LONCENG
        yield {
            "id": uuid4(), "kunci": f"{news.kunci}:{person_id}:{saluran}", "jenis": news.jenis,
            "permohonan_id": news.permohonan_id, "person_id": person_id, "saluran": saluran, "judul": naskah.judul,
            "isi": naskah.isi, "tautan": news.tautan, "status": "terkirim" if tiba else "menunggu",
            "created_at": now, "delivered_at": now if tiba else None,
        }  # fmt: skip
