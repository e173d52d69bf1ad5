"""What a superior named in the SOP may do with a file on a subordinate desk: give it to another person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import DecidedAlready, InputInvalid, NotAllowedYet, NotAuthorised
from pipeline.json import Json
from pipeline.models import Penugasan, Person, Tugas
from pipeline.queries.people.accounts import holds_on
from pipeline.roles import full_title
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import REASON_LENGTH_AT_LEAST
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import holds_today
from pipeline.services.records.locking import LockedPermohonan, lock_tugas
from pipeline.services.records.record import record
from pipeline.services.records.sets import changed_row
from pipeline.text import date_at


def reassign(tugas_id: UUID, recipient: UUID, reason: str, *, actor: Petugas, now: datetime) -> None:
    """Put a file into another person's hands.

    Raises InputInvalid when that person does not hold the desk's role, has the file already, or applied for it.
    """
    with unit_of_work() as s:
        file = subordinate(s, tugas_id, actor, now)
        need_reason(reason)
        if not holds_today(s, recipient, file.peran, now):
            raise InputInvalid({"kepada": "Orang ini tidak memegang peran meja tersebut hari ini."})
        if file.automatic:
            raise NotAllowedYet("Berkas ini sedang diperiksa sistem. Muat ulang halaman sebentar lagi.")
        if recipient == file.taken_by or (recipient == file.pemohon_id and file.sop.by_applicant):
            raise InputInvalid({"kepada": "Pilih petugas lain: ini pemegangnya sekarang, atau pemohonnya sendiri."})
        hand = changed_row(Tugas, {"id": tugas_id}, taken_by=recipient, taken_at=now)
        data: Json = {"tugas": str(tugas_id), "kepada": str(recipient)}
        words: Json = {
            "alasan": reason.strip(),
            "sebagai": title_of(s, actor, now),
            "dari": _name(s, file.taken_by),
            "kepada": _name(s, recipient),
        }
        record(
            s,
            file,
            PeristiwaKind.DIALIHKAN,
            data,
            actor=actor.person_id,
            peran=actor.peran,
            now=now,
            words=words,
            also=hand,
        )


def subordinate(s: Session, tugas_id: UUID, actor: Petugas, now: datetime) -> LockedPermohonan:
    """Lock an open tugas whose superior, by the SOP, the acting person is. Raises NotAuthorised, DecidedAlready."""
    file = lock_tugas(s, tugas_id, person_id=actor.person_id, session_id=actor.session_id, now=now)
    if actor.peran != file.langkah.superior or not holds_today(s, actor.person_id, actor.peran, now):
        raise NotAuthorised("Hanya atasan meja ini menurut SOP yang dapat melakukannya.")
    if file.closed_tugas:
        raise DecidedAlready
    return file


def need_reason(reason: str) -> None:
    """A superior says why; raises InputInvalid otherwise."""
    if problems := reason_problems(reason):
        raise InputInvalid(problems)


def reason_problems(reason: str) -> dict[str, str]:
    """What is wrong with a superior's reason, by field."""
    if len(reason.strip()) >= REASON_LENGTH_AT_LEAST:
        return {}
    return {"alasan": f"Tulis alasannya, paling sedikit {REASON_LENGTH_AT_LEAST} huruf."}


def _name(s: Session, person_id: UUID | None) -> str | None:
    return s.scalar(select(Person.name).where(Person.id == person_id)) if person_id else None


def title_of(s: Session, actor: Petugas, now: datetime) -> str:
    """The acting person's title in their role today; a definitive one before a substitute's."""
    mine = (Penugasan.person_id == actor.person_id, Penugasan.peran == actor.peran, holds_on(date_at(now)))
    query = select(Penugasan.jabatan, Penugasan.basis).where(*mine).order_by(Penugasan.basis).limit(1)
    row = s.execute(query).one()
    return full_title(row.jabatan, row.basis)
