"""A worker's ear at the broker, which tells Flower of several tasks in one message."""

import time

from celery.worker.consumer import Consumer

#: Each task has three events, and to send each by itself was half of what a worker's main process did. They carry their
#: own times; Flower hears of them so much later at most.
TOLD_WITHIN = 0.25  # seconds


class GatheringConsumer(Consumer):
    """Celery's own, but for when events are sent."""

    _next_telling = 0.0  # by time.monotonic(); what was planned for then may have been dropped with a connection

    def on_send_event_buffered(self) -> None:
        now = time.monotonic()
        if self.hub and now >= self._next_telling:
            self._next_telling = now + TOLD_WITHIN
            self.hub.call_later(TOLD_WITHIN, self._flush_events)

    def stop(self) -> None:
        self._flush_events()
        super().stop()
