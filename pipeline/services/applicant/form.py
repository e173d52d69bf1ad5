"""The applicant fills in the form: the open tugas of the first langkah."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid
from pipeline.hashing import content_hash
from pipeline.json import Json
from pipeline.models import Permohonan, Person, Tugas
from pipeline.queries.records.holders import holder_of
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import Status
from pipeline.sealing.nik import seal_nik
from pipeline.services.people.sessions import guard_session
from pipeline.services.records.content import may_change, record_content
from pipeline.services.records.guards import guard_applicant
from pipeline.services.records.locking import LockedPermohonan, lock_latest_tugas
from pipeline.services.records.record import record
from pipeline.sop.registry import get_sop, keep
from pipeline.sop.values import Sop, case_data

#: How many drafts one applicant may have open at once.
DRAFTS_AT_MOST = 20


def create_draft(
    sop_code: str, pemohon_id: UUID, *, form_id: UUID | None = None, session_id: str | None = None, now: datetime
) -> UUID:
    """Begin an application, or a file that a desk opens. A second press of the same form (``form_id``) makes no second.

    Raises InputInvalid when this person has too many unsent drafts, NotFound when the desk is not theirs.
    """
    sop = get_sop(sop_code)
    permohonan_id = uuid5(pemohon_id, str(form_id)) if form_id else uuid4()
    content_digest = content_hash({}, [], {})
    with unit_of_work() as s:
        one_press_at_a_time = select(Person.id).where(Person.id == pemohon_id).with_for_update(key_share=True)
        s.execute(one_press_at_a_time)
        guard_session(s, session_id, pemohon_id)
        acts = s.scalar(select(Permohonan.last_sequence).where(Permohonan.id == permohonan_id))
        if acts == 1:
            return permohonan_id
        _limit_drafts(s, pemohon_id)
        if acts is not None:  # worked on since: the old page was gone back to for another one
            permohonan_id = uuid4()
        tugas_id = _insert_draft(s, permohonan_id, sop, pemohon_id, content_digest, now)
        file = lock_latest_tugas(s, permohonan_id, person_id=pemohon_id, now=now)
        guard_applicant(file, pemohon_id)
        data: Json = {
            "tugas": str(tugas_id),
            "langkah": sop.first.code,
            "status": Status.DRAF,
            "content_digest": content_digest,
            "sop": sop.code,
            "sop_version": sop.version,
            "sop_digest": sop.digest,
        }
        keep(sop.code, sop.version)
        record(s, file, PeristiwaKind.DIBUAT, data, actor=pemohon_id, peran=sop.first.peran, now=now)
    return permohonan_id


def _insert_draft(
    s: Session, permohonan_id: UUID, sop: Sop, pemohon_id: UUID, content_digest: str, now: datetime
) -> UUID:
    """An empty application and the tugas it lies on: its applicant's."""
    permohonan = insert(Permohonan).values(
        id=permohonan_id,
        sop=sop.code,
        sop_version=sop.version,
        pemohon_id=pemohon_id,
        status=Status.DRAF,
        langkah=sop.first.code,
        content={},
        content_digest=content_digest,
        pemegang="",
        created_at=now,
        changed_at=now,
        version=1,
        last_sequence=0,
        chain="",
    )
    tugas = insert(Tugas).values(
        id=(tugas_id := uuid4()),
        permohonan_id=permohonan_id,
        langkah=sop.first.code,
        kunjungan=1,
        peran=sop.first.peran,
        automatic=False,
        created_at=now,
        started_at=now,
        ready_at=now,
        jeda=[],
        version=1,
    )
    s.execute(permohonan)
    s.execute(tugas)
    return tugas_id


def save_isian(
    permohonan_id: UUID,
    value: Mapping[str, str | tuple[str, ...]],
    *,
    actor: UUID,
    session_id: str | None = None,
    now: datetime,
) -> None:
    """Keep parsed fields (see pipeline.rules.form.isian); unchanged ones write nothing, an empty one is removed.

    Raises NotFound, DecidedAlready, and InputInvalid for a field that may not be changed now.
    """
    with unit_of_work() as s:
        file = open_form(s, permohonan_id, actor, session_id, now)
        allowed = may_change(s, file, now)
        old = case_data(file.content)
        new = {k: v for k, v in value.items() if old.get(k, "") != v and (k in old or v)}
        for code in new:
            if ("isian", code) not in allowed:
                raise InputInvalid({code: "Isian ini sudah diterima dan tidak dapat diubah."})
        if not new:
            return
        content: Json = {k: _plain(v) for k, v in {**old, **new}.items() if v}
        file.content = content
        change: Json = {"content": seal_nik(permohonan_id, content), **holder_of(file.sop, case_data(content))}
        record_content(s, file, {"isian": sorted(new)}, actor=actor, now=now, change=change)


def open_form(s: Session, permohonan_id: UUID, actor: UUID, session_id: str | None, now: datetime) -> LockedPermohonan:
    """Lock an application that lies with this applicant to be filled in.

    Raises NotFound, SessionEnded, DecidedAlready.
    """
    file = lock_latest_tugas(s, permohonan_id, person_id=actor, session_id=session_id, now=now)
    guard_applicant(file, actor)
    return file


def _limit_drafts(s: Session, pemohon_id: UUID) -> None:
    draft = s.scalar(select(func.count()).where(Permohonan.pemohon_id == pemohon_id, Permohonan.status == Status.DRAF))
    if draft is not None and draft >= DRAFTS_AT_MOST:
        raise InputInvalid({}, f"Anda sudah punya {draft} draf. Lanjutkan atau batalkan salah satunya dahulu.")


def _plain(v: str | tuple[str, ...]) -> str | list[str]:
    return v if isinstance(v, str) else list(v)
