"""One application as its applicant sees it, and nobody else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from pipeline.db import snapshot
from pipeline.errors import NotFound
from pipeline.json import Json
from pipeline.models import Permohonan, Tugas, Upload, UploadPurpose
from pipeline.models.tugas import TOGETHER
from pipeline.queries.applicant.corrections import Requested, asked_of
from pipeline.queries.applicant.journey import JourneyVisit, status_words
from pipeline.queries.applicant.sk import IssuedSk, sk_of
from pipeline.queries.desk.kunjungan import visits_of
from pipeline.queries.desk.times import tenggat_of
from pipeline.queries.records.facts import facts_of
from pipeline.queries.records.kept_sentences import AUTOMATIC_RETURN
from pipeline.queries.records.received import USUAL, ReceivedFile, read_refusal
from pipeline.roles import Peran
from pipeline.rules.corrections import changeable, is_answered, unanswered
from pipeline.rules.transitions import WITH_FILLER, Status
from pipeline.sealing.nik import open_nik
from pipeline.sop.registry import get_sop
from pipeline.sop.values import CaseData, Sop, case_data
from pipeline.sop.way import form
from pipeline.sop.words import KeputusanKind
from pipeline.text import read_moment


@dataclass(frozen=True, slots=True)
class BerkasPemohon:
    """One uploaded file in force."""

    id: UUID
    syarat: str
    name: str
    kind: str
    size: int
    page_count: int
    sha256: str
    uploaded_at: datetime
    erased: bool


@dataclass(frozen=True, slots=True)
class ReceivedBerkas(ReceivedFile):
    """One file that was received and is not a document yet."""

    syarat: str


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
    pemegang: str
    changed_at: datetime
    sent_at: datetime | None
    complete_at: datetime | None
    tenggat: datetime | None
    berkas: tuple[BerkasPemohon, ...]
    received: tuple[ReceivedBerkas, ...]  # in the order they came
    requested: tuple[Requested, ...]  # not yet sent back
    kunjungan: tuple[JourneyVisit, ...]
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
        return self.langkah is not None and self.sop.fills(self.sop[self.langkah])

    @cached_property
    def form(self) -> Sop:
        """The SOP with what of its form is asked for where the file lies."""
        return form(self.sop, self.sop[self.langkah]) if self.langkah else self.sop

    @cached_property
    def correction(self) -> bool:
        return self.status == Status.PERBAIKAN

    @cached_property
    def may_withdraw(self) -> bool:
        return self.status in {Status.DRAF, *WITH_FILLER, Status.BERJALAN}

    @cached_property
    def untaken(self) -> bool:
        """Whether it was archived because the signed document was not taken."""
        return any(k.keputusan == KeputusanKind.ARSIPKAN for k in self.kunjungan)

    @cached_property
    def _changeable(self) -> Collection[tuple[str, str]]:
        asked = {(d.kind, d.code) for d in self.requested} if self.correction else set()
        earlier = {b.syarat for b in self.berkas if asked and b.uploaded_at <= self.requested[0].created_at}
        return changeable(self.form, self.data, asked, earlier, today=self.today)

    def may_change(self, kind: str, code: str) -> bool:
        """Whether this document or field may be changed now: in a correction what was asked, or what stops it."""
        return (kind, code) in self._changeable

    def berkas_for(self, syarat: str) -> tuple[BerkasPemohon, ...]:
        return tuple(b for b in self.berkas if b.syarat == syarat)

    def waiting_for(self, syarat: str) -> tuple[ReceivedBerkas, ...]:
        """The files of a document that are being examined."""
        return tuple(b for b in self.received if b.syarat == syarat and b.refusal is None)

    def refused_for(self, syarat: str) -> tuple[ReceivedBerkas, ...]:
        """The files of a document that were examined and refused."""
        return tuple(b for b in self.received if b.syarat == syarat and b.refusal is not None)

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
    def unanswered_requests(self) -> tuple[Requested, ...]:
        """What was asked and keeps the correction from being sent."""
        return tuple(unanswered(self.sop, self.data, self.requested, self.berkas))


_open, _last, _asking = aliased(Tugas), aliased(Tugas), aliased(Tugas)
#: What the desk that sent the file back wrote with it, or each of those that had it at the same time; other reasons
#: were written to colleagues.
_reason = (
    select(func.string_agg(_asking.reason, aggregate_order_by(literal("\n\n"), _asking.closed_at)))
    .join(_last, _last.permohonan_id == _asking.permohonan_id)
    .join(_open, and_(_open.permohonan_id == _last.permohonan_id, _open.created_at == _last.closed_at))
    .where(
        _asking.permohonan_id == Permohonan.id,
        _asking.keputusan == KeputusanKind.KEMBALIKAN,
        or_(_asking.id == _last.id, and_(_last.branch != TOGETHER, _asking.created_at == _last.created_at)),
        _open.closed_at.is_(None),
        Permohonan.status == Status.PERBAIKAN,
    )
    .scalar_subquery()
)

_received = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(
                    Upload.id, Upload.syarat, Upload.name, Upload.received_at < func.now() - USUAL, Upload.refusal
                ),
                Upload.received_at,
            )
        )
    )
    .where(
        Upload.permohonan_id == Permohonan.id,
        Upload.purpose == UploadPurpose.BERKAS,
        Upload.received_at.is_not(None),
    )
    .scalar_subquery()
)

_OWN: Final = select(
    Permohonan.id,
    Permohonan.sop,
    Permohonan.sop_version,
    Permohonan.pemohon_id,
    Permohonan.nomor,
    Permohonan.tracking_code,
    Permohonan.status,
    Permohonan.langkah,
    Permohonan.content,
    Permohonan.pemegang,
    Permohonan.changed_at,
    Permohonan.sent_at,
    Permohonan.complete_at,
    Permohonan.tenggat,
    _reason.label("reason"),
    _received.label("received"),
).where(Permohonan.id == bindparam("permohonan_id"))


@dataclass(frozen=True, slots=True)
class Filler:
    """Who fills in a form: an applicant, or an officer at the desks where files begin."""

    person_id: UUID
    desks: Collection[Peran] | None = None  # None: an applicant

    def owns(self, sop: Sop, pemohon_id: UUID) -> bool:
        """Whether the application is this applicant's, or was opened at one of these desks."""
        if self.desks is None:
            return sop.by_applicant and pemohon_id == self.person_id
        return sop.first.peran in self.desks


