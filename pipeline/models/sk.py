"""What desks fill in, draft, approvals, number and the signed document."""

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


class FilledForm(Base):
    """The form of a desk, such as that of an inspection, saved as it is filled in: one row for each form of a file."""

    __tablename__ = "filled_form"

    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)  # its code in the SOP
    content: Mapped[Json]  # rules.form.desk_form
    saved_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    actor: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))


class Draft(Base):
    """A draft of the decision of a file. Immutable; a changed content is a new draft and voids this one."""

    __tablename__ = "draft"
    __table_args__ = (
        Index("ix_draft_permohonan", "permohonan_id"),
        Index("uq_draft_berlaku", "permohonan_id", unique=True, postgresql_where=text("voided_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"))
    nomor_draft: Mapped[int]  # 1, 2, … within the permohonan
    kind: Mapped[str]  # code of the paper in its SOP, as in each table below
    context: Mapped[Json]  # everything printed but number, date, QR and signatory
    templat: Mapped[str]  # file name in templates_sk/
    templat_sha256: Mapped[str]
    content_digest: Mapped[str]  # permohonan.content_digest it was drafted from
    naskah_hash: Mapped[str]  # over context, templat and evidence: what an approval is bound to
    pdf_engine: Mapped[str]  # 'libreoffice' or 'sederhana'; never switched between approval and signing
    docx_sha256: Mapped[str]
    additions: Mapped[Json]  # what the drafter added: {"pertimbangan": str, "tembusan": [str]}
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
        Index("ix_persetujuan_permohonan", "permohonan_id"),
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
    acting_as: Mapped[str]
    at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class NomorRegister(Base):
    """A decree number that was ever drawn: whose it is, whether it is used, and who freed it last. Never deleted.

    Held by nobody (``permohonan_id`` NULL) it goes to the next document of its series.
    """

    __tablename__ = "nomor_register"
    __table_args__ = (
        CheckConstraint("sequence > 0", name="sequence"),
        CheckConstraint("permohonan_id IS NOT NULL OR freed_by IS NOT NULL", name="owned"),
        CheckConstraint("used_at IS NULL OR permohonan_id IS NOT NULL", name="used"),
        CheckConstraint("num_nulls(freed_by, freed_reason, freed_at) IN (0, 3)", name="free_complete"),
        CheckConstraint("freed_reason IN ('ditarik', 'dikembalikan', 'tahun_berakhir')", name="freed_reason"),
        Index("ix_nomor_register_unused", "sop", "kind", "year", postgresql_where=text("used_at IS NULL")),
        Index("uq_nomor_register_nomor", "nomor", unique=True, postgresql_where=text("permohonan_id IS NOT NULL")),
    )

    sop: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
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
        CheckConstraint(
            "status <> 'terbit' OR (pdf_sha256 IS NOT NULL AND issued_at IS NOT NULL)", name="issued_complete"
        ),
        Index("ix_sk_berakhir", "valid_until_date", postgresql_where=text("status = 'terbit'")),
        Index("ix_sk_terbit", "issued_at", postgresql_where=text("issued_at IS NOT NULL")),
        Index("ix_sk_perlu_dicek", "created_at", postgresql_where=text("status = 'perlu_dicek'")),
        UniqueConstraint("sop", "kind", "year", "sequence"),
        ForeignKeyConstraint(
            ["sop", "kind", "year", "sequence"],
            ["nomor_register.sop", "nomor_register.kind", "nomor_register.year", "nomor_register.sequence"],
            name="fk_sk_nomor",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id"), unique=True)  # one letter per file
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"))
    sop: Mapped[str]
    kind: Mapped[str]
    year: Mapped[int]
    sequence: Mapped[int]
    nomor: Mapped[str]
    day: Mapped[date]
    token: Mapped[str] = mapped_column(unique=True)  # of the public verification page
    status: Mapped[str]
    signer_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"))
    signatory: Mapped[Json]  # nama, nip, jabatan line as printed
    provider: Mapped[str]  # 'lokal' or 'bsre'
    certificate_digest: Mapped[str | None]
    docx_sha256: Mapped[str | None]
    sent_sha256: Mapped[str | None]  # what left for a provider, to know its answer again
    pdf_sha256: Mapped[str | None]
    pdf_size: Mapped[int | None]
    valid_until_date: Mapped[date | None]
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
