"""The broker the office starts for itself: who comes in, and what a message may do to it and to a worker."""

import json
import os
import pickle
from base64 import b64encode
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import redis
from celery.app.control import Control
from celery.worker.control import Panel
from sqlalchemy import select, text

from ops.broker import Broker
from pipeline.db import engine, unit_of_work
from pipeline.models import Berkas, Outbox, metadata
from tasks.worker import ANSWERED
from tests.factories import at_desk, bring_to, bytes_received, office, person, submitted
from tests.integration.running_broker import EVERY, Worker, control_box, until
from tests.integration.test_examine import nothing_came_before, received  # noqa: F401 - the fixture

NOT_OURS = [
    ("FLUSHALL",), ("CONFIG", "SET", "dir", "/tmp"), ("CONFIG", "GET", "*"), ("MODULE", "LOAD", "/tmp/x.so"),
    ("EVAL", "return 1", "0"), ("KEYS", "*"), ("SHUTDOWN",), ("DEBUG", "SLEEP", "1"), ("ACL", "LIST"), ("MONITOR",),
    ("REPLICAOF", "10.0.0.1", "6379"), ("SAVE",), ("SCRIPT", "FLUSH"), ("CLIENT", "KILL", "TYPE", "normal"),
]  # fmt: skip
#: What the commands of Celery that are refused would be told.
ARGUMENTS: dict[str, dict[str, object]] = {
    "pool_restart": {"reload": True}, "pool_grow": {"n": 9}, "pool_shrink": {"n": 9}, "autoscale": {"max": 9, "min": 9},
    "add_consumer": {"queue": "sembarang"}, "cancel_consumer": {"queue": "front_office"},
    "rate_limit": {"task_name": "sop.periksa", "rate_limit": "1/h"},
    "time_limit": {"task_name": "sop.periksa", "hard": 1},
    "revoke": {"task_id": "x", "terminate": True}, "terminate": {"task_id": "x", "signal": "KILL"},
    "revoke_by_stamped_headers": {"headers": {"a": ["b"]}, "terminate": True},
    "election": {"id": "x", "topic": "task", "action": None},
}  # fmt: skip


@pytest.mark.attack("G09")
def test_it_listens_on_no_network_and_others_cannot_reach_its_socket(broker: Broker) -> None:
    command = broker.process.command
    assert command[command.index("--port") + 1] == "0"
    assert broker.socket.stat().st_mode & 0o777 == 0o700
    assert broker.socket.parent.stat().st_mode & 0o777 == 0o700
    assert not any(password in " ".join(command) for password in broker.passwords.values())


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
    for queue in EVERY:
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
        for command in sorted(set(Panel.meta) - ANSWERED):
            told = ARGUMENTS.get(command, {})
            answers = control.broadcast(command, arguments=told, reply=True, timeout=10, limit=1)
            assert [word.keys() for answer in answers for word in answer.values()] == [{"error"}], (command, answers)
        until(lambda: {q["name"] for q in read_queues(control)} == set(EVERY), "pekerja menyebut antreannya")
    assert worker.process.poll() is None
    the_real_one_is_done(worker, client, submitted(person()))


def test_the_commands_that_stop_or_change_a_worker_are_among_the_refused() -> None:
    assert set(ARGUMENTS) | {"shutdown"} <= set(Panel.meta) - ANSWERED


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
