"""The relay's side of the outbox: what is owed, what was sent, what has to be sent again. Real time throughout."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, ColumnElement, all_, and_, bindparam, delete, func, not_, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from pipeline.db import Constant, connection, unit_of_work
from pipeline.json import Json
from pipeline.models import Outbox, Pulse

#: How long a row that is done is kept for whoever looks into what happened, and how many a sweep takes at most.
SAVE_DONE = timedelta(days=30)
PER_SWEEP = 5000
#: How the sign of life of a worker is called.
WORKER = "pekerja:"
_OPEN = and_(Outbox.closed_at.is_(None), Outbox.stuck_at.is_(None))


@dataclass(frozen=True, slots=True)
class Message:
    """An outbox row that has to be published."""

    id: int
    task: str
    antrean: str
    attempts: int = 1  # this one included
    traceparent: str | None = None  # of the act it follows, where acts are traced


@contextmanager
def claim(limit: int, *, leave: Collection[str] = (), now: datetime) -> Iterator[Sequence[Message]]:
    """The oldest rows not sent yet: sent when the block ends well, owed as before when it raises.

    Those of the tasks ``leave`` are left for a later look.
    Their attempt is counted. Other relays pass over them meanwhile; a relay that dies in the block has claimed nothing.
    """
    with connection() as conn:
        rows = _CLAIM(conn, limit=limit, leave=list(leave), now=now).mappings()
        yield sorted((Message(**row) for row in rows), key=lambda m: m.id)


_owed = (
    select(Outbox.id)
    .where(_OPEN, Outbox.delivered_at.is_(None), or_(Outbox.try_at.is_(None), Outbox.try_at <= bindparam("now")))
    .where(Outbox.task != all_(bindparam("leave", type_=ARRAY(Outbox.task.type))))
    .order_by(Outbox.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
    .cte("owed")
)
_CLAIM = Constant(
    update(Outbox)
    .where(Outbox.id == _owed.c.id)
    .values(delivered_at=bindparam("now"), attempts=Outbox.attempts + 1)
    .returning(Outbox.id, Outbox.task, Outbox.antrean, Outbox.attempts, Outbox.traceparent)
)


def resend_all(*, now: datetime) -> int:
    """The broker lost everything (it restarted, or was emptied): whatever is not done is owed again."""
    return _resend(Outbox.delivered_at < now, begun=False)


def resend_held(ids: Collection[int]) -> int:
    """A worker died with these in hand: they are owed again."""
    return _resend(Outbox.id.in_(ids), begun=True) if ids else 0


def resend_lost(
    empty_antrean: Sequence[str], held: Collection[int], *, now: datetime, grace: timedelta, most_long: timedelta
) -> int:
    """Sent into a queue that is empty now, and no worker holds it; or held longer than any task may run.

    Its attempt counts: nobody knows whether the message vanished on its way, or its process ran into the time limit.
    """
    gone = and_(Outbox.antrean.in_(empty_antrean), Outbox.delivered_at < now - grace, not_(Outbox.id.in_(held)))
    overdue = and_(Outbox.id.in_(held), Outbox.delivered_at < now - most_long, Outbox.antrean.in_(empty_antrean))
    return _resend(gone, begun=True) + _resend(overdue, begun=True)


def sweep_outbox(*, now: datetime) -> int:
    """Delete the oldest rows that are long done; returns how many. Owed and parked ones stay, however old."""
    old = select(Outbox.id).where(Outbox.closed_at < now - SAVE_DONE).order_by(Outbox.id).limit(PER_SWEEP)
    with unit_of_work() as s:
        return len(s.execute(delete(Outbox).where(Outbox.id.in_(old.scalar_subquery())).returning(Outbox.id)).all())


def beat(name: str, *, now: datetime, detail: Json | None = None) -> None:
    """A sign of life of a part of the system. It comes every few seconds, so no disk is waited for."""
    values = {"at": now, "detail": detail}
    sign = upsert(Pulse).values(name=name, **values).on_conflict_do_update(index_elements=[Pulse.name], set_=values)
    with unit_of_work() as s:
        s.execute(text("SET LOCAL synchronous_commit = off"))
        s.execute(sign)


def workers(*, now: datetime, silent: timedelta) -> Mapping[str, bool]:
    """The workers that ever gave a sign of life, by name, and whether they have given one of late."""
    query = select(Pulse.name, Pulse.at > now - silent).where(Pulse.name.startswith(WORKER))
    with connection() as conn:
        return {name.removeprefix(WORKER): lives for name, lives in conn.execute(query)}


def _resend(condition: ColumnElement[bool], *, begun: bool) -> int:
    """An attempt that was never begun is not counted."""
    attempts = Outbox.attempts if begun else func.greatest(Outbox.attempts - 1, 0)
    with unit_of_work() as s:
        rows = s.execute(
            update(Outbox)
            .where(_OPEN, Outbox.delivered_at.is_not(None), condition)
            .values(delivered_at=None, attempts=attempts)
            .returning(Outbox.id)
        )
        return len(rows.all())
