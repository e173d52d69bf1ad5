"""The documents of an application: kept once they are examined, and taken out again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import NotFound
from pipeline.json import Json
from pipeline.models import Berkas
from pipeline.services.applicant.form import open_form
from pipeline.services.records.content import may_change, open_requests, record_content
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.record import UPLOADED, pictures_owed
from pipeline.uploads import Accepted
from pipeline.uploads.refusals import BerkasRefused, RefusalReason

#: How many files one application may carry.
BERKAS_AT_MOST = 120


def keep_berkas(
    s: Session, file: LockedPermohonan, syarat: str, accepted: Accepted, *, berkas_id: UUID, sha256: str, now: datetime
) -> None:
    """Make an accepted file a document of its applicant's locked application. Raises BerkasRefused, NotFound."""
    last = guard_place(s, file, syarat, now)
    replaced = _replace_refused(s, file, syarat, now)
    told: Json = {
        "syarat": syarat,
        "sequence": last + 1,
        "kind": accepted.kind,
        "size": len(accepted.payload),
        "page_count": accepted.page_count,
        "sha256": sha256,
        "original_sha256": accepted.original_sha256,
        "signed": accepted.original is not None,
    }
    kept: Json = {"id": berkas_id, "permohonan_id": file.permohonan_id, "name": accepted.name, "uploaded_at": now}
    s.execute(insert(Berkas).values(**kept, **told))
    data: Json = {"berkas": str(berkas_id), **told, **({"diganti": replaced} if replaced else {})}
    pictures = pictures_owed(file.permohonan_id, f"{UPLOADED}{berkas_id}", now)
    words: Json = {"berkas": accepted.name}
    record_content(s, file, data, actor=file.pemohon_id, now=now, words=words, also=pictures)


def remove_berkas(
    permohonan_id: UUID, berkas_id: UUID, *, actor: UUID, session_id: str | None = None, now: datetime
) -> None:
    """Take a file out of the application; the row and the bytes stay for the history."""
    with unit_of_work() as s:
        file = open_form(s, permohonan_id, actor, session_id, now)
        berkas = s.get(Berkas, berkas_id)
        if berkas is None or berkas.permohonan_id != permohonan_id or berkas.replaced_at is not None:
            raise NotFound
        if ("syarat", berkas.syarat) not in may_change(s, file, now):
            raise BerkasRefused(RefusalReason.ACCEPTED_ALREADY)
        berkas.replaced_at = now
        record_content(s, file, {"berkas_dihapus": str(berkas_id), "syarat": berkas.syarat}, actor=actor, now=now)


def guard_place(s: Session, file: LockedPermohonan, syarat: str, now: datetime, *, waiting: int = 0) -> int:
    """There is room for one more file of this requirement, beside so many that wait to be examined.

    Returns the highest place taken. Raises NotFound, BerkasRefused.
    """
    at_most = next((t.at_most for t in file.sop.syarat if t.code == syarat), None)
    if at_most is None:
        raise NotFound
    if ("syarat", syarat) not in may_change(s, file, now):
        raise BerkasRefused(RefusalReason.ACCEPTED_ALREADY)
    asked_at = _asked_at(s, file, syarat)
    row = s.execute(
        select(
            func.count().filter(
                Berkas.syarat == syarat,
                Berkas.replaced_at.is_(None),
                *([Berkas.uploaded_at > asked_at] if asked_at else []),
            ),
            func.count(),
            func.coalesce(func.max(Berkas.sequence).filter(Berkas.syarat == syarat), 0),
        ).where(Berkas.permohonan_id == file.permohonan_id)
    ).one()
    if row[0] + waiting >= at_most:
        raise BerkasRefused(RefusalReason.SYARAT_FULL, at_most=at_most)
    if row[1] + waiting >= BERKAS_AT_MOST:
        raise BerkasRefused(RefusalReason.PERMOHONAN_FULL)
    return int(row[2])


def _replace_refused(s: Session, file: LockedPermohonan, syarat: str, now: datetime) -> list[str]:
    """The first new file of a document that was sent back takes the place of the refused ones. Returns those."""
    asked_at = _asked_at(s, file, syarat)
    if asked_at is None:
        return []
    sent_back = (Berkas.permohonan_id == file.permohonan_id, Berkas.syarat == syarat, Berkas.uploaded_at <= asked_at)
    replace = update(Berkas).where(*sent_back, Berkas.replaced_at.is_(None)).values(replaced_at=now)
    return [str(i) for i in s.scalars(replace.returning(Berkas.id))]


def _asked_at(s: Session, file: LockedPermohonan, syarat: str) -> datetime | None:
    """When this document was sent back, if that was not answered yet."""
    requests = open_requests(s, file.permohonan_id)
    return max((r.created_at for r in requests if (r.kind, r.code) == ("syarat", syarat)), default=None)
