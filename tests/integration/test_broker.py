"""The broker the office starts for itself: who comes in, and what a message may do to it and to a worker."""

import json
import os
import pickle
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import pytest
import redis
from celery import Celery
from celery.app.control import Control
from sqlalchemy import Engine, select, text

from ops.broker import Broker, client_url, own_broker
from pipeline.db import engine, unit_of_work
from pipeline.models import Berkas, Outbox, metadata
from pipeline.settings import ROOT
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES
from tests.factories import at_desk, bring_to, bytes_received, office, person, submitted
from tests.integration.test_examine import nothing_came_before, received  # noqa: F401 - the fixture

QUEUES = (*PERAN_QUEUES, *SERVICE_QUEUES)
NOT_OURS = [
    ("FLUSHALL",), ("CONFIG", "SET", "dir", "/tmp"), ("CONFIG", "GET", "*"), ("MODULE", "LOAD", "/tmp/x.so"),
    ("EVAL", "return 1", "0"), ("KEYS", "*"), ("SHUTDOWN",), ("DEBUG", "SLEEP", "1"), ("ACL", "LIST"), ("MONITOR",),
    ("REPLICAOF", "10.0.0.1", "6379"), ("SAVE",), ("SCRIPT", "FLUSH"), ("CLIENT", "KILL", "TYPE", "normal"),
]  # fmt: skip
CONTROL = [
    ("shutdown", {}), ("pool_restart", {"reload": True}), ("pool_shrink", {"n": 9}),
    ("cancel_consumer", {"queue": "front_office"}),
    ("rate_limit", {"task_name": "sop.periksa", "rate_limit": "1/h"}), ("revoke", {"task_id": "x", "terminate": True}),
    ("time_limit", {"task_name": "sop.periksa", "hard": 1}), ("add_consumer", {"queue": "sembarang"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """As `alurizin run` starts it."""
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


@pytest.fixture
def client(broker: Broker) -> Iterator["redis.Redis[bytes]"]:
    """Whoever has the office's own address of it."""
    with redis.Redis.from_url(client_url(broker.url)) as client:
        yield client
        for key in client.scan_iter():  # what no worker could read would end it
            client.delete(key)


def until(happened: Callable[[], bool], what: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"tidak terjadi: {what}"
        time.sleep(0.05)


def answers(broker: Broker) -> bool:
    try:
        with redis.Redis.from_url(client_url(broker.url)) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


@pytest.mark.attack("G09")
def test_it_listens_on_no_network_and_others_cannot_reach_its_socket(broker: Broker) -> None:
    command = broker.process.command
    assert command[command.index("--port") + 1] == "0"
    assert broker.socket.stat().st_mode & 0o777 == 0o700
    assert broker.socket.parent.stat().st_mode & 0o777 == 0o700
    assert broker.password not in " ".join(command)


@pytest.mark.attack("G09")
@pytest.mark.parametrize("password", [None, "tebakan"])
def test_nobody_comes_in_without_the_password_of_this_run(broker: Broker, password: str | None) -> None:
    with (
        redis.Redis(unix_socket_path=str(broker.socket), password=password) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


@pytest.mark.attack("G09")
@pytest.mark.parametrize("command", NOT_OURS, ids=" ".join)
def test_the_offices_own_user_cannot_empty_rebuild_or_extend_it(
    client: "redis.Redis[bytes]", command: tuple[str, ...]
) -> None:
    client.lpush("front_office", "x")
    with pytest.raises(redis.ResponseError):
        client.execute_command(*command)
    assert client.llen("front_office") == 1


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
    words = [sys.executable, "-m", "tasks.celery", "worker", "uji", ",".join(QUEUES)]
    env = {**os.environ, "CELERY_BROKER_URL": broker.url}
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
        environment.setenv("CELERY_BROKER_URL", broker.url)
        with Celery("orang-lain") as stranger:
            yield stranger.control


def ping(broker: Broker) -> bool:
    with control_box(broker) as control:
        return bool(control.ping(timeout=1))


def message(task: str, body: bytes, content_type: str = "application/json") -> dict[str, object]:
    """A message as Celery puts it into a queue."""
    head = {"lang": "py", "task": task, "id": str(uuid4()), "root_id": None, "parent_id": None, "group": None}
    way = {"exchange": "", "routing_key": "apa-saja"}
    properties = {"delivery_tag": str(uuid4()), "delivery_info": way, "body_encoding": "base64", "delivery_mode": 2}
    return {
        "body": b64encode(body).decode(),
        "content-type": content_type,
        "content-encoding": "utf-8" if content_type == "application/json" else "binary",
        "headers": head,
        "properties": properties,
    }


def business() -> dict[str, str]:
    """A checksum of all that an act would change."""
    kept = [t.name for t in metadata.sorted_tables if t.name not in {"detak", "sewa"}]
    with engine().connect() as conn:
        return {
            t: str(conn.scalar(text(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {t} t"))) for t in kept
        }


class Program:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.attack("G01")
def test_a_message_that_carries_a_program_is_not_run_and_work_goes_on(
    worker: Worker, client: "redis.Redis[bytes]", tmp_path: Path
) -> None:
    ran = tmp_path / "dijalankan"
    body = pickle.dumps(([Program(ran)], {}, {}))
    permohonan_id = submitted(person())
    before = business()
    for queue in QUEUES:
        for task in ("sop.periksa", "notices.send", "tidak.ada"):
            worker.take(client, queue, message(task, body, "application/x-python-serialize"))
    assert not ran.exists()
    assert business() == before
    the_real_one_is_done(worker, client, permohonan_id)


@pytest.mark.attack("G02")
def test_a_forged_message_decides_nothing(worker: Worker, client: "redis.Redis[bytes]") -> None:
    desks = office()
    waiting, other = submitted(person()), submitted(person(), seed="b")
    bring_to(waiting, "rekomendasi", desks)
    with unit_of_work() as s:
        done = list(s.scalars(select(Outbox.id).where(Outbox.closed_at.is_not(None))))
    before = business()
    odd: list[object] = [
        None,
        {"id": 1},
        "abc",
        [None],
        [["x"]],
        [10**30],
        [-1],
        [True],
        list(range(10**6, 10**6 + 500)),
    ]
    for task, ids in [*((t, done) for t in FORGED), *(("sop.periksa", ids) for ids in odd), ("os.system", ["id"])]:
        for args in ([ids], {"ids": ids}, [ids, ids], None):
            worker.take(client, "kepala_dinas", message(task, json.dumps([args, {}, {}]).encode()))
    worker.take(client, "kepala_dinas", message("sop.tanda_tangan", b"[" * 5000))
    assert business() == before
    assert at_desk(waiting).langkah == "rekomendasi"
    the_real_one_is_done(worker, client, other)


FORGED = ("sop.tanda_tangan", "sop.paraf_kabid", "sop.susun_sk", "notices.send", "dokumen.pratinjau", "dokumen.periksa")


def test_an_upload_that_is_told_of_twice_becomes_one_document(worker: Worker, client: "redis.Redis[bytes]") -> None:
    permohonan_id, outbox_id = received(person())
    for _ in range(2):
        body = json.dumps([[[outbox_id]], {}, {}]).encode()
        worker.take(client, "dokumen", message("dokumen.periksa", body))
    with unit_of_work() as s:
        kept = s.scalars(select(Berkas).where(Berkas.permohonan_id == permohonan_id)).all()
        assert [b.kind for b in kept] == ["pdf"]
        assert s.get_one(Outbox, outbox_id).closed_at is not None
    assert bytes_received() == []


@pytest.mark.attack("G13")
def test_no_word_through_the_control_box_stops_or_slows_a_worker(worker: Worker, client: "redis.Redis[bytes]") -> None:
    with control_box(worker.broker) as control:
        for command, arguments in CONTROL:
            answers = control.broadcast(command, arguments=arguments, reply=True, timeout=2)
            assert all("error" in word for answer in answers for word in answer.values()), (command, answers)
        until(lambda: {q["name"] for q in read_queues(control)} == set(QUEUES), "pekerja menyebut antreannya")
    assert worker.process.poll() is None
    the_real_one_is_done(worker, client, submitted(person()))


def read_queues(control: Control) -> list[dict[str, str]]:
    """What the workers say they read; nothing while none answers."""
    answers = control.inspect(timeout=2).active_queues() or {}
    return [queue for queues in answers.values() for queue in queues]


def the_real_one_is_done(worker: Worker, client: "redis.Redis[bytes]", permohonan_id: UUID) -> None:
    """After all that, an ordinary message of an ordinary file does its work."""
    with unit_of_work() as s:
        [owed] = s.scalars(select(Outbox.id).where(Outbox.permohonan_id == permohonan_id, Outbox.task == "sop.periksa"))
    worker.take(client, "front_office", message("sop.periksa", json.dumps([[[owed]], {}, {}]).encode()))
    until(lambda: at_desk(permohonan_id).langkah != "periksa", "langkah periksa selesai")
