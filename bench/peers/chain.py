"""A bare Celery chain: nine tasks that do nothing, one after the other, no database. Its worker imports this module."""

import json
import os
import time
from collections.abc import Callable
from itertools import pairwise

import redis
from celery import Celery, chain

from bench.peers.steps import STEPS

QUEUE = "bare"
_PATIENCE = 60


def _redis_url(url: str) -> str:
    return url.replace("redis+socket:", "unix:", 1)


app = Celery("bare", broker=os.environ.get("CELERY_BROKER_URL"), set_as_current=False)
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    task_default_queue=QUEUE,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)


@app.task(name="bare.step")
def step(times: list[float], number: int, key: str) -> list[float]:
    """Note that it was reached; the last one tells who waits."""
    times.append(time.monotonic())
    if number == len(STEPS):
        client().lpush(key, json.dumps(times))
    return times


_clients: dict[int, redis.Redis] = {}


def client() -> redis.Redis:
    """This process's own connection."""
    if os.getpid() not in _clients:
        _clients[os.getpid()] = redis.Redis.from_url(_redis_url(str(app.conf.broker_url)))
    return _clients[os.getpid()]


def carrier() -> Callable[[int], list[float]]:
    """For one process of a crowd."""
    key = f"done:{os.getpid()}"

    def carry(_: int) -> list[float]:
        began = time.monotonic()
        links = [step.s(*([[began]] if n == 1 else []), n, key).set(queue=QUEUE) for n in range(1, len(STEPS) + 1)]
        chain(*links).apply_async()
        told = client().brpop([key], _PATIENCE)
        if told is None:
            raise RuntimeError("the chain was lost")
        times = json.loads(told[1])
        return [after - before for before, after in pairwise(times)]

    return carry
