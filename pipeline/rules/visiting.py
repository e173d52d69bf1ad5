"""How a visit of a langkah begins: its number, its clock, who had the file before and who waits for it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from pipeline.calendar.due import Interval
from pipeline.rules.transitions import Transition
from pipeline.sop.words import KeputusanKind


class EarlierTugas(Protocol):
    """An earlier tugas of the file, as far as the next visit has to know it."""

    @property
    def langkah(self) -> str: ...
    @property
    def kunjungan(self) -> int: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def closed_at(self) -> datetime: ...
    @property
    def keputusan(self) -> str: ...
    @property
    def actor(self) -> UUID | None: ...
    @property
    def jeda(self) -> tuple[Interval, ...]: ...
    @property
    def added_days(self) -> int: ...
    @property
    def tenggat_number(self) -> int: ...
    @property
    def asking_langkah(self) -> str | None: ...
    @property
    def hash_when_asked(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """How the next tugas begins: its visit number, its clock, who had it before and who waits for it."""

    kunjungan: int
    started_at: datetime
    jeda: tuple[Interval, ...] = ()
    added_days: int = 0  # hari kerja a superior has added to this visit
    tenggat_number: int = 0  # how often its tenggat was moved by an extension or the calendar; a pause is none
    for_person: UUID | None = None
    expedited: bool = False
    asking_langkah: str | None = None
    hash_when_asked: str | None = None


def visit(
    transition: Transition,
    riwayat: Sequence[EarlierTugas],
    *,
    langkah: str | None = None,
    content_digest: str,
    now: datetime,
) -> Visit:
    """The visit that ``transition`` starts at ``langkah`` (None: its target), given every earlier tugas of the file.

    They come oldest first.

    A langkah reached by a return, or resumed after it asked for one, goes on with the same visit and its unused budget;
    one reached forward anew, because its output was voided, starts a new visit.
    """
    earlier = [k for k in riwayat if k.langkah == (langkah or transition.target)]
    asker = transition.asked_by or transition.source
    asking: tuple[str | None, str | None] = (asker, content_digest) if transition.back else (None, None)
    if not earlier:
        return Visit(kunjungan=1, started_at=now, asking_langkah=asking[0], hash_when_asked=asking[1])
    end = earlier[-1]
    before = next(
        (k.actor for k in reversed(earlier) if k.actor), None
    )  # the machine's own visits between do not count
    asked = end.keputusan == KeputusanKind.KEMBALIKAN
    if not (transition.back or asked):
        return Visit(kunjungan=end.kunjungan + 1, started_at=now, for_person=before, expedited=True)
    if asked and not transition.back:  # whoever waited for this desk before it asked still waits
        asking = (end.asking_langkah, end.hash_when_asked)
    return Visit(
        kunjungan=end.kunjungan,
        started_at=end.started_at,
        jeda=(*end.jeda, Interval(end.closed_at, now)),
        added_days=end.added_days,
        tenggat_number=end.tenggat_number,
        for_person=before,
        expedited=True,
        asking_langkah=asking[0],
        hash_when_asked=asking[1],
    )
