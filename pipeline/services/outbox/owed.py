"""The relay's side of the outbox: what is owed, what was sent, what has to be sent again. Real time throughout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from pipeline.db import unit_of_work
from pipeline.models import Outbox, Pulse

#: How long a row that is done is kept for whoever looks into what happened, and how many a sweep takes at most.
SAVE_DONE = timedelta(days=30)
PER_SWEEP = 5000
_OPEN = and_(Outbox.closed_at.is_(None), Outbox.stuck_at.is_(None))


@dataclass(frozen=True, slots=True)
class Message:
    """An outbox row that has to be published."""

    id: int
    task: str
    antrean: str


def take_owed(limit: int, *, now: datetime) -> Sequence[Message]:
    """The oldest rows not sent yet. No lock is held while they are published: a second relay only makes doubles."""
    due = or_(Outbox.try_at.is_(None), Outbox.try_at <= now)
    query = (
        select(Outbox.id, Outbox.task, Outbox.antrean)
        .where(_OPEN, Outbox.delivered_at.is_(None), due)
        .order_by(Outbox.id)
        .limit(limit)
    )
    with unit_of_work() as s:
        return [Message(*row) for row in s.execute(query)]


def mark_sent(ids: Sequence[int], *, now: datetime) -> None:
    """The broker has them. ``now`` is the moment before they were handed over, so that none was begun before it.

    A worker may have failed at one already: that one is owed again, later, and stays so.
    """
    due = or_(Outbox.try_at.is_(None), Outbox.try_at <= now)
    with unit_of_work() as s:
        s.execute(update(Outbox).where(Outbox.id.in_(ids), due).values(delivered_at=now))


def resend_all(*, now: datetime) -> int:
    """The broker lost everything (it restarted, or was emptied): whatever is not done is owed again."""
    return _resend(Outbox.delivered_at < now)


def resend_node(node: str, *, now: datetime) -> int:
    """A worker has started anew: what it had begun under the same name before is owed again."""
    return _resend(and_(Outbox.worker == node, Outbox.started_at < now))


def resend_lost(empty_antrean: Sequence[str], *, now: datetime, grace: timedelta, most_long: timedelta) -> int:
    """Sent into a queue that is empty now and never begun, or begun longer ago than any task may run."""
    never_begun = and_(
        Outbox.antrean.in_(empty_antrean),
        Outbox.delivered_at < now - grace,
        or_(Outbox.started_at.is_(None), Outbox.started_at < Outbox.delivered_at),
    )
    overdue = and_(Outbox.started_at >= Outbox.delivered_at, Outbox.started_at < now - most_long)
    return _resend(or_(never_begun, overdue))


def sweep_outbox(*, now: datetime) -> int:
    """Delete the oldest rows that are long done; returns how many. Owed and parked ones stay, however old."""
    old = select(Outbox.id).where(Outbox.closed_at < now - SAVE_DONE).order_by(Outbox.id).limit(PER_SWEEP)
    with unit_of_work() as s:
        return len(s.execute(delete(Outbox).where(Outbox.id.in_(old.scalar_subquery())).returning(Outbox.id)).all())


def beat(name: str, *, now: datetime) -> None:
    """A sign of life of a part of the system."""
    with unit_of_work() as s:
        s.execute(
            upsert(Pulse).values(name=name, at=now).on_conflict_do_update(index_elements=[Pulse.name], set_={"at": now})
        )


def _resend(condition: ColumnElement[bool]) -> int:
    with unit_of_work() as s:
        rows = s.execute(
            update(Outbox)
            .where(_OPEN, Outbox.delivered_at.is_not(None), condition)
            .values(delivered_at=None)
            .returning(Outbox.id)
        )
        return len(rows.all())
