"""A role that waits, asked and answered by several at once: a transaction is held until the other runs into it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import IntegrityError

from pipeline.db import engine, unit_of_work
from pipeline.errors import DecidedAlready, InputInvalid, NotFound, SessionEnded
from pipeline.models import AccountChange, Notice, Penugasan, RoleOutcome, WaitingRole
from pipeline.roles import Peran
from pipeline.services.people.actor import Petugas
from pipeline.services.people.confirm_role import confirm_role, refuse_role
from pipeline.services.people.grants import grant_role
from pipeline.services.people.sessions import User, end_all_sessions
from pipeline.services.people.waiting_roles import WAITS_ALREADY, close_request
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.who_may import deciders
from tests.desks import BACK_OFFICE, DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY, person
from tests.integration.test_review_race import run_into
from tests.integration.test_session_guard import log_in

TODAY = WEDNESDAY.date()


@dataclass
class Asked:
    """A role that waits, and the people around it."""

    role_id: UUID
    holder: UUID
    asker: User
    seconds: list[User]

    def confirm(self, who: int = 0) -> str:
        confirm_role(self.role_id, user=self.seconds[who], now=WEDNESDAY)
        return "dikonfirmasi"

    def outcome(self) -> str | None:
        with unit_of_work() as s:
            return s.get_one(WaitingRole, self.role_id).outcome

    def held(self) -> int:
        with unit_of_work() as s:
            return s.scalars(select(func.count()).where(Penugasan.person_id == self.holder)).one()


def as_user(actor: Petugas) -> User:
    logged_in, account_id = log_in(actor)
    return User(account_id, actor.person_id, "", petugas=True, session_id=logged_in.session_id)


@pytest.fixture
def asked(db: Engine) -> Asked:
    administrators = [Petugas(person(Peran.ADMIN, name=f"Admin {n}"), Peran.ADMIN) for n in range(4)]
    holder = person(name="Rusmini Hayati")
    make_account(holder)
    users = [as_user(admin) for admin in administrators]
    person(KABID_PERIZINAN)
    given = grant_role(holder, KABID_PERIZINAN, "Kabid", start_date=TODAY, actor=administrators[0], now=WEDNESDAY)
    assert given.waits
    return Asked(given.id, holder, users[0], users[1:])


def make_account(holder: UUID) -> None:
    log_in(Petugas(holder, BACK_OFFICE))


def test_the_roles_that_decide_follow_from_the_flags_of_their_langkah() -> None:
    assert deciders() == {DINAS_TEKNIS, KABID_PERIZINAN, SEKRETARIS, KEPALA_DINAS}


def test_two_who_confirm_at_once_make_one_role(asked: Asked) -> None:
    barrier = Barrier(3)

    def press(who: int) -> str:
        barrier.wait(30)
        try:
            return asked.confirm(who)
        except DecidedAlready as error:
            return str(error)

    with ThreadPoolExecutor(3) as pool:
        outcome = sorted(pool.map(press, range(3)))
    assert outcome.count("dikonfirmasi") == 1
    assert [s for s in outcome if "sudah dikonfirmasi" in s] == [s for s in outcome if s != "dikonfirmasi"]
    assert asked.held() == 1
    with unit_of_work() as s:
        kinds = s.scalars(select(AccountChange.kind).where(AccountChange.person_id == asked.holder)).all()
        told = s.scalars(select(func.count()).where(Notice.kind == "peran_hasil", Notice.channel == "lonceng")).one()
    assert kinds.count("peran_dikonfirmasi") == 1
    assert told == 2, "who holds it, and who asked"
    assert verify_all()[1] == []


def test_who_confirms_while_it_is_taken_back_is_told_so(asked: Asked) -> None:
    def take_back(s) -> None:
        row = s.get(WaitingRole, asked.role_id, with_for_update=True)
        close_request(s, row, RoleOutcome.DITARIK, by=asked.asker.person_id, now=WEDNESDAY)

    error = run_into(take_back, asked.confirm)
    assert isinstance(error, DecidedAlready)
    assert "ditarik" in str(error)
    assert asked.held() == 0


def test_who_takes_it_back_while_it_is_confirmed_is_told_so(asked: Asked) -> None:
    def confirmed(s) -> None:
        row = s.get(WaitingRole, asked.role_id, with_for_update=True)
        close_request(s, row, RoleOutcome.DIKONFIRMASI, by=asked.seconds[0].person_id, now=WEDNESDAY)

    error = run_into(confirmed, lambda: refuse_role(asked.role_id, user=asked.asker, now=WEDNESDAY))
    assert isinstance(error, DecidedAlready)


def test_who_loses_the_role_meanwhile_confirms_nothing(asked: Asked) -> None:
    own = Penugasan.person_id == asked.seconds[0].person_id
    error = run_into(
        lambda s: s.execute(update(Penugasan).where(own).values(end_date=TODAY - timedelta(days=1))), asked.confirm
    )
    assert isinstance(error, NotFound)
    assert (asked.held(), asked.outcome()) == (0, None)


def test_whose_session_ends_meanwhile_confirms_nothing(asked: Asked) -> None:
    error = run_into(lambda s: end_all_sessions(s.connection(), asked.seconds[0].account_id), asked.confirm)
    assert isinstance(error, SessionEnded)
    assert (asked.held(), asked.outcome()) == (0, None)


@pytest.mark.parametrize("answer", [confirm_role, refuse_role], ids=lambda f: f.__name__)
def test_a_closed_account_answers_nothing(asked: Asked, answer) -> None:
    with engine().begin() as conn:
        end_all_sessions(conn, asked.seconds[0].account_id)
    with pytest.raises(SessionEnded):
        answer(asked.role_id, user=asked.seconds[0], now=WEDNESDAY)


def test_two_administrators_who_ask_for_the_same_at_once_ask_for_it_once(db: Engine, asked: Asked) -> None:
    holder, barrier = person(name="Sugianoor"), Barrier(2)
    make_account(holder)

    def ask(user: User) -> bool | str:
        barrier.wait(30)
        actor = Petugas(user.person_id, Peran.ADMIN, user.session_id)
        try:
            return grant_role(holder, SEKRETARIS, "Sekretaris", start_date=TODAY, actor=actor, now=WEDNESDAY).waits
        except InputInvalid as error:
            return error.errors["peran"]

    with ThreadPoolExecutor(2) as pool:
        outcome = set(pool.map(ask, asked.seconds[:2]))
    assert outcome == {True, WAITS_ALREADY}


@pytest.mark.attack("F08")
@pytest.mark.parametrize("who", ["asked_by", "person_id"])
def test_the_database_too_refuses_a_confirmation_by_one_of_the_two(asked: Asked, who: str) -> None:
    by = f"UPDATE waiting_role SET outcome = 'dikonfirmasi', closed_at = now(), closed_by = {who}"
    with pytest.raises(IntegrityError, match="second_person"), unit_of_work() as s:
        s.execute(text(by))


@pytest.mark.attack("F08")
def test_the_database_keeps_what_was_asked_for_as_it_was_shown(asked: Asked) -> None:
    for change in ("peran = 'kepala_dinas'", "person_id = asked_by", "start_date = now()", "asked_at = now()"):
        with pytest.raises(Exception, match="permission denied"), unit_of_work() as s:
            s.execute(text(f"UPDATE waiting_role SET {change}"))
