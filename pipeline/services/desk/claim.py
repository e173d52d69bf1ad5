"""Work at a desk before a decision: take a file, give it back, fill in the BAP, revise the draft."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotAllowedYet
from pipeline.json import Json
from pipeline.models import Bap, Tugas
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.desk.naskah import write_draft
from pipeline.services.people.actor import Petugas
from pipeline.services.records.content import bap_of, record_content
from pipeline.services.records.guards import guard_desk
from pipeline.services.records.locking import LockedPermohonan, lock_tugas
from pipeline.services.records.record import UPLOADED, pictures_owed, record
from pipeline.services.records.sets import Rows
from pipeline.storage import store
from pipeline.uploads import accept

PHOTOS_AT_MOST = 20


def claim(tugas_id: UUID, *, actor: Petugas, now: datetime) -> None:
    """Take a file off the open queue; taking one's own again is fine. Raises TakenAlready for who was slower."""
    with unit_of_work() as s:
        _take(s, _at_desk(s, tugas_id, actor, now), actor, now)


def release(tugas_id: UUID, *, actor: Petugas, now: datetime) -> None:
    """Put a file back into the open queue. Raises TakenAlready when it is a colleague's."""
    with unit_of_work() as s:
        file = _at_desk(s, tugas_id, actor, now)
        if file.taken_by is not None:
            s.execute(update(Tugas).where(Tugas.id == tugas_id).values(taken_by=None, taken_at=None))
            _record_hold(s, file, PeristiwaKind.DILEPAS, actor, now)


def save_bap(tugas_id: UUID, content: Json, *, actor: Petugas, now: datetime) -> None:
    """Keep the BAP and Rekomendasi as filled in so far; photos stay. Saving the same again writes nothing.

    Whoever works on a file has taken it, so that nobody's work is overwritten: a colleague meets TakenAlready.
    """
    with unit_of_work() as s:
        file = _at_bap(s, tugas_id, actor, now)
        old = bap_of(s, file.permohonan_id) or {}
        new = {**content, "foto": old.get("foto", [])}
        if new != old:
            _write_bap(s, file, new, actor, now)


def add_photo_bap(tugas_id: UUID, label: str, payload: bytes, location: Json, *, actor: Petugas, now: datetime) -> None:
    """Add a labelled photo with its place and time. Raises BerkasRefused for what is not a photo."""
    accepted = accept(f"{label}.jpg", payload)
    sha256 = store().put(accepted.payload)
    with unit_of_work() as s:
        file = _at_bap(s, tugas_id, actor, now)
        content = bap_of(s, file.permohonan_id) or {}
        present = content.get("foto")
        photo = list(present) if isinstance(present, list) else []
        if len(photo) >= PHOTOS_AT_MOST:
            raise InputInvalid({"foto": f"Paling banyak {PHOTOS_AT_MOST} foto pada satu BAP."})
        photo.append({"sha256": sha256, "jenis": accepted.kind, "label": label, **location})
        pictures = pictures_owed(file.permohonan_id, f"{UPLOADED}{uuid4()}", now)
        _write_bap(s, file, {**content, "foto": photo}, actor, now, also=pictures)


def remove_photo_bap(tugas_id: UUID, sha256: str, *, actor: Petugas, now: datetime) -> None:
    """Take a photo out of the BAP."""
    with unit_of_work() as s:
        file = _at_bap(s, tugas_id, actor, now)
        content = bap_of(s, file.permohonan_id) or {}
        present = content.get("foto")
        every = present if isinstance(present, list) else []
        photo = [f for f in every if isinstance(f, dict) and f.get("sha256") != sha256]
        _write_bap(s, file, {**content, "foto": photo}, actor, now)


def redraft(tugas_id: UUID, additions: Json, *, actor: Petugas, now: datetime) -> None:
    """Draft the SK anew with the Back Office's additions ({"pertimbangan": str, "tembusan": [str]}).

    A changed draft voids the approvals of the old one; an unchanged one leaves everything as it is.
    """
    with unit_of_work() as s:
        file = _at_desk(s, tugas_id, actor, now)
        if not file.langkah.drafts:
            raise NotAllowedYet("Naskah hanya dapat disusun ulang pada langkah penyusunan.")
        _take(s, file, actor, now)
        if write_draft(s, file, additions, drafter=actor.person_id, now=now):
            _touch(s, file)


def _at_desk(s: Session, tugas_id: UUID, actor: Petugas, now: datetime) -> LockedPermohonan:
    file = lock_tugas(s, tugas_id, person_id=actor.person_id, session_id=actor.session_id, now=now)
    guard_desk(file, actor)
    return file


def _at_bap(s: Session, tugas_id: UUID, actor: Petugas, now: datetime) -> LockedPermohonan:
    file = _at_desk(s, tugas_id, actor, now)
    if not file.langkah.sets_arah:
        raise NotAllowedYet("BAP hanya diisi pada langkah pemeriksaan lapangan.")
    _take(s, file, actor, now)
    return file


def _take(s: Session, file: LockedPermohonan, actor: Petugas, now: datetime) -> None:
    if file.taken_by is None:
        s.execute(update(Tugas).where(Tugas.id == file.tugas_id).values(taken_by=actor.person_id, taken_at=now))
        _record_hold(s, file, PeristiwaKind.DIAMBIL, actor, now)


def _write_bap(
    s: Session, file: LockedPermohonan, content: Json, actor: Petugas, now: datetime, also: Rows | None = None
) -> None:
    values = {"content": content, "saved_at": now, "actor": actor.person_id}
    s.execute(
        upsert(Bap)
        .values(permohonan_id=file.permohonan_id, **values)
        .on_conflict_do_update(index_elements=[Bap.permohonan_id], set_=values)
    )
    _touch(s, file)
    record_content(s, file, {"bap": True}, actor=actor.person_id, now=now, also=also)


def _touch(s: Session, file: LockedPermohonan) -> None:
    """What others have on screen of this tugas is old now: their decision will be refused."""
    s.execute(update(Tugas).where(Tugas.id == file.tugas_id).values(version=Tugas.version + 1))


def _record_hold(s: Session, file: LockedPermohonan, kind: PeristiwaKind, actor: Petugas, now: datetime) -> None:
    record(s, file, kind, {"tugas": str(file.tugas_id)}, actor=actor.person_id, peran=file.peran, now=now)
