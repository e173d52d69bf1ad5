"""What an applicant sees of their own applications, and of nobody else's."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy import Connection, RowMapping, and_, case, exists, func, select
from sqlalchemy.orm import aliased

from pipeline.db import connection
from pipeline.errors import NotFound
from pipeline.models import Berkas, CorrectionRequest, Peristiwa, Permohonan, Tugas
from pipeline.queries.applicant.journey import Kunjungan, status_words
from pipeline.queries.applicant.sk import IssuedSk, sk_of
from pipeline.queries.desk.kunjungan import visits_of
from pipeline.queries.desk.times import tenggat_of
from pipeline.queries.paging import PER_PAGE
from pipeline.queries.records.kept_sentences import AUTOMATIC_RETURN, asked
from pipeline.roles import Peran
from pipeline.rules.corrections import changeable, is_answered, unanswered
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import Status
from pipeline.sop.registry import get_sop
from pipeline.sop.values import CaseData, Sop, case_data
from pipeline.sop.words import KeputusanKind


@dataclass(frozen=True, slots=True)
class Card:
    """One application in the list."""

    id: UUID
    nomor: str | None
    nama_lembaga: str
    sop_name: str
    status: str
    word: str
    changed_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class List:
    """One page of the list, and how many applications there are."""

    card: tuple[Card, ...]
    total: int

    @property
    def page_count(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


@dataclass(frozen=True, slots=True)
class BerkasPemohon:
    """One uploaded file in force."""

    id: UUID
    syarat: str
    name: str
    kind: str
    size: int
    page: int
    sha256: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class Requested:
    """One thing to put right, in the officer's words or those of the automatic checks."""

    id: UUID
    kind: str  # syarat, isian or umum
    code: str
    note: str
    created_at: datetime
    answer: str | None
    peran: Peran  # the desk that asked
    altered: bool  # the field was changed since
    by_system: bool  # the automatic checks asked


@dataclass(frozen=True, kw_only=True)
class MyPermohonan:
    """One application with everything its applicant may see."""

    id: UUID
    sop: Sop
    nomor: str | None
    tracking_code: str | None
    status: str
    langkah: str | None
    data: CaseData
    nama_lembaga: str
    changed_at: datetime
    sent_at: datetime | None
    complete_at: datetime | None
    tenggat: datetime | None
    berkas: tuple[BerkasPemohon, ...]
    requested: tuple[Requested, ...]  # not yet sent back
    kunjungan: tuple[Kunjungan, ...]
    reason: str  # of the return that brought it here, as that desk wrote it to the applicant; empty when there is none
    sk: IssuedSk | None
    signing: bool  # an attempt to sign is under way, or its outcome is unknown: it cannot be taken back now
    today: date

    @cached_property
    def word(self) -> str:
        """The public state word."""
        return status_words(self.sop, self.status, self.langkah)

    @cached_property
    def is_editable(self) -> bool:
        """Whether it lies with the applicant to be filled in or put right."""
        return self.langkah == self.sop.first.code

    @cached_property
    def correction(self) -> bool:
        return self.status == Status.PERBAIKAN

    @cached_property
    def may_withdraw(self) -> bool:
        return self.status in {Status.DRAF, Status.PERBAIKAN, Status.BERJALAN}

    @cached_property
    def untaken(self) -> bool:
        """Whether it was archived because the signed document was not taken."""
        return any(k.keputusan == KeputusanKind.ARSIPKAN for k in self.kunjungan)

    def may_change(self, kind: str, code: str) -> bool:
        """Whether this document or field may be changed now: in a correction what was asked, or what stops it."""
        asked = {(d.kind, d.code) for d in self.requested} if self.correction else set()
        earlier = {b.syarat for b in self.berkas if asked and b.uploaded_at <= self.requested[0].created_at}
        return (kind, code) in changeable(self.sop, self.data, asked, earlier, today=self.today)

    def berkas_for(self, syarat: str) -> tuple[BerkasPemohon, ...]:
        return tuple(b for b in self.berkas if b.syarat == syarat)

    def requested_for(self, kind: str, code: str) -> tuple[Requested, ...]:
        return tuple(d for d in self.requested if (d.kind, d.code) == (kind, code))

    def is_answered(self, requested: Requested) -> bool:
        """Whether something was done about it."""
        return is_answered(requested, self.berkas)

    @property
    def why_returned(self) -> str:
        """What the desk that sent it back wrote, or that the automatic checks did; empty when neither."""
        return self.reason or (AUTOMATIC_RETURN if any(r.by_system for r in self.requested) else "")

    @cached_property
    def is_unanswered(self) -> tuple[Requested, ...]:
        """What was asked and keeps the correction from being sent."""
        return tuple(unanswered(self.sop, self.data, self.requested, self.berkas))


_open, _asking = aliased(Tugas), aliased(Tugas)
#: What the desk that sent the file back to its applicant wrote with it; other reasons were written to colleagues.
_reason = (
    select(_asking.reason)
    .join(_open, and_(_open.permohonan_id == _asking.permohonan_id, _open.asked_langkah == _asking.langkah))
    .where(
        _asking.permohonan_id == Permohonan.id,
        _asking.keputusan == KeputusanKind.KEMBALIKAN,
        _asking.closed_at == _open.created_at,
        _open.closed_at.is_(None),
        _open.peran == Peran.PEMOHON,
    )
    .limit(1)
    .scalar_subquery()
)


