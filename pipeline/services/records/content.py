"""What a file says, read under its lock: the documents in force, what desks filled in, and the hash over all of it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, any_, bindparam, select
from sqlalchemy.orm import Session

from pipeline.db import Constant, Transaction, flushed
from pipeline.hashing import content_hash
from pipeline.json import Json
from pipeline.models import Berkas, CorrectionRequest, FilledForm
from pipeline.rules.corrections import Item, changeable
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import Status
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.record import record
from pipeline.services.records.sets import Rows
from pipeline.sop.values import case_data
from pipeline.sop.way import form
from pipeline.text import date_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document in force, as its row tells of it."""

    id: UUID
    permohonan_id: UUID
    syarat: str
    sequence: int
    name: str
    kind: str
    page_count: int
    sha256: str
    original_sha256: str
    uploaded_at: datetime


_DOCUMENTS = Constant(
    select(*(getattr(Berkas, part.name) for part in fields(Document)))
    .where(
        Berkas.permohonan_id == any_(bindparam("permohonan", type_=ARRAY(Berkas.permohonan_id.type))),
        Berkas.replaced_at.is_(None),
    )
    .order_by(Berkas.syarat, Berkas.sequence)
)
_FORMS = Constant(
    select(FilledForm.form, FilledForm.content)
    .where(FilledForm.permohonan_id == bindparam("permohonan", type_=FilledForm.permohonan_id.type))
    .order_by(FilledForm.form)
)


def current_berkas(s: Transaction, permohonan_id: UUID) -> Sequence[Document]:
    """The documents in force, in the order they were handed in."""
    return documents_of(s, [permohonan_id])[permohonan_id]


def documents_of(s: Transaction, permohonan: Sequence[UUID]) -> Mapping[UUID, Sequence[Document]]:
    """The same of each of these files, in one statement."""
    found: dict[UUID, list[Document]] = {permohonan_id: [] for permohonan_id in permohonan}
    for row in _DOCUMENTS(flushed(s), permohonan=list(permohonan)).mappings():
        found[row["permohonan_id"]].append(Document(**row))
    return found


def forms_of(s: Transaction, permohonan_id: UUID) -> dict[str, Json]:
    """The forms of the desks as last saved, by their codes; none before a desk began."""
    return {row["form"]: row["content"] for row in _FORMS(flushed(s), permohonan=permohonan_id).mappings()}


def rehash(s: Transaction, file: LockedPermohonan, documents: Sequence[Document] | None = None) -> str:
    """The content hash as it is now; kept on the file. ``documents``: those in force, for who has read them."""
    known = current_berkas(s, file.permohonan_id) if documents is None else documents
    berkas = [(b.syarat, b.sequence, b.sha256) for b in known]
    file.content_digest = content_hash(file.content, berkas, forms_of(s, file.permohonan_id))
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
    return changeable(form(file.sop, file.langkah), case_data(file.content), requested, old, today=date_at(now))
