"""The office opens for applicants once it has all it must have; what it lacks later is warned of and closes nothing."""

from datetime import datetime

from sqlalchemy import Connection

from pipeline.errors import NotAllowedYet
from pipeline.queries.opening import read_entries, why_closed
from pipeline.rules.opening.facts import OfficeEventKind, has_opened
from pipeline.services.office.entries import add_entry, hold_entries
from pipeline.settings import settings


def guard_open(conn: Connection, now: datetime) -> None:
    """When an applicant sends; the first time all is there, that is put on record. Raises NotAllowedYet."""
    if settings().demo:
        return
    entries = read_entries(conn)
    if closed := why_closed(entries, now):
        raise NotAllowedYet(closed)
    if not has_opened(entries):
        hold_entries(conn)
        if not has_opened(read_entries(conn)):
            add_entry(conn, OfficeEventKind.DIBUKA, None, now)
