"""What beat rings for. Idempotent and leased: the relay rings for the same sweeps when beat is silent."""

from datetime import timedelta

from celery import Task

from pipeline.clock import now, real_now
from pipeline.services.escalate import escalate_cases, sweep_escalations
from pipeline.services.kalender import seed_calendar
from pipeline.services.lease import lease
from pipeline.services.outbox import beat
from pipeline.services.recompute import recompute_deadlines
from tasks.app import app, node_label


@app.task(name="sistem.detak", bind=True)
def detak(self: Task) -> None:
    """Beat rang and a worker answered."""
    beat("beat", now=real_now())
    beat(node_label(self.request.hostname or "@"), now=real_now())


@app.task(name="sistem.sapu_eskalasi")
def sapu_eskalasi() -> None:
    """Raise the escalations that have fallen due."""
    with lease("eskalasi", selama=timedelta(minutes=2)) as mine:
        if mine:
            sweep_escalations(now=now())
            escalate_cases(now=now())


@app.task(name="sistem.sapu_kalender")
def sapu_kalender() -> None:
    """Move the open deadlines of an older calendar; on New Year's Day the calendar gets another year."""
    with lease("kalender", selama=timedelta(minutes=2)) as mine:
        if mine:
            seed_calendar(now())
            recompute_deadlines(now=now())
