"""The guard of an act stands in the act's own transaction: what ends a session comes before the act or waits for it."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update

from pipeline.clock import real_now
from pipeline.db import engine, unit_of_work
from pipeline.documents.signing import Secret
from pipeline.errors import NotAuthorised, SessionEnded
from pipeline.models import Account, NomorRegister, Penugasan, Permohonan, Sk, WebSession
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan
from pipeline.services.desk import sign as signing
from pipeline.services.desk.decide import decide
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import deactivate
from pipeline.services.people.sessions import ALIVE, create_session, end_all_sessions, load_session
from pipeline.services.records.persons import note_person
from pipeline.sop.words import KeputusanKind
from tests.desks import BACK_OFFICE, KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import WEDNESDAY, at_desk, bring_to, person, submitted
from tests.integration.conftest import PASSPHRASE
from tests.integration.test_cost import counted
from tests.owner import as_owner

AGREE = Keputusan(kind=KeputusanKind.SETUJUI)


def log_in(actor: Petugas) -> tuple[Petugas, UUID]:
    """The officer with an account and a session, and the account."""
    account_id = uuid4()
    with unit_of_work() as s:
        s.add(
            Account(
                id=account_id,
                person_id=actor.person_id,
                email=f"{account_id}@uji.test",
                password="-",
                petugas=True,
                password_changed_at=WEDNESDAY,
                created_at=WEDNESDAY,
            )
        )
        note_person(s, actor.person_id, "akun_dibuat", {}, actor=None, now=WEDNESDAY)
    return log_in_again(actor, account_id), account_id


def log_in_again(actor: Petugas, account_id: UUID) -> Petugas:
    cookie = f"kuki-{uuid4()}"
    create_session(cookie, {}, account_id, replaces=None, now=real_now())
    active = load_session(cookie, hari=WEDNESDAY.date(), now=real_now())
    assert active is not None
    assert active.user is not None
    return Petugas(actor.person_id, actor.peran, active.user.session_id)


def end(account_id: UUID) -> None:
    with engine().begin() as conn:
        end_all_sessions(conn, account_id)


@pytest.fixture
def at_kabid(kantor):
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    return p


def test_the_guard_costs_a_decision_no_statement(kantor, at_kabid):
    kabid, _ = log_in(kantor[KABID_PERIZINAN])
    desk = at_desk(at_kabid)
    with counted(engine()) as n:
        decide(desk.tugas_id, AGREE, actor=kabid, seen=desk.seen, now=WEDNESDAY)
    assert (n.statements, n.commits) == (2, 1)


def test_a_session_opens_the_door_to_nobody_but_its_owner(kantor, at_kabid):
    kabid = kantor[KABID_PERIZINAN]
    stolen = Petugas(kabid.person_id, kabid.peran, log_in(kantor[BACK_OFFICE])[0].session_id)
    desk = at_desk(at_kabid)
    with pytest.raises(SessionEnded):
        decide(desk.tugas_id, AGREE, actor=stolen, seen=desk.seen, now=WEDNESDAY)


@pytest.mark.parametrize("old", [{"last_at": timedelta(minutes=31)}, {"created_at": ALIVE}])
def test_an_idle_session_decides_nothing(kantor, at_kabid, old):
    kabid, _ = log_in(kantor[KABID_PERIZINAN])
    with as_owner() as s:
        s.execute(update(WebSession).values({k: real_now() - v for k, v in old.items()}))
    desk = at_desk(at_kabid)
    with pytest.raises(SessionEnded):
        decide(desk.tugas_id, AGREE, actor=kabid, seen=desk.seen, now=WEDNESDAY)


def waits_for_a_lock(conn) -> bool:
    return bool(conn.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")))


def until_one_waits() -> None:
    """Until another transaction waits for a lock; each look is a round trip, and there are plenty of them."""
    with engine().connect() as conn:
        for _ in range(100_000):
            if waits_for_a_lock(conn):
                return
            conn.rollback()
    raise AssertionError("nobody waits")


def test_closing_waits_for_the_decision_that_was_there_first_and_the_next_one_is_refused(kantor, at_kabid):
    """The decision has passed its guard and waits for the file: the account closes after it, never in between."""
    kabid, account_id = log_in(kantor[KABID_PERIZINAN])
    admin = Petugas(person(Peran.ADMIN), Peran.ADMIN)
    desk, seen_open = at_desk(at_kabid), []
    with ThreadPoolExecutor(2) as pool:
        with unit_of_work() as s:
            s.execute(select(Permohonan.id).where(Permohonan.id == at_kabid).with_for_update())
            act = pool.submit(decide, desk.tugas_id, AGREE, actor=kabid, seen=desk.seen, now=WEDNESDAY)
            until_one_waits()
            close = pool.submit(deactivate, account_id, actor=admin, now=WEDNESDAY)
            seen_open.append(close.done())
        act.result(timeout=30)
        close.result(timeout=30)
    assert seen_open == [False]
    secretary = at_desk(at_kabid)
    assert secretary.langkah == "paraf_sekretaris"
    with pytest.raises(SessionEnded):
        decide(secretary.tugas_id, AGREE, actor=kabid, seen=secretary.seen, now=WEDNESDAY)


def test_a_decision_that_comes_while_the_account_is_being_closed_is_refused(kantor, at_kabid):
    kabid, account_id = log_in(kantor[KABID_PERIZINAN])
    desk = at_desk(at_kabid)
    with ThreadPoolExecutor(1) as pool:
        with engine().begin() as conn:
            end_all_sessions(conn, account_id)
            act = pool.submit(decide, desk.tugas_id, AGREE, actor=kabid, seen=desk.seen, now=WEDNESDAY)
            until_one_waits()
        with pytest.raises(SessionEnded):
            act.result(timeout=30)
    assert at_desk(at_kabid).langkah == "paraf_kabid"


class TestSign:
    @pytest.fixture
    def at_signer(self, kantor):
        p = submitted(person())
        bring_to(p, "tanda_tangan", kantor)
        return p

    def attempt(self, p, head):
        desk = at_desk(p)
        return signing.sign(desk.tugas_id, Secret(PASSPHRASE), actor=head, seen=desk.seen, now=WEDNESDAY)

    def after(self, monkeypatch, name, account_id):
        """End the session as soon as this part of signing is done."""
        part = getattr(signing, name)

        def then_end(*a, **k):
            result = part(*a, **k)
            end(account_id)
            return result

        monkeypatch.setattr(signing, name, then_end)

    @pytest.mark.parametrize("part", ["intend", "_document"])
    def test_a_closed_account_signs_nothing_though_it_had_begun(self, kantor, at_signer, monkeypatch, part):
        head, account_id = log_in(kantor[KEPALA_DINAS])
        with monkeypatch.context() as m:
            self.after(m, part, account_id)
            with pytest.raises(SessionEnded):
                self.attempt(at_signer, head)
        with unit_of_work() as s:
            assert s.scalars(select(Sk.status)).all() == ["gagal"]
        self.attempt(at_signer, log_in_again(head, account_id))  # with the number it had
        with unit_of_work() as s:
            assert s.scalars(select(NomorRegister.sequence)).all() == [1]

    def test_a_role_that_ends_while_the_document_is_made_signs_nothing(self, kantor, at_signer, monkeypatch):
        head = kantor[KEPALA_DINAS]
        part = signing._document

        def then_end(intent):
            result = part(intent)
            with unit_of_work() as s:
                mine = update(Penugasan).where(Penugasan.person_id == head.person_id)
                s.execute(mine.values(end_date=WEDNESDAY.date() - timedelta(days=1)))
            return result

        monkeypatch.setattr(signing, "_document", then_end)
        with pytest.raises(NotAuthorised, match="tidak memegang peran"):
            self.attempt(at_signer, head)
        with unit_of_work() as s:
            assert s.scalars(select(Sk.status)).all() == ["gagal"]

    @pytest.mark.parametrize("lost", ["session", "role"])
    def test_a_provider_is_not_even_asked(self, kantor, at_signer, monkeypatch, lost):
        head, account_id = log_in(kantor[KEPALA_DINAS])
        asked = []
        part = signing._document

        def then_end(intent):
            result = part(intent)
            if lost == "session":
                end(account_id)
            else:
                with unit_of_work() as s:
                    mine = update(Penugasan).where(Penugasan.person_id == head.person_id)
                    s.execute(mine.values(end_date=WEDNESDAY.date() - timedelta(days=1)))
            return result

        class Provider:
            name = "bsre"

            def sign(self, *a):
                asked.append(a)

        monkeypatch.setattr(signing, "_document", then_end)
        monkeypatch.setattr(signing, "signing_service", lambda _: Provider())
        with pytest.raises(Exception, match=r"Sesi Anda berakhir|tidak memegang peran"):
            self.attempt(at_signer, head)
        assert asked == []
        with unit_of_work() as s:
            assert s.scalars(select(Sk.status)).all() == ["gagal"]


def test_a_session_written_into_the_table_opens_nothing(kantor):
    """Its row is found only with the key of this office."""
    _, account_id = log_in(kantor[KABID_PERIZINAN])
    cookie = "k" * 43
    with unit_of_work() as s:
        s.add(
            WebSession(
                key=hashlib.sha256(cookie.encode()).hexdigest(),
                account_id=account_id,
                data={},
                created_at=real_now(),
                last_at=real_now(),
            )
        )
    active = load_session(cookie, hari=WEDNESDAY.date(), now=real_now())
    assert active is None or active.user is None
