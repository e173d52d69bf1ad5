"""The register of decree numbers: every number of a year per series, how it stands, and what nothing accounts for."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Row, Select, and_, exists, func, select, union_all
from sqlalchemy.orm import aliased

from pipeline.db import connection
from pipeline.models import NomorRegister, Peristiwa, Permohonan, Sk
from pipeline.rules.history.register import REASONS, FreedReason, Gap, NumberState, is_unknown, number_state
from pipeline.sop.registry import every_version
from pipeline.tanggal import date_at


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredNumber:
    """One number of a series."""

    urut: int
    nomor: str
    state: NumberState
    permohonan_id: UUID | None
    pendaftaran: str | None  # registration number of the file that has it
    unknown: bool  # whether it was signed has to be found out
    pada: datetime  # since when it stands so
    reason: str  # why the last file gave it up; '' when none did
    freed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The numbers of one kind of document of one permit in one year."""

    sop: str
    jenis: str
    judul: str
    numbers: tuple[RegisteredNumber, ...]
    missing: tuple[int, ...]

    @property
    def counts(self) -> Mapping[NumberState, int]:
        return Counter(n.state for n in self.numbers)

    @property
    def key(self) -> str:
        return f"{self.sop}.{self.jenis}"


_R = NomorRegister
_KINDS = {"sk": "Surat keputusan", "penolakan": "Surat penolakan"}


def number_gaps(conn: Connection, tahun: int | None = None) -> tuple[Gap, ...]:
    """The numbers (of a year) that were passed over or are gone from the register: between 1 and the last one drawn,
    as the register and the histories tell. Empty: no gap."""
    drawn = Peristiwa.data["drawn"]
    told = select(
        drawn["sop"].as_string().label("sop"), drawn["jenis"].as_string().label("jenis"),
        drawn["tahun"].as_integer().label("tahun"), drawn["urut"].as_integer().label("urut"),
    ).where(Peristiwa.jenis == "sk_niat", Peristiwa.data.has_key("drawn"))  # fmt: skip
    kept = select(_R.sop, _R.jenis, _R.tahun, _R.urut)
    every = union_all(kept, told).subquery()
    last = (
        select(every.c.sop, every.c.jenis, every.c.tahun, func.max(every.c.urut).label("last"))
        .group_by(every.c.sop, every.c.jenis, every.c.tahun)
        .subquery()
    )
    counted = func.generate_series(1, last.c.last).table_valued("urut").render_derived()
    urut = counted.c.urut
    present = exists().where(_R.sop == last.c.sop, _R.jenis == last.c.jenis, _R.tahun == last.c.tahun, _R.urut == urut)
    query = select(last.c.sop, last.c.jenis, last.c.tahun, urut).select_from(last.join(counted, ~present))
    if tahun is not None:
        query = query.where(last.c.tahun == tahun)
    return tuple(Gap(*r) for r in conn.execute(query.order_by(*query.selected_columns)))


def read_register(tahun: int, *, now: datetime) -> tuple[Series, ...]:
    """Every series of a year, those of the permits on offer first, drawn or not."""
    with connection() as conn:
        rows = conn.execute(_rows(tahun)).all()
        gaps = number_gaps(conn, tahun)
    titles = {(p.kode, jenis): f"{_KINDS[jenis]} {p.nama}" for p in every_version() for jenis in p.naskah.pola_nomor}
    return tuple(
        Series(
            sop=sop, jenis=jenis, judul=titles.get((sop, jenis), f"{_KINDS[jenis]} {sop}"),
            numbers=tuple(_registered(r, now) for r in rows if (r.sop, r.jenis) == (sop, jenis)),
            missing=tuple(g.urut for g in gaps if (g.sop, g.jenis) == (sop, jenis)),
        )
        for sop, jenis in dict.fromkeys([*titles, *((r.sop, r.jenis) for r in rows)])
    )  # fmt: skip


def read_years(*, now: datetime) -> list[int]:
    """The years that have numbers, and this one; the newest first."""
    with connection() as conn:
        return sorted({*conn.scalars(select(_R.tahun).distinct()), date_at(now).year}, reverse=True)


def _rows(tahun: int) -> Select[*tuple[object, ...]]:
    holder, before = aliased(Permohonan), aliased(Permohonan)
    of_number = and_(Sk.sop == _R.sop, Sk.jenis == _R.jenis, Sk.tahun == _R.tahun, Sk.urut == _R.urut)
    return (
        select(
            _R.sop, _R.jenis, _R.tahun, _R.urut, _R.nomor, _R.permohonan_id, _R.drawn_at, _R.used_at, _R.freed_at,
            _R.freed_reason, holder.nomor.label("pendaftaran"), before.nomor.label("freed_by"), Sk.status,
            Sk.created_at, Sk.penyedia,
        )
        .outerjoin(holder, holder.id == _R.permohonan_id)
        .outerjoin(before, before.id == _R.freed_by)
        .outerjoin(Sk, of_number)
        .where(_R.tahun == tahun)
        .order_by(_R.sop, _R.jenis, _R.urut)
    )  # fmt: skip


def _registered(r: Row[*tuple[object, ...]], now: datetime) -> RegisteredNumber:
    unknown = r.status is not None and is_unknown(r.status, r.created_at, r.penyedia, now)
    held, used = r.permohonan_id is not None, r.used_at is not None
    state = number_state(held=held, used=used, unknown=unknown, tahun=r.tahun, this_year=date_at(now).year)
    lapsed = held and state is NumberState.CANCELLED
    reason = FreedReason.YEAR_END if lapsed else None if held else FreedReason(r.freed_reason)
    return RegisteredNumber(
        urut=r.urut, nomor=r.nomor, state=state, permohonan_id=r.permohonan_id, pendaftaran=r.pendaftaran,
        unknown=unknown, pada=(r.used_at or r.drawn_at) if held else r.freed_at,
        reason=REASONS[reason] if reason else "", freed_by=r.freed_by,
    )  # fmt: skip
