"""What leaves for a queue, and what happens when the broker loses it."""

import json
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
from pipeline.services.outbox.owed import Message, mark_sent, resend_node, take_owed
from pipeline.services.outbox.run import retry_parked, run_outbox
from pipeline.services.records.verify.whole import verify_all
from tasks.publisher import Publisher
from tasks.reconcile import AT_LONGEST, GRACE, Reconciler
from tasks.relay import SEND_AT_ONCE, Relay, _listener, envelopes
from tests.factories import WEDNESDAY, at_desk, filled_in, person
from tests.factories import owing_its_step as submitted
from tests.fakes import FakeBroker

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def broker():
    return FakeBroker()


@pytest.fixture
def relay(broker):
    return Relay(broker)


def owed():
    return [m.id for m in take_owed(100, now=real_now() + timedelta(hours=1))]


def all_rows():
    with unit_of_work() as s:
        return s.scalars(select(Outbox).order_by(Outbox.id)).all()


def age(**columns):
    """Pretend this happened a while ago."""
    with unit_of_work() as s:
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
def test_a_task_whose_process_vanished_is_sent_again(broker, relay):
    submitted(person())
    relay.work()
    broker.take("front_office")
    age(started_at=real_now() + timedelta(seconds=1), worker="peran@alurizin")
    assert Reconciler(broker).check(real_now() + timedelta(seconds=60)) == 0
    assert Reconciler(broker).check(real_now() + AT_LONGEST + timedelta(seconds=2)) == 1


def test_a_worker_that_starts_anew_takes_up_what_it_dropped(relay, broker):
    submitted(person())
    relay.work()
    broker.take("front_office")
    age(started_at=real_now(), worker="peran@alurizin")
    assert resend_node("layanan@alurizin", now=real_now()) == 0
    assert resend_node("peran@alurizin", now=real_now()) == 1


@pytest.mark.attack("G05")
def test_doubled_message_does_the_work_once():
    p = submitted(person())
    ids = owed()
    run_outbox(ids, node="a", now=WEDNESDAY)
    before = at_desk(p)
    run_outbox(ids * 2, node="b", now=WEDNESDAY)
    assert at_desk(p) == before


@pytest.mark.attack("G16")
def test_a_step_that_always_fails_is_parked_and_goes_on_when_told(monkeypatch):
    p = submitted(person())
    from pipeline.services.outbox import automatic

    def broken(*_):
        raise OSError("disk")

    monkeypatch.setattr(automatic, "examined", broken)
    ids = owed()
    for _ in range(ATTEMPTS_AT_MOST + 2):
        run_outbox(ids, node="a", now=WEDNESDAY)
    [row] = all_rows()
    assert (row.attempts, row.error, row.stuck_at is not None) == (ATTEMPTS_AT_MOST, "OSError", True)
    with unit_of_work() as s:
        assert s.scalar(select(Tugas.stuck_at).where(Tugas.id == at_desk(p).tugas_id)) is not None
    assert owed() == []
    monkeypatch.undo()
    assert retry_parked(row.id, now=WEDNESDAY)
    run_outbox(owed(), node="a", now=WEDNESDAY)
    assert at_desk(p).langkah == "terima"
    assert verify_all()[1] == []


def test_failures_wait_longer_each_time(monkeypatch):
    submitted(person())
    from pipeline.services.outbox import automatic

    monkeypatch.setattr(automatic, "examined", lambda *_: 1 / 0)
    waits = []
    for _ in range(3):
        run_outbox([r.id for r in all_rows()], node="a", now=WEDNESDAY)
        [row] = all_rows()
        waits.append(row.try_at - real_now())
        assert take_owed(10, now=real_now()) == []
    assert waits == sorted(waits)


@pytest.mark.attack("G16")
def test_a_row_that_kills_its_worker_is_parked_too():
    submitted(person())
    age(attempts=ATTEMPTS_AT_MOST)
    run_outbox(owed(), node="a", now=WEDNESDAY)
    [row] = all_rows()
    assert (row.error, row.stuck_at is not None) == ("ProsesMati", True)


def test_one_failing_row_stops_no_other(monkeypatch):
    from pipeline.services.outbox import automatic

    first, second = submitted(person(), seed="satu"), submitted(person(), seed="dua")
    real = automatic.current_berkas

    def broken(s, permohonan_id):
        if permohonan_id == first:
            raise OSError("disk")
        return real(s, permohonan_id)

    monkeypatch.setattr(automatic, "current_berkas", broken)
    run_outbox(owed(), node="a", now=WEDNESDAY)
    assert (at_desk(first).langkah, at_desk(second).langkah) == ("periksa", "terima")


class Node:
    """A worker's consumer, as far as a signal asks it."""

    hostname = "peran@alurizin"


def test_a_message_no_worker_knows_is_parked_in_the_end():
    """Its SOP was taken away: Celery drops the message each time, and nobody would ever see the file again."""
    p = submitted(person())
    [row] = all_rows()
    body = json.dumps([[[row.id]], {}, {}])
    for _ in range(ATTEMPTS_AT_MOST):
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
    for antrean in ("camat", "front_office"):
        publisher.send("sop.periksa", antrean, ([1],))
    with office.connection_for_read() as c:
        for antrean in ("sistem", "front_office"):
            assert c.SimpleQueue(antrean).get_nowait().headers["task"] == "sop.periksa"


def test_two_relays_only_make_doubles(broker):
    submitted(person())
    [m] = take_owed(10, now=real_now())
    mark_sent([m.id], now=real_now())
    mark_sent([m.id], now=real_now())
    with unit_of_work() as s:
        assert s.scalar(select(func.count()).select_from(Outbox)) == 1


@given(st.lists(st.sampled_from(["sop.periksa", "sop.terima", "dokumen.pratinjau"]), max_size=60))
def test_every_row_travels_in_exactly_one_envelope(tasks):
    messages = [Message(n, task, task.rpartition(".")[2]) for n, task in enumerate(tasks)]
    out = list(envelopes(messages))
    assert sorted(n for _, _, ids in out for n in ids) == list(range(len(tasks)))
    for task, _, ids in out:
        assert len(ids) <= (SEND_AT_ONCE if task.startswith("sop.") else 1)
        assert {tasks[n] for n in ids} == {task}


def test_times_are_real_whatever_the_office_clock_says():
    submitted(person(), now=datetime(2027, 1, 4, 2, tzinfo=UTC))
    assert len(take_owed(10, now=real_now())) == 1


def test_a_commit_wakes_the_relay_at_once():
    """Without the doorbell everything still arrives, a second later at every step: nobody would notice it missing."""
    pemohon = person()
    p = filled_in(pemohon)
    with _listener() as wake:
        submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
        assert [n.channel for n in wake.notifies(timeout=60, stop_after=1)] == ["outbox"]
