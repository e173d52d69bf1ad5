"""The queue of a role: one page of it by the partial index, and how many files each tab holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    Select,
    SQLColumnExpression,
    Text,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
)

from pipeline.calendar.due import Interval
from pipeline.calendar.pauses import read_pauses
from pipeline.db import Constant, snapshot
from pipeline.kantor.office import desks
from pipeline.models import Permohonan, Person, Tugas
from pipeline.queries.desk.search import found_by
from pipeline.queries.desk.times import Triggered, raised_here, told
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
    pemegang: str
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
    raised: tuple[Triggered, ...]  # the levels that still tell of where it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Antrean:
    """One page of a queue, and the size of every tab (capped at COUNTED_AT_MOST + 1)."""

    line: tuple[QueuedTugas, ...]
    tally: Mapping[Tab, int]
    desks: Mapping[Peran, int]
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


def read_antrean(choices: Choice, desks: Sequence[Peran] = (), *, now: datetime) -> Antrean:
    """A page of the queue, returned files first, then by tenggat, and the size of these ``desks`` too."""
    asked = {"peran": str(choices.peran), "person_id": choices.person_id, "now": now, "page": choices.page}
    asked |= {"desks": [str(p) for p in desks]}
    with snapshot() as conn:
        if choices.search:
            rows = conn.execute(_page(choices.tab, found_by(choices.search)), asked).all()
        else:
            rows = _PAGES[choices.tab](conn, **asked).all()
    sizes = rows[0]._mapping  # an empty queue has one row too, without a file
    return Antrean(
        line=tuple(_queued(r) for r in rows if r.id is not None),
        tally={t: sizes[t] for t in Tab},
        desks={p: sizes[_desk(p)] for p in desks},
        total=sizes["found"],
        page=sizes["page"],
        page_count=sizes["page_count"],
    )


def corrections() -> ColumnElement[int]:
    """How often the applicant of ``Permohonan`` sent the file again: a scalar subquery for a select over it."""
    again = select(func.count() - 1).where(
        Tugas.permohonan_id == Permohonan.id, Tugas.peran == Peran.PEMOHON, Tugas.keputusan == KeputusanKind.KIRIM
    )
    return func.greatest(again.correlate(Permohonan).scalar_subquery(), 0)


def _open(peran: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    """The condition of the partial index ix_tugas_antrean."""
    return Tugas.peran == peran, Tugas.closed_at.is_(None)


#: Which of the open files of a role a tab shows. Said of both kinds, "late" is two short looks into that index; said of
#: neither, it would be read to its end.
_TABS: Final[Mapping[Tab, Sequence[SQLColumnExpression[bool]]]] = {
    Tab.SEMUA: (),
    Tab.SAYA: (Tugas.taken_by == bindparam("person_id", type_=Tugas.taken_by.type),),
    Tab.LEWAT: (
        Tugas.expedited == any_(literal_column("ARRAY[true, false]")),
        Tugas.tenggat < bindparam("now", type_=Tugas.tenggat.type),
    ),
    Tab.KEMBALI: (Tugas.expedited,),
}


def _ids(tab: Tab, found: ColumnElement[bool] | None = None) -> Select[UUID]:
    """The tugas of a tab that are found; all of them when nothing is looked for."""
    query = select(Tugas.id).where(*_open(bindparam("peran", type_=Tugas.peran.type)), *_TABS[tab])
    if found is None:
        return query
    return query.join(Permohonan, Permohonan.id == Tugas.permohonan_id).where(found)


def _capped(query: Select[UUID]) -> ColumnElement[int]:
    return select(func.count()).select_from(query.limit(COUNTED_AT_MOST + 1).subquery()).scalar_subquery()


def _desk(peran: Peran) -> str:
    return f"desk {peran}"


_desks = bindparam("desks", type_=ARRAY(Text))
#: The size of every tab, and of each desk among those asked for.
_SIZES: Final = (
    *(_capped(_ids(t)).label(t) for t in Tab),
    *(
        case((word == any_(_desks), _capped(select(Tugas.id).where(*_open(word))))).label(_desk(p))
        for p in desks()
        for word in [literal_column(f"'{p}'", Text)]
    ),
)


def _page(tab: Tab, found: ColumnElement[bool] | None = None) -> Select[*tuple[object, ...]]:
    """Everything a page shows, in one statement: the sizes and, beside them, each of its 25 rows.

    Their ids come first, by the index, and only for those the rest.
    """
    sizes = select(*_SIZES, (_capped(_ids(tab, found)) if found is not None else literal_column("0")).label("looked"))
    counted = sizes.cte("counted").prefix_with("MATERIALIZED")  # PostgreSQL would count once for each mention
    total = counted.c.looked if found is not None else counted.c[tab]
    pages = func.greatest(func.ceil(func.least(total, COUNTED_AT_MOST) / literal_column(f"{PER_PAGE}.0")), 1)
    number = func.least(func.greatest(bindparam("page", type_=Integer), 1), cast(pages, Integer))
    place = select(counted, total.label("found"), number.label("page"), cast(pages, Integer).label("page_count"))
    here = place.cte("here")
    order = (Tugas.expedited.desc(), Tugas.tenggat, Tugas.id)
    skipped = select((here.c.page - 1) * PER_PAGE).scalar_subquery()
    ids = _ids(tab, found).order_by(*order).limit(PER_PAGE).offset(skipped)
    rows = _ROWS.where(Tugas.id.in_(ids)).subquery("rows")
    in_order = (rows.c.expedited.desc(), rows.c.tenggat, rows.c.id)
    return select(here, rows).select_from(here.outerjoin(rows, true())).order_by(*in_order)


_taker = Person
_ROWS: Final = (
    select(
        Tugas.id,
        Tugas.permohonan_id,
        Permohonan.nomor,
        Permohonan.pemegang,
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
        _taker.name.label("taker_name"),
        corrections().label("correction"),
        raised_here().label("raised"),
    )
    .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
    .outerjoin(_taker, _taker.id == Tugas.taken_by)
)
_PAGES: Final = {t: Constant(_page(t)) for t in Tab}


def _queued(r: Row[*tuple[object, ...]]) -> QueuedTugas:
    sop: Sop = get_sop(r.sop, r.sop_version)
    return QueuedTugas(
        tugas_id=r.id,
        permohonan_id=r.permohonan_id,
        nomor=r.nomor or "",
        pemegang=r.pemegang,
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
        raised=told(sop, r.raised),
    )
