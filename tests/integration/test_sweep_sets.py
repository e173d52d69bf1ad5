"""Sweeps by hundreds: what a batch costs, what two at once do, and what one bad file does to the others."""

import threading
from collections import Counter
from datetime import UTC, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from pipeline.db import engine, unit_of_work
from pipeline.documents.signing import Secret
from pipeline.models import Account, Eskalasi, Notice, Peristiwa, Permohonan, Tugas
from pipeline.services.applicant.form import create_draft
from pipeline.services.deadlines.applicant_reminders import sweep_reminders
from pipeline.services.deadlines.archive import archive_untaken
from pipeline.services.deadlines.calendar import seed_calendar
from pipeline.services.deadlines.escalate import escalate_cases, sweep_escalations, sweep_late
from pipeline.services.deadlines.recompute import recompute_deadlines
from pipeline.services.desk.sign import sign
from pipeline.services.people.delegasi import release_stranded
from pipeline.services.records.alone import BATCH
from tests.desks import DINAS_TEKNIS, KEPALA_DINAS
from tests.factories import SOP, WEDNESDAY, at_desk, bring_to, clone, person, set_by_sql, submitted, work_off
from tests.integration.conftest import PASSPHRASE
from tests.integration.test_cost import counted
from tests.unit import calendar_oracle

TUESDAY_CLOSE = calendar_oracle.at("2026-12-01 16:00").astimezone(UTC)
MONTH_FRONT = WEDNESDAY + timedelta(days=30)


@pytest.fixture
def field(kantor) -> UUID:
    """A file with Dinas Teknis since Rabu 25 November, due Selasa 1 Desember 16.00."""
    permohonan_id = submitted(person())
    bring_to(permohonan_id, "rekomendasi", kantor)
    return permohonan_id


def cost(sweep) -> tuple[int, int]:
    """What it did, and in how many statements."""
    with counted(engine()) as n:
        done = sweep()
    return done, n.statements


def change(statement) -> None:
    with unit_of_work() as s:
        s.execute(statement)


def tally(column, *where) -> Counter[object]:
    with unit_of_work() as s:
        rows = s.execute(select(column, func.count()).where(*where).group_by(column))
        return Counter({r[0]: r[1] for r in rows})


@pytest.mark.parametrize(("many", "batches"), [(3, 1), (30, 1), (300, 2)])
def test_a_lapse_costs_its_batch_however_many_lapse(field, many, batches):
    """Four statements a batch, five where stays with applicants count; the rest is looking, and what is told."""
    clone(field, many - 1)
    assert cost(lambda: sweep_escalations(now=TUESDAY_CLOSE)) == (2 * many, 4 * batches + 9)
    assert cost(lambda: escalate_cases(now=TUESDAY_CLOSE)) == (many, 5 * batches + 9)
    assert cost(lambda: sweep_late(now=TUESDAY_CLOSE)) == (0, 1)
    assert tally(Eskalasi.level) == dict.fromkeys(("pengingat", "lewat", "berkas_4_hari"), many)


@pytest.mark.parametrize("many", [3, 30])
def test_a_changed_calendar_costs_its_batch(field, many):
    clone(field, many - 1)
    seed_calendar(WEDNESDAY)
    change(update(Tugas).where(Tugas.closed_at.is_(None)).values(tenggat=MONTH_FRONT))
    recompute_deadlines(now=WEDNESDAY, at_most=1)  # reads the calendar once for this process
    assert cost(lambda: recompute_deadlines(now=WEDNESDAY).shifted) == (many - 1, 6)


@pytest.mark.parametrize("many", [3, 30])
def test_files_of_who_left_cost_their_batch(kantor, field, many):
    clone(field, many - 1)
    officer = kantor[DINAS_TEKNIS].person_id
    change(update(Tugas).where(Tugas.closed_at.is_(None)).values(taken_by=officer, taken_at=WEDNESDAY))
    set_by_sql(update(Account).where(Account.person_id == officer).values(active=False))
    assert cost(lambda: release_stranded(now=WEDNESDAY)) == (many, 4)
    assert tally(Peristiwa.kind, Peristiwa.kind == "dilepas") == {"dilepas": many}
    assert cost(lambda: release_stranded(now=WEDNESDAY)) == (0, 1)


