"""Who asks for a page, and what every page tells them: one statement, written once, at the beginning of a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, Row, and_, bindparam, select, true

from pipeline.db import Constant, read_once
from pipeline.json import Json
from pipeline.models import Account, Calendar, Penugasan, Person, Pulse, WebSession
from pipeline.queries.applicant.notices import unread_of
from pipeline.queries.calendar import InForce, in_force
from pipeline.queries.machinery import TOLD_AFTER, heard, heard_names
from pipeline.queries.people.accounts import holds_on
from pipeline.roles import Peran


@dataclass(frozen=True, slots=True)
class ActivePeran:
    """A role held on a day, with the title printed under a signature."""

    peran: Peran
    jabatan: str
    basis: str  # definitif, plt or plh
    assignment_letter: str | None
    start_date: date
    end_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A session that is alive, whose it is, and what was true at that moment."""

    data: Json
    last_at: datetime
    account_id: UUID | None
    entering: bool  # the code beside the password is still to come
    person_id: UUID
    name: str
    petugas: bool
    penugasan: tuple[ActivePeran, ...]
    unread: int  # on their bell, capped
    alive: frozenset[str]  # the parts of the system that have given a sign of life, and the queues that are read
    calendar: InForce


@dataclass(frozen=True, slots=True)
class Until:
    """From when on a session counts as alive."""

    created: datetime
    last: datetime


_CALLER = Constant(
    select(
        WebSession.data,
        WebSession.account_id,
        WebSession.last_at,
        WebSession.entering,
        Account.person_id,
        Account.petugas,
        Account.active,
        Person.name,
        Penugasan.peran,
        Penugasan.jabatan,
        Penugasan.basis,
        Penugasan.assignment_letter,
        Penugasan.start_date,
        Penugasan.end_date,
        unread_of(Account.person_id, within=Account).label("unread"),
        select(heard())
        .where(Pulse.at > bindparam("pulse_since", type_=Pulse.at.type))
        .scalar_subquery()
        .label("alive"),
        Calendar.version,
        Calendar.digest,
    )
    .outerjoin(Account, Account.id == WebSession.account_id)
    .outerjoin(Person, Person.id == Account.person_id)
    .outerjoin(
        Penugasan,
        and_(
            Penugasan.person_id == Account.person_id,
            Account.petugas,
            holds_on(bindparam("hari", type_=Penugasan.start_date.type)),
        ),
    )
    .outerjoin(Calendar, true())
    .where(
        WebSession.key == bindparam("sesi", type_=WebSession.key.type),
        WebSession.created_at > bindparam("created", type_=WebSession.created_at.type),
        WebSession.last_at > bindparam("last", type_=WebSession.last_at.type),
    )
    .order_by(Penugasan.start_date, Penugasan.peran)
)


def read_caller(conn: Connection, key: str, alive: Until, *, hari: date, now: datetime) -> Caller | None:
    """By the key of their session; None when it does not exist, is too old, or its account was closed.

    ``now`` is the real clock, ``hari`` the day in the office.
    """
    since = {"created": alive.created, "last": alive.last, "pulse_since": now - TOLD_AFTER}
    rows = _CALLER(conn, sesi=key, hari=hari, **since).all()
    if not rows or (rows[0].account_id is not None and not rows[0].active):
        return None
    r = rows[0]
    return Caller(
        data=r.data,
        last_at=r.last_at,
        account_id=r.account_id,
        entering=r.entering,
        person_id=r.person_id,
        name=r.name,
        petugas=r.petugas,
        penugasan=_held(rows),
        unread=r.unread,
        alive=heard_names(r.alive),
        calendar=read_once(conn, ("calendar",), partial(in_force, version=r.version, digest=r.digest)),
    )


def _held(rows: Sequence[Row[*tuple[object, ...]]]) -> tuple[ActivePeran, ...]:
    """The roles, one a row; a person without any has one row too."""
    return tuple(
        ActivePeran(Peran(r.peran), r.jabatan, r.basis, r.assignment_letter, r.start_date, r.end_date)
        for r in rows
        if r.peran is not None
    )
