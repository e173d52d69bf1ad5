"""Leases on sweeps: several triggers, one run at a time, and a dead holder's lease lapses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.models import Sewa


@contextmanager
def lease(nama: str, *, during: timedelta) -> Iterator[bool]:
    """Yield True when this process holds the lease ``nama`` until the block ends (or ``during`` has passed)."""
    pemegang, now = uuid4().hex, real_now()
    values = {"pemegang": pemegang, "arrived_at": now + during}
    with unit_of_work() as s:
        held = s.execute(
            upsert(Sewa)
            .values(nama=nama, **values)
            .on_conflict_do_update(index_elements=[Sewa.nama], set_=values, where=Sewa.arrived_at < now)
            .returning(Sewa.nama)
        ).first()
    try:
        yield held is not None
    finally:
        if held is not None:
            with unit_of_work() as s:
                mine = (Sewa.nama == nama, Sewa.pemegang == pemegang)
                s.execute(update(Sewa).where(*mine).values(arrived_at=now))
