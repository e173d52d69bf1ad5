"""The doorbell's own troubles: what is counted, what is parked, and whom it takes along."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from pipeline.clock import real_now
from pipeline.db import engine, unit_of_work
from pipeline.models import Outbox, Permohonan
from pipeline.retries import ATTEMPTS_AT_MOST
from pipeline.services.outbox import automatic
from pipeline.services.outbox import owed as outbox
from pipeline.services.outbox.owed import SAVE_DONE, claim, sweep_outbox
from tasks.reconcile import Reconciler
from tasks.relay import Relay
from tests.factories import at_desk, deliver, person
from tests.factories import owing_its_step as submitted
from tests.fakes import FakeBroker
from tests.owner import as_owner

LATER = timedelta(hours=1)


def rows():
    with unit_of_work() as s:
        return s.scalars(select(Outbox).order_by(Outbox.id)).all()


def change(condition, **values):
    with as_owner() as s:
        s.execute(update(Outbox).where(condition).values(**values))


def test_a_row_that_kills_its_process_takes_no_other_along(monkeypatch):
    """Ten rows share a message, and the broker delivers it again after each death: only the culprit is parked."""
    culprit, innocent = submitted(person(), seed="satu"), submitted(person(), seed="dua")
    ids = [r.id for r in rows()]
    real = automatic._checked

    def deadly(conn, file, facts, now):
        if file.permohonan_id == culprit:
            raise SystemExit  # as far as the rows can tell, a kill -9
        return real(conn, file, facts, now)

    monkeypatch.setattr(automatic, "_checked", deadly)
    for n in range(ATTEMPTS_AT_MOST + 2):
        try:
            deliver(ids, again=n > 0)
        except SystemExit:
            continue
    first, second = rows()[:2]
    assert (first.stuck_at is not None, first.error) == (True, "ProsesMati")
    assert (second.stuck_at, second.closed_at is not None) == (None, True)
    assert at_desk(innocent).langkah == "terima"


def test_a_file_whose_sop_is_gone_stops_no_other():
    """Its file cannot even be marked as parked; the rest of the message is carried out all the same."""
    lost, fine = submitted(person(), seed="satu"), submitted(person(), seed="dua")
    with as_owner() as s:
        s.execute(update(Permohonan).where(Permohonan.id == lost).values(sop_version=99))
    change(Outbox.permohonan_id == lost, attempts=ATTEMPTS_AT_MOST - 1)
    deliver([r.id for r in rows()])
    assert at_desk(fine).langkah == "terima"
    assert rows()[0].stuck_at is not None


def until_one_waits():
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        while not conn.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")):
            pass


def test_a_worker_that_is_faster_than_the_relays_commit_waits_for_it(monkeypatch):
    """It has the message before the relay's own note stands: its failure comes after that note, never under it."""
    submitted(person())
    failing = []
    monkeypatch.setattr(automatic, "documents_of", lambda *_: 1 / 0)
    with claim(10, now=real_now()) as messages:
        worker = threading.Thread(target=lambda: failing.append(deliver([messages[0].id])))
        worker.start()
        until_one_waits()
    worker.join(30)
    assert failing
    [row] = rows()
    assert (row.delivered_at, row.error) == (None, "ZeroDivisionError")


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
