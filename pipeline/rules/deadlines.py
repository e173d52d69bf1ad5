"""The deadlines of a file: from a visit at a desk to its tenggat and levels, and the promise of the whole. Pure.

Everything that says when something is due asks here. The calendar has the arithmetic (``pipeline/calendar``),
``escalation`` whom a level reaches and how it is told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Protocol

from pipeline.calendar.due import Due, Interval, Limit, OfficeCalendar, budget, due, shares_at
from pipeline.roles import Peran
from pipeline.sop.values import Langkah, Sop


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a visit: its name in the table ``eskalasi``, and the share of the limit after which it falls due."""

    name: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class CaseLevel:
    """A level of a whole file: how many hari kerja before the end of its promise, and whom it is told."""

    name: str
    days_before: int
    rung: int  # of the ladder of the first desk: 1 its superior, -1 the head of the office


@dataclass(frozen=True, slots=True)
class DueDate:
    """When a level falls due, and whom it is meant for."""

    level: str
    recipient: Peran
    at: datetime


REMINDER, LAPSE, TWICE = (
    Level("pengingat", Fraction(4, 5)),
    Level("lewat", Fraction(1)),
    Level("dua_kali", Fraction(2)),
)
LEVELS = (REMINDER, LAPSE, TWICE)
#: A working day before the promise, and when it is over: silence may count as granted then.
CASE_LEVELS = (
    CaseLevel("berkas_4_hari", days_before=1, rung=1),
    CaseLevel("berkas_5_hari", days_before=0, rung=-1),
)


class TimedTugas(Protocol):
    """A tugas, as far as its due time depends on it."""

    @property
    def langkah(self) -> Langkah: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def jeda(self) -> tuple[Interval, ...]: ...
    @property
    def added_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class VisitClock:
    """The clock of one visit at a desk: since when it runs, what stopped it, and what a superior has added."""

    langkah: Langkah
    started_at: datetime
    jeda: tuple[Interval, ...] = ()
    added_days: int = 0  # hari kerja

    @property
    def limit(self) -> Limit:
        return self.langkah.limit_with(self.added_days)

    def due(self, calendar: OfficeCalendar) -> Due:
        """The tenggat of the visit."""
        return due(calendar, self.started_at, self.limit, self.jeda)

    def before_extension(self, calendar: OfficeCalendar) -> datetime | None:
        """When it would be due without what a superior has added; None when nothing was."""
        return replace(self, added_days=0).due(calendar).at if self.added_days else None

    def budget(self, calendar: OfficeCalendar) -> timedelta:
        """The office time it grants."""
        return budget(calendar, self.started_at, self.limit)

    def levels(self, calendar: OfficeCalendar) -> Iterator[DueDate]:
        """Its levels in the order they fall due."""
        shares = (level.share for level in LEVELS)
        moments = shares_at(calendar, self.started_at, self.limit, shares, self.jeda)
        for level, at in zip(LEVELS, moments, strict=True):
            yield DueDate(level.name, _recipient(self.langkah, level), at)


def clock_of(tugas: TimedTugas) -> VisitClock:
    """The clock of the visit a tugas belongs to."""
    return VisitClock(tugas.langkah, tugas.started_at, tugas.jeda, tugas.added_days)


@dataclass(frozen=True, slots=True)
class Promise:
    """The promise to the public: it runs from when the file is complete, and not while it lies with the applicant."""

    limit: Limit
    complete_at: datetime
    ladder: tuple[Peran, ...]  # from the first desk of the file to the head of the office
    jeda: tuple[Interval, ...] = ()

    def due(self, calendar: OfficeCalendar) -> Due:
        """When the whole file is due."""
        return due(calendar, self.complete_at, self.limit, self.jeda)

    def levels(self, calendar: OfficeCalendar) -> Iterator[DueDate]:
        """Its warnings in the order they fall due."""
        for level in CASE_LEVELS:
            limit = Limit(max(self.limit.hari - level.days_before, 0), self.limit.minutes)
            yield DueDate(level.name, self.ladder[level.rung], replace(self, limit=limit).due(calendar).at)


def promise(sop: Sop, complete_at: datetime, at_applicant: Iterable[Interval] = ()) -> Promise:
    """The promise of a file that was complete at ``complete_at``; ``at_applicant``: every stay with its applicant."""
    stays = tuple(stay for stay in at_applicant if stay.until > complete_at)
    return Promise(sop.janji, complete_at, sop.ladder, stays)


def percent(level: Level) -> str:
    """The share of the limit at which a level falls due, in words: "80 %"."""
    return f"{float(level.share):.0%}".replace("%", " %")


def _recipient(langkah: Langkah, level: Level) -> Peran:
    """Reminder to the desk, lapse to its superior, twice the limit to the head of the ladder."""
    if level is REMINDER or langkah.superior is None:
        return langkah.peran
    return langkah.superior if level is LAPSE else langkah.ladder[-1]
