"""Where the files of the office are now: how many on each langkah, which are late or oldest, and who has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, column, func, select, true, values
from sqlalchemy.dialects.postgresql import distinct_on

from pipeline.calendar.due import Interval
from pipeline.calendar.pauses import read_pauses
from pipeline.db import connection
from pipeline.kantor.office import desks
from pipeline.models import Permohonan, Person, Tugas
from pipeline.queries.paging import COUNTED_AT_MOST, PER_PAGE
from pipeline.roles import Peran
from pipeline.sop.registry import SOPS, get_sop
from pipeline.sop.values import Langkah, Sop


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDesk:
    """A file on a desk of the office."""

    permohonan_id: UUID
    nomor: str
    pemegang: str
    peran: Peran
    langkah: Langkah
    entered_at: datetime
    started_at: datetime
    jeda: tuple[Interval, ...]
    tenggat: datetime | None
    added_days: int
    taken_by: str | None  # who took it; None: nobody yet


@dataclass(frozen=True, slots=True)
class AtLangkah:
    """A langkah: its open files and those late, capped like a queue's tabs, and the one that lies there longest."""

    sop: Sop
    langkah: Langkah
    total: int = 0
    overdue: int = 0
    oldest: AtDesk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Which of the open files: of one desk or langkah, or of all; only the late ones or all."""

    peran: Peran | None = None
    sop: str = ""
    langkah: str = ""
    overdue_only: bool = True


#: The desks, and where files wait for a time to pass.
_PLACES = (*desks(), Peran.SYSTEM)
_OPEN = (Tugas.closed_at.is_(None), Tugas.peran.in_([str(p) for p in _PLACES]))


def read_langkah(*, now: datetime) -> tuple[AtLangkah, ...]:
    """Every langkah of the office in the order of the SOP, the empty ones too.

    Of each the most urgent files are read and counted, COUNTED_AT_MOST and one more at most; the oldest is of those.
    """
    places = [(sop, t) for sop in SOPS.values() for t in sop.langkah if t.peran in _PLACES]
    with connection() as conn:
        rows = conn.execute(_most_urgent([(sop.code, t.code) for sop, t in places], now))
        found = {(r.place_sop, r.place_langkah): r for r in rows}
    return tuple(
        AtLangkah(sop, t, r.total, r.overdue, _file(r)) if (r := found.get((sop.code, t.code))) else AtLangkah(sop, t)
        for sop, t in places
    )


def _most_urgent(places: Sequence[tuple[str, str]], now: datetime) -> Select[*tuple[object, ...]]:
    """Of each place the file that lies there longest, with how many lie there and how many are late."""
    place = values(column("sop", Text), column("langkah", Text), name="place").data(list(places))
    urgent = (
        select(Tugas.id, Tugas.created_at, Tugas.tenggat)
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .where(*_OPEN, Tugas.langkah == place.c.langkah, Permohonan.sop == place.c.sop)
        .order_by(Tugas.tenggat, Tugas.id)
        .limit(COUNTED_AT_MOST + 1)
        .lateral("urgent")
    )
    here = (place.c.sop, place.c.langkah)
    oldest = (
        select(
            place.c.sop.label("place_sop"),
            place.c.langkah.label("place_langkah"),
            urgent.c.id,
            func.count().over(partition_by=here).label("total"),
            func.count().filter(urgent.c.tenggat < now).over(partition_by=here).label("overdue"),
        )
        .select_from(place.join(urgent, true()))
        .ext(distinct_on(place.c.sop, place.c.langkah))
        .order_by(place.c.sop, place.c.langkah, urgent.c.created_at, urgent.c.id)
        .subquery()
    )
    columns = (oldest.c.place_sop, oldest.c.place_langkah, oldest.c.total, oldest.c.overdue)
    return _files().add_columns(*columns).join(oldest, oldest.c.id == Tugas.id)


def read_at_desk(narrow: Criteria, *, page: int, now: datetime) -> tuple[Sequence[AtDesk], int]:
    """A page of the open files, the longest late first, and how many there are: COUNTED_AT_MOST + 1 at most."""
    conditions, urgent = _condition(narrow, now), (Tugas.tenggat, Tugas.id)
    page = min(page, -(-COUNTED_AT_MOST // PER_PAGE))
    choose = _files().where(*conditions).order_by(*urgent).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    counted = (
        select(Tugas.id)
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .where(*conditions)
        .order_by(*urgent)
        .limit(COUNTED_AT_MOST + 1)
        .subquery()
    )
    with connection() as conn:
        rows = conn.execute(choose).all()
        return [_file(r) for r in rows], conn.scalar(select(func.count()).select_from(counted)) or 0


def _condition(narrow: Criteria, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [*_OPEN]
    if narrow.peran:
        conditions.append(Tugas.peran == str(narrow.peran))
    if narrow.langkah:
        conditions += [Permohonan.sop == narrow.sop, Tugas.langkah == narrow.langkah]
    if narrow.overdue_only:
        conditions.append(Tugas.tenggat < now)
    return conditions


def _files() -> Select[*tuple[object, ...]]:
    return (
        select(
            Tugas.permohonan_id,
            Permohonan.nomor,
            Permohonan.pemegang,
            Permohonan.sop,
            Permohonan.sop_version,
            Tugas.peran,
            Tugas.langkah,
            Tugas.created_at,
            Tugas.started_at,
            Tugas.jeda,
            Tugas.tenggat,
            Tugas.added_days,
            Person.name,
        )
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .outerjoin(Person, Person.id == Tugas.taken_by)
    )


def _file(r: Row[*tuple[object, ...]]) -> AtDesk:
    return AtDesk(
        permohonan_id=r.permohonan_id,
        nomor=r.nomor or "",
        pemegang=r.pemegang,
        peran=Peran(r.peran),
        langkah=get_sop(r.sop, r.sop_version)[r.langkah],
        entered_at=r.created_at,
        started_at=r.started_at,
        jeda=read_pauses(r.jeda),
        tenggat=r.tenggat,
        added_days=r.added_days,
        taken_by=r.name,
    )
