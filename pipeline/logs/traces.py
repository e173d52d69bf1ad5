"""Traces, for an office that has an OpenTelemetry collector: from a request to the task it rang for, and on.

Off unless OTEL_EXPORTER_OTLP_ENDPOINT is set and the extra ``telemetri`` is installed: then nothing is imported, no
statement is asked and no header travels. Spans name rules of addresses, tasks and queues: no person, no file.

A trace goes through the outbox in its column ``traceparent``, which PostgreSQL fills in by itself from what the
transaction was told at its beginning; so whoever owes a message need not know of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, event

from pipeline.settings import settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span, Tracer

_OPEN = "span"  # of a transaction, in what SQLAlchemy keeps beside its connection
_TELL = "SELECT set_config('alurizin.traceparent', %s, true)"


class SpanRole(StrEnum):
    """Which side of an exchange a span stands on."""

    SERVER = "SERVER"
    PRODUCER = "PRODUCER"
    CONSUMER = "CONSUMER"


@cache
def tracing() -> bool:
    """Whether anything is traced in this process."""
    return settings().traced and find_spec("opentelemetry") is not None and find_spec("opentelemetry.sdk") is not None


def to_collector() -> "SpanProcessor":
    """Sends what is over, from a thread of its own."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    return BatchSpanProcessor(OTLPSpanExporter())


@contextmanager
def span(name: str, role: SpanRole, parent: str = "") -> Iterator[str]:
    """What is done in the block is a span, below ``parent`` if it is told. Yields its traceparent; "" while nothing is
    traced. An exception is not described in it: its words may be a person's.
    """
    if not tracing():
        yield ""
        return
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
    with _tracer().start_as_current_span(
        name, context, kind=SpanKind[role], record_exception=False, set_status_on_exception=False
    ) as one:
        yield _traceparent(one)


def note(name: str, value: int) -> None:
    """A number that belongs to the span that is going on."""
    if tracing():
        from opentelemetry.trace import get_current_span

        get_current_span().set_attribute(name, value)


def watch(engine: Engine) -> None:
    """Each transaction of a span is one below it, and tells PostgreSQL so."""
    event.listen(engine, "begin", _began)
    event.listen(engine, "commit", _ended)
    event.listen(engine, "rollback", _ended)


def _began(conn: Connection) -> None:
    from opentelemetry.trace import get_current_span

    if not get_current_span().get_span_context().is_valid:
        return
    one = _tracer().start_span("transaksi")
    conn.info[_OPEN] = one
    conn.exec_driver_sql(_TELL, (_traceparent(one),))


def _ended(conn: Connection) -> None:
    if (one := conn.info.pop(_OPEN, None)) is not None:
        one.end()


@cache
def _tracer() -> "Tracer":
    """Made by each process for itself, at its first span: threads do not live on in a fork."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    provider = TracerProvider(resource=Resource.create({"service.name": "alurizin"}))
    provider.add_span_processor(to_collector())
    return provider.get_tracer("alurizin")


def _traceparent(one: "Span") -> str:
    context = one.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
