"""The second person answers: a role that waited comes into force, or does not. Nobody confirms what they asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import DecidedAlready, DefinitionError, InputInvalid, NotAllowedYet, NotAuthorised, NotFound
from pipeline.models import Account, Penugasan, Person, RoleOutcome, WaitingRole
from pipeline.queries.people.account_letters import has_address
from pipeline.queries.people.waiting_roles import confirming_roles, definitive, who_may_confirm
from pipeline.roles import Peran
from pipeline.services.people.accounts import clean_identifier
from pipeline.services.people.grants import guard_combination
from pipeline.services.people.sessions import User, guard_session
from pipeline.services.people.waiting_roles import begins, close_request, is_late, lock_roles
from pipeline.text import date_at, joined

NOT_SECOND = (
    "Peran ini dikonfirmasi orang kedua: administrator lain, atau pemegang jabatan di atasnya. Yang mengajukan dan "
    "yang akan memegangnya tidak dapat mengonfirmasinya sendiri."
)
ANSWERED = "Ajuan peran ini sudah {outcome}, jadi tidak ada lagi yang dijawab. Muat ulang halaman."
LATE = "Ajuan peran ini gugur karena tujuh hari tidak dijawab. Minta administrator mengajukannya lagi."


def confirm_role(role_id: UUID, *, user: User, now: datetime) -> None:
    """The role comes into force, today at the earliest. Raises NotFound when it is not theirs to confirm."""
    with unit_of_work() as s:
        row = _held(s, role_id, user)
        if user.person_id in (row.person_id, row.asked_by):
            raise NotAuthorised(NOT_SECOND)
        _guard_second(s, row, user.person_id, now)
        _guard_open(row, now)
        _come_into_force(s, row, by=user.person_id, now=now)


def refuse_role(role_id: UUID, *, user: User, now: datetime) -> bool:
    """It never comes into force: a second person refuses, or who asked for it takes it back (True)."""
    with unit_of_work() as s:
        row = _held(s, role_id, user)
        if user.person_id == row.person_id:
            raise NotAuthorised(NOT_SECOND)
        _guard_second(s, row, user.person_id, now)
        _guard_open(row, now)
        withdrawn = user.person_id == row.asked_by
        outcome = RoleOutcome.DITARIK if withdrawn else RoleOutcome.DITOLAK
        close_request(s, row, outcome, by=user.person_id, now=now)
    return withdrawn


def confirm_on_console(identifier: str, peran: str, *, now: datetime) -> str:
    """Whoever has the server's console is the second person where the office has none; returns the officer's name.

    Raises DefinitionError: nothing waits, or somebody in the office can confirm it.
    """
    name = clean_identifier(identifier)
    email, phone = (name, None) if "@" in name else (None, name)
    with unit_of_work() as s:
        lock_roles(s)
        person_id = s.scalar(select(Account.person_id).where(has_address(email, phone), Account.petugas))
        waits = (WaitingRole.person_id == person_id, WaitingRole.peran == peran, WaitingRole.closed_at.is_(None))
        row = s.scalar(select(WaitingRole).where(*waits).with_for_update())
        if row is None or is_late(row, now):
            raise DefinitionError("Tidak ada peran itu yang menunggu konfirmasi untuk akun itu. Periksa ejaannya.")
        besides = (row.person_id, row.asked_by)
        if others := who_may_confirm(s.connection(), Peran(peran), besides=besides, hari=date_at(now)):
            names = joined(sorted(others.values()))
            raise DefinitionError(f"Masih ada yang dapat mengonfirmasinya di aplikasi: {names}.")
        _come_into_force(s, row, by=None, now=now)
        return s.get_one(Person, row.person_id).name


def _held(s: Session, role_id: UUID, user: User) -> WaitingRole:
    """Lock a request, after whoever gives or confirms roles right now. Raises SessionEnded, NotFound."""
    lock_roles(s)
    row = s.get(WaitingRole, role_id, with_for_update=True)
    guard_session(s, user.session_id, user.person_id)
    if row is None:
        raise NotFound
    return row


def _guard_second(s: Session, row: WaitingRole, person_id: UUID, now: datetime) -> None:
    """This person holds a role that may answer. It is held until the act is over: who ends it comes before or after."""
    asks = {Peran.ADMIN} if person_id == row.asked_by else confirming_roles(Peran(row.peran))
    own = select(Penugasan.id).where(Penugasan.person_id == person_id, *definitive(asks, date_at(now)))
    if not s.scalars(own.with_for_update(read=True)).all():
        raise NotFound


def _guard_open(row: WaitingRole, now: datetime) -> None:
    """Nobody has answered, and it is not too late to."""
    if row.outcome is not None:
        raise DecidedAlready(ANSWERED.format(outcome=row.outcome))
    if is_late(row, now):
        raise NotAllowedYet(LATE)


def _come_into_force(s: Session, row: WaitingRole, *, by: UUID | None, now: datetime) -> None:
    """Raises NotAllowedYet when the role no longer goes with what this person, or somebody else, holds by now."""
    peran, start = Peran(row.peran), begins(row, now)
    try:
        guard_combination(s, row.person_id, peran, start)
    except InputInvalid as error:
        raise NotAllowedYet(" ".join(error.errors.values())) from error
    s.add(
        Penugasan(
            id=row.id,
            person_id=row.person_id,
            peran=peran,
            jabatan=row.jabatan,
            start_date=start,
            created_by=row.asked_by,
            created_at=now,
        )
    )
    close_request(s, row, RoleOutcome.DIKONFIRMASI, by=by, now=now)
