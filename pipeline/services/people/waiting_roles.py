"""A role that decides or signs is not one person's gift: it is asked for, and waits for a second one.

While nobody could be that second person, the first administrator gives each post its first holder alone, on record.
"""

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid
from pipeline.models import Penugasan, Person, RoleOutcome, WaitingRole
from pipeline.queries.people.waiting_roles import ROLE_WAITS, who_may_confirm
from pipeline.roles import Peran
from pipeline.rules.notices.rules import Kind
from pipeline.services.notices.write import News, tell
from pipeline.services.people.actor import Petugas
from pipeline.services.records.persons import note_person
from pipeline.sop.who_may import deciders
from pipeline.text import date_at, date_in_words, moment_in_words

WAITS_ALREADY = "Peran itu sudah diajukan untuk orang ini dan menunggu konfirmasi. Tunggu, atau batalkan ajuan itu."
#: Outcome -> the kind of entry in the person's history.
_NOTED = {
    RoleOutcome.DIKONFIRMASI: "peran_dikonfirmasi",
    RoleOutcome.DITOLAK: "peran_ditolak",
    RoleOutcome.DITARIK: "peran_ditarik",
    RoleOutcome.GUGUR: "peran_gugur",
}


class Way(Enum):
    """How a role comes into force."""

    AT_ONCE = "it decides nothing"
    ALONE = "the first holder, while there is no second person"
    WAITS = "for a second person"


def way_of(s: Session, peran: Peran, *, actor: Petugas, now: datetime) -> Way:
    """How a role that this administrator gives comes into force. Whoever asks holds ``lock_roles``."""
    if peran != Peran.ADMIN and peran not in deciders():
        return Way.AT_ONCE
    held = select(Penugasan.id).where(Penugasan.peran == str(peran))
    if peran == Peran.ADMIN:
        held = held.where(Penugasan.person_id != actor.person_id)
    if s.scalar(held.limit(1)) is not None:
        return Way.WAITS
    others = who_may_confirm(s.connection(), peran, besides=(actor.person_id,), hari=date_at(now))
    return Way.WAITS if others else Way.ALONE


def lock_roles(s: Session) -> None:
    """Two who give or confirm roles come one after the other, so that the second sees what the first did."""
    s.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('peran', 0))"))


def ask_second(s: Session, penugasan: Penugasan, *, actor: Petugas, now: datetime) -> None:
    """Let a definitive role wait; whoever may confirm it is told. Raises InputInvalid when it waits already."""
    same = (WaitingRole.person_id == penugasan.person_id, WaitingRole.peran == penugasan.peran)
    before = s.scalar(select(WaitingRole).where(*same, WaitingRole.closed_at.is_(None)).with_for_update())
    if before is not None and not is_late(before, now):
        raise InputInvalid({"peran": WAITS_ALREADY})
    if before is not None:
        close_request(s, before, RoleOutcome.GUGUR, by=None, now=now)
        s.flush()
    row = WaitingRole(
        id=penugasan.id,
        person_id=penugasan.person_id,
        peran=penugasan.peran,
        jabatan=penugasan.jabatan,
        start_date=penugasan.start_date,
        asked_by=actor.person_id,
        asked_at=now,
    )
    s.add(row)
    note_person(s, row.person_id, "peran_diajukan", _data(row), actor=actor.person_id, now=now)
    besides = (row.person_id, row.asked_by)
    asked = who_may_confirm(s.connection(), Peran(row.peran), besides=besides, hari=date_at(now))
    facts = {**_facts(s, row), "sampai": moment_in_words(now + ROLE_WAITS)}
    tell(s, _news(row, Kind.PERAN_DIAJUKAN, facts), asked, now=now)


def is_late(row: WaitingRole, now: datetime) -> bool:
    """Whether nobody has answered in time."""
    return row.asked_at <= now - ROLE_WAITS


def begins(row: WaitingRole, now: datetime) -> date:
    """From which day on the role is held when it is confirmed now: never a day that has passed."""
    return max(row.start_date, date_at(now))


def close_request(s: Session, row: WaitingRole, outcome: RoleOutcome, *, by: UUID | None, now: datetime) -> None:
    """Note what became of a request whose row is held; its holder-to-be and who asked for it are told."""
    row.outcome, row.closed_by, row.closed_at = outcome, by, now
    start = begins(row, now) if outcome is RoleOutcome.DIKONFIRMASI else row.start_date
    note_person(s, row.person_id, _NOTED[outcome], {**_data(row), "start_date": start}, actor=by, now=now)
    facts = {**_facts(s, row), "tanggal": date_in_words(start), "hasil": outcome}
    tell(s, _news(row, Kind.PERAN_HASIL, facts), {row.person_id, row.asked_by} - {by}, now=now)


def sweep_requests(*, now: datetime) -> int:
    """Close the requests that nobody answered in time; returns how many. One that is being answered is left alone."""
    late = (WaitingRole.closed_at.is_(None), WaitingRole.asked_at <= now - ROLE_WAITS)
    with unit_of_work() as s:
        rows = s.scalars(select(WaitingRole).where(*late).with_for_update(skip_locked=True)).all()
        for row in rows:
            close_request(s, row, RoleOutcome.GUGUR, by=None, now=now)
    return len(rows)


def _data(row: WaitingRole) -> dict[str, object]:
    return {"penugasan": row.id, "peran": row.peran, "jabatan": row.jabatan, "start_date": row.start_date}


def _facts(s: Session, row: WaitingRole) -> dict[str, str | int]:
    return {
        "peran": Peran(row.peran).name,
        "jabatan": row.jabatan,
        "pemilik": s.get_one(Person, row.person_id).name,
        "peminta": s.get_one(Person, row.asked_by).name,
        "tanggal": date_in_words(row.start_date),
    }


def _news(row: WaitingRole, kind: Kind, facts: dict[str, str | int]) -> News:
    return News(kind=kind, key=f"{kind}:{row.id}", permohonan_id=None, link=f"/akun/peran/{row.id}", facts=facts)
