"""A connection to the broker for the relay alone, with bounded waits; dropped and made anew after a failure."""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

from celery import Celery
from kombu import Connection, Producer
from kombu.exceptions import KombuError, OperationalError

from pipeline.logs.traces import SpanRole, span

#: What the broker has given to a worker and has not heard of again: a table of each worker's own, so that what a dead
#: one held is known. With kombu's one table for all it is not, and such a message waits for ten minutes.
HELD, HELD_SINCE, HELD_LOCK = "unacked", "unacked_index", "unacked_mutex"


TRACEPARENT = "traceparent"  # header of a message


class BrokerDown(Exception):
    """The broker did not take the message, or did not answer, within the bounds."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message to be: a task, the queue that carries it, and its arguments."""

    task: str
    antrean: str
    args: tuple[object, ...] = ()
    traceparent: str = ""  # of the act it follows, where acts are traced


class RedisClient(Protocol):
    """What the broker is asked."""

    def info(self, section: str) -> dict[str, object]: ...
    def llen(self, name: str) -> int: ...
    def scan(self, cursor: int, match: str) -> tuple[int, list[bytes]]: ...
    def execute_command(self, *words: str) -> list[bytes]: ...
    def delete(self, *names: str) -> int: ...


def own_tables(worker: str) -> dict[str, str]:
    """Transport options of a worker that begins now: tables of its own for what it holds."""
    this = f":{worker}:{uuid4().hex}"
    return {"unacked_key": HELD + this, "unacked_index_key": HELD_SINCE + this, "unacked_mutex_key": HELD_LOCK + this}


class Publisher:
    """Publishes tasks by name. Every failure to reach the broker is a BrokerDown."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._connection: Connection | None = None
        self._producer: Producer | None = None

    def send(self, envelopes: Sequence[Envelope]) -> None:
        """Publish these, each once, in one exchange with the broker.

        A queue that no longer exists stops nobody: the system's own carries its messages.
        """
        with self._reached() as connection:
            producer = self._producer or self._app.amqp.Producer(connection)
            self._producer = producer
            with producer.batch():
                for e in envelopes:
                    self._send(e, producer)

    def _send(self, e: Envelope, producer: Producer) -> None:
        queue = e.antrean if e.antrean in self._app.amqp.queues else self._app.conf.task_default_queue
        if not e.traceparent:
            self._app.send_task(e.task, args=e.args, queue=queue, producer=producer, retry=False)
            return
        with span(f"kirim {e.task}", SpanRole.PRODUCER, e.traceparent) as told:
            headers = {TRACEPARENT: told}
            self._app.send_task(e.task, args=e.args, queue=queue, producer=producer, retry=False, headers=headers)

    def run_id(self) -> str:
        """Identity of the running broker process; another one has other memories."""
        with self._asked() as client:
            return str(client.info("server")["run_id"])

    def depths(self, names: Sequence[str]) -> Mapping[str, int]:
        """How many messages each of the queues holds."""
        with self._asked() as client:
            return {n: client.llen(n) for n in names}

    def held(self) -> Mapping[str, Sequence[int]]:
        """The outbox rows that each worker holds, by the name of its table: ``unacked:peran:…``."""
        with self._asked() as client:
            tables = [key.decode() for key in _keys(client, f"{HELD}:*")]
            return {t: [n for raw in client.execute_command("HVALS", t) for n in _rows_of(raw)] for t in tables}

    def forget(self, table: str) -> None:
        """What a worker held has been looked after."""
        rest = table.removeprefix(HELD)
        with self._asked() as client:
            client.delete(table, HELD_SINCE + rest, HELD_LOCK + rest)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.release()
            self._connection = self._producer = None

    @contextmanager
    def _asked(self) -> Iterator[RedisClient]:
        with self._reached() as connection:
            client: RedisClient = connection.default_channel.client
            yield client

    @contextmanager
    def _reached(self) -> Iterator[Connection]:
        connection = self._connection or self._app.connection_for_write()
        failures = (KombuError, OperationalError, *connection.connection_errors, *connection.channel_errors)
        try:
            if self._connection is None:
                connection.ensure_connection(max_retries=1, timeout=2)
                self._connection = connection
            yield connection
        except failures as error:
            connection.release()
            self._connection = self._producer = None
            raise BrokerDown(type(error).__name__) from error


def worker_of(table: str) -> str:
    """Whose table it is."""
    return table.split(":")[1]


def _keys(client: RedisClient, match: str) -> Iterator[bytes]:
    cursor, keys = client.scan(0, match=match)
    yield from keys
    while cursor:
        cursor, keys = client.scan(cursor, match=match)
        yield from keys


def _rows_of(raw: bytes) -> list[int]:
    """The outbox ids in a message as the broker keeps it; none in a message that is not ours."""
    try:
        message, *_way = json.loads(raw)
        (args, *_rest) = json.loads(b64decode(message["body"]))
        return [n for n in (args[0] if args else ()) if isinstance(n, int)]
    except (ValueError, TypeError, KeyError, IndexError):
        return []
