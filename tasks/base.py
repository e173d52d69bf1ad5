"""What every task that carries outbox rows shares: ids in, one service, no result."""

from celery import Task

from pipeline.clock import now
from pipeline.logs.traces import SpanRole, span
from pipeline.services.outbox.owed import WORKER
from pipeline.services.outbox.run import run_outbox
from tasks.app import app
from tasks.publisher import TRACEPARENT


def carries_outbox(name: str, doc: str) -> Task:
    """Register a task whose one argument is a list of outbox ids.

    Retries are the outbox's (bounded, visible), not Celery's, so no policy is repeated here.
    """

    @app.task(name=name, bind=True)
    def run(self: Task, ids: list[int]) -> None:
        died = bool((self.request.delivery_info or {}).get("redelivered"))
        with span(name, SpanRole.CONSUMER, (self.request.headers or {}).get(TRACEPARENT, "")):
            run_outbox(name, ids, again=died, now=now())

    run.__doc__ = doc
    return run


def node_label(hostname: str) -> str:
    """``peran@alurizin`` is shown to operators as ``pekerja:peran``."""
    return f"{WORKER}{worker_name(hostname)}"


def worker_name(hostname: str) -> str:
    """``peran`` of ``peran@alurizin``."""
    return hostname.partition("@")[0]
