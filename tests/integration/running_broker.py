"""The broker as `alurizin run` starts it, and a worker of every queue on it, for a module of tests."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import redis
from celery import Celery
from celery.app.control import Control
from sqlalchemy import Engine

from ops.broker import Broker, client_url, own_broker
from ops.processes import QUEUES
from pipeline.settings import ROOT
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES

EVERY = (*PERAN_QUEUES, *SERVICE_QUEUES)


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """Running until the module's tests are over."""
    with TemporaryDirectory(prefix="alurizin-broker-") as name:
        data = Path(name)
        data.chmod(0o755)
        broker = own_broker(data)
        broker.create()
        with (data / "log").open("wb") as log:
            process = subprocess.Popen(
                broker.user.words(*broker.process.command), stdout=log, stderr=log, start_new_session=True
            )
        try:
            until(lambda: answers(broker), "broker menjawab")
            yield broker
        finally:
            process.terminate()
            process.wait(timeout=30)


def until(happened: Callable[[], bool], what: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"tidak terjadi: {what}"
        time.sleep(0.05)


def answers(broker: Broker) -> bool:
    try:
        with redis.Redis.from_url(client_url(broker.url(QUEUES))) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


@pytest.fixture
def client(broker: Broker) -> Iterator["redis.Redis[bytes]"]:
    """Whoever has the office's own address of it."""
    with redis.Redis.from_url(client_url(broker.url(QUEUES))) as client:
        yield client
        for key in client.scan_iter():  # what no worker could read would end it
            client.delete(key)


def held(client: "redis.Redis[bytes]") -> int:
    """How many messages workers have in hand."""
    return sum(client.hlen(table) for table in client.scan_iter(match="unacked:*"))


@dataclass(frozen=True)
class Worker:
    """Of every queue, as the supervisor starts it."""

    broker: Broker
    process: "subprocess.Popen[bytes]"

    def take(self, client: "redis.Redis[bytes]", queue: str, message: dict[str, object]) -> None:
        """Put a message into a queue, as somebody could who may write there, and wait until it has been dealt with."""
        client.lpush(queue, json.dumps(message))
        until(lambda: client.llen(queue) == 0 and not held(client), f"pesan diambil dari {queue}")
        assert self.process.poll() is None


@pytest.fixture(scope="module")
def worker(broker: Broker, _server: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    words = [sys.executable, "-m", "tasks.celery", "worker", "uji", ",".join(EVERY)]
    env = {**os.environ, "CELERY_BROKER_URL": broker.url(QUEUES)}
    with (tmp_path_factory.mktemp("worker") / "log").open("wb") as log:
        process = subprocess.Popen(words, env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        until(lambda: ping(broker), "pekerja siap")
        yield Worker(broker, process)
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def control_box(broker: Broker) -> Iterator[Control]:
    """Of somebody's own Celery on this broker; Celery lets the environment win."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CELERY_BROKER_URL", broker.url(QUEUES))
        with Celery("orang-lain") as stranger:
            yield stranger.control


def ping(broker: Broker) -> bool:
    with control_box(broker) as control:
        return bool(control.ping(timeout=1))
