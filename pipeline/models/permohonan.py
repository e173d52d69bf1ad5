"""The application, what it says, and the documents handed in with it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.json import Json
from pipeline.models.base import Base


class Permohonan(Base):
    """One application, from draft to archive. ``langkah`` is where it is; NULL once it is closed.

    The indexes of searches are made where the server can: ``migrations/trigrams``.
    """

    __tablename__ = "permohonan"
    __table_args__ = (
        CheckConstraint(
            "status IN ('draf', 'perbaikan', 'tindakan', 'berjalan', 'terbit', 'selesai', 'ditolak', 'dibatalkan')",
            name="status",
        ),
        CheckConstraint("(nomor IS NULL) = (sent_at IS NULL)", name="nomor_when_sent"),
        CheckConstraint("arah IS NULL OR arah IN ('terbit', 'tolak')", name="arah"),
        CheckConstraint("(langkah IS NULL) = (closed_at IS NOT NULL)", name="closed_without_langkah"),
        Index(
            "ix_permohonan_eskalasi",
            "eskalasi_at",
            postgresql_where=text("closed_at IS NULL AND eskalasi_at IS NOT NULL"),
        ),
        # None of these on changed_at: a change that touches no index stays within its page.
        Index("ix_permohonan_draf", "created_at", postgresql_where=text("status = 'draf'")),
        Index("ix_permohonan_pemohon", "pemohon_id", "created_at"),
        Index("ix_permohonan_marks", "marks", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sop: Mapped[str]
    sop_version: Mapped[int]
    nomor: Mapped[str | None] = mapped_column(unique=True)  # given at submission, IZIN-2026-483920
    tracking_code: Mapped[str | None]  # 8 characters, on the receipt
    pemohon_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"))
    status: Mapped[str]
    langkah: Mapped[str | None]
    arah: Mapped[str | None]
    pemegang: Mapped[str] = mapped_column(
        server_default=text("''")
    )  # the answer to the SOP's pemegang, for lists and search
    search_name: Mapped[str] = mapped_column(server_default=text("''"))  # the same as rules.form.spelling folds it
    marks: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))  # rules.form.holder
    content: Mapped[Json]  # form fields: code -> text, or list of texts for a multiple choice
    content_digest: Mapped[
        str
    ]  # of content, the documents, BAP and additions to the draft: what an approval is bound to
    privacy_version: Mapped[str | None]  # the privacy notice accepted at submission
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    complete_at: Mapped[datetime | None]  # step 2 passed: the whole-case clock starts
    tenggat: Mapped[datetime | None]  # of the promise to the public
    tenggat_number: Mapped[int] = mapped_column(server_default=text("0"))  # how often the calendar moved it
    eskalasi_at: Mapped[datetime | None]  # when the next warning about the whole case falls due
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))  # counts every act
    last_sequence: Mapped[int] = mapped_column(server_default=text("0"))
    chain: Mapped[str] = mapped_column(server_default=text("''"))  # hash of the last peristiwa


class Berkas(Base):
    """One uploaded file of a requirement. The bytes lie in the store under ``sha256``; a replaced one is kept."""

    __tablename__ = "berkas"
    __table_args__ = (
        CheckConstraint("kind IN ('pdf', 'jpg', 'png')", name="kind"),
        Index("ix_berkas_permohonan", "permohonan_id", "syarat"),
        Index("ix_berkas_sha256_asli", "original_sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"))
    syarat: Mapped[str]
    sequence: Mapped[int]
    name: Mapped[str]  # as the applicant called it, cleaned; shown, never used as a path
    kind: Mapped[str]
    size: Mapped[int]  # bytes of the stored copy
    page_count: Mapped[int]
    sha256: Mapped[str]  # of the stored, cleaned copy
    original_sha256: Mapped[str]  # of what was received
    signed: Mapped[bool] = mapped_column(server_default=text("false"))  # then what was received is kept too
    uploaded_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class CorrectionRequest(Base):
    """One item of a return to the applicant: a document or a field, and what is wrong with it."""

    __tablename__ = "permintaan_perbaikan"
    __table_args__ = (
        CheckConstraint("kind IN ('syarat', 'isian', 'umum')", name="kind"),
        Index("ix_permintaan_perbaikan_permohonan", "permohonan_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"))
    tugas_id: Mapped[UUID] = mapped_column(ForeignKey("tugas.id"))  # whose decision asked
    kind: Mapped[str]
    code: Mapped[str]  # of the syarat or isian; '' for umum
    note: Mapped[str]  # as an officer wrote it; '' when the automatic checks asked
    #: What the automatic checks found, as a kept sentence; None when an officer asked.
    said: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime]
    answer: Mapped[str | None]  # the applicant's optional reply
    answered_at: Mapped[datetime | None]


class UploadPurpose(StrEnum):
    """What a file that comes in is to become."""

    BERKAS = "berkas"  # a document of the application
    PHOTO = "foto"  # a photo in the form of a desk
    LETTER = "surat_perintah"  # the scan of the letter by which somebody stands in for another


class Upload(Base):
    """A file on its way in; its bytes lie apart from the documents until they are examined, and are shown to nobody.

    It comes in pieces or whole (``received_at``), and is then refused (``refusal``) or becomes what it is for, which
    takes the place of this row. A cleaned letter waits here until the delegation it belongs to is made.
    """

    __tablename__ = "unggahan"
    __table_args__ = (
        UniqueConstraint("permohonan_id", "id"),
        CheckConstraint(f"purpose IN ({', '.join(repr(str(p)) for p in UploadPurpose)})", name="purpose"),
        CheckConstraint("(purpose = 'berkas') = (syarat IS NOT NULL)", name="of_syarat"),
        CheckConstraint("(purpose = 'foto') = (tugas_id IS NOT NULL)", name="of_tugas"),
        CheckConstraint("(purpose = 'surat_perintah') = (permohonan_id IS NULL)", name="of_office"),
        CheckConstraint("(purpose = 'berkas') = (actor IS NULL)", name="of_officer"),
        CheckConstraint("(received_at IS NULL) = (sha256 IS NULL)", name="hash_when_received"),
        CheckConstraint("refusal IS NULL OR received_at IS NOT NULL", name="refused_when_received"),
        CheckConstraint(
            "cleaned_sha256 IS NULL OR (permohonan_id IS NULL AND received_at IS NOT NULL AND refusal IS NULL)",
            name="cleaned_when_received",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    purpose: Mapped[str] = mapped_column(server_default=text("'berkas'"))
    permohonan_id: Mapped[UUID | None] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"))
    syarat: Mapped[str | None]
    tugas_id: Mapped[UUID | None] = mapped_column(ForeignKey("tugas.id", ondelete="CASCADE"))
    actor: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))  # the officer who sent it; None: who fills in
    details: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))  # what an officer told with it
    name: Mapped[str]
    length: Mapped[int]  # bytes announced
    created_at: Mapped[datetime]
    expiry_date: Mapped[date]
    received_at: Mapped[datetime | None]  # by the real clock; the last byte has come, and it waits to be examined
    sha256: Mapped[str | None]  # of what was received
    refusal: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))  # why it is refused, as a kept sentence
    cleaned_sha256: Mapped[str | None]  # of the copy of a letter in the store