@pytest.mark.parametrize("many", [3, 12])
def test_reminders_cost_their_batch(kantor, many):
    for _ in range(many):
        create_draft(SOP.code, person(), now=WEDNESDAY)
    assert cost(lambda: sweep_reminders(now=WEDNESDAY + timedelta(days=2))) == (many, 8)
    assert tally(Notice.kind) == {"draf": many}


@pytest.mark.parametrize("many", [3, 30])
def test_what_nobody_took_costs_its_batch(kantor, field, many):
    bring_to(field, "tanda_tangan", kantor)
    desk = at_desk(field)
    sign(desk.tugas_id, Secret(PASSPHRASE), actor=kantor[KEPALA_DINAS], seen=desk.seen, now=WEDNESDAY)
    work_off()
    clone(field, many - 1)
    assert cost(lambda: archive_untaken(now=WEDNESDAY + timedelta(days=91))) == (many, 3)
    assert tally(Tugas.keputusan, Tugas.keputusan == "arsipkan") == {"arsipkan": many}


def test_two_sweeps_at_once_raise_and_tell_everything_once(field):
    every = [field, *(p for p, _ in clone(field, 2 * BATCH + 50))]
    gate, raised = threading.Barrier(2), []

    def sweep():
        gate.wait()
        raised.append(sweep_late(now=MONTH_FRONT))

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    sweep_late(now=MONTH_FRONT)  # a digest left by who came second
    assert sum(raised) == 5 * len(every)
    assert tally(Eskalasi.level) == dict.fromkeys(
        ("pengingat", "lewat", "dua_kali", "berkas_4_hari", "berkas_5_hari"), len(every)
    )
    assert set(tally(Peristiwa.permohonan_id, Peristiwa.kind == "eskalasi").values()) == {5}
    assert sum(tally(Eskalasi.id, Eskalasi.told_at.is_(None)).values()) == 0


def test_a_file_that_cannot_be_written_stops_none_of_its_batch(field):
    """The history of one goes further than its file says: its peristiwa is refused, and with it the whole batch."""
    (bad, _), *others = clone(field, 5)
    copies = select(Peristiwa).where(Peristiwa.permohonan_id == field)
    with unit_of_work() as s:
        end = s.scalars(copies.order_by(Peristiwa.sequence.desc()).limit(1)).one()
        ahead = {"permohonan_id": bad, "sequence": end.sequence + 1, "previous_hash": end.hash, "hash": "x"}
        s.add(Peristiwa(kind="siap", at=WEDNESDAY, data={}, **ahead))
    assert sweep_escalations(now=TUESDAY_CLOSE) == 2 * 5
    assert tally(Eskalasi.permohonan_id) == dict.fromkeys([field, *(p for p, _ in others)], 2)
    assert sweep_escalations(now=TUESDAY_CLOSE) == 0


def test_a_sweep_out_of_time_ends_after_its_batch_and_the_next_goes_on(field, monkeypatch):
    clone(field, 2 * BATCH)
    time = iter([True, True, False])  # a page, a batch, and no more
    first = sweep_late(now=TUESDAY_CLOSE, more=lambda: next(time, False))
    assert first == 2 * BATCH
    assert sum(tally(Notice.id, Notice.channel == "lonceng").values()) > 0  # what was raised is told
    assert sweep_late(now=TUESDAY_CLOSE) == 3 * (2 * BATCH + 1) - first


def test_a_file_in_somebodys_hands_is_left_for_the_next_sweep(field):
    clone(field, 2)
    with unit_of_work() as s:
        s.execute(select(Permohonan.id).where(Permohonan.id == field).with_for_update())
        assert sweep_escalations(now=TUESDAY_CLOSE) == 2 * 2
    assert sweep_escalations(now=TUESDAY_CLOSE) == 2
    assert at_desk(field).langkah == "rekomendasi"
