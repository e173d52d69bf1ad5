"""Work at a desk before a decision: take a file, give it back, revise the draft."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import NotAllowedYet
from pipeline.json import Json
from pipeline.models import Tugas
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.desk.naskah import write_draft
from pipeline.services.people.actor import Petugas
from pipeline.services.records.guards import guard_desk
from pipeline.services.records.locking import LockedPermohonan, lock_tugas
from pipeline.services.records.record import record


def claim(tugas_id: UUID, *, actor: Petugas, now: datetime) -> None:
    """Take a file off the open queue; taking one's own again is fine. Raises TakenAlready for who was slower."""
    with unit_of_work() as s:
        take(s, at_desk(s, tugas_id, actor, now), actor, now)


def release(tugas_id: UUID, *, actor: Petugas, now: datetime) -> None:
    """Put a file back into the open queue. Raises TakenAlready when it is a colleague's."""
    with unit_of_work() as s:
        file = at_desk(s, tugas_id, actor, now)
        if file.taken_by is not None:
            s.execute(update(Tugas).where(Tugas.id == tugas_id).values(taken_by=None, taken_at=None))
            _record_hold(s, file, PeristiwaKind.DILEPAS, actor, now)


def redraft(tugas_id: UUID, additions: Json, *, actor: Petugas, now: datetime) -> None:
    """Draft the decision anew with the drafter's additions ({"pertimbangan": str, "tembusan": [str]}).

    A changed draft voids the approvals of the old one; an unchanged one leaves everything as it is.
    """
    with unit_of_work() as s:
        file = at_desk(s, tugas_id, actor, now)
        if not file.langkah.drafts:
            raise NotAllowedYet("Naskah hanya dapat disusun ulang pada langkah penyusunan.")
        take(s, file, actor, now)
        if write_draft(s, file, additions, drafter=actor.person_id, now=now):
            touch(s, file)


def at_desk(s: Session, tugas_id: UUID, actor: Petugas, now: datetime) -> LockedPermohonan:
    """The file, locked for who works on it here."""
    file = lock_tugas(s, tugas_id, person_id=actor.person_id, session_id=actor.session_id, now=now)
    guard_desk(file, actor)
    return file


def take(s: Session, file: LockedPermohonan, actor: Petugas, now: datetime) -> None:
    """Whoever works on a file has taken it, so that nobody's work is overwritten."""
    if file.taken_by is None:
        s.execute(update(Tugas).where(Tugas.id == file.tugas_id).values(taken_by=actor.person_id, taken_at=now))
        _record_hold(s, file, PeristiwaKind.DIAMBIL, actor, now)


def touch(s: Session, file: LockedPermohonan) -> None:
    """What others have on screen of this tugas is old now: their decision will be refused."""
    s.execute(update(Tugas).where(Tugas.id == file.tugas_id).values(version=Tugas.version + 1))


def _record_hold(s: Session, file: LockedPermohonan, kind: PeristiwaKind, actor: Petugas, now: datetime) -> None:
    record(s, file, kind, {"tugas": str(file.tugas_id)}, actor=actor.person_id, peran=file.peran, now=now)
