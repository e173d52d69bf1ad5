"""Steps that only wait: when their time has passed the calendar ends them, each once, and the file goes on."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, select

from pipeline.db import unit_of_work
from pipeline.models import Tugas
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan
from pipeline.services.notices.news import tell_ended
from pipeline.services.records.alone import More, endless, in_batches
from pipeline.services.records.locking import lock_many
from pipeline.services.records.routing import Decided, route_many
from pipeline.sop.words import KeputusanKind

PER_SWEEP = 500


def waited_out(now: datetime | ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    """Of an open tugas: it waits, and its time has passed. Found by the index of a desk's queue."""
    return (Tugas.closed_at.is_(None), Tugas.peran == str(Peran.SYSTEM), Tugas.tenggat <= now)


def end_waits(*, now: datetime, more: More = endless) -> int:
    """End every wait whose time has passed. Returns how many. One that fails stops no other."""
    with unit_of_work() as s:
        ids = s.scalars(select(Tugas.id).where(*waited_out(now)).order_by(Tugas.tenggat).limit(PER_SWEEP)).all()
    return in_batches(ids, partial(_end, now), failed="masa tunggu gagal diakhiri", more=more) if ids else 0


def _end(now: datetime, tugas_ids: Sequence[UUID]) -> int:
    with unit_of_work() as s:
        waiting = [file for file in lock_many(s, tugas_ids, now=now) if not file.closed_tugas]
        over = Keputusan(kind=KeputusanKind.BERAKHIR)
        moved = route_many(s, [Decided(file=file, keputusan=over, actor=None) for file in waiting], now=now)
        tell_ended(s, list(zip(waiting, moved, strict=True)), now)
        return len(waiting)
