"""A person reads their bell."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from pipeline.db import unit_of_work
from pipeline.errors import NotFound
from pipeline.models import Pemberitahuan
from pipeline.services.people.sessions import guard_session

_N = Pemberitahuan


def open_notice(pemberitahuan_id: UUID, *, oleh: UUID, sesi: str | None = None, now: datetime) -> str:
    """Mark one notice as read; returns the path it leads to. Raises TidakDitemukan for somebody else's."""
    with unit_of_work() as s:
        guard_session(s, sesi, oleh)
        p = s.scalar(
            select(_N).where(_N.id == pemberitahuan_id, _N.orang_id == oleh, _N.saluran == "lonceng").with_for_update()
        )
        if p is None:
            raise NotFound
        p.dibaca_pada = p.dibaca_pada or now
        return p.tautan


def mark_all_read(*, oleh: UUID, sesi: str | None = None, sampai: datetime, now: datetime) -> int:
    """Mark as read what this person's bell has told until ``sampai``: not what has come since. Returns how many."""
    with unit_of_work() as s:
        guard_session(s, sesi, oleh)
        read = (
            update(_N)
            .where(
                _N.orang_id == oleh, _N.saluran == "lonceng", _N.dibaca_pada.is_(None), _N.dibuat_pada <= sampai
            )
            .values(dibaca_pada=now)
            .returning(_N.id)
        )  # fmt: skip
        return len(s.execute(read).all())
