"""One trace from a request to the task it rang for, where an office has a collector; nothing where it has none."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from celery import Celery
from flask import Flask
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import event, select

from pipeline.clock import real_now
from pipeline.db import engine, unit_of_work
from pipeline.logs import traces
from pipeline.models import Outbox
from pipeline.services.outbox.owed import claim
from pipeline.settings import ROOT, settings
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from tasks.app import app as celery
from tasks.publisher import Publisher
from tasks.relay import envelopes
from tasks.worker import TASKS
from tests.desks import KABID_PERIZINAN
from tests.web.desk import Kantor, make_kantor  # noqa: F401 - the fixture kantor

EXPORTED = {"web": "POST /petugas/tugas/<uuid:tugas_id>/keputusan", "task": "sop.paraf_sekretaris"}


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """An office that traces, and what its collector would get."""
    kept = InMemorySpanExporter()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(traces, "to_collector", lambda: SimpleSpanProcessor(kept))
    forget()
    traces.watch(engine())
    yield kept
    for name, listener in (("begin", traces._began), ("commit", traces._ended), ("rollback", traces._ended)):
        event.remove(engine(), name, listener)
    monkeypatch.undo()
    forget()


def forget() -> None:
    for kept in (settings, traces.tracing, traces._tracer):
        kept.cache_clear()


@pytest.fixture
def app(collected: InMemorySpanExporter) -> Flask:
    """The application as it begins in such an office."""
    from web import create_app

    return create_app()


def carried(kantor: Kantor) -> list[tuple[str, dict[str, object]]]:
    """What the relay sends of all that is owed: tasks and headers of the messages, through a broker in memory."""
    assert TASKS
    with pytest.MonkeyPatch.context() as env, Celery("uji") as sender, claim(100, now=real_now()) as messages:
        env.setenv("CELERY_BROKER_URL", "memory://")  # Celery lets the environment win
        sender.conf.task_queues = celery.conf.task_queues
        publisher = Publisher(sender)
        publisher.send(envelopes(messages))
        with sender.connection_for_read() as connection:
            found = []
            for name in (*PERAN_QUEUES, *SERVICE_QUEUES):
                with connection.SimpleQueue(name) as queue:
                    while len(queue):
                        message = queue.get_nowait()
                        message.ack()
                        found.append((message.headers["task"], message.payload[0], message.headers))
        publisher.close()
    return [(task, args, headers.get("traceparent")) for task, args, headers in found]


def test_a_decision_and_the_task_it_rings_for_are_one_trace(kantor: Kantor, collected: InMemorySpanExporter) -> None:
    file = kantor.carry("paraf_kabid")
    kantor[KABID_PERIZINAN].open_page(file.address)
    with unit_of_work() as s:
        s.query(Outbox).delete()
    collected.clear()
    assert kantor[KABID_PERIZINAN].send(f"{file.address}/keputusan", file.shown(keputusan="setujui")).status_code == 303
    sent = carried(kantor)
    for task, args, traceparent in sent:
        celery.tasks[task].apply(args=args, headers={"traceparent": traceparent})
    spans = {span.name: span for span in collected.get_finished_spans()}
    request, relay = spans[EXPORTED["web"]], spans[f"kirim {EXPORTED['task']}"]
    assert relay.context.trace_id == request.context.trace_id
    assert relay.parent.span_id in {s.context.span_id for s in collected.get_finished_spans() if s.name == "transaksi"}
    task = spans[EXPORTED["task"]]
    assert (task.context.trace_id, task.parent.span_id) == (request.context.trace_id, relay.context.span_id)
    assert request.attributes == {"http.response.status_code": 303}
    with unit_of_work() as s:  # and what the task owes goes on with it
        later = s.scalars(select(Outbox.traceparent).where(Outbox.traceparent.is_not(None))).all()
    assert {word.split("-")[1] for word in later} == {f"{request.context.trace_id:032x}"}


@pytest.mark.attack("G12")
def test_a_trace_names_no_person_and_no_file(kantor: Kantor, collected: InMemorySpanExporter) -> None:
    file = kantor.carry("paraf_kabid")
    kantor[KABID_PERIZINAN].open_page(f"{file.address}?cari=Ahmad")
    words = " ".join(f"{s.name} {dict(s.attributes or {})} {s.events}" for s in collected.get_finished_spans())
    assert "GET /petugas/tugas/<uuid:tugas_id>" in words
    assert str(file.permohonan_id) not in words
    assert "Ahmad" not in words


def test_without_a_collector_nothing_is_loaded_and_no_row_carries_a_trace() -> None:
    code = "import sys, web.wsgi, tasks.relay, tasks.worker; print([m for m in sys.modules if 'opentelemetry' in m])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
