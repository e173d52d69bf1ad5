"""When a worker tells Flower of its tasks."""

from tasks.app import app
from tasks.consumer import TOLD_WITHIN, GatheringConsumer


class Hub:
    """A worker's event loop, as far as it is asked to do something later."""

    def __init__(self):
        self.later = []

    def call_later(self, seconds, what):
        self.later.append((seconds, what))


def test_the_events_of_many_tasks_are_told_at_once_and_soon():
    consumer = GatheringConsumer.__new__(GatheringConsumer)
    consumer.hub, consumer.event_dispatcher = Hub(), None
    for _ in range(9):
        consumer.on_send_event_buffered()
    [(seconds, tell)] = consumer.hub.later
    assert (seconds, tell) == (TOLD_WITHIN, consumer._flush_events)


def test_workers_are_of_this_kind():
    assert app.conf.worker_consumer == f"{GatheringConsumer.__module__}:{GatheringConsumer.__name__}"
