"""Who acts is logged in, and holds the role they act in, in the transaction of the act."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import NotAuthorised
from pipeline.models import Penugasan
from pipeline.roles import Basis, Peran
from pipeline.services.people.actor import Petugas
from pipeline.services.people.sessions import User, guard_session
from pipeline.sop.who_may import signers
from pipeline.text import date_at


def guard_role(s: Session, actor: Petugas, peran: Peran, now: datetime) -> None:
    """The acting person is logged in, and holds this role today. Raises SessionEnded, NotAuthorised."""
    guard_session(s, actor.session_id, actor.person_id)
    if actor.peran != peran or not holds_today(s, actor.person_id, peran, now):
        raise NotAuthorised


def guard_signer(s: Session, user: User, now: datetime) -> None:
    """The person is logged in, and has a role that signs today. Raises SessionEnded, NotAuthorised."""
    guard_session(s, user.session_id, user.person_id)
    hari = date_at(now)
    if not holds_any(s, user.person_id, signers(), hari, hari, any_basis=True):
        raise NotAuthorised


def guard_admin(s: Session, actor: Petugas, now: datetime) -> None:
    """The acting person is an administrator today. Raises SessionEnded, NotAuthorised."""
    guard_role(s, actor, Peran.ADMIN, now)


def guard_operator(s: Session, actor: Petugas | None, now: datetime) -> None:
    """The acting person, if it is one and not the system, is an operator today. Raises SessionEnded, NotAuthorised."""
    if actor is not None:
        guard_role(s, actor, Peran.OPERATOR, now)


def check_role(actor: Petugas, now: datetime) -> None:
    """The same in a transaction of its own, for who acts outside the database. Raises SessionEnded, NotAuthorised."""
    with unit_of_work() as s:
        guard_role(s, actor, actor.peran, now)


def holds_any(
    s: Session,
    person_id: UUID | None,
    peran: Iterable[Peran],
    start: date,
    until: date | None,
    *,
    any_basis: bool = False,
) -> bool:
    """Whether this person (None: anybody) holds one of these roles on a day from ``start`` to ``until``."""
    query = select(Penugasan.id).where(
        Penugasan.peran.in_([str(p) for p in peran]),
        or_(Penugasan.end_date.is_(None), Penugasan.end_date >= start),
        Penugasan.start_date <= (until or date.max),
    )
    if person_id is not None:
        query = query.where(Penugasan.person_id == person_id)
    if not any_basis:
        query = query.where(Penugasan.basis == Basis.DEFINITIF)
    return s.scalar(query.limit(1)) is not None


def holds_today(s: Session, person_id: UUID, peran: str, now: datetime) -> bool:
    """Whether this person has this role today, as a substitute too."""
    hari = date_at(now)
    return holds_any(s, person_id, (Peran(peran),), hari, hari, any_basis=True)
