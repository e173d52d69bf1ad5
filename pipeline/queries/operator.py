"""How the machinery is: signs of life, depth of the outbox, parked rows. No personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from pipeline.db import connection
from pipeline.models import DamagedFile, Outbox, Permohonan, Pulse
from pipeline.queries.records.kept_files import named_by

#: Who has to give a sign of life, and what the public feels when it does not.
PARTS: Mapping[str, str] = {
    "relay": "Pengirim pesan: meneruskan pekerjaan ke antrean",
    "beat": "Pengatur waktu: pengingat dan batas waktu",
    "pekerja:peran": "Pekerja langkah SOP",
    "pekerja:layanan": "Pekerja dokumen dan pemberitahuan",
}
SILENT_AT_MOST = timedelta(minutes=2)
STUCK_AT_MOST = 100
DAMAGED_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A part of the system and its last sign of life."""

    name: str
    description: str
    at: datetime | None
    alive: bool


@dataclass(frozen=True, slots=True)
class Depth:
    """What is owed to a queue of the broker, and since when the oldest waits."""

    antrean: str
    total: int
    oldest_at: datetime


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


def read_heartbeat(*, now: datetime) -> tuple[Heartbeat, ...]:
    """Every part that has to be alive. ``now`` is the real clock."""
    with connection() as conn:
        at = {r.name: r.at for r in conn.execute(select(Pulse.name, Pulse.at))}
    return tuple(Heartbeat(n, description, at.get(n), _alive(at.get(n), now)) for n, description in PARTS.items())


def read_depth() -> tuple[Depth, ...]:
    """Rows not done and not parked, per queue."""
    query = (
        select(Outbox.antrean, func.count(), func.min(Outbox.created_at))
        .where(Outbox.closed_at.is_(None), Outbox.stuck_at.is_(None))
        .group_by(Outbox.antrean)
        .order_by(Outbox.antrean)
    )
    with connection() as conn:
        return tuple(Depth(*r) for r in conn.execute(query))


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


def _alive(at: datetime | None, now: datetime) -> bool:
    return at is not None and now - at < SILENT_AT_MOST
