"""What leaves for a queue, and what happens when the broker loses it."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery
from celery.signals import task_unknown
from hypothesis import given
from hypothesis import strategies as st
from kombu import Message as SampleLetter
from sqlalchemy import func, select, update

import celeryconfig
import tasks.worker  # noqa: F401 - connects what a worker does besides its tasks
from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.models import Outbox, Tugas
from pipeline.retries import ATTEMPTS_AT_MOST
from pipeline.services.applicant.submit import submit
from pipeline.services.outbox.owed import Message, beat, claim
from pipeline.services.outbox.run import retry_parked
from pipeline.services.records.verify.whole import verify_all
from pipeline.topology import desk_tasks
from tasks.publisher import Envelope, Publisher
from tasks.reconcile import AT_LONGEST, GRACE, SILENT, Reconciler, take_up
from tasks.relay import SEND_AT_ONCE, Relay, _listener, envelopes, wait_for_wake
from tests.factories import WEDNESDAY, at_desk, deliver, filled_in, person
from tests.factories import owing_its_step as submitted
from tests.fakes import FakeBroker
from tests.owner import as_owner

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def broker():
    return FakeBroker()


@pytest.fixture
def relay(broker):
    return Relay(broker)


class Put(Exception):
    """Back, as it was."""


def owed(later=timedelta(hours=1)):
    """What the relay would send now; it stays owed."""
    with suppress(Put), claim(100, now=real_now() + later) as messages:
        raise Put
    return [m.id for m in messages]


def all_rows():
    with unit_of_work() as s:
        return s.scalars(select(Outbox).order_by(Outbox.id)).all()


def age(**columns):
    """Pretend this happened a while ago."""
    with as_owner() as s:
        s.execute(update(Outbox).values(**columns))


def test_a_submission_rings_the_next_desk_once(relay, broker):
    submitted(person())
    assert relay.work() == 1
    assert [task for task, _ in broker.take("front_office")] == ["sop.periksa"]
    assert relay.work() == 0


@pytest.mark.attack("G12")
def test_messages_carry_nothing_but_ids(relay, broker):
    submitted(person())
    relay.work()
    [(_, ids)] = broker.take("front_office")
    assert ids == [r.id for r in all_rows()]


@pytest.mark.attack("G08")
def test_broker_down_loses_nothing(relay, broker):
    broker.down = True
    submitted(person())
    assert relay.work() == 0
    assert [(r.delivered_at, r.attempts) for r in all_rows()] == [(None, 0)]
    broker.down = False
    assert relay.work() == 1


@pytest.mark.attack("G07")
def test_broker_that_forgot_everything_is_told_again(relay, broker):
    submitted(person())
    relay.work()
    reconciler = Reconciler(broker)
    reconciler.check(real_now())
    broker.restart()
    assert reconciler.check(real_now()) == 1
    assert owed()


@pytest.mark.attack("G07")
def test_flushed_broker_is_told_again_after_a_while(broker, relay):
    submitted(person())
    relay.work()
    broker.redis.flushall()
    reconciler = Reconciler(broker)
    assert reconciler.check(real_now()) == 0
    assert reconciler.check(real_now() + GRACE + timedelta(seconds=1)) == 1


def test_a_message_still_waiting_is_not_sent_twice(broker, relay):
    submitted(person())
    relay.work()
    assert Reconciler(broker).check(real_now() + timedelta(hours=1)) == 0


@pytest.mark.attack("G04")
def test_what_a_worker_holds_is_sent_again_only_after_longer_than_any_task_may_run(broker, relay):
    submitted(person())
    relay.work()
    [(_, ids)] = broker.take("front_office")
    broker.hold("unacked:peran:1", ids)
    assert Reconciler(broker).check(real_now() + GRACE + timedelta(seconds=1)) == 0
    assert Reconciler(broker).check(real_now() + AT_LONGEST + timedelta(seconds=2)) == 1


@pytest.mark.attack("G04")
def test_a_message_that_vanished_on_its_way_to_a_worker_is_sent_again(broker, relay):
    submitted(person())
    relay.work()
    broker.take("front_office")
    assert Reconciler(broker).check(real_now() + GRACE + timedelta(seconds=1)) == 1
    assert [r.attempts for r in all_rows()] == [1]  # perhaps it did reach somebody, who ran out of time


@pytest.mark.attack("G04")
def test_what_a_worker_held_that_has_fallen_silent_is_sent_again(broker, relay):
    submitted(person())
    relay.work()
    [(_, ids)] = broker.take("front_office")
    broker.hold("unacked:peran:1", ids)
    broker.redis.lpush("front_office", "another")  # a backlog: the queue does not run empty
    beat("pekerja:peran", now=real_now() - SILENT - timedelta(seconds=1))
    assert Reconciler(broker).check(real_now()) == 1
    assert (broker.held(), [r.attempts for r in all_rows()]) == ({}, [1])
    assert Reconciler(broker).check(real_now()) == 0


def test_a_worker_that_starts_anew_takes_up_what_it_dropped(relay, broker):
    submitted(person())
    relay.work()
    [(_, ids)] = broker.take("front_office")
    broker.hold("unacked:peran:before", ids)
    assert take_up(broker, "layanan", "unacked:layanan:now") == 0
    assert take_up(broker, "peran", "unacked:peran:now") == 1
    assert owed() == ids
    assert broker.held() == {}


def test_a_worker_does_not_take_up_what_it_holds_now(relay, broker):
    submitted(person())
    relay.work()
    [(_, ids)] = broker.take("front_office")
    broker.hold("unacked:peran:now", ids)
    assert take_up(broker, "peran", "unacked:peran:now") == 0


def test_two_relays_send_nothing_twice(relay, broker):
    """One is in the middle of sending when the other looks: it passes over what the first has in hand."""
    for seed in "abc":
        submitted(person(), seed=seed)
    with claim(2, now=real_now()) as first:
        assert relay.work() == 1
    taken = [n for _, ids in broker.take("front_office") for n in ids]
    assert sorted([m.id for m in first] + taken) == [r.id for r in all_rows()]


def test_a_relay_that_dies_while_sending_has_claimed_nothing(relay):
    submitted(person())
    with suppress(Put), claim(9, now=real_now()):
        raise Put
    assert relay.work() == 1


@pytest.mark.attack("G05")
def test_doubled_message_does_the_work_once():
    p = submitted(person())
    ids = owed()
    deliver(ids)
    before = at_desk(p)
    deliver(ids * 2)
    assert at_desk(p) == before


@pytest.mark.attack("G16")
def test_a_step_that_always_fails_is_parked_and_goes_on_when_told(monkeypatch):
    p = submitted(person())
    from pipeline.services.outbox import automatic

    def broken(*_, **__):
        raise OSError("disk")

    monkeypatch.setattr(automatic, "examined", broken)
    ids = owed()
    for _ in range(ATTEMPTS_AT_MOST + 2):
        deliver(ids)
    [row] = all_rows()
    assert (row.attempts, row.error, row.stuck_at is not None) == (ATTEMPTS_AT_MOST, "OSError", True)
    with unit_of_work() as s:
        assert s.scalar(select(Tugas.stuck_at).where(Tugas.id == at_desk(p).tugas_id)) is not None
    assert owed() == []
    monkeypatch.undo()
    assert retry_parked(row.id, now=WEDNESDAY)
    deliver(owed())
    assert at_desk(p).langkah == "terima"
    assert verify_all()[1] == []


def test_failures_wait_longer_each_time(monkeypatch):
    submitted(person())
    from pipeline.services.outbox import automatic

    monkeypatch.setattr(automatic, "examined", lambda *_: 1 / 0)
    waits = []
    for _ in range(3):
        deliver([r.id for r in all_rows()])
        [row] = all_rows()
        waits.append(row.try_at - real_now())
        assert owed(later=timedelta()) == []
    assert waits == sorted(waits)


@pytest.mark.attack("G16")
def test_a_row_that_kills_its_worker_is_parked_too():
    submitted(person())
    age(attempts=ATTEMPTS_AT_MOST)
    deliver(owed())
    [row] = all_rows()
    assert (row.error, row.stuck_at is not None) == ("ProsesMati", True)


def test_one_failing_row_stops_no_other(monkeypatch):
    from pipeline.services.outbox import automatic

    first, second = submitted(person(), seed="satu"), submitted(person(), seed="dua")
    real = automatic._checked

    def broken(conn, file, facts, now):
        if file.permohonan_id == first:
            raise OSError("disk")
        return real(conn, file, facts, now)

    monkeypatch.setattr(automatic, "_checked", broken)
    deliver(owed())
    assert (at_desk(first).langkah, at_desk(second).langkah) == ("periksa", "terima")


class Node:
    """A worker's consumer, as far as a signal asks it."""

    hostname = "peran@alurizin"


