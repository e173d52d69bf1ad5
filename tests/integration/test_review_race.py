"""What a second transaction sees after it waited for the first, which is held open until the other has run into it."""

import threading
import time
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from pipeline.db import unit_of_work
from pipeline.errors import AlurIzinError, DecidedAlready
from pipeline.models import Permohonan, Tugas
from pipeline.rules.transitions import Keputusan
from pipeline.services.applicant.close import withdraw
from pipeline.services.applicant.form import create_draft
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.approval import approval
from pipeline.services.desk.decide import decide
from pipeline.services.records.locking import lock_tugas
from pipeline.services.records.routing import Decided, route
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import KABID_PERIZINAN
from tests.factories import WEDNESDAY, at_desk, bring_to, filled_in, person, submitted

FORWARD = Keputusan(kind=KeputusanKind.SETUJUI)


def run_into(first, second):
    """Do ``first(s)``, and before it commits let ``second()`` wait for it. Returns what the second gave or raised."""
    outcome = []

    def run():
        try:
            outcome.append(second())
        except AlurIzinError as e:
            outcome.append(e)

    with unit_of_work() as s:
        first(s)
        s.flush()
        thread = threading.Thread(target=run)
        thread.start()
        _until_somebody_waits(s)
    thread.join(90)
    [only] = outcome
    return only


def _until_somebody_waits(s):
    end = time.monotonic() + 60
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    while not s.scalar(waiting):
        s.execute(text("SELECT pg_stat_clear_snapshot()"))
        assert time.monotonic() < end, "nobody came to wait"


def approve(permohonan_id, actor):
    """The body of a decision, without its commit."""
    desk = at_desk(permohonan_id)

    def first(s):
        file = lock_tugas(s, desk.tugas_id, person_id=actor.person_id, now=WEDNESDAY)
        also, note = approval(file, actor.person_id, WEDNESDAY), {"setuju_naskah": file.naskah_hash}
        route(s, Decided(file=file, keputusan=FORWARD, actor=actor.person_id, also=also, note=note), now=WEDNESDAY)

    return first


def test_who_waited_for_a_colleagues_decision_is_told_the_colleagues_name(kantor):
    """house.md: one 303, the other 409 naming who decided."""
    p, kabid = submitted(person()), kantor[KABID_PERIZINAN]
    bring_to(p, "paraf_kabid", kantor)
    desk = at_desk(p)
    outcome = run_into(
        approve(p, kabid), lambda: decide(desk.tugas_id, FORWARD, actor=kabid, seen=desk.seen, now=WEDNESDAY)
    )
    assert isinstance(outcome, DecidedAlready)
    assert "Petugas Kabid Perizinan" in str(outcome)


def test_a_withdrawal_that_waited_for_a_decision_takes_the_file_back(kantor):
    """The file is open on the next desk; "sudah ditutup" would be untrue."""
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "paraf_kabid", kantor)
    outcome = run_into(approve(p, kantor[KABID_PERIZINAN]), lambda: withdraw(p, actor=pemohon, now=WEDNESDAY))
    assert outcome is None
    with unit_of_work() as s:
        assert s.get_one(Permohonan, p).status == "dibatalkan"
        assert s.scalar(select(func.count()).where(Tugas.permohonan_id == p, Tugas.closed_at.is_(None))) == 0
    assert verify_all()[1] == []


@pytest.mark.attack("B07")
def test_pressing_send_twice_at_once_gives_the_same_number():
    pemohon = person()
    p = filled_in(pemohon)
    numbers, gate = [], threading.Barrier(3)

    def press():
        gate.wait()
        try:
            numbers.append(submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY))
        except AlurIzinError as e:
            numbers.append(e)

    threads = [threading.Thread(target=press) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with unit_of_work() as s:
        assert numbers == [s.get_one(Permohonan, p).nomor] * 3


@pytest.mark.attack("B18")
def test_six_presses_on_baru_at_once_begin_one_draft():
    pemohon, form, begun, gate = person(), uuid4(), set(), threading.Barrier(6)

    def press():
        gate.wait()
        begun.add(create_draft("td_lks", pemohon, form_id=form, now=WEDNESDAY))

    threads = [threading.Thread(target=press) for _ in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(begun) == 1
