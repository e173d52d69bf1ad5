"""How long a sweep goes on: it begins no batch that Celery might break off. The next sweep goes on from there."""

import time

from pipeline.services.records.alone import More
from tasks.app import app

#: Seconds a sweep leaves of its task's time: far more than a batch and the notices at its end take.
SPARE = 30


def in_time() -> More:
    """Whether there is time for another batch, from now on."""
    end = time.monotonic() + app.conf.task_soft_time_limit - SPARE
    return lambda: time.monotonic() < end
