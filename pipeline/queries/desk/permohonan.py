"""One permohonan as an officer may see it. What the role may not see raises NotFound, as if it did not exist.

A file on a desk is readable, documents included, by those who hold that desk's role; its history by every role that
ever had it, by the superior of the desk it is on, and by every role that was told it is late.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, SQLColumnExpression, exists, or_, select, tuple_

from pipeline.db import connection
from pipeline.errors import NotFound
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.queries.applicant.journey import status_words
from pipeline.queries.desk.antrean import corrections, found_by
from pipeline.queries.paging import read_page
from pipeline.roles import Peran
from pipeline.sop.registry import every_version, get_sop
from pipeline.sop.values import CaseData, Langkah, Sop, case_data
from pipeline.sop.words import Arah

_P, _T = Permohonan, Tugas


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The application a page is about."""

    id: UUID
    nomor: str
    nama_lembaga: str
    sop: Sop
    status: str
    langkah: Langkah | None  # None: closed
    arah: Arah | None
    data: CaseData
    correction: int
    sent_at: datetime | None
    tenggat: datetime | None  # of the promise to the public

    @property
    def word(self) -> str:
        """The public state word."""
        return status_words(self.sop, self.status, self.langkah.code if self.langkah else None)


about_permohonan = (
    _P.id.label("permohonan_id"), _P.nomor, _P.nama_lembaga, _P.sop, _P.sop_version, _P.status,
    _P.langkah.label("current"),
    _P.arah, _P.content, _P.sent_at, _P.tenggat.label("janji"), corrections().label("correction"),
)  # fmt: skip


def read_permohonan(permohonan_id: UUID, peran: Iterable[Peran]) -> Case:
    """An application one of these roles has had or supervises. Raises NotFound otherwise."""
    with connection() as conn:
        row = conn.execute(
            select(*about_permohonan).where(_P.id == permohonan_id, _P.nomor.is_not(None), _held(peran))
        ).one_or_none()
    if row is None:
        raise NotFound
    return permohonan_from(row)


def read_readable(permohonan_ids: Collection[UUID], peran: Iterable[Peran]) -> frozenset[UUID]:
    """Those of the applications that ``read_permohonan`` would show to these roles."""
    with connection() as conn:
        return frozenset(conn.scalars(select(_P.id).where(_P.id.in_(permohonan_ids), _held(peran))))


def open_tugas_of(permohonan_id: UUID, peran: Iterable[Peran]) -> UUID | None:
    """The tugas of this application that lies with one of these roles now."""
    with connection() as conn:
        return conn.scalar(
            select(_T.id).where(
                _T.permohonan_id == permohonan_id, _T.closed_at.is_(None), _T.peran.in_(staff_desks(peran))
            )
        )


def search_permohonan(text: str, peran: Iterable[Peran], *, page: int) -> tuple[tuple[Case, ...], bool]:
    """A page of the applications these roles have had, found by number or institution, and whether more follow."""
    if not text:
        return (), False
    query = (
        select(*about_permohonan)
        .where(_P.nomor.is_not(None), found_by(text), _held(peran))
        .order_by(_P.sent_at.desc(), _P.id)
    )
    with connection() as conn:
        rows, more = read_page(conn, query, page)
    return tuple(permohonan_from(r) for r in rows), more


def _held(peran: Iterable[Peran]) -> SQLColumnExpression[bool]:
    """One of these roles has had the application on its desk, is the superior, by the SOP, of the desk it is on, or was
    told of it by an escalation."""
    peran = tuple(peran)
    had = exists().where(_T.permohonan_id == _P.id, _T.peran.in_(staff_desks(peran)))
    told = exists().where(Eskalasi.permohonan_id == _P.id, Eskalasi.recipient.in_(staff_desks(peran)))
    below = [(sop.code, t.code) for sop in every_version() for t in sop.langkah if t.superior in peran]
    return or_(had, told, tuple_(_P.sop, _P.langkah).in_(below)) if below else or_(had, told)


def staff_desks(peran: Iterable[Peran]) -> list[str]:
    """Staff desks only: the applicant's tugas are no officer's."""
    return [str(p) for p in peran if p is not Peran.PEMOHON]


def permohonan_from(r: Row[*tuple[object, ...]]) -> Case:
    sop: Sop = get_sop(r.sop, r.sop_version)
    return Case(
        id=r.permohonan_id,
        nomor=r.nomor or "",
        nama_lembaga=r.nama_lembaga,
        sop=sop,
        status=r.status,
        langkah=sop[r.current] if r.current else None,
        arah=Arah(r.arah) if r.arah else None,
        data=case_data(r.content),
        correction=r.correction,
        sent_at=r.sent_at,
        tenggat=r.janji,
    )
