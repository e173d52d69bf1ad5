"""Roles that wait for a second person, as pages tell of them; and who that person may be."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select
from sqlalchemy.orm import aliased

from pipeline.db import connection
from pipeline.errors import NotFound
from pipeline.kantor.office import kantor
from pipeline.models import Account, Penugasan, Person, RoleOutcome, WaitingRole
from pipeline.queries.people.accounts import can_work, holds_on
from pipeline.roles import Basis, Peran, ladder
from pipeline.text import date_at

#: How long a role waits for the second person.
ROLE_WAITS = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRequest:
    """A role that was asked for: whose, by whom, and what became of it. ``reader`` is who looks at it."""

    id: UUID
    account_id: UUID | None
    identifier: str
    name: str
    peran: Peran
    jabatan: str
    start_date: date
    asked_by: str
    asked_at: datetime
    until: datetime
    outcome: str | None  # None while it waits
    closed_by: str | None
    closed_at: datetime | None
    second_persons: tuple[str, ...]  # who may confirm it, by name
    may_confirm: bool  # the reader
    may_withdraw: bool  # it is the reader's own request


_asker, _closer = aliased(Person), aliased(Person)


def confirming_roles(peran: Peran) -> frozenset[Peran]:
    """Who holds one of these may confirm that somebody is given this role: administrators, and the posts above it."""
    return frozenset({Peran.ADMIN, *ladder(kantor().posts, peran)[1:]})


def who_may_confirm(
    conn: Connection, peran: Peran, *, besides: Collection[UUID | None], hari: date
) -> Mapping[UUID, str]:
    """The people who may confirm this role, and can log in to do so, with their names."""
    known = _holders(conn, confirming_roles(peran), hari)
    everybody = {person_id: name for found in known.values() for person_id, name in found.items()}
    return {person_id: name for person_id, name in everybody.items() if person_id not in besides}


def read_waiting_roles(reader: UUID, *, of_person: UUID | None = None, now: datetime) -> tuple[RoleRequest, ...]:
    """What waits (of one person), the oldest first."""
    query = _select().where(WaitingRole.closed_at.is_(None), WaitingRole.asked_at > now - ROLE_WAITS)
    if of_person is not None:
        query = query.where(WaitingRole.person_id == of_person)
    with connection() as conn:
        return _requests(conn, conn.execute(query.order_by(WaitingRole.asked_at)).all(), reader, now)


def read_role_request(role_id: UUID, *, reader: UUID, now: datetime) -> RoleRequest:
    """One, waiting or not. Raises NotFound: also for who has no part in it."""
    with connection() as conn:
        rows = conn.execute(_select().where(WaitingRole.id == role_id)).all()
        if not rows:
            raise NotFound
        part = {rows[0].person_id, rows[0].asker_id, rows[0].closer_id}
        if reader not in part | who_may_confirm(conn, Peran(rows[0].peran), besides=(), hari=date_at(now)).keys():
            raise NotFound
        return _requests(conn, rows, reader, now)[0]


def _select() -> Select[*tuple[object, ...]]:
    w = WaitingRole
    return (
        select(
            *(w.id, w.person_id, w.peran, w.jabatan, w.start_date, w.asked_at, w.outcome, w.closed_at),
            *(w.asked_by.label("asker_id"), w.closed_by.label("closer_id")),
            *(Account.id.label("account_id"), Account.email, Account.phone, Person.name),
            *(_asker.name.label("asked_by"), _closer.name.label("closed_by")),
        )
        .join(Person, Person.id == w.person_id)
        .join(_asker, _asker.id == w.asked_by)
        .outerjoin(_closer, _closer.id == w.closed_by)
        .outerjoin(Account, and_(Account.person_id == w.person_id, Account.petugas))
    )


def _requests(
    conn: Connection, rows: Collection[Row[*tuple[object, ...]]], reader: UUID, now: datetime
) -> tuple[RoleRequest, ...]:
    every = {peran for r in rows for peran in confirming_roles(Peran(r.peran))}
    holders = _holders(conn, every, date_at(now)) if rows else {}
    return tuple(_request(r, holders, reader, now) for r in rows)


def _request(
    r: Row[*tuple[object, ...]], holders: Mapping[Peran, Mapping[UUID, str]], reader: UUID, now: datetime
) -> RoleRequest:
    found = {k: name for peran in confirming_roles(Peran(r.peran)) for k, name in holders.get(peran, {}).items()}
    seconds = {person_id: name for person_id, name in found.items() if person_id not in (r.person_id, r.asker_id)}
    lapsed = r.outcome is None and r.asked_at <= now - ROLE_WAITS
    waits = r.outcome is None and not lapsed
    confirmed = r.outcome == RoleOutcome.DIKONFIRMASI
    return RoleRequest(
        id=r.id,
        account_id=r.account_id,
        identifier=r.email or r.phone or "",
        name=r.name,
        peran=Peran(r.peran),
        jabatan=r.jabatan,
        start_date=max(r.start_date, date_at(r.closed_at)) if confirmed else r.start_date,
        asked_by=r.asked_by,
        asked_at=r.asked_at,
        until=r.asked_at + ROLE_WAITS,
        outcome=RoleOutcome.GUGUR if lapsed else r.outcome,
        closed_by=r.closed_by,
        closed_at=r.closed_at,
        second_persons=tuple(sorted(seconds.values())),
        may_confirm=waits and reader in seconds,
        may_withdraw=waits and reader == r.asker_id,
    )


def definitive(peran: Collection[Peran], hari: date) -> tuple[ColumnElement[bool], ...]:
    """One of these roles held for good on that day: a substitute, whom one administrator names, confirms nothing."""
    return Penugasan.peran.in_([str(p) for p in peran]), Penugasan.basis == Basis.DEFINITIF, holds_on(hari)


def _holders(conn: Connection, peran: Collection[Peran], hari: date) -> Mapping[Peran, Mapping[UUID, str]]:
    """Who holds each of these on that day and can log in, with their names."""
    query = (
        select(Penugasan.peran, Penugasan.person_id, Person.name)
        .join(Person, Person.id == Penugasan.person_id)
        .where(*definitive(peran, hari), can_work())
    )
    found: dict[Peran, dict[UUID, str]] = defaultdict(dict)
    for held, person_id, name in conn.execute(query):
        found[Peran(held)][person_id] = name
    return found
