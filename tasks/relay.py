"""The only line that publishes: outbox -> broker, woken by LISTEN/NOTIFY, with a look once a second as a safety net.

Run as ``python -m tasks.relay``. Several may run: each claims rows that no other one has.
"""

import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import psycopg
import structlog
from sqlalchemy.exc import InternalError, OperationalError

from pipeline.clock import real_now
from pipeline.db import WORK, limit_statements
from pipeline.logs import configure_logs
from pipeline.logs.traces import tracing
from pipeline.renewal import renew
from pipeline.services.outbox.owed import Message, beat, claim
from pipeline.settings import need_broker, settings
from pipeline.settings.database import connection_words
from pipeline.topology import desk_tasks
from tasks.app import app
from tasks.publisher import BrokerDown, Envelope, Publisher
from tasks.reconcile import Reconciler

log = structlog.get_logger()

TAKE_AT_ONCE = 200
#: Langkah waiting for the same queue share a message: the doorbell rings once for many. Documents are too slow.
SEND_AT_ONCE = 10
WAIT = 1.0  # seconds
#: Idle, the doorbell rings at once. When so many rows were claimed at one look, others are about to come: they are
#: waited for, so that it rings once for all of them. Two, for a submission owes two by itself: its step, its receipt.
CROWD = 3
GATHER = 0.025  # seconds
#: A person's desk is ready as soon as the file lies there; its task only tells of it. When one has been rung, they rest
#: so long, and what has come meanwhile is rung for together.
REST = 0.25  # seconds
HEARTBEAT = timedelta(seconds=2)
CHECK = timedelta(seconds=3)  # and with each the broker's own sign of life, which the relay gives for it
SWEEP = timedelta(seconds=60)
REMEMBER = timedelta(minutes=10)
#: What would harm somebody if beat were dead for long; the rest (pictures, pace, leftovers) waits for it.
RARE = ("sistem.sapu_pengingat", "sistem.kepala_harian", "sistem.sapu_simpanan")
SWEEPS = ("sistem.sapu_eskalasi", "sistem.sapu_kalender", "sistem.sapu_terlantar")


class Relay:
    """One relay process."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._reconciler = Reconciler(publisher)
        self._stop = threading.Event()
        self._last: dict[str, datetime] = {}
        self._desks = desk_tasks()
        self._rest_until = 0.0  # by time.monotonic()

    def stop(self, *_: object) -> None:
        self._stop.set()

    def run(self) -> None:
        """Publish until stopped. A database or a broker that is away is waited for."""
        while not self._stop.is_set():
            try:
                with _listener() as wake:
                    while not self._stop.is_set():
                        rested = self._resting()
                        if self.work(self._desks if rested else ()) >= CROWD:
                            self._stop.wait(GATHER)
                        self._wait(wake, rested)
            except (OperationalError, InternalError, psycopg.OperationalError) as error:
                log.warning("basis data tidak terjangkau", galat=type(error).__name__)
                self._stop.wait(WAIT)
        self._publisher.close()

    def _resting(self) -> bool:
        return time.monotonic() < self._rest_until

    def _wait(self, wake: psycopg.Connection[tuple[object, ...]], rested: bool) -> None:
        """Sleep until something is owed; where desks rest, or were left at the last look, until their rest is over."""
        if rested or self._resting():
            wait_for_wake(wake, self._rest_until - time.monotonic(), deaf_to=self._desks)
        else:
            wait_for_wake(wake)

    def work(self, leave: Collection[str] = ()) -> int:
        """Publish what is owed, and do the regular checks. Returns how many rows were sent.

        Rows of the tasks ``leave`` stay owed.
        """
        now = real_now()
        if self._every("detak", HEARTBEAT, now):  # before the broker is waited for
            beat("relay", now=now)
        try:
            sent = self._publish_owed(now, leave)
            if self._every("periksa", CHECK, now):
                self._reconciler.check(now)
                beat("broker", now=now, detail={"pesan": dict(self._reconciler.depths)})
            if self._every("sapu", SWEEP, now):  # beat rings too; a sweep more costs nothing, none costs a deadline
                self._publisher.send([Envelope(sweep, "sistem") for sweep in SWEEPS])
            if self._every("ingat", REMEMBER, now):
                self._publisher.send([Envelope(sweep, "sistem") for sweep in RARE])
        except BrokerDown as error:
            log.warning("broker tidak terjangkau", galat=str(error))
            sent = 0
        return sent

    def _publish_owed(self, now: datetime, leave: Collection[str]) -> int:
        sent = 0
        while True:
            with claim(TAKE_AT_ONCE, leave=leave, now=now) as messages:
                if messages:  # the broker answers within seconds, or not at all: then they are owed as before
                    self._publisher.send(envelopes(messages))
            sent += len(messages)
            if any(m.task in self._desks for m in messages):
                self._rest_until = time.monotonic() + REST
            if len(messages) < TAKE_AT_ONCE or self._stop.is_set():
                return sent

    def _every(self, what: str, period: timedelta, now: datetime) -> bool:
        due = what not in self._last or now - self._last[what] >= period
        if due:
            self._last[what] = now
        return due


def envelopes(messages: Sequence[Message]) -> list[Envelope]:
    """Group rows into messages. A row that was tried before goes alone: it may take others along; so does one that is
    traced, for a message belongs to one trace."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    alone: list[Envelope] = []
    for m in messages:
        if m.traceparent and tracing():
            alone.append(Envelope(m.task, m.antrean, ([m.id],), m.traceparent))
        elif m.task.startswith("sop.") and m.attempts == 1:
            groups[m.task, m.antrean].append(m.id)
        else:
            alone.append(Envelope(m.task, m.antrean, ([m.id],)))
    shared = [
        Envelope(task, antrean, (ids[n : n + SEND_AT_ONCE],))
        for (task, antrean), ids in groups.items()
        for n in range(0, len(ids), SEND_AT_ONCE)
    ]
    return shared + alone


def _listener() -> psycopg.Connection[tuple[object, ...]]:
    """A connection of its own that hears ``pg_notify('outbox')``."""
    connection = psycopg.connect(connection_words(settings().database_url), autocommit=True, connect_timeout=5)
    connection.execute("LISTEN outbox")
    return connection


def wait_for_wake(
    wake: psycopg.Connection[tuple[object, ...]], seconds: float = WAIT, deaf_to: Collection[str] = ()
) -> None:
    """Sleep until something is owed that is none of the tasks ``deaf_to``, or so many seconds have passed."""
    over = time.monotonic() + seconds
    while (left := over - time.monotonic()) > 0:
        if any(notice.payload not in deaf_to for notice in wake.notifies(timeout=left, stop_after=1)):
            break
    for _ in wake.notifies(timeout=0):  # one look answers them all
        pass


def main() -> None:
    configure_logs()
    limit_statements(WORK)
    need_broker()
    relay = Relay(Publisher(app))
    signal.signal(signal.SIGTERM, relay.stop)
    signal.signal(signal.SIGINT, relay.stop)
    renew(os.getpid())
    relay.run()


if __name__ == "__main__":
    main()
