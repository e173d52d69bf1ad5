"""Who opened personal data and who was refused, for the PDP officer: who, what, when, on which file; never the data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    FrameClause,
    FrameClauseType,
    Row,
    Select,
    Uuid,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute, aliased

from pipeline.db import REPORT, connection, give_time
from pipeline.json import Json
from pipeline.models import AT_COUNTER, AccessRefused, AccountChange, DataAccess, Permohonan, Person
from pipeline.queries.paging import read_page
from pipeline.queries.people.account_log import WORDS
from pipeline.text import office_zone

EXPORTS_AT_MOST = 20_000
#: More looks of one person in this time than a desk can need.
MANY_VIEWED, INSIDE = 60, timedelta(minutes=10)
ALARM_FOR = timedelta(days=7)
_owner = aliased(Person)


class Part(StrEnum):
    """Which part of the record is shown."""

    SEMUA = "semua"
    DIBUKA = "dibuka"
    DITOLAK = "ditolak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """What is looked for; both days included, words anywhere in the name or the number."""

    shown: Part = Part.SEMUA
    since: date | None = None
    until: date | None = None
    person: str = ""
    nomor: str = ""


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One look (``purpose``), one refusal (``status``), or one act of the counter on somebody's account (``owner``)."""

    at: datetime
    name: str | None
    peran: str
    what: str  # what was opened, or the method and the rule that were refused
    purpose: str | None
    status: int | None
    incident: str | None
    permohonan_id: UUID | None
    nomor: str | None  # of the file; None: a draft, or no file
    owner: str | None  # whose account it was; then ``what`` is a sentence
    data: Json | None


@dataclass(frozen=True, slots=True)
class ManyViews:
    """Somebody opened far more than a desk needs: how many within INSIDE, and until when."""

    name: str
    count: int
    at: datetime


def read_access_log(sieve: Sieve, *, page: int) -> tuple[Sequence[AccessEntry], bool]:
    """A page of the record, the latest first; and whether more follow."""
    with connection() as conn:
        rows, more = read_page(conn, _query(sieve), page)
    return [_entry(r) for r in rows], more


def read_export(sieve: Sieve) -> tuple[Sequence[AccessEntry], bool]:
    """All of it up to EXPORTS_AT_MOST, the latest first; and whether more follow."""
    with connection() as conn:
        give_time(conn, REPORT)
        rows, more = read_page(conn, _query(sieve), 1, per_page=EXPORTS_AT_MOST)
    return [_entry(r) for r in rows], more


def read_many_views(*, now: datetime) -> Sequence[ManyViews]:
    """Who opened MANY_VIEWED or more within INSIDE, in the last days. ``now`` is the real clock."""
    window = FrameClause(INSIDE, None, FrameClauseType.PRECEDING, FrameClauseType.CURRENT)
    counted = (
        select(
            DataAccess.actor,
            DataAccess.at,
            func.count().over(partition_by=DataAccess.actor, order_by=DataAccess.at, range_=window).label("count"),
        )
        .where(DataAccess.at > now - ALARM_FOR)
        .subquery()
    )
    latest = (
        select(Person.name, func.max(counted.c.count), func.max(counted.c.at))
        .join(Person, Person.id == counted.c.actor)
        .where(counted.c.count >= MANY_VIEWED)
        .group_by(Person.id)
        .order_by(func.max(counted.c.at).desc())
    )
    with connection() as conn:
        return [ManyViews(*r) for r in conn.execute(latest)]


_Columns = tuple[
    datetime, str | None, str, str, str | None, int | None, str | None, UUID | None, str | None, str | None, Json | None
]


def _entry(row: Row[*_Columns]) -> AccessEntry:
    entry = AccessEntry(*row)
    return entry if entry.data is None else replace(entry, what=WORDS[entry.what](entry.data))


def _query(s: Sieve) -> Select[*_Columns]:
    parts = {Part.DIBUKA: (_opened(s), _at_counter(s)), Part.DITOLAK: (_refused(s),)}.get(
        s.shown, (_opened(s), _refused(s), _at_counter(s))
    )
    c = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery().c
    query = (
        select(c.at, Person.name, c.peran, c.what, c.purpose, c.status, c.incident, c.permohonan_id, Permohonan.nomor)
        .add_columns(_owner.name, c.data)
        .outerjoin(Person, Person.id == c.actor)
        .outerjoin(_owner, _owner.id == c.owner_id)
        .outerjoin(Permohonan, Permohonan.id == c.permohonan_id)
        .order_by(c.at.desc(), c.id.desc())
    )
    if s.person:
        query = query.where(Person.name.icontains(s.person, autoescape=True))
    return query.where(Permohonan.nomor.icontains(s.nomor, autoescape=True)) if s.nomor else query


def _opened(s: Sieve) -> Select[*tuple[object, ...]]:
    return select(
        DataAccess.id,
        DataAccess.at,
        DataAccess.actor,
        DataAccess.peran,
        DataAccess.what,
        DataAccess.purpose,
        null().label("status"),
        null().label("incident"),
        DataAccess.permohonan_id,
        cast(null(), Uuid).label("owner_id"),
        cast(null(), JSONB).label("data"),
    ).where(*_between(DataAccess.at, s))


def _refused(s: Sieve) -> Select[*tuple[object, ...]]:
    return select(
        AccessRefused.id,
        AccessRefused.at,
        AccessRefused.actor,
        AccessRefused.peran,
        (AccessRefused.method + literal(" ") + AccessRefused.rule).label("what"),
        null().label("purpose"),
        AccessRefused.status,
        AccessRefused.incident,
        AccessRefused.permohonan_id,
        cast(null(), Uuid).label("owner_id"),
        cast(null(), JSONB).label("data"),
    ).where(*_between(AccessRefused.at, s))


def _at_counter(s: Sieve) -> Select[*tuple[object, ...]]:
    return select(
        AccountChange.sequence.label("id"),
        AccountChange.at,
        AccountChange.actor,
        AccountChange.data["peran"].astext.label("peran"),
        AccountChange.kind.label("what"),
        null().label("purpose"),
        null().label("status"),
        null().label("incident"),
        cast(null(), Uuid).label("permohonan_id"),
        AccountChange.person_id.label("owner_id"),
        AccountChange.data,
    ).where(AT_COUNTER, *_between(AccountChange.at, s))


def _between(at: InstrumentedAttribute[datetime], s: Sieve) -> list[ColumnElement[bool]]:
    bounds: list[ColumnElement[bool]] = []
    if s.since:
        bounds.append(at >= _midnight(s.since))
    if s.until and s.until < date.max:
        bounds.append(at < _midnight(s.until + timedelta(days=1)))
    return bounds


def _midnight(hari: date) -> datetime:
    return datetime.combine(hari, time(), ZoneInfo(office_zone()))
