"""Office hours and holidays as data, and who changed them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.json import Json
from pipeline.models.base import Base


class Calendar(Base):
    """The calendar's version: one row. A tugas computed with an older one is computed again by a sweep."""

    __tablename__ = "kalender"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    digest: Mapped[str]  # hash of what the calendar says: two calendars never share (version, digest)
    changed_at: Mapped[datetime]


class Libur(Base):
    """A day the office is closed. ``estimate``: not yet confirmed by a joint decree."""

    __tablename__ = "libur"
    __table_args__ = (CheckConstraint("source IN ('bawaan', 'kantor')", name="source"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    source: Mapped[str]
    estimate: Mapped[bool]


class OfficeHoursRow(Base):
    """Office hours per weekday: the usual ones (no dates), or those of a season such as Ramadan."""

    __tablename__ = "office_hours"
    __table_args__ = (
        CheckConstraint("(start_date IS NULL) = (end_date IS NULL)", name="season_whole"),
        CheckConstraint("start_date <= end_date", name="season_in_order"),
        Index("uq_jam_kantor_biasa", text("(true)"), unique=True, postgresql_where=text("start_date IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str]
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    hours: Mapped[Json]  # weekday "0".."6" (Monday first) -> [["07:30", "12:00"], …]


class CalendarChange(Base):
    """Who changed the calendar, and what it said before and after."""

    __tablename__ = "perubahan_kalender"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    version: Mapped[int]
    actor: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))
    at: Mapped[datetime]
    before: Mapped[Json]
    after: Mapped[Json]
    hash: Mapped[str]  # over this row and the hash of the change before
