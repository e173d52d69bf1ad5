"""The system's own rows: what has to leave for a queue, who holds which lease, who is alive."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.json import Json
from pipeline.models.base import Base


class Outbox(Base):
    """A message to be: written in the transaction whose effect it follows, published by the relay, closed by its task.

    A row is done (``closed_at``), parked (``stuck_at``) or still owed. ``delivered_at`` says the broker has it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_terutang",
            "id",
            postgresql_where=text("closed_at IS NULL AND stuck_at IS NULL AND delivered_at IS NULL"),
        ),
        Index("ix_outbox_terbuka", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_outbox_selesai", "closed_at", postgresql_where=text("closed_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    task: Mapped[str]  # Celery name, e.g. 'sop.periksa'
    antrean: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)  # what makes the effect one: a second row with it is refused
    permohonan_id: Mapped[UUID | None] = mapped_column(ForeignKey("permohonan.id", ondelete="CASCADE"))
    tugas_id: Mapped[UUID | None] = mapped_column(ForeignKey("tugas.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    try_at: Mapped[datetime | None]  # not before this moment, after a failure
    attempts: Mapped[int] = mapped_column(server_default=text("0"))  # how often it was sent, or begun after a death
    error: Mapped[str | None]  # class of the last failure; never its data
    stuck_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    traceparent: Mapped[str | None] = mapped_column(  # of the act it follows, where acts are traced (logs/traces.py)
        server_default=text("nullif(current_setting('alurizin.traceparent', true), '')")
    )


class DamagedFile(Base):
    """A file of the store whose bytes are gone, or not what its name says: the operator's alarm."""

    __tablename__ = "damaged_file"
    __table_args__ = (CheckConstraint("state IN ('rusak', 'hilang')", name="state"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    permohonan_id: Mapped[UUID | None]  # whose document it is; None: the office's own
    state: Mapped[str]
    found_at: Mapped[datetime]
    whole_at: Mapped[datetime | None]  # found to be in order again, from a backup or sent anew


class WrappedKey(Base):
    """The key of an application's documents, wrapped by the office key: without this row they are gone for good.

    No foreign key: it is made on a connection of its own, also while the permohonan is locked.
    """

    __tablename__ = "kunci_dokumen"
    __table_args__ = (Index("ix_kunci_dokumen_versi", "office_version"),)

    permohonan_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # the highest seals what comes
    office_version: Mapped[int]  # of the office key that wraps it
    wrapped: Mapped[str]
    created_at: Mapped[datetime]


class Erasure(Base):
    """Documents that were erased, or are to be: what, when, on what ground, by whom. Nothing of what they said.

    Each row stands in a file beside the data too, so that a database restored from before knows it again. No foreign
    key: it outlives what somebody deletes.
    """

    __tablename__ = "penghapusan"
    __table_args__ = (
        CheckConstraint("ground IN ('retensi', 'permintaan', 'keliru')", name="ground"),
        Index("ix_penghapusan_permohonan", "permohonan_id"),
        Index("ix_penghapusan_terutang", "at", postgresql_where=text("done_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    permohonan_id: Mapped[UUID]
    sha256: Mapped[str | None]  # of one document; None: all of the application
    ground: Mapped[str]
    actor: Mapped[UUID | None]  # None: the system
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]  # its key is destroyed; None: still to be done, or once more after a restore


class DailyHead(Base):
    """What all histories were on a day: a Merkle root over the chains that had grown, signed, chained to the last one.

    ``statement`` is exactly what is signed. It lies outside the database too: in a file, on a page, in mailboxes.
    """

    __tablename__ = "daily_head"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(unique=True)
    statement: Mapped[Json]
    signature: Mapped[str]


class DailyLeaf(Base):
    """The end of one chain as a daily head has it: the entry ``sequence`` of a permohonan or an orang has this hash."""

    __tablename__ = "daily_leaf"
    __table_args__ = (Index("ix_daily_leaf_owner", "owner_id", "sequence"),)

    number: Mapped[int] = mapped_column(ForeignKey("daily_head.number"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner_id: Mapped[UUID]  # no foreign key: it outlives what somebody deletes
    sequence: Mapped[int]
    hash: Mapped[str]
    nomor: Mapped[str | None]  # names a file that is gone; None: a draft, or an orang


class Restoration(Base):
    """Append-only: the office came back from a backup. ``statement`` is signed as a daily head is; it holds the numbers
    of each series that were left alone, for decrees that may have been issued after the backup and are unknown here."""

    __tablename__ = "restoration"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    backup_at: Mapped[datetime]
    restored_at: Mapped[datetime]
    statement: Mapped[Json]  # rules.history.restoration
    signature: Mapped[str]


class DailyPace(Base):
    """How many tugas of a langkah the desks finished on a day after so many minutes of office time. Counted by a sweep
    from the tugas themselves (``services/deadlines/pace``): thrown away and counted again, it is the same."""

    __tablename__ = "daily_pace"

    day: Mapped[date] = mapped_column(primary_key=True)
    sop: Mapped[str] = mapped_column(primary_key=True)
    langkah: Mapped[str] = mapped_column(primary_key=True)
    in_time: Mapped[bool] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    total: Mapped[int]


class PaceDay(Base):
    """A day that was counted: when, and by which calendar."""

    __tablename__ = "pace_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    calendar_version: Mapped[int]
    counted_at: Mapped[datetime]


class Lease(Base):
    """A lease on a sweep: at most one runs at a time, and a dead holder's lease lapses."""

    __tablename__ = "sewa"

    name: Mapped[str] = mapped_column(primary_key=True)
    pemegang: Mapped[str]
    expires_at: Mapped[datetime]


class Pulse(Base):
    """The last sign of life of a part of the system."""

    __tablename__ = "detak"

    name: Mapped[str] = mapped_column(primary_key=True)  # 'relay', 'beat', 'broker', 'pekerja:peran', …
    at: Mapped[datetime]
    detail: Mapped[Json | None]  # of a worker: the queues it reads; of the broker: the messages in each
