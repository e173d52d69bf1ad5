"""Making the daily head: what all histories are today, signed, kept outside the database, and told to people."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import exists, func, insert, select, text
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.disk import write_atomic
from pipeline.kantor.instance_key import instance_key, public_pem
from pipeline.models import Account, DailyHead, DailyLeaf, Penugasan, Permohonan, Person
from pipeline.queries.people.accounts import can_work, holds_on
from pipeline.queries.records.heads import leaves_of
from pipeline.queries.records.logs import new_rows
from pipeline.roles import Peran
from pipeline.rules.history.daily_head import Leaf, Signed, is_signed, parse, read_head, sign_head
from pipeline.rules.notices.rules import Kind
from pipeline.services.notices.write import News, tell
from pipeline.settings import settings
from pipeline.text import date_at, date_in_words

RECENT = 400  # days: among so many heads the last one is looked for


def make_daily_head(*, now: datetime) -> int | None:
    """Make today's head over every history that has grown since it was last in one. None: it is made already.

    The file is written once the head is committed; the next run writes one that a crash has lost.
    """
    with unit_of_work() as s:
        s.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('kepala_harian', 0))"))  # one at a time
        last, today = _last(s), date_at(now)
        made = None
        if last is None or _day(last) < today:  # a demo's clock may be set back: then the next day's is waited for
            leaves = _grown(s)
            before = last.statement if last else None
            logs = new_rows(s.connection(), before, now=real_now())
            made = sign_head(leaves, before, day=today, made_at=now, key=instance_key(), logs=logs)
            _write(s, made)
            _tell(s, made, now)
    _keep_files()
    return made.number if made else None


def _last(s: Session) -> DailyHead | None:
    """By the number that was signed: another one in the table would stop every head to come."""
    key = instance_key().public_key()
    recent = s.scalars(select(DailyHead).order_by(DailyHead.day.desc()).limit(RECENT))
    signed = {head.number: row for row in recent if is_signed(head := Signed(row.statement, row.signature), key)}
    return signed[max(signed)] if signed else None


def _day(head: DailyHead) -> date:
    """As it was signed: another day in the table would put off every head to come."""
    signed = Signed(head.statement, head.signature)
    return _told_day(signed) if is_signed(signed, instance_key().public_key()) else date.min


def _told_day(head: Signed) -> date:
    return date.fromisoformat(str(head.statement["day"]))


def head_files() -> list[Path]:
    """The heads kept outside the database, the first first."""
    return sorted(_folder().glob("*.json"))


def read_file(path: Path) -> Signed:
    """Raises ValueError, OSError."""
    return read_head(parse(path.read_bytes()))


def _grown(s: Session) -> list[Leaf]:
    covered = exists().where(
        DailyLeaf.owner_id == Permohonan.id,
        DailyLeaf.sequence == Permohonan.last_sequence,
        DailyLeaf.hash == Permohonan.chain,
    )
    query = select(Permohonan.id, Permohonan.last_sequence, Permohonan.chain, Permohonan.nomor).where(
        Permohonan.last_sequence > 0, ~covered
    )
    files = [Leaf(str(r.id), r.last_sequence, r.chain, r.nomor) for r in s.execute(query.order_by(Permohonan.id))]
    seen = exists().where(
        DailyLeaf.owner_id == Person.id, DailyLeaf.sequence == Person.sequence, DailyLeaf.hash == Person.chain
    )
    people = select(Person.id, Person.sequence, Person.chain).where(Person.sequence > 0, ~seen).order_by(Person.id)
    return files + [Leaf(str(r.id), r.sequence, r.chain, None) for r in s.execute(people)]


def _write(s: Session, head: Signed) -> None:
    row = {"number": head.number, "statement": head.statement, "signature": head.signature}
    s.execute(insert(DailyHead).values(day=_told_day(head), **row))
    rows = [
        {
            "number": head.number,
            "place": place,
            "owner_id": UUID(leaf.owner_id),
            "sequence": leaf.sequence,
            "hash": leaf.hash,
            "nomor": leaf.nomor,
        }
        for place, leaf in enumerate(head.leaves or ())
    ]
    if rows:
        s.execute(insert(DailyLeaf), rows)


def _tell(s: Session, head: Signed, now: datetime) -> None:
    st = head.statement
    news = News(
        kind=Kind.KEPALA_HARIAN,
        key=f"kepala:{head.number}",
        permohonan_id=None,
        link="/kepala-harian",
        facts={
            "head_number": head.number,
            "tanggal": date_in_words(date_at(now)),
            "jumlah": int(str(st["count"])),
            "sidik": str(st["root"]),
            "tanda_tangan": head.signature,
        },
    )
    tell(s, news, _readers(s, now), now=now)


def _readers(s: Session, now: datetime) -> list[UUID]:
    """Who is told: those named in the settings, else who holds the role for data protection."""
    if not settings().head_readers:
        officers = select(Penugasan.person_id).where(Penugasan.peran == Peran.PDP, holds_on(date_at(now)), can_work())
        return list(s.scalars(officers))
    named = select(Account.person_id).where(
        func.lower(Account.email).in_(settings().head_readers), Account.petugas, Account.active
    )
    return list(s.scalars(named))


def _keep_files() -> None:
    """Write the public key, and the heads that are missing, newest first, back to one that is there."""
    if not (public := _folder() / "kunci-publik.pem").exists():
        write_atomic(public, public_pem())
    with unit_of_work() as s:
        for head in _without_file(s):
            whole = Signed(head.statement, head.signature, tuple(leaves_of(s.connection(), head.number)))
            path = _folder() / _name(head.number)
            write_atomic(path, json.dumps(whole.plain(), ensure_ascii=False, indent=1).encode())


def _without_file(s: Session) -> Iterator[Signed]:
    number = s.scalar(select(func.max(DailyHead.number))) or 0
    while number and not (_folder() / _name(number)).exists():
        if row := s.get(DailyHead, number):
            yield Signed(row.statement, row.signature)
        number -= 1


def _folder() -> Path:
    return settings().data / "kepala"


def _name(number: int) -> str:
    return f"{number:06d}.json"
