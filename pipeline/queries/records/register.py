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
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.history.register import REASONS, FreedReason, Gap, NumberState, is_unknown, number_state
from pipeline.sop.registry import every_version
from pipeline.text import date_at


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredNumber:
    """One number of a series."""

    sequence: int
    nomor: str
    state: NumberState
    permohonan_id: UUID | None
    registration: str | None  # registration number of the file that has it
    unknown: bool  # whether it was signed has to be found out
    at: datetime  # since when it stands so
    reason: str  # why the last file gave it up; '' when none did
    freed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The numbers of one kind of document of one permit in one year."""

    sop: str
    kind: str
    title: str
    numbers: tuple[RegisteredNumber, ...]
    missing: tuple[int, ...]

    @property
    def counts(self) -> Mapping[NumberState, int]:
        return Counter(n.state for n in self.numbers)

    @property
    def key(self) -> str:
        return f"{self.sop}.{self.kind}"


def number_gaps(conn: Connection, year: int | None = None) -> tuple[Gap, ...]:
    """The numbers (of a year) that were passed over or are gone from the register: between 1 and the last one drawn,
    as the register and the histories tell. Empty: no gap."""
    drawn = Peristiwa.data["drawn"]
    told = select(
        drawn["sop"].as_string().label("sop"),
        drawn["kind"].as_string().label("kind"),
        drawn["year"].as_integer().label("year"),
        drawn["sequence"].as_integer().label("sequence"),
    ).where(Peristiwa.kind == PeristiwaKind.SK_NIAT, Peristiwa.data.has_key("drawn"))
    kept = select(NomorRegister.sop, NomorRegister.kind, NomorRegister.year, NomorRegister.sequence)
    every = union_all(kept, told).subquery()
    last = (
        select(every.c.sop, every.c.kind, every.c.year, func.max(every.c.sequence).label("last"))
        .group_by(every.c.sop, every.c.kind, every.c.year)
        .subquery()
    )
    counted = func.generate_series(1, last.c.last).table_valued("sequence").render_derived()
    sequence = counted.c.sequence
    present = exists().where(
        NomorRegister.sop == last.c.sop,
        NomorRegister.kind == last.c.kind,
        NomorRegister.year == last.c.year,
        NomorRegister.sequence == sequence,
    )
    query = select(last.c.sop, last.c.kind, last.c.year, sequence).select_from(last.join(counted, ~present))
    if year is not None:
        query = query.where(last.c.year == year)
    return tuple(Gap(*r) for r in conn.execute(query.order_by(*query.selected_columns)))


def read_register(year: int, *, now: datetime) -> tuple[Series, ...]:
    """Every series of a year, those of the permits on offer first, drawn or not."""
    with connection() as conn:
        rows = conn.execute(_rows(year)).all()
        gaps = number_gaps(conn, year)
    titles = {(p.code, n.code): f"{n.name} {p.name}" for p in every_version() for n in p.decisions}
    return tuple(
        Series(
            sop=sop,
            kind=kind,
            title=titles.get((sop, kind), f"{kind} {sop}"),
            numbers=tuple(_registered(r, now) for r in rows if (r.sop, r.kind) == (sop, kind)),
            missing=tuple(g.sequence for g in gaps if (g.sop, g.kind) == (sop, kind)),
        )
        for sop, kind in dict.fromkeys([*titles, *((r.sop, r.kind) for r in rows)])
    )


def read_years(*, now: datetime) -> list[int]:
    """The years that have numbers, and this one; the newest first."""
    with connection() as conn:
        return sorted({*conn.scalars(select(NomorRegister.year).distinct()), date_at(now).year}, reverse=True)


def _rows(year: int) -> Select[*tuple[object, ...]]:
    holder, before = aliased(Permohonan), aliased(Permohonan)
    of_number = and_(
        Sk.sop == NomorRegister.sop,
        Sk.kind == NomorRegister.kind,
        Sk.year == NomorRegister.year,
        Sk.sequence == NomorRegister.sequence,
    )
    return (
        select(
            NomorRegister.sop,
            NomorRegister.kind,
            NomorRegister.year,
            NomorRegister.sequence,
            NomorRegister.nomor,
            NomorRegister.permohonan_id,
            NomorRegister.drawn_at,
            NomorRegister.used_at,
            NomorRegister.freed_at,
            NomorRegister.freed_reason,
            holder.nomor.label("registration"),
            before.nomor.label("freed_by"),
            Sk.status,
            Sk.created_at,
            Sk.provider,
        )
        .outerjoin(holder, holder.id == NomorRegister.permohonan_id)
        .outerjoin(before, before.id == NomorRegister.freed_by)
        .outerjoin(Sk, of_number)
        .where(NomorRegister.year == year)
        .order_by(NomorRegister.sop, NomorRegister.kind, NomorRegister.sequence)
    )


def _registered(r: Row[*tuple[object, ...]], now: datetime) -> RegisteredNumber:
    unknown = r.status is not None and is_unknown(r.status, r.created_at, r.provider, now)
    held, used = r.permohonan_id is not None, r.used_at is not None
    state = number_state(held=held, used=used, unknown=unknown, year=r.year, this_year=date_at(now).year)
    lapsed = held and state is NumberState.CANCELLED
    reason = FreedReason.YEAR_END if lapsed else None if held else FreedReason(r.freed_reason)
    return RegisteredNumber(
        sequence=r.sequence,
        nomor=r.nomor,
        state=state,
        permohonan_id=r.permohonan_id,
        registration=r.registration,
        unknown=unknown,
        at=(r.used_at or r.drawn_at) if held else r.freed_at,
        reason=REASONS[reason] if reason else "",
        freed_by=r.freed_by,
    )
