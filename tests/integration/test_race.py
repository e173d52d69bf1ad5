"""Two officers at once, on a real PostgreSQL."""

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select

from pipeline.db import unit_of_work
from pipeline.errors import AlurIzinError, DecidedAlready, TakenAlready
from pipeline.models import Outbox, Permohonan, Tugas
from pipeline.rules.transitions import Keputusan
from pipeline.services.applicant.close import withdraw
from pipeline.services.desk.claim import claim
from pipeline.services.desk.decide import decide
from pipeline.services.people.actor import Petugas
from pipeline.sop.words import KeputusanKind
from tests.desks import KABID_PERIZINAN
from tests.factories import WEDNESDAY, at_desk, bring_to, clone, person, submitted

RETURN = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="rekomendasi", reason="Periksa lagi jumlah pengurus.")
FORWARD = Keputusan(kind=KeputusanKind.SETUJUI)


def at_once(*acts):
    """Run these at the same moment; returns what each raised, or None."""
    gate, outcome = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n, act):
        gate.wait()
        try:
            act()
        except AlurIzinError as e:
            outcome[n] = type(e)

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return outcome


@pytest.mark.attack("D02")
def test_two_officers_decide_at_once_200_rounds(kantor):
    """One wins, the other is told who; one decision, one next tugas, one message per file."""
    first, second = (Petugas(person(KABID_PERIZINAN, name=n), KABID_PERIZINAN) for n in ("Satu", "Dua"))
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    seen, outcomes = at_desk(p).seen, Counter()
    rounds = clone(p, 200)
    for n, (_, tugas_id) in enumerate(rounds):
        acts = [
            lambda who=who, k=k, t=tugas_id: decide(t, k, actor=who, seen=seen, now=WEDNESDAY)
            for who, k in ((first, FORWARD), (second, RETURN if n % 2 else FORWARD))
        ]
        outcomes[frozenset(at_once(*acts))] += 1
    assert outcomes == {frozenset({None, DecidedAlready}): 200}
    ids = [p for p, _ in rounds]
    with unit_of_work() as s:
        open_tugas = select(Tugas.id).where(Tugas.permohonan_id.in_(ids), Tugas.closed_at.is_(None))
        assert len(s.scalars(open_tugas).all()) == 200
        assert s.scalar(select(func.count()).select_from(Outbox).where(Outbox.permohonan_id.in_(ids))) == 200


@pytest.mark.attack("D05")
def test_double_click_is_one_decision(kantor):
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    desk, who = at_desk(p), kantor[KABID_PERIZINAN]
    acts = [lambda: decide(desk.tugas_id, FORWARD, actor=who, seen=desk.seen, now=WEDNESDAY)] * 8
    assert Counter(at_once(*acts)) == {None: 1, DecidedAlready: 7}


def test_one_of_two_claims_wins(kantor):
    two = [Petugas(person(KABID_PERIZINAN), KABID_PERIZINAN) for _ in range(2)]
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    desk = at_desk(p)
    acts = [lambda who=who: claim(desk.tugas_id, actor=who, now=WEDNESDAY) for who in two]
    assert Counter(at_once(*acts)) == {None: 1, TakenAlready: 1}


@pytest.mark.attack("D15")
@pytest.mark.parametrize("_", range(10))
def test_withdraw_and_decide_at_once(kantor, _):
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "paraf_kabid", kantor)
    desk, who = at_desk(p), kantor[KABID_PERIZINAN]
    at_once(
        lambda: decide(desk.tugas_id, FORWARD, actor=who, seen=desk.seen, now=WEDNESDAY),
        lambda: withdraw(p, actor=pemohon, now=WEDNESDAY),
    )
    with unit_of_work() as s:
        status = s.get_one(Permohonan, p).status
        still_open = s.scalar(select(func.count()).where(Tugas.permohonan_id == p, Tugas.closed_at.is_(None)))
    assert (status, still_open) in {("dibatalkan", 0), ("berjalan", 1)}
