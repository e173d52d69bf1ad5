"""Counted tries in a window: the one rate limit, in PostgreSQL, so that a flushed Redis opens no door."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert

from pipeline.db import connection
from pipeline.errors import TerlaluSering
from pipeline.models import PercobaanAkses


def counter(what: str, who: str) -> str:
    """The counter of one kind of try for one person or address; hashed, because an address is personal data."""
    return f"{what}:{hashlib.sha256(who.encode()).hexdigest()[:40]}"


def count_try(what: str, who: str, *, at_most: int, window: timedelta, now: datetime) -> None:
    """Count a try. Raises TerlaluSering, with the seconds to wait, from the try after ``at_most`` on."""
    count, until = add_try(counter(what, who), window=window, now=now)
    if count > at_most:
        raise _refusal(until - now)


def add_try(name: str, *, window: timedelta, now: datetime) -> tuple[int, datetime]:
    """Count a try; returns how many there were in this window, and its end."""
    over = PercobaanAkses.sampai_pada <= now
    new = insert(PercobaanAkses).values(kunci=name, jumlah=1, sampai_pada=now + window)
    counted = new.on_conflict_do_update(
        index_elements=[PercobaanAkses.kunci],
        set_={
            "jumlah": case((over, 1), else_=PercobaanAkses.jumlah + 1),
            "sampai_pada": case((over, now + window), else_=PercobaanAkses.sampai_pada),
        },
    ).returning(PercobaanAkses.jumlah, PercobaanAkses.sampai_pada)
    with connection() as conn:
        count, until = conn.execute(counted).one()
    return count, until


def check(name: str, *, at_most: int, now: datetime) -> None:
    """Raises TerlaluSering once ``at_most`` tries were counted in this window; counts nothing itself."""
    query = select(PercobaanAkses.jumlah, PercobaanAkses.sampai_pada).where(PercobaanAkses.kunci == name)
    with connection() as conn:
        row = conn.execute(query).one_or_none()
    if row is not None and row.sampai_pada > now and row.jumlah >= at_most:
        raise _refusal(row.sampai_pada - now)


def block(name: str, duration: timedelta, *, now: datetime) -> None:
    """Close a door until ``duration`` from now: ``check(…, at_most=0)`` raises until then."""
    new = insert(PercobaanAkses).values(kunci=name, jumlah=0, sampai_pada=now + duration)
    with connection() as conn:
        conn.execute(
            new.on_conflict_do_update(
                index_elements=[PercobaanAkses.kunci], set_={"sampai_pada": new.excluded.sampai_pada}
            )
        )


def forget(*names: str) -> None:
    """Forget these counters."""
    with connection() as conn:
        conn.execute(delete(PercobaanAkses).where(PercobaanAkses.kunci.in_(names)))


def sweep(*, now: datetime) -> int:
    """Delete the counters whose window is over; returns how many."""
    with connection() as conn:
        return conn.execute(delete(PercobaanAkses).where(PercobaanAkses.sampai_pada <= now)).rowcount


def _refusal(rest: timedelta) -> TerlaluSering:
    """It says how long to wait."""
    seconds = max(1, int(rest.total_seconds()) + 1)
    words = f"{seconds} detik" if seconds < 60 else f"{-(-seconds // 60)} menit"
    return TerlaluSering(seconds, f"Terlalu banyak percobaan. Coba lagi dalam {words}.")
