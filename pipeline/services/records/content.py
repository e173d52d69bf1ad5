"""What a file says, read under its lock: the documents in force, the BAP, and the hash over all of it."""

from collections.abc import Sequence, Set
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.hashing import content_hash
from pipeline.json import Json
from pipeline.models import Bap, Berkas, CorrectionRequest
from pipeline.rules.corrections import Item, changeable
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import Status
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.record import record
from pipeline.services.records.sets import Rows
from pipeline.sop.values import case_data
from pipeline.text import date_at


def current_berkas(s: Session, permohonan_id: UUID) -> Sequence[Berkas]:
    """The documents in force, in the order they were handed in."""
    return s.scalars(
        select(Berkas)
        .where(Berkas.permohonan_id == permohonan_id, Berkas.replaced_at.is_(None))
        .order_by(Berkas.syarat, Berkas.sequence)
    ).all()


def bap_of(s: Session, permohonan_id: UUID) -> Json | None:
    """The BAP and Rekomendasi as last saved; None before Dinas Teknis began."""
    return s.scalar(select(Bap.content).where(Bap.permohonan_id == permohonan_id))


def rehash(s: Session, file: LockedPermohonan) -> str:
    """The content hash as it is now; kept on the file."""
    s.flush()
    berkas = [(b.syarat, b.sequence, b.sha256) for b in current_berkas(s, file.permohonan_id)]
    file.content_digest = content_hash(file.content, berkas, bap_of(s, file.permohonan_id))
    return file.content_digest


def record_content(
    s: Session,
    file: LockedPermohonan,
    data: Json,
    *,
    actor: UUID,
    now: datetime,
    change: Json | None = None,
    words: Json | None = None,
    also: Rows | None = None,
) -> None:
    """Record that the content changed, with its new hash. ``also`` are further rows of the same act."""
    content_digest = rehash(s, file)
    record(
        s,
        file,
        PeristiwaKind.ISI,
        {**data, "content_digest": content_digest},
        actor=actor,
        peran=file.peran,
        now=now,
        change={"content_digest": content_digest, **(change or {})},
        words=words,
        also=also,
    )


def open_requests(s: Session, permohonan_id: UUID) -> Sequence[CorrectionRequest]:
    """What the applicant was asked to put right and has not sent yet."""
    return s.scalars(
        select(CorrectionRequest)
        .where(CorrectionRequest.permohonan_id == permohonan_id, CorrectionRequest.answered_at.is_(None))
        .order_by(CorrectionRequest.kind.desc(), CorrectionRequest.code)
    ).all()


def may_change(s: Session, file: LockedPermohonan, now: datetime) -> Set[Item]:
    """What of a draft, or of a returned file, its applicant may change now."""
    asked = open_requests(s, file.permohonan_id) if file.status == Status.PERBAIKAN else ()
    old = {b.syarat for b in current_berkas(s, file.permohonan_id) if asked and b.uploaded_at <= asked[0].created_at}
    requested = {(p.kind, p.code) for p in asked}
    return changeable(file.sop, case_data(file.content), requested, old, today=date_at(now))
