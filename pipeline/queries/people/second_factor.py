"""The code beside an officer's password, as pages tell of it; and who may agree that it is taken away."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, exists, select

from pipeline.db import connection
from pipeline.errors import NotFound
from pipeline.kantor.office import kantor
from pipeline.models import Account, Penugasan, Person, SecondFactor
from pipeline.queries.people.accounts import can_work, holds_on
from pipeline.roles import Peran, ladder
from pipeline.text import date_at

#: How long a request to take a code away waits for the second person.
RESET_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeState:
    """A code that is set up: since when, how many recovery codes are left, who asked that it be taken away."""

    since: datetime
    recovery_left: int
    asked_by: str | None
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ResetRequest:
    """What a second person is asked to agree to: whose code, who asks, since when."""

    name: str
    asked_by: str
    at: datetime


def has_code(account_id: UUID) -> bool:
    """Whether this account has one."""
    with connection() as conn:
        return bool(conn.scalar(select(exists().where(SecondFactor.account_id == account_id))))


def read_code_state(account_id: UUID, *, now: datetime) -> CodeState | None:
    """The code of an account; None when it has none."""
    query = (
        select(SecondFactor.created_at, SecondFactor.recovery, SecondFactor.reset_at, Person.name)
        .outerjoin(Person, Person.id == SecondFactor.reset_by)
        .where(SecondFactor.account_id == account_id)
    )
    with connection() as conn:
        row = conn.execute(query).one_or_none()
    if row is None:
        return None
    asked = row.reset_at is not None and row.reset_at > now - RESET_LIFE
    return CodeState(
        since=row.created_at,
        recovery_left=len(row.recovery),
        asked_by=row.name if asked else None,
        asked_at=row.reset_at if asked else None,
    )


def read_reset_request(account_id: UUID, *, reader: UUID, now: datetime) -> ResetRequest:
    """A request that this person may agree to. Raises NotFound: also when it is not theirs to see."""
    query = (
        select(SecondFactor.reset_by, SecondFactor.reset_at, Account.person_id, Person.name)
        .join(Account, Account.id == SecondFactor.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(SecondFactor.account_id == account_id, SecondFactor.reset_at > now - RESET_LIFE)
    )
    with connection() as conn:
        row = conn.execute(query).one_or_none()
        if row is None or reader not in second_persons(conn, row.person_id, asked_by=row.reset_by, hari=date_at(now)):
            raise NotFound
        asked_by = conn.execute(select(Person.name).where(Person.id == row.reset_by)).scalar_one()
    return ResetRequest(row.name, asked_by, row.reset_at)


def second_persons(conn: Connection, person_id: UUID, *, asked_by: UUID, hari: date) -> frozenset[UUID]:
    """Who may agree to what an administrator asks for this person: other administrators, and the person's superiors."""
    held = conn.scalars(select(Penugasan.peran).where(Penugasan.person_id == person_id, holds_on(hari)))
    above = {superior for peran in held for superior in ladder(kantor().posts, Peran(peran))[1:]}
    return _holders(conn, {Peran.ADMIN, *above}, hari) - {person_id, asked_by}


def _holders(conn: Connection, peran: Collection[Peran], hari: date) -> frozenset[UUID]:
    held = select(Penugasan.person_id).where(Penugasan.peran.in_(map(str, peran)), holds_on(hari), can_work())
    return frozenset(conn.scalars(held))
