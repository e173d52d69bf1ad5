"""The only writer of what the office declared or reached."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, text

from pipeline.hashing import entry_hash
from pipeline.json import Json
from pipeline.models import OfficeEvent
from pipeline.rules.opening.facts import OfficeEventKind


def hold_entries(conn: Connection) -> None:
    """One at a time, until this transaction ends."""
    conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('office_event', 0))"))


def add_entry(conn: Connection, kind: OfficeEventKind, actor: UUID | None, now: datetime) -> None:
    """Add one to the chain; the entries are held."""
    before = conn.scalar(select(OfficeEvent.hash).order_by(OfficeEvent.id.desc()).limit(1)) or ""
    row: Json = {"kind": str(kind), "actor": actor, "at": now}
    conn.execute(insert(OfficeEvent).values(**row, hash=entry_hash(before, row)))
