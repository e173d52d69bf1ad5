"""People, their accounts, and the roles they hold for a time.

A person (``orang``) is who acts; an account (``akun``) is how they log in; a role (``penugasan``) is an assignment with
dates. The rule that nobody approves twice is about persons, so it survives a second account or a delegation.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.models.base import Base, Json


class Orang(Base):
    """A natural person: an applicant or an officer."""

    __tablename__ = "orang"
    __table_args__ = (
        Index("uq_orang_nip", text("regexp_replace(nip, '[^0-9]', '', 'g')"), unique=True),
        Index("uq_orang_nik_index", "nik_index", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    nama: Mapped[str]
    nip: Mapped[str | None]  # as it is printed: 19850110 201001 1 001
    nik_index: Mapped[str | None]  # of the NIK, under a key kept outside the database; the NIK itself is not kept here
    dibuat_pada: Mapped[datetime]


class Akun(Base):
    """How a person logs in: by e-mail or phone."""

    __tablename__ = "akun"
    __table_args__ = (
        CheckConstraint("surel IS NOT NULL OR telepon IS NOT NULL", name="surel_atau_telepon"),
        Index("uq_akun_surel", text("lower(surel)"), unique=True),
        Index("uq_akun_telepon", "telepon", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    orang_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"), index=True)
    surel: Mapped[str | None]
    telepon: Mapped[str | None]  # normalised: digits with the country code, e.g. 628115001001
    sandi: Mapped[str]  # argon2id
    petugas: Mapped[bool] = mapped_column(server_default=text("false"))  # which of the two login pages
    aktif: Mapped[bool] = mapped_column(server_default=text("true"))
    sandi_diubah_pada: Mapped[datetime]
    dibuat_pada: Mapped[datetime]


class Penugasan(Base):
    """A role held by a person from one date to another, both included, in the office's zone."""

    __tablename__ = "penugasan"
    __table_args__ = (
        CheckConstraint("tanggal_sampai IS NULL OR tanggal_sampai >= tanggal_mulai", name="urutan_tanggal"),
        CheckConstraint("dasar IN ('definitif', 'plt', 'plh')", name="dasar"),
        CheckConstraint(
            "dasar = 'definitif' OR num_nulls(surat_perintah, tanggal_sampai, menggantikan) = 0", name="surat"
        ),
        Index("ix_penugasan_orang", "orang_id", "peran"),
        Index("ix_penugasan_peran", "peran", "tanggal_mulai"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    orang_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"))
    peran: Mapped[str]
    jabatan: Mapped[str]  # as printed under a signature, e.g. "Kepala Dinas"
    dasar: Mapped[str] = mapped_column(server_default=text("'definitif'"))
    surat_perintah: Mapped[str | None]  # its number; the scan lies in the store under surat_sha256
    surat_sha256: Mapped[str | None]
    menggantikan: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))  # whom a Plt or Plh stands in for
    tanggal_mulai: Mapped[date]
    tanggal_sampai: Mapped[date | None]
    dibuat_oleh: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))
    dibuat_pada: Mapped[datetime]


class PerubahanAkun(Base):
    """What an administrator did to an account or a role, and what it was before: ids and dates, never a password."""

    __tablename__ = "perubahan_akun"
    __table_args__ = (Index("ix_perubahan_akun_orang", "orang_id", "pada"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    orang_id: Mapped[UUID] = mapped_column(ForeignKey("orang.id"))  # whose account or role
    jenis: Mapped[str]  # 'akun_dibuat', 'akun_ditutup', 'peran_diberikan', 'delegasi', 'peran_diakhiri', …
    data: Mapped[Json]
    oleh: Mapped[UUID] = mapped_column(ForeignKey("orang.id"))
    pada: Mapped[datetime]


class Sesi(Base):
    """A login session. The key is the SHA-256 of the cookie, so a copy of the table opens nothing."""

    __tablename__ = "sesi"

    kunci: Mapped[str] = mapped_column(primary_key=True)
    akun_id: Mapped[UUID | None] = mapped_column(ForeignKey("akun.id"), index=True)
    data: Mapped[Json]
    dibuat_pada: Mapped[datetime]
    terakhir_pada: Mapped[datetime]


class PercobaanAkses(Base):
    """Counted tries in a window (login, tracking, verification): the one rate limit, independent of Redis."""

    __tablename__ = "percobaan_akses"

    kunci: Mapped[str] = mapped_column(primary_key=True)  # what is limited and for whom, hashed where personal
    jumlah: Mapped[int]
    sampai_pada: Mapped[datetime] = mapped_column(index=True)  # end of the window; a later try starts a new one
