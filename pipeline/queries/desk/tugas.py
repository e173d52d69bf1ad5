"""One file as an officer may see it. What the role may not see raises NotFound, as if it did not exist.

A file on a desk is readable, documents included, by those who hold that desk's role; its history by every role that
ever had it, by the superior of the desk it is on, and by every role that was told it is late.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, SQLColumnExpression, and_, exists, or_, select, tuple_
from sqlalchemy.orm import aliased

from pipeline.calendar.due import Interval
from pipeline.calendar.pauses import read_pauses
from pipeline.db import connection
from pipeline.errors import NotFound
from pipeline.json import Json
from pipeline.models import Berkas, Draft, Eskalasi, Permohonan, Person, Tugas
from pipeline.queries.applicant.journey import status_words
from pipeline.queries.desk.antrean import corrections, found_by
from pipeline.queries.paging import read_page
from pipeline.roles import Peran
from pipeline.sop.registry import every_version, get_sop
from pipeline.sop.values import CaseData, Langkah, Sop, case_data
from pipeline.sop.words import Arah, KeputusanKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Naskah:
    """The draft in force."""

    draft_id: UUID
    kind: str  # sk or penolakan
    naskah_hash: str
    docx_sha256: str
    pdf_engine: str
    additions: Json
    nomor_draft: int
    created_at: datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A tugas on a desk, with the application and the draft it is about."""

    tugas_id: UUID
    permohonan: Case
    langkah: Langkah
    peran: Peran
    version: int
    ready: bool
    stuck: bool
    entered_at: datetime
    started_at: datetime
    jeda: tuple[Interval, ...]
    tenggat: datetime | None
    added_days: int  # hari kerja a superior has added
    taker_id: UUID | None
    taker_name: str | None
    asked_langkah: Langkah | None  # the later desk that sent it here to be put right
    asked_reason: str  # what that desk wrote
    closed_at: datetime | None
    decided_by: str | None
    naskah: Naskah | None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBerkas:
    """An uploaded file that this role may open now."""

    id: UUID
    permohonan_id: UUID
    tugas_id: UUID  # the open one that lets them
    peran: Peran
    syarat: str
    personal: bool
    name: str
    kind: str
    page: int
    sha256: str
    original_sha256: str | None  # of what was received, where that is kept for its electronic signature


_P, _T, _D = Permohonan, Tugas, Draft
_taker, _decider = aliased(Person), aliased(Person)
_requester = aliased(Tugas)
#: The last reason the desk that waits for this one gave when it sent the file back.
_asked_reason = (
    select(_requester.reason)
    .where(
        _requester.permohonan_id == _T.permohonan_id,
        _requester.langkah == _T.asked_langkah,
        _requester.keputusan == KeputusanKind.KEMBALIKAN,
        _requester.closed_at <= _T.created_at,
    )
    .order_by(_requester.closed_at.desc())
    .limit(1)
    .scalar_subquery()
)

_about_permohonan = (
    _P.id.label("permohonan_id"), _P.nomor, _P.nama_lembaga, _P.sop, _P.sop_version, _P.status,
    _P.langkah.label("current"),
    _P.arah, _P.content, _P.sent_at, _P.tenggat.label("janji"), corrections().label("correction"),
)  # fmt: skip
_about_tugas = (
    _T.id.label("tugas_id"), _T.langkah, _T.peran, _T.version, _T.automatic, _T.ready_at, _T.stuck_at, _T.created_at,
    _T.started_at, _T.jeda, _T.tenggat, _T.added_days, _T.taken_by, _T.asked_langkah, _T.closed_at,
    _taker.name.label("taker_name"), _decider.name.label("decider"), _asked_reason.label("asked_reason"),
)  # fmt: skip
_about_draft = (
    _D.id.label("draft_id"), _D.kind, _D.naskah_hash, _D.docx_sha256, _D.pdf_engine, _D.additions, _D.nomor_draft,
    _D.created_at.label("draft_at"),
)  # fmt: skip


def read_sheet(tugas_id: UUID, peran: Iterable[Peran]) -> Sheet:
    """The tugas of one of these roles, open or closed. Raises NotFound for anybody else's."""
    query = (
        select(*_about_permohonan, *_about_tugas, *_about_draft)
        .join(_P, _P.id == _T.permohonan_id)
        .outerjoin(_taker, _taker.id == _T.taken_by)
        .outerjoin(_decider, _decider.id == _T.actor)
        .outerjoin(_D, and_(_D.permohonan_id == _P.id, _D.voided_at.is_(None)))
        .where(_T.id == tugas_id, _T.peran.in_(_names(peran)))
    )
    with connection() as conn:
        row = conn.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _sheet(row)


def read_permohonan(permohonan_id: UUID, peran: Iterable[Peran]) -> Case:
    """An application one of these roles has had or supervises. Raises NotFound otherwise."""
    with connection() as conn:
        row = conn.execute(
            select(*_about_permohonan).where(_P.id == permohonan_id, _P.nomor.is_not(None), _held(peran))
        ).one_or_none()
    if row is None:
        raise NotFound
    return _permohonan(row)


