"""The doorbell's own troubles: what is counted, what is parked, and whom it takes along."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.models import Outbox, Permohonan
from pipeline.retries import ATTEMPTS_AT_MOST
from pipeline.services.outbox import owed as outbox
from pipeline.services.outbox import run as step
from pipeline.services.outbox.owed import SAVE_DONE, mark_sent, resend_lost, sweep_outbox, take_owed
from pipeline.services.outbox.run import run_outbox
from tasks.reconcile import AT_LONGEST, GRACE, Reconciler
from tasks.relay import Relay
from tests.factories import WEDNESDAY, at_desk, person
from tests.factories import owing_its_step as submitted
from tests.fakes import FakeBroker

LATER = timedelta(hours=1)


def rows():
    with unit_of_work() as s:
        return s.scalars(select(Outbox).order_by(Outbox.id)).all()


def change(condition, **values):
    with unit_of_work() as s:
        s.execute(update(Outbox).where(condition).values(**values))


def test_a_row_that_kills_its_process_takes_no_other_along(monkeypatch):
    """Ten rows share a message, and the broker delivers it again after each death: only the culprit is parked."""
    culprit, innocent = submitted(person(), seed="satu"), submitted(person(), seed="dua")
    ids = [r.id for r in rows()]
    real = step._run_step

    def deadly(s, row, now):
        if row.permohonan_id == culprit:
            raise SystemExit  # as far as the rows can tell, a kill -9
        real(s, row, now)

    monkeypatch.setattr(step, "_STEP", step._in_transaction(deadly))
    for _ in range(ATTEMPTS_AT_MOST + 2):
        try:
            run_outbox(ids, node="a", now=WEDNESDAY)
        except SystemExit:
            continue
    first, second = rows()[:2]
    assert first.stuck_at is not None
    assert (second.stuck_at, second.closed_at is not None) == (None, True)
    assert at_desk(innocent).langkah == "terima"


def test_a_file_whose_sop_is_gone_stops_no_other():
    """Its file cannot even be marked as parked; the rest of the message is carried out all the same."""
    lost, fine = submitted(person(), seed="satu"), submitted(person(), seed="dua")
    with unit_of_work() as s:
        s.execute(update(Permohonan).where(Permohonan.id == lost).values(sop_version=99))
    change(Outbox.permohonan_id == lost, attempts=ATTEMPTS_AT_MOST - 1)
    run_outbox([r.id for r in rows()], node="a", now=WEDNESDAY)
    assert at_desk(fine).langkah == "terima"
    assert rows()[0].stuck_at is not None


def test_a_row_that_failed_before_it_was_marked_as_sent_is_tried_again_in_time(monkeypatch):
    """The worker is faster than the relay's own note: that note must not hide the failure."""
    submitted(person())
    at = real_now()
    [m] = take_owed(10, now=at)
    monkeypatch.setattr(step, "_STEP", step._in_transaction(lambda *_: 1 / 0))
    run_outbox([m.id], node="a", now=WEDNESDAY)
    mark_sent([m.id], now=at)
    assert [x.id for x in take_owed(10, now=real_now() + LATER)] == [m.id]


def test_a_task_that_runs_is_not_sent_again_because_it_began_early():
    """Begun between sending and the relay's note, and still at work: that is not "never begun"."""
    submitted(person())
    relay, broker, began = *(lambda b: (Relay(b), b))(FakeBroker()), []
    send = broker.send

    def send_and_begin(task, antrean, args):
        send(task, antrean, args)
        if args:
            change(Outbox.id.in_(args[0]), started_at=real_now(), worker="peran@alurizin")
            began.append(broker.take(antrean))

    broker.send = send_and_begin
    relay.work()
    assert began
    later = real_now() + GRACE + timedelta(seconds=1)
    assert resend_lost(["front_office"], now=later, grace=GRACE, most_long=AT_LONGEST) == 0


def test_a_restart_of_the_broker_is_remembered_until_it_was_dealt_with(monkeypatch):
    """The database is away just then: the next look resends all the same."""
    from tasks import reconcile

    submitted(person())
    broker = FakeBroker()
    Relay(broker).work()
    reconciler = Reconciler(broker)
    reconciler.check(real_now())
    broker.restart()
    with monkeypatch.context() as m:
        m.setattr(reconcile, "resend_all", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            reconciler.check(real_now())
    assert reconciler.check(real_now()) == 1


def test_what_is_long_done_is_swept_away_bit_by_bit_and_nothing_else(monkeypatch):
    """The table stays small; what is owed or parked waits for somebody, however long."""
    now = real_now()
    old, new = now - SAVE_DONE - timedelta(days=1), now - timedelta(days=1)
    for n in range(5):
        submitted(person(), seed=str(n))
    ids = [r.id for r in rows()]
    change(Outbox.id.in_(ids), created_at=old)
    change(Outbox.id.in_(ids[:3]), closed_at=old)
    change(Outbox.id == ids[2], closed_at=new)
    change(Outbox.id == ids[3], stuck_at=old)
    monkeypatch.setattr(outbox, "PER_SWEEP", 1)
    assert [sweep_outbox(now=now) for _ in range(3)] == [1, 1, 0]
    assert [r.id for r in rows()] == ids[2:]


def test_every_version_of_a_sop_has_its_tasks(monkeypatch):
    """A step that only an older version has is still somebody's task while files of that version run."""
    from dataclasses import replace

    from pipeline.sop import registry as sops
    from pipeline.topology import step_tasks

    old = sops.SOPS["td_lks"]
    insert = replace(old.langkah[3], code="tinjau")
    monkeypatch.setattr(sops, "_EVERY", {**sops._EVERY, ("td_lks", 0): replace(old, version=0, langkah=(insert,))})
    assert "sop.tinjau" in step_tasks()
