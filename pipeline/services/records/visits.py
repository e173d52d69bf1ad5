"""The visits of a file: every finished one, and how the next one begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Connection, any_, bindparam, select

from pipeline.calendar.due import Interval
from pipeline.calendar.pauses import read_pauses
from pipeline.db import Constant
from pipeline.hashing import digest
from pipeline.models import Tugas
from pipeline.rules.deadlines import VisitClock
from pipeline.rules.transitions import Transition, Visit, visit
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


#: The tugas of each file, in the order they were done; the open one last.
_visits = select(
    Tugas.permohonan_id,
    Tugas.langkah,
    Tugas.kunjungan,
    Tugas.started_at,
    Tugas.created_at,
    Tugas.closed_at,
    Tugas.keputusan,
    Tugas.actor,
    Tugas.jeda,
    Tugas.asking_langkah,
    Tugas.hash_when_asked,
    Tugas.added_days,
    Tugas.tenggat_number,
    Tugas.tenggat,
)
_of_files = Tugas.permohonan_id == any_(bindparam("files", type_=ARRAY(Tugas.permohonan_id.type)))
_VISITS = Constant(_visits.where(_of_files).order_by(Tugas.closed_at.nulls_last(), Tugas.created_at))


def read_visits(
    conn: Connection, ends: Mapping[UUID, tuple[str, UUID | None]], now: datetime
) -> Mapping[UUID, Sequence[Past]]:
    """Every finished tugas of each file, oldest first, in one statement; the open one as it is about to be ended.

    ``ends``: of each file, the keputusan now taken and who takes it.
    """
    visits: dict[UUID, list[Past]] = {file: [] for file in ends}
    for r in _VISITS(conn, files=list(ends)).mappings():
        told = {**r, "jeda": read_pauses(r["jeda"])}
        file = told.pop("permohonan_id")
        if r["closed_at"] is None:
            told |= dict(zip(("keputusan", "actor", "closed_at"), (*ends[file], now), strict=True))
        visits[file].append(Past(**told))
    return visits


def next_visit(file: LockedPermohonan, transition: Transition, riwayat: Sequence[Past], now: datetime) -> Visit:
    """The next visit. One that goes on under another calendar has another tenggat, with levels of its own."""
    following = visit(transition, riwayat, content_digest=bound(file), now=now)
    earlier = next(
        (p for p in reversed(riwayat) if (p.langkah, p.kunjungan) == (transition.target, following.kunjungan)), None
    )
    if earlier is None or earlier.tenggat is None:
        return following
    clock = VisitClock(file.sop[transition.target], earlier.started_at, earlier.jeda, earlier.added_days)
    moved = clock.due(file.calendar).at != earlier.tenggat
    return replace(following, tenggat_number=earlier.tenggat_number + moved)


def bound(file: LockedPermohonan) -> str:
    """What the approvals are bound to: the content, and the draft that was made of it."""
    return digest({"isi": file.content_digest, "naskah": file.naskah_hash})
