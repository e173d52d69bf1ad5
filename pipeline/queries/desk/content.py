"""What lies in a file: documents with their verdicts, what the applicant was asked, BAP, approvals. By id, unguarded:
ask ``queries.tugas`` first whether the reader may."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, select

from pipeline import tanggal
from pipeline.db import connection
from pipeline.json import Json
from pipeline.models import Approval, Bap, Berkas, CorrectionRequest, Examined, Person, Sk, Tugas
from pipeline.queries.desk.tugas import Case
from pipeline.rules.history.register import is_unknown
from pipeline.sop.values import Isian, IsianKind, Sop


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict of the automatic checks: ``hasil`` lulus, gagal or petugas, and why."""

    jenis: str
    kode: str
    hasil: str
    kalimat: str


@dataclass(frozen=True, slots=True)
class Requested:
    """One item the applicant was asked to put right."""

    jenis: str
    kode: str
    catatan: str
    created_at: datetime
    answered_at: datetime | None
    jawaban: str | None


@dataclass(frozen=True, slots=True)
class UploadedBerkas:
    """One uploaded file of a document."""

    id: UUID
    syarat: str
    nama: str
    jenis: str
    ukuran: int
    halaman: int
    signed: bool  # what was received is kept beside the copy
    uploaded_at: datetime
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAsked:
    """A document of the checklist: its files in force, the replaced ones, its verdicts, what was asked of it."""

    kode: str
    nama: str
    keterangan: str
    wajib: bool
    pribadi: bool
    berkas: tuple[UploadedBerkas, ...]
    lama: tuple[UploadedBerkas, ...]
    putusan: tuple[Ruling, ...]
    requested: tuple[Requested, ...]

    @property
    def diganti(self) -> bool:
        """Whether the applicant has sent it anew after it was asked for."""
        return bool(self.lama) and any(d.answered_at for d in self.requested)

    @property
    def hasil(self) -> str:
        """The worst verdict; '' when nobody has looked."""
        semua = {p.hasil for p in self.putusan}
        return next((h for h in ("gagal", "petugas", "lulus") if h in semua), "")


@dataclass(frozen=True, slots=True)
class IsianAnswer:
    """A field of the form with its answer."""

    isian: Isian
    nilai: str
    putusan: tuple[Ruling, ...]

    @property
    def bermasalah(self) -> bool:
        return any(p.hasil != "lulus" for p in self.putusan)


@dataclass(frozen=True, slots=True)
class BerkasContent:
    """Everything in the file that an officer checks."""

    dokumen: tuple[DocumentAsked, ...]
    isian: tuple[IsianAnswer, ...]
    umum: tuple[Ruling, ...]  # verdicts on neither a document nor a field


@dataclass(frozen=True, slots=True)
class Paraf:
    """An approval of the draft in force."""

    langkah: str
    nama: str
    sebagai: str
    pada: datetime
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Signature:
    """The number this file has, and how its signature stands: niat, perlu_dicek, gagal, terbit or dicabut."""

    nomor: str
    status: str
    tanggal: date
    unknown: bool  # nobody knows whether it was signed
    sent: bool  # it left for the provider, so its signed file could be known again
    signatory: str


def read_content(kasus: Case) -> BerkasContent:
    """Documents and fields of the application, in the order of the SOP, with the latest verdicts."""
    with connection() as conn:
        berkas = _berkas(conn, kasus.id)
        putusan = _ruling(conn, kasus.id)
        requested = _asked(conn, kasus.id)
    present = {b.syarat for b in berkas}
    return BerkasContent(
        dokumen=tuple(
            DocumentAsked(
                kode=s.kode,
                nama=s.nama,
                keterangan=s.keterangan,
                wajib=s.required_for(kasus.data),
                pribadi=s.pribadi,
                berkas=tuple(b for b in berkas if b.syarat == s.kode and b.replaced_at is None),
                lama=tuple(b for b in berkas if b.syarat == s.kode and b.replaced_at is not None),
                putusan=_about(putusan, "syarat", s.kode),
                requested=tuple(d for d in requested if (d.jenis, d.kode) == ("syarat", s.kode)),
            )
            for s in kasus.sop.syarat
            if s.kode in present or s.valid_for(kasus.data)
        ),
        isian=tuple(
            IsianAnswer(i, answer(i, kasus), _about(putusan, "isian", i.kode)) for i in kasus.sop.isian_for(kasus.data)
        ),
        umum=tuple(p for p in putusan if p.jenis == "umum"),
    )


