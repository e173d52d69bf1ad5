"""The log of what was taken over from paper: a chain, one change at a time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from pipeline.hashing import paper_hash
from pipeline.json import Json
from pipeline.models import PaperChange
from pipeline.rules.paper.changes import ChangeKind

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('register kertas', 0))")


def lock_log(s: Session) -> None:
    """Others who change what is known of paper wait until this transaction ends."""
    s.execute(_LOCK)


def log_change(s: Session, kind: ChangeKind, data: Json, *, actor: UUID | None, now: datetime) -> int:
    """Append a change to the locked log; its id."""
    before = s.scalar(select(PaperChange.hash).order_by(PaperChange.id.desc()).limit(1)) or ""
    row: Json = {"kind": kind, "actor": actor, "at": now, "data": data}
    made = s.scalars(insert(PaperChange).values(**row, hash=paper_hash(before, row)).returning(PaperChange.id))
    return made.one()
