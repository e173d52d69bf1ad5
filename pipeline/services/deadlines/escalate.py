"""Deadlines that were missed: each level once per tenggat of a step, as a row; the state of the file never changes.

What is due is read by hundreds and raised by hundreds (``raise_levels``). Who is told of it, and in which words, is
``late_notices``: it gathers what a sweep has raised.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, or_, select, tuple_

from pipeline.db import Constant, connection
from pipeline.models import Eskalasi, Permohonan, Tugas
from pipeline.queries.desk.vacancies import filled_roles
from pipeline.roles import Peran
from pipeline.services.deadlines.late_notices import tell_late
from pipeline.services.deadlines.raise_levels import raise_of_cases, raise_of_steps
from pipeline.services.deadlines.waits import end_waits, waited_out
from pipeline.services.records.alone import More, endless, in_batches
from pipeline.text import date_at

PAGE = 500
_now = bindparam("now", type_=Tugas.eskalasi_at.type)
_ANYTHING_DUE = Constant(
    select(
        or_(
            exists().where(Tugas.closed_at.is_(None), Tugas.eskalasi_at <= _now),
            exists().where(Permohonan.closed_at.is_(None), Permohonan.eskalasi_at <= _now),
            exists().where(Eskalasi.told_at.is_(None)),
            exists().where(*waited_out(_now)),
        )
    )
)

#: Where a sweep goes on: the due time and the id of the last one it has seen.
Mark = tuple[datetime, UUID]
Look = Callable[[datetime, Mark | None], Sequence[Mark]]
Raise = Callable[[Sequence[UUID], Collection[Peran], datetime], int]


def sweep_late(*, now: datetime, more: More = endless) -> int:
    """End the waits that are over, raise every level that has fallen due, of steps and of whole files, and tell of them
    together."""
    if not anything_due(now):
        return 0
    end_waits(now=now, more=more)
    raised = _sweep(due_for_escalation, raise_of_steps, now, more) + _sweep(due_cases, raise_of_cases, now, more)
    tell_late(now=now)
    return raised


def sweep_escalations(*, now: datetime) -> int:
    """Raise every level of a step that has fallen due, and tell of it. Returns how many."""
    raised = _sweep(due_for_escalation, raise_of_steps, now, endless)
    tell_late(now=now)
    return raised


def escalate_cases(*, now: datetime) -> int:
    """Raise every warning about a whole file that has fallen due, and tell of it. Returns how many."""
    raised = _sweep(due_cases, raise_of_cases, now, endless)
    tell_late(now=now)
    return raised


def anything_due(now: datetime) -> bool:
    """Whether there is anything to raise or to tell: most sweeps end here, after four looks into an index."""
    with connection() as conn:
        return bool(_ANYTHING_DUE(conn, now=now).one()[0])


def due_for_escalation(now: datetime, after: Mark | None = None) -> Sequence[Mark]:
    """Open tugas with a level due, the longest waiting first; costs what the due ones cost (partial index)."""
    return _page(Tugas, now, after)


def due_cases(now: datetime, after: Mark | None = None) -> Sequence[Mark]:
    """Open files with a warning due, in the same way."""
    return _page(Permohonan, now, after)


def _sweep(look: Look, raise_levels: Raise, now: datetime, more: More) -> int:
    """Until nothing is due. One file that fails stops none of the others."""
    raised, marks = 0, look(now, None)
    if not marks:
        return 0
    with connection() as conn:
        filled = filled_roles(conn, date_at(now))

    def work(ids: Sequence[UUID]) -> int:
        return raise_levels(ids, filled, now)

    while marks and more():
        raised += in_batches([id_ for _, id_ in marks], work, failed="eskalasi gagal", more=more)
        marks = look(now, marks[-1])
    return raised


def _page(what: type[Tugas] | type[Permohonan], now: datetime, after: Mark | None) -> Sequence[Mark]:
    order = (what.eskalasi_at, what.id)
    query = select(*order).where(what.closed_at.is_(None), what.eskalasi_at <= now)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    with connection() as conn:
        rows = conn.execute(query.order_by(*order).limit(PAGE)).all()
    return [(r.eskalasi_at, r.id) for r in rows]
