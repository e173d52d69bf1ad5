"""Substitutes, handed-over files, reassignment: nothing strands, and the same person never counts twice."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.documents.signing.local import create_certificate
from pipeline.errors import AlurIzinError, InputInvalid, NotAuthorised, SamePerson, TakenAlready
from pipeline.models import Penugasan, Sk, Tugas
from pipeline.roles import Peran
from pipeline.services.desk.claim import claim
from pipeline.services.desk.sign import sign
from pipeline.services.desk.supervise import reassign
from pipeline.services.people.accounts import create_petugas
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import deactivate, delegate, end_assignment, release_stranded
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import settings
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, bring_to, decide_at, person, submitted

DAYS = date(2026, 11, 25)
UNTIL = date(2026, 11, 30)


@pytest.fixture
def admin():
    return Petugas(person(Peran.ADMIN), Peran.ADMIN)


@pytest.fixture(autouse=True)
def _histories_replay(db):
    yield
    assert verify_all()[1] == []


def stand_in(recipient, replaces, peran, admin, **change):
    values = {
        "recipient": recipient,
        "replaces": replaces,
        "peran": peran,
        "basis": "plh",
        "assignment_letter": "800/12/SP/2026",
        "scan": None,
        "start_date": DAYS,
        "end_date": UNTIL,
        "actor": admin,
        "now": WEDNESDAY,
    }
    return delegate(**{**values, **change})


def holder(tugas_id):
    with unit_of_work() as s:
        return s.get_one(Tugas, tugas_id).taken_by


def test_substitute_signs_with_the_right_title(kantor, admin):
    head, deputy = kantor[KEPALA_DINAS].person_id, person(name="Hj. Norlaila")
    stand_in(deputy, head, KEPALA_DINAS, admin)
    create_certificate(settings().data / "tte", str(deputy), "Hj. Norlaila", Secret("frasa-wakil-2026"))
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    desk = at_desk(p)
    sign(
        desk.tugas_id,
        Secret("frasa-wakil-2026"),
        actor=Petugas(deputy, KEPALA_DINAS),
        seen=desk.seen,
        now=WEDNESDAY,
    )
    with unit_of_work() as s:
        assert s.scalars(select(Sk.signatory)).one()["jabatan"].startswith("Plh. ")
        tugas = s.get_one(Tugas, desk.tugas_id)
        assert tugas.actor == deputy
        assert "menggantikan Petugas Kepala Dinas" in tugas.acting_as


@pytest.mark.attack("D09")
def test_substitute_has_the_desk_only_on_those_days(kantor, admin):
    deputy = person()
    stand_in(deputy, kantor[KABID_PERIZINAN].person_id, KABID_PERIZINAN, admin)
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    with pytest.raises(NotAuthorised):
        decide_at(p, Petugas(deputy, KABID_PERIZINAN), KeputusanKind.SETUJUI, now=WEDNESDAY + timedelta(days=10))
    decide_at(p, Petugas(deputy, KABID_PERIZINAN), KeputusanKind.SETUJUI, now=WEDNESDAY + timedelta(days=5))


@pytest.mark.attack("D09")
def test_the_same_person_rule_counts_both(kantor, admin):
    """Sekretaris approved as Plh. Kabid: neither the Sekretaris nor the Kabid approves this draft again."""
    kabid, secretary = kantor[KABID_PERIZINAN].person_id, kantor[SEKRETARIS].person_id
    stand_in(secretary, kabid, KABID_PERIZINAN, admin)
    stand_in(kabid, secretary, SEKRETARIS, admin)
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    decide_at(p, Petugas(secretary, KABID_PERIZINAN), KeputusanKind.SETUJUI)
    for who in (secretary, kabid):
        with pytest.raises(SamePerson):
            decide_at(p, Petugas(who, SEKRETARIS), KeputusanKind.SETUJUI)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"assignment_letter": " "}, "assignment_letter"),
        ({"end_date": DAYS - timedelta(days=1)}, "end_date"),
        ({"end_date": DAYS + timedelta(days=400)}, "end_date"),
        ({"basis": "definitif"}, "dasar"),
        ({"peran": Peran.ADMIN}, "peran"),
        ({"peran": SEKRETARIS}, "menggantikan"),
    ],
)
def test_a_wrong_delegation_is_refused_with_its_field(kantor, admin, change, field):
    with pytest.raises(InputInvalid) as e:
        stand_in(
            person(),
            kantor[KABID_PERIZINAN].person_id,
            change.pop("peran", KABID_PERIZINAN),
            admin,
            **change,
        )
    assert field in e.value.errors


@pytest.mark.attack("D09")
def test_no_self_grant_no_chain_no_overlap(kantor, admin):
    kabid, deputy, other = kantor[KABID_PERIZINAN].person_id, person(), person()
    with pytest.raises(NotAuthorised):
        stand_in(admin.person_id, kabid, KABID_PERIZINAN, admin)
    stand_in(deputy, kabid, KABID_PERIZINAN, admin)
    with pytest.raises(InputInvalid):  # a substitute has no substitute
        stand_in(other, deputy, KABID_PERIZINAN, admin)
    with pytest.raises(InputInvalid):
        stand_in(other, kabid, KABID_PERIZINAN, admin, start_date=UNTIL, end_date=UNTIL)


def test_two_administrators_at_once_make_one_delegation(kantor, admin):
    kabid, other = kantor[KABID_PERIZINAN].person_id, Petugas(person(Peran.ADMIN), Peran.ADMIN)
    outcome, gate = [], threading.Barrier(2)

    def grant(who, recipient):
        gate.wait()
        try:
            outcome.append(stand_in(recipient, kabid, KABID_PERIZINAN, who))
        except AlurIzinError:
            outcome.append(None)

    threads = [threading.Thread(target=grant, args=(who, person())) for who in (admin, other)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len([o for o in outcome if o]) == 1


def test_the_database_refuses_a_second_substitute(kantor, admin):
    kabid = kantor[KABID_PERIZINAN].person_id
    stand_in(person(), kabid, KABID_PERIZINAN, admin)
    with pytest.raises(DBAPIError, match="sudah ada pengganti"), unit_of_work() as s:
        s.execute(
            text(
                "INSERT INTO penugasan (id, person_id, peran, jabatan, basis, assignment_letter, replaces,"
                " start_date, end_date, created_at)"
                " SELECT gen_random_uuid(), person_id, peran, jabatan, basis, assignment_letter,"
                " replaces, start_date, end_date, created_at FROM penugasan WHERE basis <> 'definitif'"
            )
        )


def test_only_an_administrator_delegates(kantor):
    with pytest.raises(NotAuthorised):
        stand_in(person(), kantor[SEKRETARIS].person_id, SEKRETARIS, kantor[KABID_PERIZINAN])


def test_claimed_files_of_one_who_leaves_return_to_the_queue(kantor, admin):
    account = create_petugas(
        "Rusmini",
        "",
        "rusmini@uji.test",
        "",
        "sandi-panjang",
        penugasan=[(DINAS_TEKNIS, "Pengawas", DAYS)],
        now=WEDNESDAY,
    )
    p = submitted(person())
    bring_to(p, "rekomendasi", kantor)
    desk = at_desk(p)
    claim(desk.tugas_id, actor=Petugas(account, DINAS_TEKNIS), now=WEDNESDAY)
    with pytest.raises(TakenAlready):
        claim(desk.tugas_id, actor=kantor[DINAS_TEKNIS], now=WEDNESDAY)
    with unit_of_work() as s:
        penugasan_id = s.scalars(select(Penugasan.id).where(Penugasan.person_id == account)).one()
    end_assignment(penugasan_id, end_date=DAYS, actor=admin, now=WEDNESDAY)
    assert holder(desk.tugas_id) == account  # the role still holds today
    assert release_stranded(now=WEDNESDAY + timedelta(days=1)) == 1
    claim(desk.tugas_id, actor=kantor[DINAS_TEKNIS], now=WEDNESDAY)


def test_closing_an_account_hands_over_at_once(kantor, admin):
    from pipeline.models import Account

    who = create_petugas(
        "Rusmini",
        "",
        "rusmini@uji.test",
        "",
        "sandi-panjang",
        penugasan=[(DINAS_TEKNIS, "Pengawas", DAYS)],
        now=WEDNESDAY,
    )
    p = submitted(person())
    bring_to(p, "rekomendasi", kantor)
    claim(at_desk(p).tugas_id, actor=Petugas(who, DINAS_TEKNIS), now=WEDNESDAY)
    with unit_of_work() as s:
        account_id = s.scalars(select(Account.id).where(Account.person_id == who)).one()
    assert deactivate(account_id, actor=admin, now=WEDNESDAY) == 1
    assert holder(at_desk(p).tugas_id) is None


def test_superior_reassigns_without_being_administrator(kantor):
    p = submitted(person())
    bring_to(p, "rekomendasi", kantor)
    desk, other = at_desk(p), person(DINAS_TEKNIS)
    claim(desk.tugas_id, actor=kantor[DINAS_TEKNIS], now=WEDNESDAY)
    reason = "Petugas sedang dinas luar."
    with pytest.raises(NotAuthorised):
        reassign(desk.tugas_id, other, reason, actor=kantor[SEKRETARIS], now=WEDNESDAY)
    with pytest.raises(InputInvalid):
        reassign(desk.tugas_id, person(), reason, actor=kantor[KABID_PERIZINAN], now=WEDNESDAY)
    reassign(desk.tugas_id, other, reason, actor=kantor[KABID_PERIZINAN], now=WEDNESDAY)
    assert holder(desk.tugas_id) == other
