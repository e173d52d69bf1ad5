"""The scan of a letter by which somebody stands in for another: it waits to be examined with what was typed beside it,
and goes with the delegation once that is made."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import IO
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid
from pipeline.json import Json
from pipeline.models import Upload, UploadPurpose
from pipeline.queries.records.received import read_refusal
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_admin
from pipeline.services.records.uploads import announce, delete_bytes, receive_whole, settle_upload, size_of
from pipeline.uploads.refusals import BerkasRefused, RefusalReason

AT_MOST = 10  # of one administrator, unused
GONE = "Pindaian tadi sudah dipakai atau dihapus. Pilih lagi berkasnya, atau simpan tanpa pindaian."
UNEXAMINED = "Pindaian masih diperiksa. Tunggu sebentar, lalu simpan lagi."
REFUSED = "Pilih pindaian lain, atau hapus pindaian ini untuk menyimpan tanpa pindaian."

Typed = Mapping[str, object]


def receive_scan(
    name: str, content: IO[bytes], typed: Typed, *, instead_of: UUID | None, actor: Petugas, now: datetime
) -> UUID:
    """Take a scan that waits to be examined, and keep what is typed beside it. Returns its id. Raises BerkasRefused.

    ``instead_of``: the one that was on the page where it was chosen; it takes its place.
    """

    def place(s: Session) -> Json:
        guard_admin(s, actor, now)
        s.execute(delete(Upload).where(Upload.id == instead_of, *_mine(actor)))
        if (s.scalar(select(func.count()).select_from(Upload).where(*_mine(actor))) or 0) >= AT_MOST:
            raise BerkasRefused(RefusalReason.TOO_MANY_UNFINISHED)
        return {"purpose": UploadPurpose.LETTER, "actor": actor.person_id, "details": dict(typed)}

    upload = announce(name, size_of(content), place, now=now)
    receive_whole(upload, content, partial(settle_upload, upload, partial(guard_admin, actor=actor, now=now), now=now))
    if instead_of is not None:
        delete_bytes(instead_of)
    return upload.id


def keep_typed(scan: UUID, typed: Typed, *, actor: Petugas, now: datetime) -> None:
    """Keep what is typed by now beside a scan, for who goes on later."""
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        s.execute(update(Upload).where(Upload.id == scan, *_mine(actor)).values(details=dict(typed)))


def drop_scan(scan: UUID, *, actor: Petugas, now: datetime) -> None:
    """Take back a scan, whatever became of it; a second time, nothing."""
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        gone = s.scalar(delete(Upload).where(Upload.id == scan, *_mine(actor)).returning(Upload.id))
    if gone is not None:
        delete_bytes(scan)


def use_scan(s: Session, scan: UUID | None, actor: Petugas) -> str | None:
    """The SHA-256 of the cleaned copy, which goes with the delegation that this transaction makes.

    Raises InputInvalid until it is accepted.
    """
    if scan is None:
        return None
    query = select(Upload.refusal, Upload.cleaned_sha256).where(Upload.id == scan, *_mine(actor))
    row = s.execute(query.with_for_update()).first()
    if row is None:
        raise InputInvalid({"scan": GONE})
    if row.refusal is not None:
        raise InputInvalid({"scan": f"{read_refusal(row.refusal)} {REFUSED}"})
    if row.cleaned_sha256 is None:
        raise InputInvalid({"scan": UNEXAMINED})
    s.execute(delete(Upload).where(Upload.id == scan))
    return str(row.cleaned_sha256)


def _mine(actor: Petugas) -> tuple[ColumnElement[bool], ...]:
    return (
        Upload.permohonan_id.is_(None),
        Upload.purpose == UploadPurpose.LETTER,
        Upload.actor == actor.person_id,
    )
