"""The register of decree numbers: every number of a year per series, how it stands, and what nothing accounts for."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Subquery,
    and_,
    bindparam,
    exists,
    func,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from pipeline.db import Constant, connection
from pipeline.models import NomorRegister, Peristiwa, Permohonan, SeriesStart, Sk
from pipeline.queries.opening import issued_in_trial
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
    trial: bool  # its document was signed in a trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The numbers of one kind of document of one permit in one year, up to ``last``, in so many of each state."""

    sop: str
    kind: str
    title: str
    on_paper: int  # the last number that was used on paper; 0 when nothing was said
    first: int  # the lowest that was drawn here
    last: int  # 0: none was drawn yet
    counts: Mapping[NumberState, int]
    missing: tuple[int, ...]
    left_alone: tuple[LeftAlone, ...]  # by a restore: decrees that are not known here may have them

    @property
    def key(self) -> str:
        return f"{self.sop}.{self.kind}"

    @property
    def page_count(self) -> int:
        return max(1, -(-(self.last - self.first + 1) // PER_PAGE))


def number_gaps(conn: Connection, year: int | None = None) -> tuple[Gap, ...]:
    """The numbers (of a year) that were passed over or are gone from the register: between 1 and the last one drawn,
    as the register and the histories tell, but for those that a restore left alone. Of those up to the last one on
    paper only what was drawn here is missed. Empty: no gap.
    """
    series, alone = _counted(), LEFT_ALONE.c
    present = exists().where(
        NomorRegister.sop == series.c.sop,
        NomorRegister.kind == series.c.kind,
        NomorRegister.year == series.c.year,
        NomorRegister.sequence == series.c.sequence,
    )
    accounted = exists().where(
        tuple_(alone.sop, alone.kind, alone.year) == tuple_(series.c.sop, series.c.kind, series.c.year),
        series.c.sequence.between(alone.first, alone.last),
    )
    query = select(series).where(~present, ~accounted)
    if year is not None:
        query = query.where(series.c.year == year)
    return tuple(Gap(*r) for r in conn.execute(query.order_by(*series.c)))


def _counted() -> Subquery:
    """Every number that has to be there: from the first after paper to the last one drawn, and what was ever drawn."""
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
    on_paper = (
        select(SeriesStart.last)
        .where(SeriesStart.sop == last.c.sop, SeriesStart.kind == last.c.kind, SeriesStart.year == last.c.year)
        .scalar_subquery()
    )
    numbers = func.generate_series(func.coalesce(on_paper, 0) + 1, last.c.last)
    counted = numbers.table_valued("sequence").render_derived().lateral()
    due = select(last.c.sop, last.c.kind, last.c.year, counted.c.sequence).select_from(last.join(counted, true()))
    return due.union(told).subquery()


def read_register(year: int, *, now: datetime) -> tuple[Series, ...]:
    """Every series of a year, those of the permits on offer first, drawn or not."""
    with connection() as conn:
        drawn = {(r.sop, r.kind): r for r in _COUNTED(conn, year=year)}
        rows = _TOLD(conn, year=year).all()
        told = {(r.sop, r.kind): r.last for r in rows if r.statement is None}
        alone = [gap for r in rows if r.statement for gap in gaps_of(r.statement) if gap.year == year]
        whole = told.keys() <= drawn.keys() and all(
            r.since == max(r.last, told.get(key, 0), r.on_paper) - r.on_paper for key, r in drawn.items()
        )
        gaps = () if whole else number_gaps(conn, year)
    titles = {(p.code, n.code): f"{n.name} {p.name}" for p in every_version() for n in p.decisions}
    return tuple(
        Series(
            sop=sop,
            kind=kind,
            title=titles.get((sop, kind), f"{kind} {sop}"),
            on_paper=drawn[sop, kind].on_paper if (sop, kind) in drawn else 0,
            first=drawn[sop, kind].first if (sop, kind) in drawn else 0,
            last=drawn[sop, kind].last if (sop, kind) in drawn else 0,
            counts=_counts(drawn[sop, kind], year, now) if (sop, kind) in drawn else {},
            missing=tuple(g.sequence for g in gaps if (g.sop, g.kind) == (sop, kind)),
            left_alone=tuple(g for g in alone if (g.sop, g.kind) == (sop, kind)),
        )
        for sop, kind in dict.fromkeys([*titles, *drawn])
    )


def read_numbers(year: int, series: Series, *, page: int, now: datetime) -> tuple[RegisteredNumber, ...]:
    """A page of the numbers of a series: by the numbers themselves, so that the last page costs what the first does."""
    after = max(series.first - 1, 0) + (page - 1) * PER_PAGE
    with connection() as conn:
        rows = _NUMBERS(conn, sop=series.sop, kind=series.kind, year=year, after=after, until=after + PER_PAGE).all()
        return tuple(_registered(conn, r, series.on_paper, now) for r in rows)


def read_years(*, now: datetime) -> list[int]:
    """The years that have numbers, and this one; the newest first."""
    with connection() as conn:
        return sorted({*(r.year for r in _YEARS(conn)), date_at(now).year}, reverse=True)


def _counts(r: Row[*tuple[object, ...]], year: int, now: datetime) -> Counter[NumberState]:
    """How many numbers of a series stand how. Only of one that no document bears its attempt to be signed tells."""
    counts: Counter[NumberState] = Counter()
    for held, status, created_at, provider, on_paper, total in r.unused or ():
        unknown = status is not None and is_unknown(status, read_moment(created_at), provider, now)
        this_year = date_at(now).year
        state = number_state(held=held, used=False, unknown=unknown, year=year, this_year=this_year, on_paper=on_paper)
        counts[state] += total
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
_YEARS: Final = Constant(text(f"WITH RECURSIVE {_SERIES} SELECT year FROM series UNION SELECT year FROM series_start"))  # noqa: S608 - our own words
#: The series of a year, where each ended on paper, how many numbers it has here, and those that no document bears.
_COUNTED: Final = Constant(
    text(f"""
WITH RECURSIVE {_SERIES}
SELECT s.sop, s.kind, began.last AS on_paper, of_series.total, of_series.since, of_series.first, of_series.last, (
    SELECT json_agg(json_build_array(held, status, created_at, provider, on_paper, total)) FROM (
        SELECT r.permohonan_id IS NOT NULL AS held, sk.status, sk.created_at, sk.provider,
            r.sequence <= began.last AS on_paper, count(*) AS total
        FROM nomor_register r
            LEFT JOIN sk ON (sk.sop, sk.kind, sk.year, sk.sequence) = (r.sop, r.kind, r.year, r.sequence)
        WHERE r.used_at IS NULL AND (r.sop, r.kind, r.year) = (s.sop, s.kind, s.year)
        GROUP BY 1, 2, 3, 4, 5
    ) unused
) AS unused
FROM (
    SELECT sop, kind, year FROM series UNION SELECT sop, kind, year FROM series_start
) s CROSS JOIN LATERAL (
    SELECT coalesce(max(b.last), 0) AS last FROM series_start b WHERE (b.sop, b.kind, b.year) = (s.sop, s.kind, s.year)
) began CROSS JOIN LATERAL (
    SELECT count(*) AS total, count(*) FILTER (WHERE r.sequence > began.last) AS since,
        coalesce(min(r.sequence), 0) AS first, coalesce(max(r.sequence), 0) AS last FROM nomor_register r
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
        Sk.issued_at,
        _holder.sent_at,
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


def _registered(conn: Connection, r: Row[*tuple[object, ...]], last_on_paper: int, now: datetime) -> RegisteredNumber:
    unknown = r.status is not None and is_unknown(r.status, r.created_at, r.provider, now)
    held, used = r.permohonan_id is not None, r.used_at is not None
    this_year, on_paper = date_at(now).year, r.sequence <= last_on_paper
    state = number_state(held=held, used=used, unknown=unknown, year=r.year, this_year=this_year, on_paper=on_paper)
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
        trial=used and issued_in_trial(conn, r.provider, (r.sent_at, r.created_at, r.issued_at)),
    )