def test_a_message_no_worker_knows_is_parked_in_the_end():
    """Its SOP was taken away: Celery drops the message each time, and nobody would ever see the file again."""
    p = submitted(person())
    [row] = all_rows()
    body = json.dumps([[[row.id]], {}, {}])
    for n in range(ATTEMPTS_AT_MOST):
        age(attempts=n + 1)  # as the relay counts
        message = SampleLetter(body, content_type="application/json", content_encoding="utf-8")
        task_unknown.send(sender=Node(), message=message, name="sop.x", id="1")
    [row] = all_rows()
    assert (row.error, row.stuck_at is not None) == ("TugasTidakDikenal", True)
    with unit_of_work() as s:
        assert s.scalar(select(Tugas.stuck_at).where(Tugas.id == at_desk(p).tugas_id)) is not None
    assert verify_all()[1] == []


def test_a_queue_that_no_longer_exists_stops_nobody(monkeypatch):
    """The relay would fall over it at each start, and with it every other message."""
    monkeypatch.delenv("CELERY_BROKER_URL")
    office = Celery("uji", broker="memory://")
    office.conf.update({k: getattr(celeryconfig, k) for k in ("task_queues", "task_default_queue")})
    office.conf.update(task_create_missing_queues=False, task_send_sent_event=False)
    publisher = Publisher(office)
    publisher.send([Envelope("sop.periksa", antrean, ([1],)) for antrean in ("camat", "front_office")])
    with office.connection_for_read() as c:
        for antrean in ("sistem", "front_office"):
            assert c.SimpleQueue(antrean).get_nowait().headers["task"] == "sop.periksa"