def permohonan_of(pemohon_id: UUID, *, page: int = 1) -> List:
    """This applicant's applications, those that wait for them first."""
    p = Permohonan
    to_confirm = and_(p.status.in_((Status.TERBIT, Status.DITOLAK)), p.langkah.is_not(None))
    rank = case((p.status == Status.PERBAIKAN, 0), (to_confirm, 1), (p.status == Status.DRAF, 2), else_=3)
    query = (
        select(p.id, p.nomor, p.nama_lembaga, p.sop, p.sop_version, p.status, p.langkah, p.changed_at, p.sent_at)
        .where(p.pemohon_id == pemohon_id)
        .order_by(rank, p.changed_at.desc())
        .limit(PER_PAGE)
        .offset(PER_PAGE * (page - 1))
    )
    with connection() as conn:
        count = conn.scalar(select(func.count()).select_from(p).where(p.pemohon_id == pemohon_id)) or 0
        return List(tuple(_card(row) for row in conn.execute(query).mappings()), count)


def my_permohonan(permohonan_id: UUID, pemohon_id: UUID, *, today: date) -> MyPermohonan:
    """One application. Raises NotFound when it does not exist or is somebody else's."""
    p = Permohonan
    query = select(
        p.id,
        p.sop,
        p.sop_version,
        p.nomor,
        p.tracking_code,
        p.status,
        p.langkah,
        p.content,
        p.nama_lembaga,
        p.changed_at,
        p.sent_at,
        p.complete_at,
        p.tenggat,
        _reason.label("reason"),
    ).where(p.id == permohonan_id, p.pemohon_id == pemohon_id)
    with connection() as conn:
        row = conn.execute(query).one_or_none()
        if row is None:
            raise NotFound
        sk, signing = sk_of(conn, permohonan_id)
        return MyPermohonan(
            id=row.id,
            sop=get_sop(row.sop, row.sop_version),
            nomor=row.nomor,
            tracking_code=row.tracking_code,
            status=row.status,
            langkah=row.langkah,
            data=case_data(row.content),
            nama_lembaga=row.nama_lembaga,
            changed_at=row.changed_at,
            sent_at=row.sent_at,
            complete_at=row.complete_at,
            tenggat=row.tenggat,
            berkas=_berkas(conn, permohonan_id),
            requested=asked_of(conn, permohonan_id),
            kunjungan=kunjungan_of(conn, permohonan_id),
            reason=row.reason or "",
            sk=sk,
            signing=signing,
            today=today,
        )


def my_berkas(permohonan_id: UUID, berkas_id: UUID, pemohon_id: UUID) -> BerkasPemohon:
    """One file in force of an own application. Raises NotFound."""
    with connection() as conn:
        owner = conn.scalar(select(Permohonan.pemohon_id).where(Permohonan.id == permohonan_id))
        found = next((b for b in _berkas(conn, permohonan_id) if b.id == berkas_id), None)
    if owner != pemohon_id or found is None:
        raise NotFound
    return found


def kunjungan_of(conn: Connection, permohonan_id: UUID) -> tuple[Kunjungan, ...]:
    """The tugas of a file by its history, in the order they were done, the open one last."""
    open_tenggat = tenggat_of(conn, permohonan_id)
    explanation = open_tenggat.explanation if open_tenggat else ""
    return tuple(
        Kunjungan(
            langkah=v.langkah,
            started_at=v.started_at,
            tenggat=v.tenggat,
            closed_at=v.closed_at,
            keputusan=v.keputusan,
            explanation="" if v.closed_at else explanation,
        )
        for v in visits_of(conn, permohonan_id)
    )


def _card(row: RowMapping) -> Card:
    sop = get_sop(row["sop"], row["sop_version"])
    return Card(
        id=row["id"],
        nomor=row["nomor"],
        nama_lembaga=row["nama_lembaga"],
        sop_name=sop.name,
        status=row["status"],
        word=status_words(sop, row["status"], row["langkah"]),
        changed_at=row["changed_at"],
        sent_at=row["sent_at"],
    )


def _berkas(conn: Connection, permohonan_id: UUID) -> tuple[BerkasPemohon, ...]:
    b = Berkas
    query = (
        select(b.id, b.syarat, b.name, b.kind, b.size, b.page, b.sha256, b.uploaded_at)
        .where(b.permohonan_id == permohonan_id, b.replaced_at.is_(None))
        .order_by(b.syarat, b.sequence)
    )
    return tuple(BerkasPemohon(**row) for row in conn.execute(query).mappings())


def asked_of(conn: Connection, permohonan_id: UUID) -> tuple[Requested, ...]:
    """What the applicant was asked to put right and has not sent yet."""
    m = CorrectionRequest
    returned = (  # by its place in the history, not by a clock
        select(func.max(Peristiwa.sequence))
        .where(Peristiwa.permohonan_id == permohonan_id, Peristiwa.kind == PeristiwaKind.KEPUTUSAN)
        .scalar_subquery()
    )
    changed = (
        exists()
        .where(
            Peristiwa.permohonan_id == m.permohonan_id,
            Peristiwa.kind == PeristiwaKind.ISI,
            Peristiwa.sequence > returned,
            Peristiwa.data["isian"].has_key(m.code),
        )
        .label("altered")
    )
    query = (
        select(m.id, m.kind, m.code, m.note, m.said, m.created_at, m.answer, Tugas.peran, changed)
        .join(Tugas, Tugas.id == m.tugas_id)
        .where(m.permohonan_id == permohonan_id, m.answered_at.is_(None))
        .order_by(m.kind.desc(), m.code)
    )
    return tuple(
        Requested(
            row.id,
            row.kind,
            row.code,
            asked(row.note, row.said),
            row.created_at,
            row.answer,
            Peran(row.peran),
            row.altered,
            row.said is not None,
        )
        for row in conn.execute(query)
    )
