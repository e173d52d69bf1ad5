"""The visits of a file: every finished one, and how the next one begins."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from pipeline.calendar.due import Interval
from pipeline.calendar.pauses import read_pauses
from pipeline.hashing import digest
from pipeline.roles import Peran
from pipeline.rules.deadlines import VisitClock
from pipeline.rules.transitions import Transition, Visit, visit
from pipeline.services.records.lock_statement import VisitRow
from pipeline.services.records.locking import LockedPermohonan


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A finished tugas of the file (transitions.Kunjungan)."""

    langkah: str
    kunjungan: int
    started_at: datetime
    created_at: datetime
    closed_at: datetime
    keputusan: str
    actor: UUID | None
    jeda: tuple[Interval, ...]
    asking_langkah: str | None
    hash_when_asked: str | None
    added_days: int = 0
    tenggat_number: int = 0
    tenggat: datetime | None = None


def past(file: LockedPermohonan, keputusan: str, actor: UUID | None, now: datetime) -> Sequence[Past]:
    """Every finished tugas of the file, oldest first; last the open one, as it is ended by this keputusan."""
    ended = Past(
        langkah=file.langkah.code,
        kunjungan=file.kunjungan,
        started_at=file.started_at,
        created_at=file.created_at,
        closed_at=now,
        keputusan=keputusan,
        actor=actor,
        jeda=read_pauses(file.jeda),
        asking_langkah=file.asking_langkah,
        hash_when_asked=file.hash_when_asked,
        added_days=file.added_days,
        tenggat_number=file.tenggat_number,
        tenggat=file.tenggat,
    )
    return [*map(_finished, file.visits), ended]


def _finished(row: VisitRow) -> Past:
    langkah, kunjungan, started, created, closed, keputusan, actor, jeda, asking, hashed, added, number, tenggat = row
    return Past(
        langkah=langkah,
        kunjungan=kunjungan,
        started_at=datetime.fromisoformat(started),
        created_at=datetime.fromisoformat(created),
        closed_at=datetime.fromisoformat(closed),
        keputusan=keputusan,
        actor=UUID(actor) if actor else None,
        jeda=read_pauses(jeda),
        asking_langkah=asking,
        hash_when_asked=hashed,
        added_days=added,
        tenggat_number=number,
        tenggat=datetime.fromisoformat(tenggat) if tenggat else None,
    )


def next_visit(file: LockedPermohonan, transition: Transition, riwayat: Sequence[Past], now: datetime) -> Visit:
    """The next visit. One that goes on under another calendar has another tenggat, with levels of its own."""
    following = visit(transition, riwayat, content_digest=bound(file), now=now)
    earlier = next(
        (p for p in reversed(riwayat) if (p.langkah, p.kunjungan) == (transition.target, following.kunjungan)), None
    )
    langkah = file.sop[transition.target]
    if earlier is None:
        return following
    if earlier.tenggat is None:  # filled in without one; a desk that puts its own file right has its time from now on
        return following if langkah.peran == Peran.PEMOHON else replace(following, started_at=now, jeda=())
    clock = VisitClock(langkah, earlier.started_at, earlier.jeda, earlier.added_days)
    moved = clock.due(file.calendar).at != earlier.tenggat
    return replace(following, tenggat_number=earlier.tenggat_number + moved)


def bound(file: LockedPermohonan) -> str:
    """What the approvals are bound to: the content, and the draft that was made of it."""
    return digest({"isi": file.content_digest, "naskah": file.naskah_hash})
