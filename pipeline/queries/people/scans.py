"""The scans an administrator has sent in for delegations that are not made yet."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, func, select

from pipeline.db import connection, read_once
from pipeline.models import Upload, UploadPurpose
from pipeline.queries.records.received import USUAL, ReceivedFile, read_refusal


@dataclass(frozen=True, slots=True)
class ReceivedScan(ReceivedFile):
    """A scan, and what was typed beside it."""

    cleaned: bool
    typed: dict[str, str | tuple[str, ...]]

    @property
    def waits(self) -> bool:
        return not self.cleaned and self.refusal is None


def read_scans(actor: UUID) -> tuple[ReceivedScan, ...]:
    """Those of this administrator, in the order they came."""
    with connection() as conn:
        return read_once(conn, ("scans", actor), partial(_scans, actor))


def read_scan(scan: UUID | None, actor: UUID) -> ReceivedScan | None:
    """This one; None when it is not theirs, was used, or was taken back."""
    return next((one for one in read_scans(actor) if one.id == scan), None) if scan else None


def _scans(actor: UUID, conn: Connection) -> tuple[ReceivedScan, ...]:
    late = (Upload.received_at < func.now() - USUAL).label("late")
    columns = (Upload.id, Upload.name, late, Upload.refusal, Upload.cleaned_sha256, Upload.details)
    mine = (Upload.permohonan_id.is_(None), Upload.purpose == UploadPurpose.LETTER, Upload.actor == actor)
    query = select(*columns).where(*mine, Upload.received_at.is_not(None)).order_by(Upload.received_at)
    return tuple(
        ReceivedScan(
            r.id,
            r.name or "pindaian",
            r.late,
            read_refusal(r.refusal),
            r.cleaned_sha256 is not None,
            {code: str(value) for code, value in (r.details or {}).items()},
        )
        for r in conn.execute(query)
    )
