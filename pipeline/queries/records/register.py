"""The register of decree numbers: every number of a year per series, how it stands, and what nothing accounts for."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, Integer, Row, and_, bindparam, exists, func, select, text, tuple_, union_all
from sqlalchemy.orm import aliased

from pipeline.db import Constant, connection
from pipeline.models import NomorRegister, Peristiwa, Permohonan, Sk
from pipeline.queries.paging import PER_PAGE
from pipeline.queries.records.restorations import LEFT_ALONE
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.history.register import REASONS, FreedReason, Gap, NumberState, is_unknown, number_state
from pipeline.rules.history.restoration import LeftAlone, gaps_of
from pipeline.sop.registry import every_version
from pipeline.text import date_at, read_moment


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
    """The numbers of one kind of document of one permit in one year: 1 to ``last``, in so many of each state."""

    sop: str
    kind: str
    title: str
    last: int  # 0: none was drawn yet
    counts: Mapping[NumberState, int]
    missing: tuple[int, ...]
    left_alone: tuple[LeftAlone, ...]  # by a restore: decrees that are not known here may have them

    @property
    def key(self) -> str:
        return f"{self.sop}.{self.kind}"


def number_gaps(conn: Connection, year: int | None = None) -> tuple[Gap, ...]:
    """The numbers (of a year) that were passed over or are gone from the register: between 1 and the last one drawn,
    as the register and the histories tell, but for those that a restore left alone. Empty: no gap."""
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
    alone = LEFT_ALONE.c
    accounted = exists().where(
        tuple_(alone.sop, alone.kind, alone.year) == tuple_(last.c.sop, last.c.kind, last.c.year),
        sequence.between(alone.first, alone.last),
    )
    lost = last.join(counted, and_(~present, ~accounted))
    query = select(last.c.sop, last.c.kind, last.c.year, sequence).select_from(lost)
    if year is not None:
        query = query.where(last.c.year == year)
    return tuple(Gap(*r) for r in conn.execute(query.order_by(*query.selected_columns)))


def read_register(year: int, *, now: datetime) -> tuple[Series, ...]:
    """Every series of a year, those of the permits on offer first, drawn or not."""
    with connection() as conn:
        drawn = {(r.sop, r.kind): r for r in _COUNTED(conn, year=year)}
        rows = _TOLD(conn, year=year).all()
        told = {(r.sop, r.kind): r.last for r in rows if r.statement is None}
        alone = [gap for r in rows if r.statement for gap in gaps_of(r.statement) if gap.year == year]
        whole = (
            all(r.total == max(r.last, told.get(key, 0)) for key, r in drawn.items()) and told.keys() <= drawn.keys()
        )
        gaps = () if whole else number_gaps(conn, year)
    titles = {(p.code, n.code): f"{n.name} {p.name}" for p in every_version() for n in p.decisions}
    return tuple(
        Series(
            sop=sop,
            kind=kind,
            title=titles.get((sop, kind), f"{kind} {sop}"),
            last=drawn[sop, kind].last if (sop, kind) in drawn else 0,
            counts=_counts(drawn[sop, kind], year, now) if (sop, kind) in drawn else {},
            missing=tuple(g.sequence for g in gaps if (g.sop, g.kind) == (sop, kind)),
            left_alone=tuple(g for g in alone if (g.sop, g.kind) == (sop, kind)),
        )
        for sop, kind in dict.fromkeys([*titles, *drawn])
    )


def read_numbers(year: int, series: Series, *, page: int, now: datetime) -> tuple[RegisteredNumber, ...]:
    """A page of the numbers of a series: by the numbers themselves, so that the last page costs what the first does."""
    after = (page - 1) * PER_PAGE
    with connection() as conn:
        rows = _NUMBERS(conn, sop=series.sop, kind=series.kind, year=year, after=after, until=after + PER_PAGE).all()
    return tuple(_registered(r, now) for r in rows)


def read_years(*, now: datetime) -> list[int]:
    """The years that have numbers, and this one; the newest first."""
    with connection() as conn:
        return sorted({*(r.year for r in _YEARS(conn)), date_at(now).year}, reverse=True)


def _counts(r: Row[*tuple[object, ...]], year: int, now: datetime) -> Counter[NumberState]:
    """How many numbers of a series stand how. Only of one that no document bears its attempt to be signed tells."""
    counts: Counter[NumberState] = Counter()
    for held, status, created_at, provider, total in r.unused or ():
        unknown = status is not None and is_unknown(status, read_moment(created_at), provider, now)
        counts[number_state(held=held, used=False, unknown=unknown, year=year, this_year=date_at(now).year)] += total
    counts[NumberState.USED] = r.total - counts.total()
    return counts


#: The series there are, from one to the next by the primary key: of numbers, a province has a million.
_SERIES = """series AS (
    (SELECT sop, kind, year FROM nomor_register ORDER BY sop, kind, year LIMIT 1)
    UNION ALL
    SELECT later.* FROM series s CROSS JOIN LATERAL (
        SELECT r.sop, r.kind, r.year FROM nomor_register r WHERE (r.sop, r.kind, r.year) > (s.sop, s.kind, s.year)
        ORDER BY r.sop, r.kind, r.year LIMIT 1
    ) later
)"""
_YEARS: Final = Constant(text(f"WITH RECURSIVE {_SERIES} SELECT DISTINCT year FROM series"))  # noqa: S608 - our own words
#: The series of a year, how many numbers each has, and those of them that no document bears.
_COUNTED: Final = Constant(
    text(f"""
