"""The only line that publishes: outbox -> broker, woken by LISTEN/NOTIFY, with a look once a second as a safety net.

Run as ``python -m tasks.relay``. Several may run; a message sent twice is ignored by its task.
"""

import signal
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import psycopg
import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from pipeline.clock import real_now
from pipeline.logs import configure_logs
from pipeline.services.outbox.owed import Message, beat, mark_sent, take_owed
from pipeline.settings import settings
from tasks.app import app
from tasks.publisher import BrokerDown, Publisher
from tasks.reconcile import Reconciler

log = structlog.get_logger()

TAKE_AT_ONCE = 200
#: Langkah waiting for the same queue share a message: the doorbell rings once for many. Documents are too slow.
SEND_AT_ONCE = 10
WAIT = 1.0  # seconds
HEARTBEAT = timedelta(seconds=10)
CHECK = timedelta(seconds=5)
SWEEP = timedelta(seconds=60)
REMEMBER = timedelta(minutes=10)
RARE = ("sistem.sapu_pengingat", "sistem.kepala_harian", "sistem.sapu_simpanan")
SWEEPS = ("sistem.sapu_eskalasi", "sistem.sapu_kalender", "sistem.sapu_terlantar")


class Relay:
    """One relay process."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._reconciler = Reconciler(publisher)
        self._stop = threading.Event()
        self._last: dict[str, datetime] = {}

    def stop(self, *_: object) -> None:
        self._stop.set()

    def run(self) -> None:
        """Publish until stopped. A database or a broker that is away is waited for."""
        while not self._stop.is_set():
            try:
                with _listener() as wake:
                    while not self._stop.is_set():
                        self.work()
                        wait_for_wake(wake)
            except (OperationalError, psycopg.OperationalError) as error:
                log.warning("basis data tidak terjangkau", galat=type(error).__name__)
                self._stop.wait(WAIT)
        self._publisher.close()

    def work(self) -> int:
        """Publish what is owed, and do the regular checks. Returns how many rows were sent."""
        now = real_now()
        try:
            sent = self._publish_owed(now)
            if self._every("periksa", CHECK, now):
                self._reconciler.check(now)
            if self._every("sapu", SWEEP, now):  # beat rings too; a sweep more costs nothing, none costs a deadline
                for sweep in SWEEPS:
                    self._publisher.send(sweep, "sistem", ())
            if self._every("ingat", REMEMBER, now):
                for sweep in RARE:
                    self._publisher.send(sweep, "sistem", ())
        except BrokerDown as error:
            log.warning("broker tidak terjangkau", galat=str(error))
            sent = 0
        if self._every("detak", HEARTBEAT, now):
            beat("relay", now=now)
        return sent

    def _publish_owed(self, now: datetime) -> int:
        sent = 0
        while messages := take_owed(TAKE_AT_ONCE, now=now):
            for task, antrean, ids in envelopes(messages):
                at = real_now()
                self._publisher.send(task, antrean, (ids,))
                mark_sent(ids, now=at)
                sent += len(ids)
            if len(messages) < TAKE_AT_ONCE or self._stop.is_set():
                break
        return sent

    def _every(self, what: str, period: timedelta, now: datetime) -> bool:
        due = what not in self._last or now - self._last[what] >= period
        if due:
            self._last[what] = now
        return due


def envelopes(messages: Sequence[Message]) -> Iterator[tuple[str, str, list[int]]]:
    """Group rows into messages: (task, queue, ids)."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for m in messages:
        groups[m.task, m.antrean].append(m.id)
    for (task, antrean), ids in groups.items():
        size = SEND_AT_ONCE if task.startswith("sop.") else 1
        for n in range(0, len(ids), size):
            yield task, antrean, ids[n : n + size]


def _listener() -> psycopg.Connection[tuple[object, ...]]:
    """A connection of its own that hears ``pg_notify('outbox')``."""
    url = make_url(settings().database_url).set(drivername="postgresql")
    connection = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True, connect_timeout=5)
    connection.execute("LISTEN outbox")
    return connection


def wait_for_wake(wake: psycopg.Connection[tuple[object, ...]]) -> None:
    """Sleep until something is owed, or a second has passed."""
    for _ in wake.notifies(timeout=WAIT, stop_after=1):
        pass


def main() -> None:
    configure_logs()
    relay = Relay(Publisher(app))
    signal.signal(signal.SIGTERM, relay.stop)
    signal.signal(signal.SIGINT, relay.stop)
    relay.run()


if __name__ == "__main__":
    main()
