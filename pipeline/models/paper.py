"""What the office issued on paper before this system: the register that was imported, and where its numbers end."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.json import Json
from pipeline.models.base import Base


class PaperUpload(Base):
    """A register that was looked at and not yet taken; a day later it is gone."""

    __tablename__ = "paper_upload"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]  # as its owner called it, cleaned
    content: Mapped[bytes]
    actor: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))  # None: the command on this machine
    at: Mapped[datetime]


class PaperChange(Base):
    """Who took a register, and who said where the numbers on paper end. A chain that the daily heads bind."""

    __tablename__ = "paper_change"
    __table_args__ = (
        CheckConstraint("kind IN ('impor', 'mulai')", name="kind"),
        Index("uq_paper_change_sha256", text("(data ->> 'sha256')"), unique=True, postgresql_where="kind = 'impor'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    actor: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))
    at: Mapped[datetime]
    data: Mapped[Json]  # of a register: sha256, name, rows, digest; of a start: sop, kind, year, last
    hash: Mapped[str]  # over this row and the hash of the change before


class PaperDecree(Base):
    """A decree that was issued on paper. It has no file, no signature here, and is never changed.

    ``kind``, ``year`` and ``sequence`` where its number is written as those of its permit are.
    """

    __tablename__ = "paper_decree"
    __table_args__ = (
        CheckConstraint("num_nulls(kind, year, sequence) IN (0, 3)", name="series_whole"),
        CheckConstraint("valid_until_date >= day", name="dates_in_order"),
        UniqueConstraint("change_id", "row"),
        UniqueConstraint("sop", "kind", "year", "sequence"),
        Index("ix_paper_decree_marks", "marks", postgresql_using="gin"),
        Index("ix_paper_decree_parts", "parts", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    change_id: Mapped[int] = mapped_column(ForeignKey("paper_change.id"))
    row: Mapped[int]  # its place among those taken together
    sop: Mapped[str]
    nomor: Mapped[str]
    number_key: Mapped[str] = mapped_column(unique=True)  # rules.form.spelling
    parts: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # the whole numbers in it
    pemegang: Mapped[str]
    search_name: Mapped[str]
    marks: Mapped[list[str]] = mapped_column(ARRAY(Text))  # rules.form.holder
    district: Mapped[str]
    day: Mapped[date]
    valid_until_date: Mapped[date | None]
    kind: Mapped[str | None]
    year: Mapped[int | None]
    sequence: Mapped[int | None]


class SeriesStart(Base):
    """The last number of a series that was used on paper: the next decree gets the one after it. It only rises."""

    __tablename__ = "series_start"
    __table_args__ = (CheckConstraint("last > 0", name="last"),)

    sop: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
