"""Leases on sweeps: several triggers, one run at a time, and a dead holder's lease lapses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.models import Lease


@contextmanager
def lease(name: str, *, during: timedelta) -> Iterator[bool]:
    """Yield True when this process holds the lease ``name`` until the block ends (or ``during`` has passed)."""
    pemegang, now = uuid4().hex, real_now()
    values = {"pemegang": pemegang, "expires_at": now + during}
    with unit_of_work() as s:
        held = s.execute(
            upsert(Lease)
            .values(name=name, **values)
            .on_conflict_do_update(index_elements=[Lease.name], set_=values, where=Lease.expires_at < now)
            .returning(Lease.name)
        ).first()
    try:
        yield held is not None
    finally:
        if held is not None:
            with unit_of_work() as s:
                mine = (Lease.name == name, Lease.pemegang == pemegang)
                s.execute(update(Lease).where(*mine).values(expires_at=now))
