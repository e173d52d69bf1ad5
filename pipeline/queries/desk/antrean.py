"""The queue of a role: one page of it by the partial index, and how many files each tab holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, SQLColumnExpression, func, literal, select

from pipeline.calendar.due import Interval
from pipeline.calendar.pauses import read_pauses
from pipeline.db import connection, snapshot
from pipeline.models import Permohonan, Person, Tugas
from pipeline.queries.desk.search import found_by
from pipeline.queries.paging import COUNTED_AT_MOST, PER_PAGE
from pipeline.roles import Peran
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Langkah, Sop
from pipeline.sop.words import KeputusanKind


class Tab(StrEnum):
    """The tabs of a queue."""

    SEMUA = "semua"
    SAYA = "saya"
    LEWAT = "lewat"
    KEMBALI = "kembali"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedTugas:
    """One file in the queue."""

    tugas_id: UUID
    permohonan_id: UUID
    nomor: str
    nama_lembaga: str
    langkah: Langkah
    correction: int  # how often the applicant sent a correction
    entered_at: datetime
    started_at: datetime
    jeda: tuple[Interval, ...]
    tenggat: datetime | None
    added_days: int  # hari kerja a superior has added
    expedited: bool
    ready: bool  # its step has run: a person may work on it
    stuck: bool
    taker_id: UUID | None
    taker_name: str | None
    for_person: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Antrean:
    """One page of a queue, and the size of every tab (capped at COUNTED_AT_MOST + 1)."""

    line: tuple[QueuedTugas, ...]
    tally: Mapping[Tab, int]
    total: int  # of the files found by this tab and search, capped as well
    page: int
    page_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What part of a queue is asked for."""

    peran: Peran
    person_id: UUID
    tab: Tab = Tab.SEMUA
    search: str = ""
    page: int = 1


def read_antrean(choices: Choice, *, now: datetime) -> Antrean:
    """A page of the queue, returned files first, then by tenggat. All of it is read from one snapshot."""
    with snapshot() as conn:
        tally = _count_tabs(conn, choices, now)
        count = _count(conn, _matching(choices, now)) if choices.search else tally[choices.tab]
        pages = max(1, -(-min(count, COUNTED_AT_MOST) // PER_PAGE))
        page = min(max(1, choices.page), pages)
        rows = conn.execute(_page(choices, now, page)).all()
    return Antrean(
        line=tuple(_queued(r) for r in rows),
        tally=tally,
        total=count,
        page=page,
        page_count=pages,
    )


def count_antrean(peran: Iterable[Peran]) -> dict[Peran, int]:
    """How many open files each of these roles has, capped like the tabs."""
    with connection() as conn:
        return {p: _count(conn, select(Tugas.id).where(*_open(p))) for p in peran}


def corrections() -> ColumnElement[int]:
    """How often the applicant of ``Permohonan`` sent the file again: a scalar subquery for a select over it."""
    again = select(func.count() - 1).where(
        Tugas.permohonan_id == Permohonan.id, Tugas.peran == Peran.PEMOHON, Tugas.keputusan == KeputusanKind.KIRIM
    )
    return func.greatest(again.correlate(Permohonan).scalar_subquery(), 0)


def _open(peran: Peran) -> tuple[ColumnElement[bool], ...]:
    """The condition of the partial index ix_tugas_antrean."""
    return Tugas.peran == literal(str(peran)), Tugas.closed_at.is_(None)


def _tab(choices: Choice, tab: Tab, now: datetime) -> tuple[SQLColumnExpression[bool], ...]:
    match tab:
        case Tab.SAYA:
            return (Tugas.taken_by == choices.person_id,)
        case Tab.LEWAT:
            return (Tugas.tenggat < now,)
        case Tab.KEMBALI:
            return (Tugas.expedited,)
        case Tab.SEMUA:
            return ()


def _matching(choices: Choice, now: datetime) -> Select[UUID]:
    """The ids of the tugas this tab and search find."""
    query = select(Tugas.id).where(*_open(choices.peran), *_tab(choices, choices.tab, now))
    if not choices.search:
        return query
    return query.join(Permohonan, Permohonan.id == Tugas.permohonan_id).where(found_by(choices.search))


def _page(choices: Choice, now: datetime, page: int) -> Select[*tuple[object, ...]]:
    """The rows of a page: its 25 ids first, by the index, and only for those the rest."""
    order = (Tugas.expedited.desc(), Tugas.tenggat, Tugas.id)
    ids = _matching(choices, now).order_by(*order).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    taker = Person
    return (
        select(
            Tugas.id,
            Tugas.permohonan_id,
            Permohonan.nomor,
            Permohonan.nama_lembaga,
            Permohonan.sop,
            Permohonan.sop_version,
            Tugas.langkah,
            Tugas.created_at,
            Tugas.started_at,
            Tugas.jeda,
            Tugas.tenggat,
            Tugas.added_days,
            Tugas.expedited,
            Tugas.ready_at,
            Tugas.stuck_at,
            Tugas.taken_by,
            Tugas.automatic,
            Tugas.for_person,
            taker.name.label("taker_name"),
            corrections().label("correction"),
        )
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .outerjoin(taker, taker.id == Tugas.taken_by)
        .where(Tugas.id.in_(ids))
        .order_by(*order)
    )


def _count_tabs(conn: Connection, choices: Choice, now: datetime) -> dict[Tab, int]:
    return {t: _count(conn, select(Tugas.id).where(*_open(choices.peran), *_tab(choices, t, now))) for t in Tab}


def _count(conn: Connection, query: Select[UUID]) -> int:
    capped = query.limit(COUNTED_AT_MOST + 1).subquery()
    return conn.scalar(select(func.count()).select_from(capped)) or 0


def _queued(r: Row[*tuple[object, ...]]) -> QueuedTugas:
    sop: Sop = get_sop(r.sop, r.sop_version)
    return QueuedTugas(
        tugas_id=r.id,
        permohonan_id=r.permohonan_id,
        nomor=r.nomor or "",
        nama_lembaga=r.nama_lembaga,
        langkah=sop[r.langkah],
        correction=r.correction,
        entered_at=r.created_at,
        started_at=r.started_at,
        jeda=read_pauses(r.jeda),
        tenggat=r.tenggat,
        added_days=r.added_days,
        expedited=r.expedited,
        ready=r.ready_at is not None and not r.automatic,
        stuck=r.stuck_at is not None,
        taker_id=r.taken_by,
        taker_name=r.taker_name,
        for_person=r.for_person,
    )
