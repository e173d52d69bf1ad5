"""The visits of a file: every finished one, and how the next one begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Connection, any_, bindparam, select

from pipeline.calendar.due import Interval
from pipeline.calendar.pauses import read_pauses
from pipeline.db import Constant
from pipeline.hashing import digest
from pipeline.models import Tugas
from pipeline.roles import Peran
from pipeline.rules.deadlines import VisitClock
from pipeline.rules.transitions import Transition
from pipeline.rules.visiting import Visit, visit
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
    back_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A tugas of the file that is open beside the one that ends."""

    id: UUID
    langkah: str
    version: int


@dataclass(slots=True)
class Visits:
    """The tugas of a file: every finished one, oldest first, with the one that ends now last; and those still open."""

    past: list[Past] = field(default_factory=list)
    beside: list[Beside] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class End:
    """How a tugas is about to be ended."""

    tugas_id: UUID
    keputusan: str
    actor: UUID | None
    back_to: str | None


def past(file: LockedPermohonan, keputusan: str, actor: UUID | None, now: datetime) -> list[Past]:
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


#: The tugas of each file, in the order they were done; the open ones last.
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
    Tugas.back_to,
    Tugas.id,
    Tugas.version,
)
_of_files = Tugas.permohonan_id == any_(bindparam("files", type_=ARRAY(Tugas.permohonan_id.type)))
_SHARED = Constant(_visits.where(_of_files).order_by(Tugas.closed_at.nulls_last(), Tugas.created_at))


def read_shared(conn: Connection, ends: Mapping[UUID, End], now: datetime) -> Mapping[UUID, Visits]:
    """The tugas of locked files that several desks may have; the one of ``ends`` as it is about to be ended."""
    visits = {file: Visits() for file in ends}
    for r in _SHARED(conn, files=list(ends)).mappings():
        told = {**r, "jeda": read_pauses(r["jeda"])}
        file, tugas_id, version = (told.pop(name) for name in ("permohonan_id", "id", "version"))
        end, of_file = ends[file], visits[file]
        if r["closed_at"] is None and tugas_id != end.tugas_id:
            of_file.beside.append(Beside(id=tugas_id, langkah=r["langkah"], version=version))
            continue
        if r["closed_at"] is None:
            told |= {"keputusan": end.keputusan, "actor": end.actor, "closed_at": now, "back_to": end.back_to}
        of_file.past.append(Past(**told))
    return visits


def next_visit(
    file: LockedPermohonan, transition: Transition, code: str, riwayat: Sequence[Past], now: datetime
) -> Visit:
    """The next visit of this langkah. One that goes on under another calendar has another tenggat, with levels of its
    own."""
    following = visit(transition, riwayat, langkah=code, content_digest=bound(file), now=now)
    earlier = next((p for p in reversed(riwayat) if (p.langkah, p.kunjungan) == (code, following.kunjungan)), None)
    langkah = file.sop[code]
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