def answer(isian: Isian, kasus: Case) -> str:
    """The answer as a person reads it: the labels of the choices, a date in words."""
    value = kasus.data.get(isian.kode, "")
    if isian.jenis is IsianKind.TANGGAL and isinstance(value, str) and value:
        return tanggal.tanggal(date.fromisoformat(value))
    chosen = (value,) if isinstance(value, str) else value
    return ", ".join(isian.pilihan.get(n, n) for n in chosen)


def read_bap(permohonan_id: UUID) -> Json:
    """The BAP and Rekomendasi as last saved; empty before Dinas Teknis began."""
    with connection() as conn:
        return conn.scalar(select(Bap.isi).where(Bap.permohonan_id == permohonan_id)) or {}


def bap_saved_at(permohonan_id: UUID) -> datetime | None:
    """When the BAP was last saved; None before Dinas Teknis began."""
    with connection() as conn:
        return conn.scalar(select(Bap.saved_at).where(Bap.permohonan_id == permohonan_id))


def read_paraf(draft_id: UUID, sop: Sop) -> tuple[Paraf, ...]:
    """The approvals of a draft that stand, in the order of the SOP."""
    query = (
        select(Approval.langkah, Person.nama, Approval.sebagai, Approval.pada, Approval.person_id)
        .join(Person, Person.id == Approval.person_id)
        .where(Approval.draft_id == draft_id, Approval.voided_at.is_(None))
    )
    with connection() as conn:
        paraf = [Paraf(*r) for r in conn.execute(query)]
    return tuple(sorted(paraf, key=lambda p: sop.posisi(p.langkah)))


def read_signature(permohonan_id: UUID, *, now: datetime) -> Signature | None:
    """The SK of the file, from the first attempt to sign it on."""
    query = select(Sk.nomor, Sk.status, Sk.tanggal, Sk.created_at, Sk.penyedia, Sk.penandatangan, Sk.sent_sha256)
    with connection() as conn:
        row = conn.execute(query.where(Sk.permohonan_id == permohonan_id)).first()
    if row is None:
        return None
    unknown = is_unknown(row.status, row.created_at, row.penyedia, now)
    return Signature(
        row.nomor, row.status, row.tanggal, unknown, row.sent_sha256 is not None, str(row.penandatangan["nama"])
    )


def _berkas(conn: Connection, permohonan_id: UUID) -> list[UploadedBerkas]:
    b = Berkas
    query = (
        select(b.id, b.syarat, b.nama, b.jenis, b.ukuran, b.halaman, b.signed, b.uploaded_at, b.replaced_at)
        .where(b.permohonan_id == permohonan_id)
        .order_by(b.syarat, b.urut)
    )
    return [UploadedBerkas(*r) for r in conn.execute(query)]


def _ruling(conn: Connection, permohonan_id: UUID) -> list[Ruling]:
    """The verdicts of the last visit that was checked."""
    p = Examined
    latest = (
        select(p.tugas_id)
        .join(Tugas, Tugas.id == p.tugas_id)
        .where(Tugas.permohonan_id == permohonan_id)
        .order_by(p.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(p.jenis, p.kode, p.hasil, p.kalimat).where(p.tugas_id == latest).order_by(p.urut)
    return [Ruling(*r) for r in conn.execute(query)]


def _asked(conn: Connection, permohonan_id: UUID) -> list[Requested]:
    m = CorrectionRequest
    query = (
        select(m.jenis, m.kode, m.catatan, m.created_at, m.answered_at, m.jawaban)
        .where(m.permohonan_id == permohonan_id)
        .order_by(m.created_at.desc(), m.kode)
    )
    return [Requested(*r) for r in conn.execute(query)]


def _about(putusan: Iterable[Ruling], jenis: str, kode: str) -> tuple[Ruling, ...]:
    return tuple(p for p in putusan if (p.jenis, p.kode) == (jenis, kode))
