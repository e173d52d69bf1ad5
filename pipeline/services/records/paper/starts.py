"""Where the numbers of a series end on paper: the next decree gets the number after it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid
from pipeline.models import NomorRegister, SeriesStart
from pipeline.rules.paper.changes import ChangeKind, SeriesKey
from pipeline.rules.paper.numbers import LARGEST
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_admin
from pipeline.services.records.numbers import lock_series
from pipeline.services.records.paper.log import lock_log, log_change
from pipeline.sop.registry import SOPS
from pipeline.text import date_at


def set_start(series: SeriesKey, last: int, *, actor: Petugas, now: datetime) -> None:
    """Say the last number that was used on paper. Raises NotAuthorised, InputInvalid; it only rises.

    Numbers up to it are drawn no more, also those that a file has freed.
    """
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        _check(series, last, now)
        lock_log(s)
        lock_series(s, *series)
        if (start := start_of(s, series)) >= last:
            raise InputInvalid({"last": f"Awal deret ini sudah nomor {start} dan hanya dapat naik."})
        if (drawn := _last_drawn(s, series)) > last:
            raise InputInvalid({"last": f"Sistem ini sudah memberikan nomor {drawn}. Tulis nomor itu atau sesudahnya."})
        raise_start(s, series, last, actor=actor.person_id, now=now)


def raise_start(s: Session, series: SeriesKey, last: int, *, actor: UUID | None, now: datetime) -> None:
    """The same for a locked series, unless it is there already."""
    if start_of(s, series) >= last:
        return
    sop, kind, year = series
    row = {"sop": sop, "kind": kind, "year": year, "last": last}
    log_change(s, ChangeKind.START, dict(row), actor=actor, now=now)
    s.execute(
        insert(SeriesStart)
        .values(row)
        .on_conflict_do_update(index_elements=["sop", "kind", "year"], set_={"last": last})
    )


def start_of(s: Session, series: SeriesKey) -> int:
    """The last number on paper; 0 when nothing was said."""
    found = s.scalar(select(SeriesStart.last).where(_is(SeriesStart, series)))
    return found or 0


def _last_drawn(s: Session, series: SeriesKey) -> int:
    return s.scalar(select(func.max(NomorRegister.sequence)).where(_is(NomorRegister, series))) or 0


def _is(table: type[SeriesStart] | type[NomorRegister], series: SeriesKey) -> ColumnElement[bool]:
    return tuple_(table.sop, table.kind, table.year) == series


def _check(series: SeriesKey, last: int, now: datetime) -> None:
    sop, kind, year = series
    papers = {paper.code for paper in SOPS[sop].decisions} if sop in SOPS else set()
    if kind not in papers or year not in {date_at(now).year, date_at(now).year + 1}:
        raise InputInvalid({"seri": "Pilih deretnya dari daftar."})
    if not 0 < last <= LARGEST:
        raise InputInvalid({"last": f"Tulis nomor urutnya saja, dari 1 sampai {LARGEST}."})