@given(st.lists(st.sampled_from(["sop.periksa", "sop.terima", "dokumen.pratinjau"]), max_size=60))
def test_every_row_travels_in_exactly_one_envelope(tasks):
    messages = [Message(n, task, task.rpartition(".")[2]) for n, task in enumerate(tasks)]
    out = [(e.task, e.args[0]) for e in envelopes(messages)]
    assert sorted(n for _, ids in out for n in ids) == list(range(len(tasks)))
    for task, ids in out:
        assert len(ids) <= (SEND_AT_ONCE if task.startswith("sop.") else 1)
        assert {tasks[n] for n in ids} == {task}


def test_a_row_that_failed_before_travels_alone():
    rows = [Message(n, "sop.periksa", "front_office", attempts) for n, attempts in enumerate((1, 2, 1))]
    assert sorted(e.args[0] for e in envelopes(rows)) == [[0, 2], [1]]


def test_times_are_real_whatever_the_office_clock_says():
    submitted(person(), now=datetime(2027, 1, 4, 2, tzinfo=UTC))
    assert len(owed(later=timedelta())) == 1


def test_a_commit_wakes_the_relay_at_once():
    """Without the doorbell everything still arrives, a second later at every step: nobody would notice it missing."""
    pemohon = person()
    p = filled_in(pemohon)
    with _listener() as wake:
        submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
        assert "sop.periksa" in {n.payload for n in wake.notifies(timeout=60, stop_after=1)}


def test_desks_that_were_just_rung_rest_and_the_machines_own_steps_do_not(relay, broker):
    submitted(person())
    assert relay.work(desk_tasks()) == 1  # the documents are checked at once
    submitted(person(), seed="b")
    age(task="sop.rekomendasi", antrean="dinas_teknis", delivered_at=None, attempts=0)
    assert relay.work(desk_tasks()) == 0
    assert relay.work() == 2
    assert len(broker.take("dinas_teknis")) == 1  # rung once for both


def test_a_resting_desk_wakes_nobody_and_the_machines_own_step_does():
    with _listener() as wake, unit_of_work() as s:
        for task in ("sop.rekomendasi", "sop.periksa"):
            s.execute(select(func.pg_notify("outbox", task)))
        s.commit()
        wait_for_wake(wake, 3600, deaf_to=desk_tasks())


def test_a_parked_row_is_left_alone_by_an_old_message():
    """A second copy of its message is still about: neither its error nor its history changes."""
    submitted(person())
    age(attempts=ATTEMPTS_AT_MOST)
    ids = owed()
    deliver(ids)
    [before] = all_rows()
    deliver(ids, again=True)
    [after] = all_rows()
    assert (after.stuck_at, after.attempts, after.error) == (before.stuck_at, before.attempts, "ProsesMati")


def test_a_row_that_ran_into_the_time_limit_travels_alone_the_next_time(broker, relay):
    """Its message was taken and acknowledged, and nobody could say that it had failed."""
    for seed in "ab":
        submitted(person(), seed=seed)
    relay.work()
    [(_, both)] = broker.take("front_office")
    assert Reconciler(broker).check(real_now() + GRACE + timedelta(seconds=1)) == len(both) == 2
    relay.work()
    assert sorted(len(ids) for _, ids in broker.take("front_office")) == [1, 1]