WITH RECURSIVE {_SERIES}
SELECT s.sop, s.kind, of_series.total, of_series.last, (
    SELECT json_agg(json_build_array(held, status, created_at, provider, total)) FROM (
        SELECT r.permohonan_id IS NOT NULL AS held, sk.status, sk.created_at, sk.provider, count(*) AS total
        FROM nomor_register r
            LEFT JOIN sk ON (sk.sop, sk.kind, sk.year, sk.sequence) = (r.sop, r.kind, r.year, r.sequence)
        WHERE r.used_at IS NULL AND (r.sop, r.kind, r.year) = (s.sop, s.kind, s.year)
        GROUP BY 1, 2, 3, 4
    ) unused
) AS unused
FROM series s CROSS JOIN LATERAL (
    SELECT count(*) AS total, max(r.sequence) AS last FROM nomor_register r
    WHERE (r.sop, r.kind, r.year) = (s.sop, s.kind, s.year)
) of_series
WHERE s.year = :year
""")  # noqa: S608 - our own words
)
_DRAWN = "((data -> 'drawn') ->> '{}')"
_TOLD_OF = f"""
    SELECT {_DRAWN.format("sop")} AS sop, {_DRAWN.format("kind")} AS kind,
        CAST({_DRAWN.format("sequence")} AS integer) AS last
    FROM peristiwa
    WHERE kind = '{PeristiwaKind.SK_NIAT}' AND data ? 'drawn' AND CAST({_DRAWN.format("year")} AS integer) = :year"""  # noqa: S608 - our own words
_LAST_FIRST = "ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT 1"
#: The last number of each series as the histories tell, by ix_peristiwa_nomor; and what restores have told.
_TOLD: Final = Constant(
    text(f"""
WITH RECURSIVE told AS (
    ({_TOLD_OF} {_LAST_FIRST})
    UNION ALL
    SELECT before.* FROM told t CROSS JOIN LATERAL (
        {_TOLD_OF} AND ({_DRAWN.format("sop")}, {_DRAWN.format("kind")}) < (t.sop, t.kind) {_LAST_FIRST}
    ) before
)
SELECT sop, kind, last, CAST(NULL AS jsonb) AS statement FROM told
UNION ALL SELECT NULL, NULL, NULL, statement FROM restoration
""")  # noqa: S608 - our own words
)
_holder, _before = aliased(Permohonan), aliased(Permohonan)
_NUMBERS: Final = Constant(
    select(
        NomorRegister.year,
        NomorRegister.sequence,
        NomorRegister.nomor,
        NomorRegister.permohonan_id,
        NomorRegister.drawn_at,
        NomorRegister.used_at,
        NomorRegister.freed_at,
        NomorRegister.freed_reason,
        _holder.nomor.label("registration"),
        _before.nomor.label("freed_by"),
        Sk.status,
        Sk.created_at,
        Sk.provider,
    )
    .outerjoin(_holder, _holder.id == NomorRegister.permohonan_id)
    .outerjoin(_before, _before.id == NomorRegister.freed_by)
    .outerjoin(
        Sk,
        and_(
            Sk.sop == NomorRegister.sop,
            Sk.kind == NomorRegister.kind,
            Sk.year == NomorRegister.year,
            Sk.sequence == NomorRegister.sequence,
        ),
    )
    .where(
        NomorRegister.sop == bindparam("sop"),
        NomorRegister.kind == bindparam("kind"),
        NomorRegister.year == bindparam("year"),
        NomorRegister.sequence > bindparam("after", type_=Integer),
        NomorRegister.sequence <= bindparam("until", type_=Integer),
    )
    .order_by(NomorRegister.sequence)
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