def my_permohonan(permohonan_id: UUID, who: Filler, *, today: date) -> MyPermohonan:
    """One application. Raises NotFound when it does not exist or is somebody else's."""
    with snapshot() as conn:
        row = conn.execute(_OWN, {"permohonan_id": permohonan_id}).one_or_none()
        if row is None or not who.owns(get_sop(row.sop, row.sop_version), row.pemohon_id):
            raise NotFound
        sk, signing = sk_of(conn, permohonan_id)
        return MyPermohonan(
            id=row.id,
            sop=get_sop(row.sop, row.sop_version),
            nomor=row.nomor,
            tracking_code=row.tracking_code,
            status=row.status,
            langkah=row.langkah,
            data=case_data(open_nik(row.id, row.content)),
            pemegang=row.pemegang,
            changed_at=row.changed_at,
            sent_at=row.sent_at,
            complete_at=row.complete_at,
            tenggat=row.tenggat,
            berkas=_berkas(conn, permohonan_id),
            received=tuple(_read_received(*one) for one in row.received or ()),
            requested=asked_of(conn, permohonan_id),
            kunjungan=kunjungan_of(conn, permohonan_id),
            reason=row.reason or "",
            sk=sk,
            signing=signing,
            today=today,
        )


def my_berkas(permohonan_id: UUID, berkas_id: UUID, who: Filler) -> BerkasPemohon:
    """One file in force of an own application. Raises NotFound."""
    with snapshot() as conn:
        facts = facts_of(conn, permohonan_id)
        found = next((b for b in _berkas(conn, permohonan_id) if b.id == berkas_id), None)
    if facts is None or found is None or not who.owns(sop := get_sop(facts.sop, facts.sop_version), facts.pemohon_id):
        raise NotFound
    if who.desks is not None and facts.langkah != sop.first.code:  # sent on, it is read where it lies
        raise NotFound
    return found


def kunjungan_of(conn: Connection, permohonan_id: UUID) -> tuple[JourneyVisit, ...]:
    """The tugas of a file by its history, in the order they were done, the open one last."""
    open_tenggat = tenggat_of(conn, permohonan_id)
    explanation = open_tenggat.explanation if open_tenggat else ""
    return tuple(
        JourneyVisit(
            langkah=v.langkah,
            started_at=v.started_at,
            tenggat=v.tenggat,
            closed_at=v.closed_at,
            keputusan=v.keputusan,
            explanation="" if v.closed_at or v.beside else explanation,
        )
        for v in visits_of(conn, permohonan_id)
    )


def _read_received(key: str, syarat: str, name: str, late: bool, refusal: Json | None) -> ReceivedBerkas:
    return ReceivedBerkas(UUID(key), name or "berkas", late, read_refusal(refusal), syarat)


def _berkas(conn: Connection, permohonan_id: UUID) -> tuple[BerkasPemohon, ...]:
    facts = facts_of(conn, permohonan_id)
    return tuple(
        BerkasPemohon(UUID(key), syarat, name, kind, size, pages, sha256, read_moment(uploaded), gone)
        for key, syarat, name, kind, size, pages, _, uploaded, replaced, sha256, gone in (facts and facts.berkas) or ()
        if replaced is None
    )
