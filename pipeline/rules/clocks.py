"""The clocks of a file: how long it has been under way, and how that time divides between the office and the applicant.

Pure. The visits of a file follow one another without a gap, so the parts add up to the whole, to the microsecond,
however often it was sent back. Taking a file, giving it back or handing it to a colleague starts no visit: it stays on
the same desk, whose clock runs on.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from pipeline.calendar.due import Interval, OfficeCalendar, office_time
from pipeline.calendar.hours import merge
from pipeline.roles import Peran

_ZERO = timedelta()
_LATER = datetime.max.replace(tzinfo=UTC)  # an open visit comes last
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A tugas of a file: when it came to which desk, and when it left (None: it lies there)."""

    langkah: str
    peran: Peran
    created_at: datetime
    closed_at: datetime | None
    beside: bool = False  # other desks had the file at the same time


@dataclass(frozen=True, slots=True)
class VisitTime:
    """One visit of a file: the time it took, and how much of it the office was open."""

    stay: Stay
    altogether: timedelta
    office_hours: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class PermohonanClocks:
    """What the clocks of a sent file show. ``visits``: its visits since it was sent, oldest first."""

    sent_at: datetime
    ended_at: datetime  # now, or when the file was closed
    visits: tuple[VisitTime, ...]
    overlap: timedelta = _ZERO  # day and night that several desks had it at the same time, beyond the first of them
    office_overlap: timedelta = _ZERO  # the same while the office was open

    @property
    def since_sent(self) -> timedelta:
        """Elapsed, day and night."""
        return _total(b.altogether for b in self.visits) - self.overlap

    @property
    def at_kantor(self) -> timedelta:
        """Elapsed while it lay with the office, day and night."""
        return _total(b.altogether for b in self.visits if b.stay.peran != Peran.PEMOHON) - self.overlap

    @property
    def at_pemohon(self) -> timedelta:
        """Elapsed while it lay with the applicant, day and night: no clock of the office runs then."""
        return _total(b.altogether for b in self.visits if b.stay.peran == Peran.PEMOHON)

    @property
    def kerja(self) -> timedelta:
        """Net office time: while it lay with the office and the office was open."""
        return _total(self.per_desk.values()) - self.office_overlap

    @property
    def per_desk(self) -> Mapping[Peran, timedelta]:
        """Office time per desk of the office, in the order the file came there."""
        return _sums((b.stay.peran, b.office_hours) for b in self._kantor)

    @property
    def per_langkah(self) -> Mapping[str, timedelta]:
        """Office time per langkah of the office, over all its visits."""
        return _sums((b.stay.langkah, b.office_hours) for b in self._kantor)

    @property
    def _kantor(self) -> Sequence[VisitTime]:
        return [b for b in self.visits if b.stay.peran != Peran.PEMOHON]


def read_clocks(calendar: OfficeCalendar, stay: Iterable[Stay], *, now: datetime) -> PermohonanClocks | None:
    """The clocks of a file from all its tugas, the draft included. None while it has never been sent.

    A visit lasts until the next one begins; a clock that was set back makes it empty, never negative. Of desks that had
    the file at the same time each visit lasts until its own end, and what they share counts once for the whole.
    """
    in_order = sorted(stay, key=lambda k: (k.created_at, k.closed_at or _LATER))
    if not in_order or in_order[0].closed_at is None:
        return None
    end = in_order[-1].closed_at or max(now, in_order[-1].created_at)
    bounds = [*(k.created_at for k in in_order[1:]), end]
    lasting = [
        (k, Interval(a, max((k.closed_at or end) if k.beside else b, a)))
        for k, (a, b) in zip(in_order[1:], pairwise(bounds), strict=True)
    ]
    visits = tuple(_visit_time(calendar, k, i) for k, i in lasting)
    beside = [i for k, i in lasting if k.beside]
    return PermohonanClocks(
        sent_at=in_order[0].closed_at,
        ended_at=end,
        visits=visits,
        overlap=_total(i.until - i.start for i in beside) - _total(until - start for start, until in merge(beside)),
        office_overlap=_total(office_time(calendar, [i]) for i in beside) - office_time(calendar, beside),
    )


def _visit_time(calendar: OfficeCalendar, stay: Stay, lasting: Interval) -> VisitTime:
    return VisitTime(stay, max(lasting.until - lasting.start, _ZERO), office_time(calendar, [lasting]))


def _sums(lengths: Iterable[tuple[K, timedelta]]) -> Mapping[K, timedelta]:
    result: dict[K, timedelta] = defaultdict(timedelta)
    for key, length in lengths:
        result[key] += length
    return dict(result)


def _total(length: Iterable[timedelta]) -> timedelta:
    return sum(length, _ZERO)
