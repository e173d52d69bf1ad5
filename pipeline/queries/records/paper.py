"""What the office issued on paper: by its number, by its holder, as a list; and what is on record of taking it over."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Integer, Row, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from pipeline.db import connection
from pipeline.models import NomorRegister, PaperChange, PaperDecree, Person
from pipeline.queries.paging import read_page
from pipeline.rules.form.spelling import fold, mentions, number_key, whole_numbers
from pipeline.rules.paper.changes import ChangeKind
from pipeline.rules.paper.rows import Decree
from pipeline.sop.registry import every_version

ISSUED_HERE = "Nomor ini sudah diberikan oleh sistem ini."
IMPORTED = "Nomor ini sudah ada pada register kertas yang diambil sebelumnya."
_P = PaperDecree


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPaper:
    """A decree of the register, as a list shows it."""

    nomor: str
    izin: str
    pemegang: str
    district: str
    day: date
    valid_until_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One change on record."""

    kind: ChangeKind
    at: datetime
    by: str  # "" for the command on the machine
    data: dict[str, object]


def paper_numbered(conn: Connection, nomor: str) -> Row[*tuple[object, ...]] | None:
    """The paper decree of this number however it is written; None when there is none."""
    parts = whole_numbers(nomor)
    if not parts:
        return None
    query = select(*PaperDecree.__table__.c).where(_P.parts.contained_by(literal(sorted(parts), ARRAY(Integer))))
    return next((row for row in conn.execute(query.order_by(_P.day.desc())) if mentions(nomor, row.nomor)), None)


def papers_sharing(conn: Connection, sop: str, marks: Collection[str]) -> Iterable[Row[*tuple[object, ...]]]:
    """The paper decrees of this permit whose holder shares a mark, the oldest first."""
    query = select(_P.id, _P.nomor, _P.marks, _P.day).where(_P.sop == sop, _P.marks.overlap(list(marks)))
    return conn.execute(query.order_by(_P.day, _P.nomor)).all() if marks else ()


def known_numbers(conn: Connection, decrees: Collection[Decree]) -> dict[str, str]:
    """Key -> why a decree with it cannot be taken: those given by the system, and those taken before."""
    keys = [decree.key for decree in decrees]
    whole = sorted({part for decree in decrees for part in whole_numbers(decree.nomor)})
    of_series, of_paper = _keys(NomorRegister), _keys(PaperDecree)
    held = select(NomorRegister.nomor, *of_series).where(
        NomorRegister.permohonan_id.is_not(None), NomorRegister.year.in_(whole), NomorRegister.sequence.in_(whole)
    )
    taken = select(_P.number_key, *of_paper).where(
        or_(_P.number_key.in_(keys), and_(_P.year.in_(whole), _P.sequence.in_(whole)))
    )
    given = {part for nomor, *series in conn.execute(held) for part in (number_key(nomor), tuple(series))}
    before = {part for key, *series in conn.execute(taken) for part in (key, tuple(series))}
    return {d.key: IMPORTED for d in decrees if {d.key, d.in_series} & before} | {
        d.key: ISSUED_HERE for d in decrees if {d.key, d.in_series} & given
    }


def _keys(table: type[NomorRegister] | type[PaperDecree]) -> tuple[InstrumentedAttribute[object], ...]:
    return tuple(getattr(table, name) for name in ("sop", "kind", "year", "sequence"))


def read_paper(search: str, *, page: int) -> tuple[tuple[OnPaper, ...], bool]:
    """A page of the register, the newest first, of a holder or number when one is searched; whether more follow."""
    names = {sop.code: sop.name for sop in every_version()}
    query = select(_P.nomor, _P.sop, _P.pemegang, _P.district, _P.day, _P.valid_until_date)
    with connection() as conn:
        rows, more = read_page(conn, query.where(*_found(search)).order_by(_P.day.desc(), _P.nomor), page)
    return tuple(
        OnPaper(
            nomor=r.nomor,
            izin=names.get(r.sop, r.sop),
            pemegang=r.pemegang,
            district=r.district,
            day=r.day,
            valid_until_date=r.valid_until_date,
        )
        for r in rows
    ), more


def _found(search: str) -> tuple[ColumnElement[bool], ...]:
    if not search:
        return ()
    return (
        or_(
            _P.search_name.contains(fold(search), autoescape=True),
            _P.nomor.icontains(search, autoescape=True),
            _P.number_key == number_key(search),
        ),
    )


def count_paper() -> int:
    """How many decrees the register has."""
    with connection() as conn:
        return conn.scalar(select(func.count()).select_from(_P)) or 0


def read_changes(*, page: int) -> tuple[tuple[Taken, ...], bool]:
    """What was taken over and said, the newest first; whether more follow."""
    query = select(PaperChange.kind, PaperChange.at, PaperChange.data, Person.name).outerjoin(
        Person, Person.id == PaperChange.actor
    )
    with connection() as conn:
        rows, more = read_page(conn, query.order_by(PaperChange.id.desc()), page)
    return tuple(Taken(kind=ChangeKind(r.kind), at=r.at, by=r.name or "", data=r.data) for r in rows), more
