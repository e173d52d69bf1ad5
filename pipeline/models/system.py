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


class DamagedFile(Base):
    """A file of the store whose bytes are gone, or not what its name says: the operator's alarm."""

    __tablename__ = "damaged_file"
    __table_args__ = (CheckConstraint("state IN ('rusak', 'hilang')", name="state"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    found_at: Mapped[datetime]
    whole_at: Mapped[datetime | None]  # found to be in order again, from a backup or sent anew


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

    name: Mapped[str] = mapped_column(primary_key=True)  # 'relay', 'beat', 'pekerja:peran', …
    at: Mapped[datetime]
