"""Who opened personal data and who was refused, for the PDP officer: who, what, when, on which file; never the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FrameClause, FrameClauseType, Select, func, literal, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from pipeline.db import connection
from pipeline.models import AccessRefused, DataAccess, Permohonan, Person
from pipeline.queries.paging import read_page
from pipeline.tanggal import ZONE

EXPORTS_AT_MOST = 20_000
#: More looks of one person in this time than a desk can need.
MANY_VIEWED, INSIDE = 60, timedelta(minutes=10)
ALARM_FOR = timedelta(days=7)


class Show(StrEnum):
    """Which part of the record is shown."""

    SEMUA = "semua"
    DIBUKA = "dibuka"
    DITOLAK = "ditolak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """What is looked for; both days included, words anywhere in the name or the number."""

    tampil: Show = Show.SEMUA
    dari: date | None = None
    sampai: date | None = None
    orang: str = ""
    nomor: str = ""


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One look (``tujuan``) or one refusal (``status``)."""

    pada: datetime
    nama: str | None
    peran: str
    apa: str  # what was opened, or the method and the rule that were refused
    tujuan: str | None
    status: int | None
    kejadian: str | None
    permohonan_id: UUID | None
    nomor: str | None  # of the file; None: a draft, or no file


@dataclass(frozen=True, slots=True)
class ManyViews:
    """Somebody opened far more than a desk needs: how many within DALAM, and until when."""

    nama: str
    banyak: int
    pada: datetime


def read_note(sieve: Sieve, *, halaman: int) -> tuple[Sequence[AccessEntry], bool]:
    """A page of the record, the latest first; and whether more follow."""
    with connection() as conn:
        rows, more = read_page(conn, _query(sieve), halaman)
    return [AccessEntry(*r) for r in rows], more


def read_export(sieve: Sieve) -> tuple[Sequence[AccessEntry], bool]:
    """All of it up to EKSPOR_PALING_BANYAK, the latest first; and whether more follow."""
    with connection() as conn:
        rows, more = read_page(conn, _query(sieve), 1, per_page=EXPORTS_AT_MOST)
    return [AccessEntry(*r) for r in rows], more


def read_many_views(*, now: datetime) -> Sequence[ManyViews]:
    """Who opened BANYAK_DILIHAT or more within DALAM, in the last days. ``now`` is the real clock."""
    a = DataAccess
    window = FrameClause(INSIDE, None, FrameClauseType.PRECEDING, FrameClauseType.CURRENT)
    counted = (
        select(a.oleh, a.pada, func.count().over(partition_by=a.oleh, order_by=a.pada, range_=window).label("banyak"))
        .where(a.pada > now - ALARM_FOR)
        .subquery()
    )
    latest = (
        select(Person.nama, func.max(counted.c.banyak), func.max(counted.c.pada))
        .join(Person, Person.id == counted.c.oleh)
        .where(counted.c.banyak >= MANY_VIEWED)
        .group_by(Person.id)
        .order_by(func.max(counted.c.pada).desc())
    )
    with connection() as conn:
        return [ManyViews(*r) for r in conn.execute(latest)]


def _query(
    s: Sieve,
) -> Select[datetime, str | None, str, str, str | None, int | None, str | None, UUID | None, str | None]:
    a, d = DataAccess, AccessRefused
    dibuka = select(
        a.id, a.pada, a.oleh, a.peran, a.apa, a.tujuan, null().label("status"), null().label("kejadian"),
        a.permohonan_id,
    ).where(*_between(a.pada, s))  # fmt: skip
    ditolak = select(
        d.id, d.pada, d.oleh, d.peran, (d.cara + literal(" ") + d.aturan).label("apa"), null().label("tujuan"),
        d.status, d.kejadian, d.permohonan_id,
    ).where(*_between(d.pada, s))  # fmt: skip
    parts = {Show.DIBUKA: (dibuka,), Show.DITOLAK: (ditolak,)}.get(s.tampil, (dibuka, ditolak))
    c = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery().c
    query = (
        select(c.pada, Person.nama, c.peran, c.apa, c.tujuan, c.status, c.kejadian, c.permohonan_id, Permohonan.nomor)
        .outerjoin(Person, Person.id == c.oleh)
        .outerjoin(Permohonan, Permohonan.id == c.permohonan_id)
        .order_by(c.pada.desc(), c.id.desc())
    )
    if s.orang:
        query = query.where(Person.nama.icontains(s.orang, autoescape=True))
    return query.where(Permohonan.nomor.icontains(s.nomor, autoescape=True)) if s.nomor else query


def _between(pada: InstrumentedAttribute[datetime], s: Sieve) -> list[ColumnElement[bool]]:
    bounds: list[ColumnElement[bool]] = []
    if s.dari:
        bounds.append(pada >= _midnight(s.dari))
    if s.sampai and s.sampai < date.max:
        bounds.append(pada < _midnight(s.sampai + timedelta(days=1)))
    return bounds


def _midnight(hari: date) -> datetime:
    return datetime.combine(hari, time(), ZoneInfo(ZONE))
