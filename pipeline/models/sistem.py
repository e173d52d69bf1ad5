"""The system's own rows: what has to leave for a queue, who holds which lease, who is alive."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.models.base import Base


class Outbox(Base):
    """A message to be: written in the transaction whose effect it follows, published by the relay, closed by its task.

    A row is done (``selesai_pada``), parked (``macet_pada``) or still owed. ``terkirim_pada`` says the broker has it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_terutang",
            "id",
            postgresql_where=text("selesai_pada IS NULL AND macet_pada IS NULL AND terkirim_pada IS NULL"),
        ),
        Index("ix_outbox_terbuka", "id", postgresql_where=text("selesai_pada IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    task: Mapped[str]  # Celery name, e.g. 'sop.periksa'
    antrean: Mapped[str]
    kunci: Mapped[str] = mapped_column(unique=True)  # what makes the effect one: a second row with it is refused
    permohonan_id: Mapped[UUID | None] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"))
    tugas_id: Mapped[UUID | None] = mapped_column(ForeignKey("tugas.id", ondelete="CASCADE"))
    dibuat_pada: Mapped[datetime]
    terkirim_pada: Mapped[datetime | None]
    coba_pada: Mapped[datetime | None]  # not before this moment, after a failure
    mulai_pada: Mapped[datetime | None]
    pekerja: Mapped[str | None]  # the Celery node that last began it
    percobaan: Mapped[int] = mapped_column(server_default=text("0"))
    galat: Mapped[str | None]  # class of the last failure; never its data
    macet_pada: Mapped[datetime | None]
    selesai_pada: Mapped[datetime | None]


class Sewa(Base):
    """A lease on a sweep: at most one runs at a time, and a dead holder's lease lapses."""

    __tablename__ = "sewa"

    nama: Mapped[str] = mapped_column(primary_key=True)
    pemegang: Mapped[str]
    sampai_pada: Mapped[datetime]


class Detak(Base):
    """The last sign of life of a part of the system."""

    __tablename__ = "detak"

    nama: Mapped[str] = mapped_column(primary_key=True)  # 'relay', 'beat', 'pekerja:peran', …
    pada: Mapped[datetime]
