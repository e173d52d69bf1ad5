"""The visits of a file: every finished one, and how the next one begins."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.calendar.due import Interval, Limit, due
from pipeline.hashing import digest
from pipeline.models import Tugas
from pipeline.rules.transitions import Transition, Visit, visit
from pipeline.services.records.locking import File


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A finished tugas of the file (transitions.Kunjungan)."""

    langkah: str
    kunjungan: int
    mulai_pada: datetime
    dibuat_pada: datetime
    selesai_pada: datetime
    keputusan: str
    oleh: UUID | None
    jeda: tuple[Interval, ...]
    diminta_langkah: str | None
    diminta_hash: str | None
    tambahan_hari: int = 0
    tenggat_ke: int = 0
    tenggat: datetime | None = None


def read_visits(s: Session, file: File, transition: Transition, oleh: UUID | None, now: datetime) -> Sequence[Past]:
    """Every finished tugas of the file, oldest first, this one included as it is about to be closed."""
    t = Tugas
    rows = s.execute(
        select(
            t.id, t.langkah, t.kunjungan, t.mulai_pada, t.dibuat_pada, t.selesai_pada, t.keputusan, t.oleh, t.jeda,
            t.diminta_langkah, t.diminta_hash, t.tambahan_hari, t.tenggat_ke, t.tenggat,
        )
        .where(t.permohonan_id == file.permohonan_id)
        .order_by(t.selesai_pada.nulls_last(), t.dibuat_pada)
    )  # fmt: skip
    return [
        Past(
            langkah=r.langkah,
            kunjungan=r.kunjungan,
            mulai_pada=r.mulai_pada,
            dibuat_pada=r.dibuat_pada,
            selesai_pada=r.selesai_pada or now,
            keputusan=r.keputusan or transition.keputusan,
            oleh=r.oleh if r.selesai_pada else oleh,
            jeda=read_pauses(r.jeda),
            diminta_langkah=r.diminta_langkah,
            diminta_hash=r.diminta_hash,
            tambahan_hari=r.tambahan_hari,
            tenggat_ke=r.tenggat_ke,
            tenggat=r.tenggat,
        )
        for r in rows
    ]


def next_visit(file: File, transition: Transition, riwayat: Sequence[Past], now: datetime) -> Visit:
    """The next visit. One that goes on under another calendar has another tenggat, with levels of its own."""
    following = visit(transition, riwayat, isi_hash=bound(file), now=now)
    dulu = next(
        (p for p in reversed(riwayat) if (p.langkah, p.kunjungan) == (transition.ke, following.kunjungan)), None
    )
    if dulu is None or dulu.tenggat is None:
        return following
    batas = file.sop[transition.ke].batas + Limit(hari=dulu.tambahan_hari)
    moved = due(file.kalender, dulu.mulai_pada, batas, dulu.jeda).at != dulu.tenggat
    return replace(following, tenggat_ke=dulu.tenggat_ke + moved)


def bound(file: File) -> str:
    """What the approvals are bound to: the content, and the draft that was made of it."""
    return digest({"isi": file.isi_hash, "naskah": file.naskah_hash})


def read_pauses(jeda: Sequence[object]) -> tuple[Interval, ...]:
    """Pauses as kept in the tugas row: [[from, to], …] in ISO 8601."""
    return tuple(
        Interval(datetime.fromisoformat(str(j[0])), datetime.fromisoformat(str(j[1])))
        for j in jeda
        if isinstance(j, list)
    )


def write_pauses(jeda: Sequence[Interval]) -> list[object]:
    return [[j.mulai.isoformat(), j.sampai.isoformat()] for j in jeda]
