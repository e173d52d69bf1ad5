"""A bare Celery task: from its sending to its start, as Celery's own events tell it."""

import threading
import time
from collections import deque

from celery import Celery
from celery.events.receiver import EventReceiver

_PATIENCE = 90


class Ear:
    """Hears of every task that a worker starts, of ours and of the bare one's alike."""

    def __init__(self, broker: str) -> None:
        self._app = Celery("ear", broker=broker, set_as_current=False)
        self._started: deque[tuple[float, str]] = deque()
        self._news = threading.Condition()
        self._ear: EventReceiver | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def forget(self) -> None:
        """What was started before is of no interest."""
        with self._news:
            self._started.clear()

    def first(self, node: str) -> float:
        """When (by time.time) the first task since then was started at a node of this name."""
        over = time.monotonic() + _PATIENCE
        with self._news:
            while not (found := [at for at, where in self._started if where.startswith(node)]):
                if not self._news.wait(over - time.monotonic()):
                    raise RuntimeError(f"no task was started at {node}")
        return min(found)

    def close(self) -> None:
        """Before the broker goes."""
        if self._ear is not None:
            self._ear.should_stop = True
        self._thread.join(10)

    def _listen(self) -> None:
        with self._app.connection_for_read() as connection:
            self._ear = EventReceiver(connection, handlers={"task-started": self._heard}, app=self._app)
            self._ear.capture(limit=None, timeout=None, wakeup=False)

    def _heard(self, event: dict[str, object]) -> None:
        with self._news:
            self._started.append((float(str(event["timestamp"])), str(event["hostname"])))
            self._news.notify_all()
