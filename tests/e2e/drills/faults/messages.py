"""The broker forgets, is full, holds what nobody can read, or loses half of what it was given."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import redis

from ops.broker import client_url
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from tests.e2e.conftest import Running
from tests.e2e.drills.faults import LASTS, SEED, Fault
from tests.e2e.slow_files import forget_all

ROUNDS = 6  # in which half of what lies there is lost
GATHERS = 3.0  # seconds in which something comes to lie there: less than it takes to be called dead


def with_broker(disturb: Callable[["redis.Redis[bytes]"], object]) -> Fault:
    """Do something to what the broker holds."""

    def strike(running: Running) -> str:
        with redis.Redis.from_url(client_url(running.instance.broker_url)) as broker:
            disturb(broker)
        return ""

    return strike


empty = with_broker(forget_all)
poison = with_broker(lambda broker: [broker.lpush(q, b"\xff bukan JSON") for q in ("sekretaris", "dokumen")])


def _fill(broker: "redis.Redis[bytes]") -> None:
    content = [f"penuh:{n}" for n in range(1024)]
    try:
        with pytest.raises(redis.OutOfMemoryError):
            _ = [broker.set(key, bytes(2**20)) for key in content]
        time.sleep(LASTS)
    finally:
        broker.unlink(*content)


fill = with_broker(_fill)


def lose_half(running: Running) -> str:
    """Of what waits in each queue, and of what workers hold: each message is lost or kept by the throw of a coin."""
    coin = random.Random(SEED)
    lost = kept = 0
    with redis.Redis.from_url(client_url(running.instance.broker_url)) as broker:
        for _ in range(ROUNDS):
            with _still(running):
                time.sleep(GATHERS)
                thrown = [coin.random() < 0.5 and lose() for lose in list(_messages(broker))]
            lost, kept = lost + thrown.count(True), kept + thrown.count(False)
            time.sleep(GATHERS)
    assert lost > 0, "there was nothing to lose"
    return f"{lost} dari {lost + kept} pesan hilang"


def _messages(broker: "redis.Redis[bytes]") -> Iterator[Callable[[], bool]]:
    """What loses each message."""
    for name in (*PERAN_QUEUES, *SERVICE_QUEUES):
        for message in broker.lrange(name, 0, -1):
            yield lambda name=name, message=message: bool(broker.lrem(name, 1, message))  # type: ignore[misc]
    for tag in broker.hkeys("unacked"):
        yield lambda tag=tag: bool(broker.hdel("unacked", tag))  # type: ignore[misc]


@contextmanager
def _still(running: Running) -> Iterator[None]:
    """The workers stand still meanwhile, so that messages come to wait."""
    pids = [running.pid(name) for name in ("peran", "layanan")]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