def read_readable(permohonan_ids: Collection[UUID], peran: Iterable[Peran]) -> frozenset[UUID]:
    """Those of the applications that ``read_permohonan`` would show to these roles."""
    with connection() as conn:
        return frozenset(conn.scalars(select(_P.id).where(_P.id.in_(permohonan_ids), _held(peran))))


def open_tugas_of(permohonan_id: UUID, peran: Iterable[Peran]) -> UUID | None:
    """The tugas of this application that lies with one of these roles now."""
    with connection() as conn:
        return conn.scalar(
            select(_T.id).where(_T.permohonan_id == permohonan_id, _T.closed_at.is_(None), _T.peran.in_(_names(peran)))
        )


def read_berkas(berkas_id: UUID, peran: Iterable[Peran]) -> StoredBerkas:
    """A document of a file that is on the desk of one of these roles now; a replaced one too, to compare."""
    query = (
        select(
            Berkas.id,
            Berkas.permohonan_id,
            Berkas.syarat,
            Berkas.name,
            Berkas.kind,
            Berkas.page,
            Berkas.sha256,
            Berkas.original_sha256,
            Berkas.signed,
            _T.id.label("tugas_id"),
            _T.peran,
            _P.sop,
            _P.sop_version,
        )
        .join(_P, _P.id == Berkas.permohonan_id)
        .join(_T, and_(_T.permohonan_id == Berkas.permohonan_id, _T.closed_at.is_(None)))
        .where(Berkas.id == berkas_id, _T.peran.in_(_names(peran)))
    )
    with connection() as conn:
        row = conn.execute(query).first()
    if row is None:
        raise NotFound
    syarat = {t.code: t for t in get_sop(row.sop, row.sop_version).syarat}
    return StoredBerkas(
        id=row.id,
        permohonan_id=row.permohonan_id,
        tugas_id=row.tugas_id,
        peran=Peran(row.peran),
        syarat=row.syarat,
        personal=syarat[row.syarat].personal,
        name=row.name,
        kind=row.kind,
        page=row.page,
        sha256=row.sha256,
        original_sha256=row.original_sha256 if row.signed else None,
    )


def search_permohonan(text: str, peran: Iterable[Peran], *, page: int) -> tuple[tuple[Case, ...], bool]:
    """A page of the applications these roles have had, found by number or institution, and whether more follow."""
    if not text:
        return (), False
    query = (
        select(*_about_permohonan)
        .where(_P.nomor.is_not(None), found_by(text), _held(peran))
        .order_by(_P.sent_at.desc(), _P.id)
    )
    with connection() as conn:
        rows, more = read_page(conn, query, page)
    return tuple(_permohonan(r) for r in rows), more


def _held(peran: Iterable[Peran]) -> SQLColumnExpression[bool]:
    """One of these roles has had the application on its desk, is the superior, by the SOP, of the desk it is on, or was
    told of it by an escalation."""
    peran = tuple(peran)
    had = exists().where(_T.permohonan_id == _P.id, _T.peran.in_(_names(peran)))
    told = exists().where(Eskalasi.permohonan_id == _P.id, Eskalasi.recipient.in_(_names(peran)))
    below = [(sop.code, t.code) for sop in every_version() for t in sop.langkah if t.superior in peran]
    return or_(had, told, tuple_(_P.sop, _P.langkah).in_(below)) if below else or_(had, told)


def _names(peran: Iterable[Peran]) -> list[str]:
    """Staff desks only: the applicant's tugas are no officer's."""
    return [str(p) for p in peran if p is not Peran.PEMOHON]


def _permohonan(r: Row[*tuple[object, ...]]) -> Case:
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


def _sheet(r: Row[*tuple[object, ...]]) -> Sheet:
    permohonan = _permohonan(r)
    sop = permohonan.sop
    return Sheet(
        tugas_id=r.tugas_id,
        permohonan=permohonan,
        langkah=sop[r.langkah],
        peran=Peran(r.peran),
        version=r.version,
        ready=r.ready_at is not None and not r.automatic,
        stuck=r.stuck_at is not None,
        entered_at=r.created_at,
        started_at=r.started_at,
        jeda=read_pauses(r.jeda),
        tenggat=r.tenggat,
        added_days=r.added_days,
        taker_id=r.taken_by,
        taker_name=r.taker_name,
        asked_langkah=sop[r.asked_langkah] if r.asked_langkah else None,
        asked_reason=r.asked_reason or "",
        closed_at=r.closed_at,
        decided_by=r.decider,
        naskah=_naskah(r),
    )


def _naskah(r: Row[*tuple[object, ...]]) -> Naskah | None:
    if r.draft_id is None:
        return None
    return Naskah(
        draft_id=r.draft_id,
        kind=r.kind,
        naskah_hash=r.naskah_hash,
        docx_sha256=r.docx_sha256,
        pdf_engine=r.pdf_engine,
        additions=r.additions,
        nomor_draft=r.nomor_draft,
        created_at=r.draft_at,
    )
