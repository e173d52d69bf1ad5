"""A connection to the broker for the relay alone, with bounded waits; dropped and made anew after a failure."""

from collections.abc import Sequence
from typing import Protocol

import structlog
from celery import Celery
from kombu import Connection, Producer
from kombu.exceptions import OperationalError

log = structlog.get_logger()


class BrokerDown(Exception):
    """The broker did not take the message, or did not answer, within the bounds."""


class RedisClient(Protocol):
    """What the reconciler asks the broker."""

    def info(self, section: str) -> dict[str, object]: ...
    def llen(self, name: str) -> int: ...


class Publisher:
    """Publishes tasks by name. Every failure to reach the broker is a BrokerDown."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._connection: Connection | None = None
        self._producer: Producer | None = None

    def send(self, task: str, antrean: str, args: Sequence[object]) -> None:
        """Publish one message, once. A queue that no longer exists stops nobody: the system's own carries it."""
        connection = self._open()
        queue = antrean if antrean in self._app.amqp.queues else self._app.conf.task_default_queue
        try:
            self._app.send_task(task, args=tuple(args), queue=queue, producer=self._producer, retry=False)
        except self._failures(connection) as error:
            raise self._dropped(error) from error

    def run_id(self) -> str:
        """Identity of the running broker process; another one has other memories."""
        connection = self._open()
        try:
            return str(self._client(connection).info("server")["run_id"])
        except self._failures(connection) as error:
            raise self._dropped(error) from error

    def empty_queues(self, names: Sequence[str]) -> list[str]:
        """Those of the queues that hold no message."""
        connection = self._open()
        try:
            client = self._client(connection)
            return [n for n in names if client.llen(n) == 0]
        except self._failures(connection) as error:
            raise self._dropped(error) from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.release()
            self._connection = self._producer = None

    def _open(self) -> Connection:
        if self._connection is None:
            connection: Connection = self._app.connection_for_write()
            try:
                connection.ensure_connection(max_retries=1, timeout=2)
                self._producer = self._app.amqp.Producer(connection)
            except self._failures(connection) as error:
                connection.release()
                raise BrokerDown(type(error).__name__) from error
            self._connection = connection
        return self._connection

    def _dropped(self, e: BaseException) -> BrokerDown:
        self.close()
        return BrokerDown(type(e).__name__)

    @staticmethod
    def _client(connection: Connection) -> RedisClient:
        client: RedisClient = connection.default_channel.client
        return client

    @staticmethod
    def _failures(connection: Connection) -> tuple[type[BaseException], ...]:
        return (OperationalError, *connection.connection_errors, *connection.channel_errors)
