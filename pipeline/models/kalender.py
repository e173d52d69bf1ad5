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
    __table_args__ = (CheckConstraint("id = 1", name="satu"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    versi: Mapped[int]
    sidik: Mapped[str]  # hash of what the calendar says: two calendars never share (versi, sidik)
    changed_at: Mapped[datetime]


class Libur(Base):
    """A day the office is closed. ``perkiraan``: not yet confirmed by a joint decree."""

    __tablename__ = "libur"
    __table_args__ = (CheckConstraint("sumber IN ('bawaan', 'kantor')", name="sumber"),)

    tanggal: Mapped[date] = mapped_column(primary_key=True)
    nama: Mapped[str]
    sumber: Mapped[str]
    perkiraan: Mapped[bool]


class OfficeHoursRow(Base):
    """Office hours per weekday: the usual ones (no dates), or those of a season such as Ramadan."""

    __tablename__ = "office_hours"
    __table_args__ = (
        CheckConstraint("(start_date IS NULL) = (end_date IS NULL)", name="musim_utuh"),
        CheckConstraint("start_date <= end_date", name="musim_urut"),
        Index("uq_jam_kantor_biasa", text("(true)"), unique=True, postgresql_where=text("start_date IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    nama: Mapped[str]
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    jam: Mapped[Json]  # weekday "0".."6" (Monday first) -> [["07:30", "12:00"], …]


class CalendarChange(Base):
    """Who changed the calendar, and what it said before and after."""

    __tablename__ = "perubahan_kalender"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    versi: Mapped[int]
    oleh: Mapped[UUID | None] = mapped_column(ForeignKey("orang.id"))
    pada: Mapped[datetime]
    sebelum: Mapped[Json]
    sesudah: Mapped[Json]
    hash: Mapped[str]  # over this row and the hash of the change before
