"""What beat rings for. Idempotent and leased: the relay rings for the same sweeps when beat is silent."""

from datetime import timedelta

from celery import Task

from pipeline.clock import now, real_now
from pipeline.services.escalate import sweep_escalations
from pipeline.services.lease import lease
from pipeline.services.outbox import beat
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
