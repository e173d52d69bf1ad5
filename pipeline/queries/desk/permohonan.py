"""One permohonan as an officer may see it. What the role may not see raises NotFound, as if it did not exist.

A file on a desk is readable, documents included, by those who hold that desk's role; its history by every role that
ever had it, by the superior of the desk it is on, and by every role that was told it is late.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Row, SQLColumnExpression, bindparam, exists, func, or_, select, true, tuple_

from pipeline.db import Constant, connection
from pipeline.errors import NotFound
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.queries.applicant.journey import status_words
from pipeline.queries.desk.antrean import corrections
from pipeline.queries.desk.search import found_by
from pipeline.queries.paging import PAGE_NUMBER_AT_MOST, PER_PAGE
from pipeline.queries.records.facts import facts_of
from pipeline.roles import Peran
from pipeline.sealing.nik import open_nik
from pipeline.sop.registry import every_version, get_sop
from pipeline.sop.values import CaseData, Langkah, Sop, case_data
from pipeline.sop.words import Arah


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPermohonan:
    """The application a page is about."""

    id: UUID
    nomor: str
    pemegang: str
    sop: Sop
    status: str
    langkah: Langkah | None  # None: closed
    arah: Arah | None
    data: CaseData
    correction: int
    sent_at: datetime | None
    tenggat: datetime | None  # of the promise to the public

    @property
    def letter(self) -> str:
        """What the paper is called that is to be signed."""
        decision = self.sop.decision(self.arah)
        return decision.name if decision else "Surat"

    @property
    def word(self) -> str:
        """The public state word."""
        return status_words(self.sop, self.status, self.langkah.code if self.langkah else None)


LOOKED_AT = 400  # of the files a search could show


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what a search found: whether more follow, and whether more fit than were looked at."""

    page: tuple[DeskPermohonan, ...] = ()
    more: bool = False
    cut: bool = False


about_permohonan = (
    Permohonan.id.label("permohonan_id"),
    Permohonan.nomor,
    Permohonan.pemegang,
    Permohonan.sop,
    Permohonan.sop_version,
    Permohonan.status,
    Permohonan.langkah.label("current"),
    Permohonan.arah,
    Permohonan.content,
    Permohonan.sent_at,
    Permohonan.tenggat.label("janji"),
    corrections().label("correction"),
)


def read_permohonan(permohonan_id: UUID, peran: Iterable[Peran]) -> DeskPermohonan:
    """An application one of these roles has had or supervises. Raises NotFound otherwise."""
    with connection() as conn:
        row = _readable(frozenset(peran))(conn, permohonan_id=permohonan_id).one_or_none()
    if row is None:
        raise NotFound
    return permohonan_from(row)


@lru_cache(maxsize=64)
def _readable(peran: frozenset[Peran]) -> Constant:
    """Written once for a set of roles: the SOPs say which desks are below them."""
    wanted = bindparam("permohonan_id", type_=Permohonan.id.type)
    query = select(*about_permohonan).where(Permohonan.id == wanted, Permohonan.nomor.is_not(None), _held(peran))
    return Constant(query)


def read_readable(permohonan_ids: Collection[UUID], peran: Iterable[Peran]) -> frozenset[UUID]:
    """Those of the applications that ``read_permohonan`` would show to these roles."""
    with connection() as conn:
        return frozenset(conn.scalars(select(Permohonan.id).where(Permohonan.id.in_(permohonan_ids), _held(peran))))


def open_tugas_of(permohonan_id: UUID, peran: Iterable[Peran]) -> UUID | None:
    """The tugas of this application that lies with one of these roles now."""
    with connection() as conn:
        facts = facts_of(conn, permohonan_id)
    mine, opened = staff_desks(peran), (facts.opened or ()) if facts else ()
    return next((UUID(tugas_id) for tugas_id, desk in opened if desk in mine), None)


def search_permohonan(text: str, peran: Iterable[Peran], *, page: int) -> Found:
    """A page of the applications these roles have had, found by number or institution.

    Of those that fit the newest LOOKED_AT are looked at: roles that had few of very many would be looked for in
    all of them.
    """
    if not text:
        return Found()
    newest_first = (Permohonan.sent_at.desc(), Permohonan.id)
    fitting = select(Permohonan.id, Permohonan.sent_at).where(found_by(text)).order_by(*newest_first)
    fit = fitting.limit(LOOKED_AT + 1).cte("fit").prefix_with("MATERIALIZED")
    looked_at = select(fit.c.id).order_by(fit.c.sent_at.desc(), fit.c.id).limit(LOOKED_AT)
    held = select(*about_permohonan).where(Permohonan.id.in_(looked_at), _held(peran)).order_by(*newest_first)
    skipped = (max(1, min(page, PAGE_NUMBER_AT_MOST)) - 1) * PER_PAGE
    rows = held.limit(PER_PAGE + 1).offset(skipped).subquery("rows")
    beyond = select((func.count() > LOOKED_AT).label("beyond")).select_from(fit).subquery("all_that_fit")
    query = select(beyond, rows).select_from(beyond.outerjoin(rows, true()))
    with connection() as conn:
        found = conn.execute(query.order_by(rows.c.sent_at.desc(), rows.c.permohonan_id)).all()
    shown = [r for r in found if r.permohonan_id is not None]
    more = len(shown) > PER_PAGE
    return Found(tuple(permohonan_from(r) for r in shown[:PER_PAGE]), more, cut=found[0].beyond and not more)


def _held(peran: Iterable[Peran]) -> SQLColumnExpression[bool]:
    """One of these roles has had the application on its desk, is the superior, by the SOP, of the desk it is on, or was
    told of it by an escalation."""
    peran = tuple(peran)
    had = exists().where(Tugas.permohonan_id == Permohonan.id, Tugas.peran.in_(staff_desks(peran)))
    told = exists().where(Eskalasi.permohonan_id == Permohonan.id, Eskalasi.recipient.in_(staff_desks(peran)))
    below = [(sop.code, t.code) for sop in every_version() for t in sop.langkah if t.superior in peran]
    if not below:
        return or_(had, told)
    lies = exists().where(
        Tugas.permohonan_id == Permohonan.id,
        Tugas.closed_at.is_(None),
        tuple_(Permohonan.sop, Tugas.langkah).in_(below),
    )
    return or_(had, told, lies)


def staff_desks(peran: Iterable[Peran]) -> list[str]:
    """Staff desks only: the applicant's tugas are no officer's."""
    return [str(p) for p in peran if p != Peran.PEMOHON]


def permohonan_from(r: Row[*tuple[object, ...]]) -> DeskPermohonan:
    sop: Sop = get_sop(r.sop, r.sop_version)
    return DeskPermohonan(
        id=r.permohonan_id,
        nomor=r.nomor or "",
        pemegang=r.pemegang,
        sop=sop,
        status=r.status,
        langkah=sop[r.current] if r.current else None,
        arah=Arah(r.arah) if r.arah else None,
        data=case_data(open_nik(r.permohonan_id, r.content)),
        correction=r.correction,
        sent_at=r.sent_at,
        tenggat=r.janji,
    )
