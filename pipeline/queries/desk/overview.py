"""Where the files of the office are now: how many on each langkah, which are late or oldest, and who has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from pipeline.calendar.due import Interval
from pipeline.calendar.pauses import read_pauses
from pipeline.db import connection
from pipeline.models import Permohonan, Person, Tugas
from pipeline.queries.paging import PER_PAGE
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.sop.registry import SOPS, get_sop
from pipeline.sop.values import Langkah, Sop


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDesk:
    """A file on a desk of the office."""

    permohonan_id: UUID
    nomor: str
    nama_lembaga: str
    peran: Peran
    langkah: Langkah
    entered_at: datetime
    started_at: datetime
    jeda: tuple[Interval, ...]
    tenggat: datetime | None
    added_days: int
    pemegang: str | None  # who took it; None: nobody yet


@dataclass(frozen=True, slots=True)
class AtLangkah:
    """A langkah: its open files, those late, and the one that lies there longest."""

    sop: Sop
    langkah: Langkah
    total: int
    overdue: int
    oldest: AtDesk | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Which of the open files: of one desk or langkah, or of all; only the late ones or all."""

    peran: Peran | None = None
    sop: str = ""
    langkah: str = ""
    overdue_only: bool = True


_OPEN = (Tugas.closed_at.is_(None), Tugas.peran.in_([str(p) for p in PERAN_PETUGAS]))


def read_langkah(*, now: datetime) -> tuple[AtLangkah, ...]:
    """Every langkah of the office in the order of the SOP, the empty ones too."""
    tally = (
        select(
            Permohonan.sop,
            Tugas.langkah,
            func.count().label("total"),
            func.count().filter(Tugas.tenggat < now).label("overdue"),
        )
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .where(*_OPEN)
        .group_by(Permohonan.sop, Tugas.langkah)
    )
    oldest = (
        _files()
        .where(*_OPEN)
        .ext(distinct_on(Permohonan.sop, Tugas.langkah))
        .order_by(Permohonan.sop, Tugas.langkah, Tugas.created_at, Tugas.id)
    )
    with connection() as conn:
        present = {(r.sop, r.langkah): (r.total, r.overdue) for r in conn.execute(tally)}
        longest = {(r.sop, r.langkah): _file(r) for r in conn.execute(oldest)}
    return tuple(
        AtLangkah(sop, t, *present.get((sop.code, t.code), (0, 0)), longest.get((sop.code, t.code)))
        for sop in SOPS.values()
        for t in sop.langkah
        if t.peran in PERAN_PETUGAS
    )


def read_at_desk(narrow: Criteria, *, page: int, now: datetime) -> tuple[Sequence[AtDesk], int]:
    """A page of the open files, the longest late first, and how many there are in all."""
    conditions = _condition(narrow, now)
    choose = _files().where(*conditions).order_by(Tugas.tenggat, Tugas.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    tally = (
        select(func.count())
        .select_from(Tugas)
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .where(*conditions)
    )
    with connection() as conn:
        return [_file(r) for r in conn.execute(choose)], conn.scalar(tally) or 0


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
            Permohonan.nama_lembaga,
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
        nama_lembaga=r.nama_lembaga,
        peran=Peran(r.peran),
        langkah=get_sop(r.sop, r.sop_version)[r.langkah],
        entered_at=r.created_at,
        started_at=r.started_at,
        jeda=read_pauses(r.jeda),
        tenggat=r.tenggat,
        added_days=r.added_days,
        pemegang=r.name,
    )
