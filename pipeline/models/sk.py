"""Field report, draft, approvals, number and the signed document."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.json import Json
from pipeline.models.base import Base


class Bap(Base):
    """BAP Lapangan and Rekomendasi of a permohonan: the form of Dinas Teknis, saved as it is filled in."""

    __tablename__ = "bap"

    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"), primary_key=True)
    isi: Mapped[Json]
    saved_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    oleh: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))


class Draft(Base):
    """A draft of the SK or of the surat penolakan. Immutable; a changed content is a new draft and voids this one."""

    __tablename__ = "draft"
    __table_args__ = (
        CheckConstraint("jenis IN ('sk', 'penolakan')", name="jenis"),
        Index("uq_draft_berlaku", "permohonan_id", unique=True, postgresql_where=text("voided_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"))
    nomor_draft: Mapped[int]  # 1, 2, … within the permohonan
    jenis: Mapped[str]
    konteks: Mapped[Json]  # everything printed but number, date, QR and signatory
    templat: Mapped[str]  # file name in templates_sk/
    templat_sha256: Mapped[str]
    content_digest: Mapped[str]  # permohonan.content_digest it was drafted from
    naskah_hash: Mapped[str]  # over konteks, templat and evidence: what an approval is bound to
    pdf_engine: Mapped[str]  # 'libreoffice' or 'sederhana'; never switched between approval and signing
    docx_sha256: Mapped[str]
    tambahan: Mapped[Json]  # what the Back Office added: {"pertimbangan": str, "tembusan": [str]}
    drafter_id: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))  # None: the system
    created_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class DraftAuthor(Base):
    """A person whose words stand in a draft or in what it is made of: they approve none of it (a trigger says so too).

    Written with the draft and never changed: who added to it, wrote BAP or Rekomendasi, or is named in the application.
    """

    __tablename__ = "draft_author"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"), primary_key=True)


class Approval(Base):
    """One approval of one draft by one person. The database repeats the same-person rule."""

    __tablename__ = "persetujuan"
    __table_args__ = (
        Index("uq_persetujuan_orang", "draft_id", "person_id", unique=True, postgresql_where=text("voided_at IS NULL")),
        Index(
            "uq_persetujuan_atas_nama",
            "draft_id",
            "on_behalf_of",
            unique=True,
            postgresql_where=text("voided_at IS NULL"),
        ),
        Index("uq_persetujuan_langkah", "draft_id", "langkah", unique=True, postgresql_where=text("voided_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"))
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"))
    langkah: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"))
    on_behalf_of: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))  # whom a Plt or Plh stood in for
    sebagai: Mapped[str]
    pada: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class NomorRegister(Base):
    """A decree number that was ever drawn: whose it is, whether it is used, and who freed it last. Never deleted.

    Held by nobody (``permohonan_id`` NULL) it goes to the next document of its series.
    """

    __tablename__ = "nomor_register"
    __table_args__ = (
        CheckConstraint("urut > 0", name="urut"),
        CheckConstraint("permohonan_id IS NOT NULL OR freed_by IS NOT NULL", name="milik"),
        CheckConstraint("used_at IS NULL OR permohonan_id IS NOT NULL", name="terpakai"),
        CheckConstraint("num_nulls(freed_by, freed_reason, freed_at) IN (0, 3)", name="bebas_lengkap"),
        CheckConstraint("freed_reason IN ('ditarik', 'dikembalikan', 'tahun_berakhir')", name="sebab"),
        Index("uq_nomor_register_nomor", "nomor", unique=True, postgresql_where=text("permohonan_id IS NOT NULL")),
    )

    sop: Mapped[str] = mapped_column(primary_key=True)
    jenis: Mapped[str] = mapped_column(primary_key=True)  # 'sk' or 'penolakan'
    tahun: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    urut: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    nomor: Mapped[str]  # as it was last written
    permohonan_id: Mapped[UUID | None] = mapped_column(ForeignKey("permohonan.id"))
    drawn_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    freed_by: Mapped[UUID | None] = mapped_column(ForeignKey("permohonan.id"))
    freed_reason: Mapped[str | None]
    freed_at: Mapped[datetime | None]


class Sk(Base):
    """The decree (or refusal) of a permohonan: its number from the intent on, the signed file once it is signed."""

    __tablename__ = "sk"
    __table_args__ = (
        CheckConstraint("status IN ('niat', 'perlu_dicek', 'gagal', 'terbit', 'dicabut')", name="status"),
        CheckConstraint("jenis IN ('sk', 'penolakan')", name="jenis"),
        CheckConstraint(
            "status <> 'terbit' OR (pdf_sha256 IS NOT NULL AND issued_at IS NOT NULL)", name="terbit_lengkap"
        ),
        Index("ix_sk_berakhir", "valid_until_date", postgresql_where=text("status = 'terbit'")),
        UniqueConstraint("sop", "jenis", "tahun", "urut"),
        ForeignKeyConstraint(
            ["sop", "jenis", "tahun", "urut"],
            ["nomor_register.sop", "nomor_register.jenis", "nomor_register.tahun", "nomor_register.urut"],
            name="fk_sk_nomor",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id"), unique=True)  # one letter per file
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"))
    sop: Mapped[str]
    jenis: Mapped[str]
    tahun: Mapped[int]
    urut: Mapped[int]
    nomor: Mapped[str]
    tanggal: Mapped[date]
    token: Mapped[str] = mapped_column(unique=True)  # of the public verification page
    status: Mapped[str]
    signer_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"))
    penandatangan: Mapped[Json]  # nama, nip, jabatan line as printed
    penyedia: Mapped[str]  # 'lokal' or 'bsre'
    certificate_digest: Mapped[str | None]
    docx_sha256: Mapped[str | None]
    sent_sha256: Mapped[str | None]  # what left for a provider, to know its answer again
    pdf_sha256: Mapped[str | None]
    pdf_size: Mapped[int | None]
    valid_until_date: Mapped[date | None]
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
