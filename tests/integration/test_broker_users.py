"""The broker's two users: who carries tasks, and Flower, which asks workers and hears of what they do."""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import redis
from celery import Celery
from flower.utils import broker as flower_broker
from kombu.transport.redis import REFRESH_BINDING, SWEEP_BINDINGS
from redis.exceptions import NoPermissionError, ResponseError
from redis.lock import Lock

from ops.broker import ACCESS, Broker, client_url
from ops.flower_auth import TABLES
from ops.processes import MONITOR, QUEUES
from tests.integration.running_broker import Worker, until

#: What nobody may, whoever it is.
NOBODY = [
    ("FLUSHALL",), ("FLUSHDB",), ("CONFIG", "SET", "dir", "/tmp"), ("CONFIG", "GET", "*"),
    ("MODULE", "LOAD", "/tmp/x.so"), ("EVAL", "return 1", "0"), ("EVALSHA", "0" * 40, "0"), ("FUNCTION", "LIST"),
    ("KEYS", "*"), ("SHUTDOWN",), ("DEBUG", "SLEEP", "1"), ("ACL", "LIST"), ("ACL", "SETUSER", "lain", "on"),
    ("MONITOR",), ("REPLICAOF", "10.0.0.1", "6379"), ("SAVE",), ("BGREWRITEAOF",), ("SCRIPT", "FLUSH"),
    ("CLIENT", "KILL", "TYPE", "normal"), ("CLIENT", "LIST"), ("SLOWLOG", "GET"), ("MIGRATE", "h", "1", "k", "0", "1"),
    ("RESTORE", "k", "0", "x"), ("SWAPDB", "0", "1"), ("CLUSTER", "INFO"),
]  # fmt: skip
#: What Flower may not besides.
NOT_FLOWERS = [
    ("LPUSH", "front_office", "{}"), ("RPUSH", "sistem", "{}"), ("RPOP", "front_office"),
    ("BRPOP", "front_office", "1"),
    ("DEL", "front_office"), ("LRANGE", "front_office", "0", "-1"), ("SADD", "_kombu.binding.front_office", "x"),
    ("SREM", "_kombu.binding.front_office", "x"), ("HGETALL", "unacked:peran:1"), ("DEL", "unacked:peran:1"),
    ("HSET", "unacked:peran:1", "a", "b"), ("RENAME", "celeryev.a", "front_office"), ("SCAN", "0"), ("INFO",),
    ("LMOVE", "celeryev.a", "front_office", "LEFT", "LEFT"), ("COPY", "celeryev.a", "front_office"),
    ("PUBLISH", "/0.celeryev/task.succeeded", "{}"), ("PSUBSCRIBE", "*"), ("PSUBSCRIBE", "/0.celery.pidbox"),
]  # fmt: skip
SCRIPTS = (REFRESH_BINDING, SWEEP_BINDINGS, Lock.LUA_RELEASE_SCRIPT)


@contextmanager
def as_user(broker: Broker, user: str) -> Iterator["redis.Redis[bytes]"]:
    with redis.Redis.from_url(client_url(broker.url(user))) as client:
        yield client


@pytest.mark.attack("G09")
@pytest.mark.parametrize("user", [QUEUES, MONITOR])
@pytest.mark.parametrize("command", NOBODY, ids=" ".join)
def test_no_user_empties_rebuilds_reads_out_or_programs_it(broker: Broker, user: str, command: tuple[str, ...]) -> None:
    with as_user(broker, user) as client, pytest.raises(ResponseError, match=r"permissions|not allowed"):
        client.execute_command(*command)


@pytest.mark.attack("G09", "G10")
@pytest.mark.parametrize("command", NOT_FLOWERS, ids=" ".join)
def test_flower_reaches_into_no_queue_and_tells_of_no_task(
    broker: Broker, client: "redis.Redis[bytes]", command: tuple[str, ...]
) -> None:
    client.lpush("front_office", "x")
    with as_user(broker, MONITOR) as flower, pytest.raises(NoPermissionError):
        flower.execute_command(*command)
    assert client.lrange("front_office", 0, -1) == [b"x"]


@pytest.mark.attack("G09")
@pytest.mark.parametrize("password", [None, *(QUEUES, MONITOR)])
def test_the_user_that_every_broker_has_is_off(broker: Broker, password: str | None) -> None:
    secret = password and broker.passwords[password]
    with (
        redis.Redis(unix_socket_path=str(broker.socket), password=secret) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


@pytest.mark.attack("G09")
def test_only_the_transports_own_scripts_are_run() -> None:
    """After an update of kombu or redis-py this fails: then ops/broker.acl gets the new hashes beside the old ones."""
    ours = {hashlib.sha1(script.encode()).hexdigest() for script in SCRIPTS}  # noqa: S324 - as the broker names them
    _, *lines = ACCESS.read_text(encoding="ascii").splitlines()
    assert [set(re.findall(r"\+evalsha\|(\w+)", line)) >= ours for line in lines] == [True, True]


@pytest.fixture
def flower(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[Celery]:
    """Celery as Flower has it: its user, its tables."""
    monkeypatch.setenv("CELERY_BROKER_URL", broker.url(MONITOR))
    with Celery("pemantau") as app:
        app.config_from_object("celeryconfig")
        app.conf.broker_transport_options = {**app.conf.broker_transport_options, **TABLES}
        yield app


@pytest.mark.attack("G10")
def test_flower_still_asks_every_worker_and_hears_of_its_events(worker: Worker, flower: Celery) -> None:
    heard = list[str]()
    with flower.connection() as connection:
        receiver = flower.events.Receiver(connection, handlers={"*": lambda event: heard.append(event["type"])})
        listening = Thread(target=receiver.capture, kwargs={"timeout": 60}, daemon=True)
        listening.start()
        asked = flower.control.inspect(timeout=30, limit=1)
        for question in ("active_queues", "stats", "registered", "conf", "reserved", "scheduled", "active", "revoked"):
            assert list(getattr(asked, question)() or ()) == ["uji@alurizin"], question
        assert flower.control.ping(timeout=30, limit=1)
        until(lambda: "worker-heartbeat" in heard, "pekerja terdengar")
        receiver.should_stop = True
        listening.join(60)


@pytest.mark.attack("G10")
def test_flower_still_counts_what_waits(broker: Broker, client: "redis.Redis[bytes]", flower: Celery) -> None:
    client.lpush("tidak_dibaca", "x", "y")
    with flower.connection() as connection:
        address = connection.as_uri(include_password=True)
    lengths = asyncio.run(flower_broker.Broker(address).queues(["tidak_dibaca", "sistem"]))
    assert lengths == [{"name": "tidak_dibaca", "messages": 2}, {"name": "sistem", "messages": 0}]
