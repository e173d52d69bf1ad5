"""The levels due of many files, raised in one transaction: the files are locked, looked at again, and written down.

Four or five statements, however many files they are. Who is being acted on right now is left for the next sweep.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ARRAY, Connection, Row, any_, bindparam, select

from pipeline.calendar.due import Interval, OfficeCalendar
from pipeline.db import unit_of_work
from pipeline.json import Json
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.queries.calendar import read_in_force
from pipeline.roles import Peran
from pipeline.rules.deadlines import DueDate, clock_of, promise
from pipeline.rules.escalation import climb
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import Status
from pipeline.services.deadlines.running import at_applicant, running, select_running
from pipeline.services.records.alone import alone
from pipeline.services.records.once import inserting_once, write_once
from pipeline.services.records.record import Chain, Deed, record_many
from pipeline.services.records.sets import RowsPart, changing
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Sop

_ids = bindparam("ids", type_=ARRAY(Tugas.id.type))
_steps = select_running.where(Tugas.id == any_(_ids)).with_for_update(of=(Permohonan, Tugas), skip_locked=True)
_cases = (
    select(
        Permohonan.id,
        Permohonan.sop,
        Permohonan.sop_version,
        Permohonan.status,
        Permohonan.complete_at,
        Permohonan.tenggat_number,
        Permohonan.last_sequence,
        Permohonan.chain,
    )
    .where(Permohonan.id == any_(_ids), Permohonan.closed_at.is_(None))
    .with_for_update(skip_locked=True)
)
#: What makes a level one: a second row of it is refused.
_PLACE = ("permohonan_id", "langkah", "kunjungan", "tenggat_number", "level")
_LEVELS = inserting_once(Eskalasi, *_PLACE, "recipient", "empty", "tugas_id", "at", gives=_PLACE)
_NEXT_OF_STEP, _NEXT_OF_CASE = changing(Tugas, "eskalasi_at"), changing(Permohonan, "eskalasi_at")

AnyRow = Row[*tuple[object, ...]]


@dataclass(slots=True)
class LockedChain:
    """A locked permohonan, as far as its history depends on it."""

    permohonan_id: UUID
    sequence: int
    chain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When levels of one tenggat fall due, up to the next: of a visit of a langkah, or of the whole file."""

    row_id: UUID  # where the next one is noted: the tugas, or the permohonan
    file: Chain
    sop: Sop
    langkah: str = ""  # '' for the whole file
    kunjungan: int = 0
    tenggat_number: int
    tugas_id: UUID | None = None
    levels: Sequence[DueDate]

    def next_at(self, now: datetime) -> datetime | None:
        return next((d.at for d in self.levels if d.at > now), None)


def raise_of_steps(tugas_ids: Sequence[UUID], filled: Collection[Peran], now: datetime) -> int:
    """Raise the levels of these tugas that are due, re-checked under their lock. Returns how many were new."""
    with unit_of_work() as s:
        conn = s.connection()
        rows = conn.execute(_steps, {"ids": list(tugas_ids)}).all()
        calendar = read_in_force(conn).calendar
        found = _each(rows, lambda r: _of_step(r, calendar, now))
        return _raise(conn, found, _NEXT_OF_STEP, filled, now)


def raise_of_cases(permohonan_ids: Sequence[UUID], filled: Collection[Peran], now: datetime) -> int:
    """Raise the warnings about these files that are due, in the same way."""
    with unit_of_work() as s:
        conn = s.connection()
        rows = conn.execute(_cases, {"ids": list(permohonan_ids)}).all()
        calendar, stays = read_in_force(conn).calendar, at_applicant(s, [r.id for r in rows])
        found = _each(rows, lambda r: _of_case(r, stays.get(r.id, []), calendar, now))
        return _raise(conn, found, _NEXT_OF_CASE, filled, now)


def _each(rows: Iterable[AnyRow], read: Callable[[AnyRow], Timetable]) -> list[Timetable]:
    """One that cannot be read is left; the next sweep tries again."""
    read_each = (alone(partial(read, r), otherwise=None, failed="eskalasi gagal", row=r.id) for r in rows)
    return [timetable for timetable in read_each if timetable is not None]


def _of_step(r: AnyRow, calendar: OfficeCalendar, now: datetime) -> Timetable:
    file = running(r)
    return Timetable(
        row_id=file.tugas_id,
        file=file,
        sop=file.sop,
        langkah=file.langkah.code,
        kunjungan=file.kunjungan,
        tenggat_number=file.tenggat_number,
        tugas_id=file.tugas_id,
        levels=tuple(_as_far_as(now, clock_of(file).levels(calendar))),
    )


def _of_case(r: AnyRow, at_pemohon: Iterable[Interval], calendar: OfficeCalendar, now: datetime) -> Timetable:
    """No level while the file does not lie with the office."""
    sop, late = get_sop(r.sop, r.sop_version), r.complete_at is not None and r.status == Status.BERJALAN
    levels = promise(sop, r.complete_at, at_pemohon).levels(calendar) if late else ()
    file = LockedChain(r.id, r.last_sequence, r.chain)
    wanted = tuple(_as_far_as(now, levels))
    return Timetable(row_id=r.id, file=file, sop=sop, tenggat_number=r.tenggat_number, levels=wanted)


def _as_far_as(now: datetime, levels: Iterable[DueDate]) -> Iterator[DueDate]:
    """Those that are due, and the next one: what comes after it is computed when it is wanted."""
    for level in levels:
        yield level
        if level.at > now:
            return


def _raise(
    conn: Connection, found: Sequence[Timetable], upcoming: RowsPart, filled: Collection[Peran], now: datetime
) -> int:
    """Write the levels due that these tenggat have not had, each with its peristiwa. Returns how many."""
    due = [(t, row) for t in found for row in _due(t, filled, now)]
    following: list[Json] = [{"id": t.row_id, "eskalasi_at": t.next_at(now)} for t in found]
    new = set(write_once(conn, _LEVELS, [row for _, row in due], {upcoming: following}))
    deeds = [_deed(t, row) for t, row in due if tuple(row[k] for k in _PLACE) in new]
    record_many(conn, deeds, now=now)
    return len(deeds)


def _due(t: Timetable, filled: Collection[Peran], now: datetime) -> Iterator[Json]:
    """The rows of the levels that are due."""
    for d in t.levels:
        if d.at <= now:
            reached = climb(t.sop, d.recipient, filled)
            yield {
                "permohonan_id": t.file.permohonan_id,
                "langkah": t.langkah,
                "kunjungan": t.kunjungan,
                "tenggat_number": t.tenggat_number,
                "level": d.level,
                "recipient": str(reached.recipient),
                "empty": [str(p) for p in reached.empty],
                "tugas_id": t.tugas_id,
                "at": now,
            }


def _deed(t: Timetable, row: Mapping[str, object]) -> Deed:
    kept = ("langkah", "kunjungan", "tenggat_number", "level", "recipient", "empty")
    tugas: Json = {"tugas": str(t.tugas_id)} if t.tugas_id else {}
    return Deed(file=t.file, kind=PeristiwaKind.ESKALASI, data={**{k: row[k] for k in kept}, **tugas})
