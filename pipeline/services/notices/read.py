"""A person reads their bell."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from pipeline.db import unit_of_work
from pipeline.errors import NotFound
from pipeline.models import Notice
from pipeline.rules.notices.rules import Channel
from pipeline.services.people.sessions import guard_session


def open_notice(notice_id: UUID, *, actor: UUID, session_id: str | None = None, now: datetime) -> str:
    """Mark one notice as read; returns the path it leads to. Raises NotFound for somebody else's."""
    with unit_of_work() as s:
        guard_session(s, session_id, actor)
        p = s.scalar(
            select(Notice)
            .where(Notice.id == notice_id, Notice.person_id == actor, Notice.channel == Channel.LONCENG)
            .with_for_update()
        )
        if p is None:
            raise NotFound
        p.read_at = p.read_at or now
        return p.link


def mark_all_read(*, actor: UUID, session_id: str | None = None, until: datetime, now: datetime) -> int:
    """Mark as read what this person's bell has told until ``until``: not what has come since. Returns how many."""
    with unit_of_work() as s:
        guard_session(s, session_id, actor)
        read = (
            update(Notice)
            .where(
                Notice.person_id == actor,
                Notice.channel == Channel.LONCENG,
                Notice.read_at.is_(None),
                Notice.created_at <= until,
            )
            .values(read_at=now)
            .returning(Notice.id)
        )
        return len(s.execute(read).all())
