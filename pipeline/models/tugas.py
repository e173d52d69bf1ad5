"""The work on a desk, what was decided there, and the record of everything that happened."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.json import Json, JsonList
from pipeline.models.base import Base

#: The branch of a tugas that has the file to itself; of those side by side each is one of its own.
TOGETHER = "utama"


class Tugas(Base):
    """One visit of a langkah on one desk: its place in the queue, its deadline, its decision."""

    __tablename__ = "tugas"
    __table_args__ = (
        CheckConstraint("(keputusan IS NULL) = (closed_at IS NULL)", name="closed_when_decided"),
        CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name="taken"),
        # One open tugas per permohonan and branch; of desks that have it at the same time each is a branch.
        Index("uq_tugas_terbuka", "permohonan_id", "branch", unique=True, postgresql_where=text("closed_at IS NULL")),
        # As a desk sees it: what comes back first, then what is due first.
        Index(
            "ix_tugas_antrean",
            "peran",
            text("expedited DESC"),
            "tenggat",
            "id",
            postgresql_where=text("closed_at IS NULL"),
        ),
        # What the desks have finished, newest first.
        Index(
            "ix_tugas_selesai",
            text("closed_at DESC"),
            "id",
            postgresql_where=text("peran <> 'pemohon' AND keputusan <> 'batalkan'"),
        ),
        # As the leaders see it: what is due first, in the whole office and at a langkah.
        Index("ix_tugas_tenggat", "tenggat", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_tugas_langkah", "langkah", "tenggat", "id", postgresql_where=text("closed_at IS NULL")),
        Index(
            "ix_tugas_eskalasi",
            "eskalasi_at",
            postgresql_where=text("closed_at IS NULL AND eskalasi_at IS NOT NULL"),
        ),
        Index(  # what a changed calendar has to compute again
            "ix_tugas_kalender",
            "calendar_version",
            "tenggat",
            postgresql_where=text("closed_at IS NULL AND tenggat IS NOT NULL"),
        ),
        Index(  # what is in whose hands
            "ix_tugas_dipegang",
            "taken_by",
            postgresql_where=text("closed_at IS NULL AND taken_by IS NOT NULL"),
        ),
        Index("ix_tugas_permohonan", "permohonan_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"))
    branch: Mapped[str] = mapped_column(server_default=text(f"'{TOGETHER}'"))
    langkah: Mapped[str]
    kunjungan: Mapped[int]  # 1 for the first visit of the langkah; a resumed visit keeps its number
    peran: Mapped[str]
    automatic: Mapped[bool]  # still the system's; False once a person has to decide
    expedited: Mapped[bool] = mapped_column(
        server_default=text("false")
    )  # comes back after a correction: ahead of new files
    for_person: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))  # who had it before
    asking_langkah: Mapped[str | None]  # the later desk that sent it here to be corrected
    hash_when_asked: Mapped[str | None]  # what the approvals were bound to at that moment
    created_at: Mapped[datetime]
    started_at: Mapped[datetime]  # start of this kunjungan's clock (its first arrival)
    jeda: Mapped[JsonList] = mapped_column(server_default=text("'[]'"))  # pauses of this kunjungan: [[from, to], …]
    tenggat: Mapped[datetime | None]  # None: no deadline (the applicant's own steps)
    added_days: Mapped[int] = mapped_column(server_default=text("0"))  # hari kerja a superior has added
    tenggat_number: Mapped[int] = mapped_column(
        server_default=text("0")
    )  # how often an extension or the calendar moved it
    calendar_version: Mapped[int] = mapped_column(server_default=text("0"))  # that tenggat was computed with
    eskalasi_at: Mapped[datetime | None]  # when the next level of escalation falls due; None: no more to come
    ready_at: Mapped[datetime | None]  # since when a person may decide; None: the system works on it
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))
    taken_at: Mapped[datetime | None]
    stuck_at: Mapped[datetime | None]  # its task was parked after too many failures
    closed_at: Mapped[datetime | None]
    keputusan: Mapped[str | None]
    reason: Mapped[str | None]
    back_to: Mapped[str | None]  # target of a return by one of several desks at the same time
    actor: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))  # None: the system
    acting_as: Mapped[str | None]  # the role and title at that time
    version: Mapped[int] = mapped_column(server_default=text("1"))


class Peristiwa(Base):
    """Append-only (a trigger refuses UPDATE and DELETE): who did what, when. Ids and hashes, no personal data.

    Per permohonan a chain: ``hash = sha256(previous_hash + canonical JSON of the row)``.
    """

    __tablename__ = "peristiwa"
    __table_args__ = (
        UniqueConstraint("permohonan_id", "sequence"),
        Index(  # the numbers that were drawn in a year, the last of each series soon found
            "ix_peristiwa_nomor",
            text("CAST((data -> 'drawn') ->> 'year' AS integer)"),
            text("((data -> 'drawn') ->> 'sop')"),
            text("((data -> 'drawn') ->> 'kind')"),
            text("CAST((data -> 'drawn') ->> 'sequence' AS integer)"),
            postgresql_where=text("kind = 'sk_niat' AND data ? 'drawn'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id"))
    sequence: Mapped[int]
    kind: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[UUID | None]
    peran: Mapped[str | None]
    data: Mapped[Json]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class PeristiwaWords(Base):
    """The words of a peristiwa: who acted under which name and title, and what they wrote. Never updated.

    The peristiwa binds them by ``seal(salt, words)``; deleting the row erases them, and the chain still holds.
    """

    __tablename__ = "peristiwa_words"

    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[str]
    words: Mapped[Json]


class Examined(Base):
    """The verdict on one requirement or field: lulus, gagal, petugas (a person has to look), with its sentence."""

    __tablename__ = "pemeriksaan"
    __table_args__ = (
        CheckConstraint("result IN ('lulus', 'gagal', 'petugas')", name="result"),
        Index("ix_pemeriksaan_tugas", "tugas_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    tugas_id: Mapped[UUID] = mapped_column(ForeignKey("tugas.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    kind: Mapped[str]  # 'syarat' or 'isian' or 'umum'
    code: Mapped[str]
    result: Mapped[str]
    said: Mapped[Json]  # the sentence, as it is kept: code and parameters
    at: Mapped[datetime]


class Eskalasi(Base):
    """A deadline that was missed and who is told: a fact beside the state, once per level of a tenggat."""

    __tablename__ = "eskalasi"
    __table_args__ = (
        CheckConstraint("level IN ('pengingat', 'lewat', 'dua_kali', 'berkas_4_hari', 'berkas_5_hari')", name="level"),
        UniqueConstraint("permohonan_id", "langkah", "kunjungan", "tenggat_number", "level"),
        Index("ix_eskalasi_untold", "id", postgresql_where=text("told_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    permohonan_id: Mapped[UUID] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"))
    langkah: Mapped[str]  # '' for the case-level ones
    kunjungan: Mapped[int]
    tenggat_number: Mapped[int] = mapped_column(server_default=text("0"))  # of the tugas, or of the file's promise
    level: Mapped[str]
    recipient: Mapped[str]  # peran
    empty: Mapped[JsonList] = mapped_column(server_default=text("'[]'"))  # roles it climbed past: nobody is there
    tugas_id: Mapped[UUID | None] = mapped_column(ForeignKey("tugas.id"))
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]  # None: its notices are still to be written


class DataAccess(Base):
    """Who opened which personal data, when and for what (UU 27/2022 art. 31). Never the data themselves."""

    __tablename__ = "akses_data"
    __table_args__ = (
        Index("ix_akses_data_permohonan", "permohonan_id", "at"),
        Index("ix_akses_data_oleh", "actor", "at"),
        Index("ix_akses_data_pada", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    permohonan_id: Mapped[UUID]
    actor: Mapped[UUID | None]
    peran: Mapped[str | None]
    what: Mapped[str]  # e.g. 'berkas KTP', 'isian NIK'
    purpose: Mapped[str]
    at: Mapped[datetime]


class AccessRefused(Base):
    """Append-only: who was refused what, on which file. Ids and the rule that was asked for, no word that was typed."""

    __tablename__ = "akses_ditolak"
    __table_args__ = (Index("ix_akses_ditolak_oleh", "actor", "at"), Index("ix_akses_ditolak_pada", "at"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    permohonan_id: Mapped[UUID | None]  # None: no file was named, or one that does not exist
    actor: Mapped[UUID]
    peran: Mapped[str]  # the roles held then, or 'pemohon'
    method: Mapped[str]  # GET, POST, …
    rule: Mapped[str]  # e.g. '/petugas/tugas/<uuid:tugas_id>/keputusan'
    status: Mapped[int]
    incident: Mapped[str]  # number of the request: the same as in the log, and on the page the person saw
    at: Mapped[datetime]
