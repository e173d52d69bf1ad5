"""A worker: every task, and what each of its processes does when it begins."""

import gc
import time

import structlog
from celery.signals import (
    heartbeat_sent,
    task_unknown,
    worker_before_create_process,
    worker_process_init,
    worker_ready,
)
from celery.worker import WorkController
from celery.worker.consumer import Consumer
from celery.worker.control import Panel
from celery.worker.heartbeat import Heart
from kombu import Message

from pipeline.clock import now, real_now
from pipeline.db import engine, load_database_code
from pipeline.services.outbox.owed import beat
from pipeline.services.outbox.run import refuse_outbox
from tasks import documents, notices, steps, sweeps
from tasks.app import app
from tasks.base import node_label, worker_name
from tasks.publisher import HELD, BrokerDown, Publisher
from tasks.reconcile import take_up

log = structlog.get_logger()

HEARTBEAT = 1.5  # seconds at least between two signs of life
_last = {"detak": 0.0}
_taken_up = set[str]()

TASKS = (documents, notices, steps, sweeps)  # being loaded, they are known to Celery

#: What a worker answers when it is asked: Flower's questions. No message stops, slows or turns it.
ANSWERED = frozenset(
    "active active_queues clock conf disable_events enable_events heartbeat hello ping query_task registered report "
    "reserved revoked scheduled stats".split()
)
for _command in set(Panel.data) - ANSWERED:
    del Panel.data[_command]


@worker_before_create_process.connect
def _share_memory_with_children(**_: object) -> None:
    """What is loaded now stays out of the collector's way, so that the children go on sharing its pages."""
    load_database_code()
    gc.collect()
    gc.freeze()


@worker_process_init.connect
def _forget_the_parents_connections(**_: object) -> None:
    """A forked child that used its parent's sockets would read another child's answers."""
    engine().dispose(close=False)


@worker_ready.connect
def _begin(sender: WorkController, **_: object) -> None:
    _take_up_what_was_dropped(sender.hostname)
    _beat(sender.hostname)


@heartbeat_sent.connect
def _sign_of_life(sender: Heart, **_: object) -> None:
    """Each worker says for itself that it lives; with Celery's own heartbeat, every two seconds."""
    if time.monotonic() - _last["detak"] >= HEARTBEAT:
        _last["detak"] = time.monotonic()
        _take_up_what_was_dropped(sender.eventer.hostname)
        _beat(sender.eventer.hostname)


def _beat(hostname: str) -> None:
    """This worker lives, and reads these queues."""
    beat(node_label(hostname), now=real_now(), detail={"antrean": sorted(app.amqp.queues.consume_from)})


def _take_up_what_was_dropped(hostname: str) -> None:
    """Names of workers are fixed: what this one held when it died is owed again, without waiting for the broker. Once;
    while the broker is away, at the next sign of life."""
    if hostname in _taken_up:
        return
    publisher = Publisher(app)
    try:
        take_up(publisher, worker_name(hostname), app.conf.broker_transport_options.get("unacked_key", HELD))
        _taken_up.add(hostname)
    except BrokerDown as error:
        log.warning("broker tidak terjangkau", galat=str(error))
    finally:
        publisher.close()


@task_unknown.connect
def _refuse_what_nobody_knows(sender: Consumer, message: Message, **_: object) -> None:
    """Celery drops such a message; without this its rows would be sent again for ever, and nobody would see it."""
    args, *_rest = message.payload
    refuse_outbox(args[0] if args else (), "TugasTidakDikenal", now=now())
