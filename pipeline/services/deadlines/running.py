"""The files on desks, as far as their deadlines depend on it: what the calendar moves, and what a sweep finds late."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from pipeline.calendar.due import Interval
from pipeline.calendar.pauses import read_pauses
from pipeline.models import Permohonan, Tugas
from pipeline.roles import Peran
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Langkah, Sop

select_running = (
    select(
        Permohonan.id,
        Permohonan.nomor,
        Permohonan.pemegang,
        Permohonan.sop,
        Permohonan.sop_version,
        Permohonan.complete_at,
        Permohonan.tenggat.label("tenggat_janji"),
        Permohonan.tenggat_number.label("janji_number"),
        Permohonan.last_sequence,
        Permohonan.chain,
        Tugas.id.label("tugas_id"),
        Tugas.langkah,
        Tugas.kunjungan,
        Tugas.started_at,
        Tugas.jeda,
        Tugas.tenggat,
        Tugas.added_days,
        Tugas.tenggat_number,
        Tugas.eskalasi_at,
    )
    .join(Tugas, Tugas.permohonan_id == Permohonan.id)
    .where(Tugas.closed_at.is_(None), Tugas.tenggat.is_not(None))
)


@dataclass(slots=True, kw_only=True)
class Running:
    """A file on a desk, as far as its deadlines depend on the calendar. Its chain moves on when a move is recorded."""

    permohonan_id: UUID
    sequence: int  # of its last peristiwa, and the hash of it
    chain: str
    tugas_id: UUID
    nomor: str
    pemegang: str
    langkah: Langkah
    kunjungan: int
    started_at: datetime
    jeda: tuple[Interval, ...]
    added_days: int
    tenggat: datetime
    tenggat_number: int
    eskalasi_at: datetime | None
    sop: Sop
    complete_at: datetime | None
    tenggat_janji: datetime | None
    janji_number: int


def read_running(s: Session, at_most: int) -> list[Running]:
    """The files on desks, the one due first first."""
    return [running(r) for r in s.execute(select_running.order_by(Tugas.tenggat, Tugas.id).limit(at_most))]


def running(r: Row[*tuple[object, ...]]) -> Running:
    """A row of ``select_running`` as what it tells."""
    sop = get_sop(r.sop, r.sop_version)
    return Running(
        permohonan_id=r.id,
        sequence=r.last_sequence,
        chain=r.chain,
        tugas_id=r.tugas_id,
        nomor=r.nomor or "",
        pemegang=r.pemegang,
        langkah=sop[r.langkah],
        kunjungan=r.kunjungan,
        started_at=r.started_at,
        jeda=read_pauses(r.jeda),
        added_days=r.added_days,
        tenggat=r.tenggat,
        tenggat_number=r.tenggat_number,
        eskalasi_at=r.eskalasi_at,
        sop=sop,
        complete_at=r.complete_at,
        tenggat_janji=r.tenggat_janji,
        janji_number=r.janji_number,
    )


def at_applicant(s: Session, permohonan_ids: Collection[UUID]) -> Mapping[UUID, list[Interval]]:
    """When each of these files lay with the applicant."""
    rows = s.execute(
        select(Tugas.permohonan_id, Tugas.created_at, Tugas.closed_at).where(
            Tugas.permohonan_id.in_(permohonan_ids), Tugas.peran == str(Peran.PEMOHON), Tugas.closed_at.is_not(None)
        )
    )
    result: dict[UUID, list[Interval]] = defaultdict(list)
    for r in rows:
        result[r.permohonan_id].append(Interval(r.created_at, r.closed_at))
    return result
