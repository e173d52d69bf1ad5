"""What the operator has to put right: parked rows, and files of the store that are damaged. No personal data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from pipeline.db import connection
from pipeline.models import DamagedFile, Outbox, Permohonan
from pipeline.queries.facilities import read_facilities
from pipeline.queries.machinery import QUEUE, Part, parts, read_signs
from pipeline.queries.measures import Lying, Owed, read_lying, read_owed
from pipeline.queries.records.kept_files import named_by
from pipeline.settings import Settings

STUCK_AT_MOST = 100
DAMAGED_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Damaged:
    """A kept file that is not what it was: rusak or hilang."""

    sha256: str
    state: str
    found_at: datetime
    nomor: tuple[str, ...]  # of the applications it belongs to


@dataclass(frozen=True, slots=True)
class Stuck:
    """A row that failed too often and waits for "coba lagi"."""

    id: int
    task: str
    antrean: str
    nomor: str | None
    error: str
    attempts: int
    stuck_at: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the office: who reads it, and what waits in it, if anything."""

    part: Part
    owed: Owed | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that has to work, and where the files are."""

    parts: Sequence[Part]  # but for the queues
    queues: Sequence[Queue]
    lying: Sequence[Lying]

    @property
    def felt(self) -> Sequence[str]:
        """What the public feels of what does not run now."""
        troubled = (p for p in (*self.parts, *(q.part for q in self.queues)) if not p.well and p.felt)
        return tuple(dict.fromkeys(p.felt for p in troubled))


def read_overview(s: Settings, *, now: datetime, office_now: datetime) -> Overview:
    """All of it, in five statements. ``now`` is the real clock."""
    with connection() as conn:
        signs = read_signs(conn)
        owed = {o.antrean: o for o in read_owed(conn, signs)}
        waiting = {o.antrean: o.oldest_at for o in owed.values() if o.oldest_at}
        found = parts(signs, waiting, now=now, office_now=office_now)
        facilities = read_facilities(conn, s, now=office_now)
        lying = read_lying(conn, office_now)
    queues = [p for p in found if p.name.startswith(QUEUE)]
    return Overview(
        (*(p for p in found if p not in queues), *facilities),
        [Queue(p, owed.get(p.name.removeprefix(QUEUE))) for p in queues],
        lying,
    )


def read_stuck() -> tuple[Stuck, ...]:
    """The parked rows, oldest first."""
    query = (
        select(
            Outbox.id,
            Outbox.task,
            Outbox.antrean,
            Permohonan.nomor,
            func.coalesce(Outbox.error, ""),
            Outbox.attempts,
            Outbox.stuck_at,
        )
        .outerjoin(Permohonan, Permohonan.id == Outbox.permohonan_id)
        .where(Outbox.closed_at.is_(None), Outbox.stuck_at.is_not(None))
        .order_by(Outbox.id)
        .limit(STUCK_AT_MOST)
    )
    with connection() as conn:
        return tuple(Stuck(*r) for r in conn.execute(query))


def read_damaged() -> tuple[Damaged, ...]:
    """What the store has lost or spoilt, and has not got back, with the files it belongs to; longest first."""
    query = (
        select(DamagedFile.sha256, DamagedFile.state, DamagedFile.found_at)
        .where(DamagedFile.whole_at.is_(None))
        .order_by(DamagedFile.found_at)
        .limit(DAMAGED_AT_MOST)
    )
    with connection() as conn:
        rows = conn.execute(query).all()
        nomor = named_by(conn, [r.sha256 for r in rows])
    return tuple(Damaged(r.sha256, r.state, r.found_at, tuple(nomor.get(r.sha256, ()))) for r in rows)
