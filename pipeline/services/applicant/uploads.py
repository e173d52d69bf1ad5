"""The uploads of who fills in a form: they come in pieces, and each is for one requirement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pipeline.db import connection, unit_of_work
from pipeline.errors import NotFound
from pipeline.json import Json
from pipeline.models import Permohonan, Upload, UploadPurpose
from pipeline.queries.applicant.permohonan import Filler
from pipeline.services.applicant.berkas import guard_place
from pipeline.services.applicant.form import open_form
from pipeline.services.records.uploads import (
    Incoming,
    announce,
    delete_bytes,
    receive_whole,
    settle_upload,
    size_of,
    size_received,
)
from pipeline.sop.registry import get_sop
from pipeline.uploads.refusals import BerkasRefused, RefusalReason

AT_MOST = 40  # of one application, unfinished or waiting
_OURS = Upload.purpose == UploadPurpose.BERKAS


@dataclass(frozen=True, slots=True)
class Progress(Incoming):
    """How far an upload has come."""

    permohonan_id: UUID
    syarat: str
    accepted: int
    received: bool = False  # whole, and out of its sender's hands


def start_upload(
    permohonan_id: UUID,
    syarat: str,
    name: str,
    length: int,
    *,
    seen: Collection[UUID] = (),
    actor: UUID,
    session_id: str | None = None,
    now: datetime,
) -> Progress:
    """Announce a file of ``length`` bytes. Raises BerkasTooLarge before any byte has come, NotFound, …

    ``seen``: the refusals that were on the page where it was chosen; it takes their place.
    """

    def place(s: Session) -> Json:
        file = open_form(s, permohonan_id, actor, session_id, now)
        if syarat not in {t.code for t in file.sop.syarat}:
            raise NotFound
        if _count(s, permohonan_id) >= AT_MOST:
            raise BerkasRefused(RefusalReason.TOO_MANY_UNFINISHED)
        of_syarat = (Upload.permohonan_id == permohonan_id, Upload.syarat == syarat)
        s.execute(delete(Upload).where(*of_syarat, Upload.id.in_(seen), Upload.refusal.is_not(None)))
        return {"purpose": UploadPurpose.BERKAS, "permohonan_id": permohonan_id, "syarat": syarat}

    upload = announce(name, length, place, now=now)
    return Progress(upload.id, upload.name, length, permohonan_id, syarat, accepted=0)


def read_progress(upload_id: UUID, who: Filler) -> Progress:
    """How far it has come. Raises NotFound when it is not theirs, became a berkas or was swept away."""
    received = Upload.received_at.is_not(None).label("received")
    columns = (Upload.id, Upload.permohonan_id, Upload.syarat, Upload.name, Upload.length, received)
    whose = (Permohonan.sop, Permohonan.sop_version, Permohonan.pemohon_id)
    query = select(*columns, *whose).join(Permohonan, Permohonan.id == Upload.permohonan_id)
    with connection() as conn:
        row = conn.execute(query.where(Upload.id == upload_id, _OURS)).one_or_none()
    if row is None or not who.owns(get_sop(row.sop, row.sop_version), row.pemohon_id):
        raise NotFound
    accepted = row.length if row.received else size_received(upload_id)
    return Progress(row.id, row.name, row.length, row.permohonan_id, row.syarat, accepted, received=row.received)


def finish_upload(progress: Progress, *, actor: UUID, session_id: str | None = None, now: datetime) -> None:
    """The last byte has come. Raises BerkasRefused, and then it is forgotten; and what ``open_form`` raises."""

    def guard(s: Session) -> None:
        file = open_form(s, progress.permohonan_id, actor, session_id, now)
        guard_place(s, file, progress.syarat, now, waiting=_count(s, progress.permohonan_id, progress))

    settle_upload(progress, guard, now=now)


def receive_file(
    permohonan_id: UUID,
    syarat: str,
    name: str,
    content: IO[bytes],
    *,
    seen: Collection[UUID] = (),
    actor: UUID,
    session_id: str | None = None,
    now: datetime,
) -> None:
    """Take a file that a form brought whole. Raises like ``start_upload``, ``finish_upload``; nothing is kept then."""
    length = size_of(content)
    progress = start_upload(permohonan_id, syarat, name, length, seen=seen, actor=actor, session_id=session_id, now=now)
    receive_whole(progress, content, partial(finish_upload, progress, actor=actor, session_id=session_id, now=now))


def take_back(
    permohonan_id: UUID, upload_id: UUID, *, actor: UUID, session_id: str | None = None, now: datetime
) -> str:
    """The applicant takes back a file that waits, or has read why it was refused. Returns its syarat."""
    with unit_of_work() as s:
        open_form(s, permohonan_id, actor, session_id, now)
        this = delete(Upload).where(Upload.id == upload_id, Upload.permohonan_id == permohonan_id, _OURS)
        syarat: str | None = s.scalar(this.returning(Upload.syarat))
        if syarat is None:
            raise NotFound
    delete_bytes(upload_id)
    return syarat


def _count(s: Session, permohonan_id: UUID, beside: Progress | None = None) -> int:
    """Uploads of an application that are not judged; or those of one document that wait beside this one."""
    ours = (Upload.permohonan_id == permohonan_id, _OURS, Upload.refusal.is_(None))
    query = select(func.count()).where(*ours)
    if beside is not None:
        query = query.where(Upload.syarat == beside.syarat, Upload.id != beside.id, Upload.received_at.is_not(None))
    return s.scalar(query) or 0
