"""Which other applications are of the same holder, and what the office knows of a number to be renewed."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Text, and_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from pipeline.models import Permohonan, Sk
from pipeline.queries.applicant.sk import SK_ISSUED, sk_numbered
from pipeline.queries.records.paper import paper_numbered, papers_sharing
from pipeline.rules.form.holder import holder_columns, is_same, marks_of
from pipeline.rules.form.spelling import number_key
from pipeline.rules.history.kinds import SkStatus
from pipeline.rules.transitions import Status
from pipeline.rules.verification import EarlierSk
from pipeline.sealing.nik import index_nik
from pipeline.sop.registry import every_version, get_sop
from pipeline.sop.values import CaseData, Sop
from pipeline.sop.words import Arah, Renewal


@dataclass(frozen=True, slots=True, kw_only=True)
class Applying:
    """The application that is compared with all others."""

    id: UUID
    sop: Sop
    pemohon_id: UUID
    data: CaseData


@dataclass(frozen=True, slots=True)
class Other:
    """Another application that shares a mark."""

    id: UUID
    nomor: str
    marks: frozenset[str]
    old_nomor: str
    nomor_sk: str
    on_paper: date | None = None  # of a decree that was issued on paper: its day


@dataclass(frozen=True, slots=True)
class Comparison:
    """Field -> numbers of other applications that say the same there; and the paper to be renewed, where it is ours."""

    same_answers: Mapping[str, tuple[str, ...]]
    earlier_sk: EarlierSk | None


def holder_of(sop: Sop, data: CaseData) -> dict[str, object]:
    """What the row of an application repeats of its form (``holder_columns``), a NIK among it as its index."""
    columns = holder_columns(sop, data)
    return {**columns, "marks": index_nik(marks_of(sop, data))}


def compare(conn: Connection, applying: Applying) -> Comparison:
    """Look through running and granted applications. The decree a renewal follows, and those before it, are its own."""
    mine = _marks(applying)
    others = [*_sharing(conn, applying, tuple(mine)), *_on_paper(conn, applying, tuple(mine))]
    found = _old(conn, applying)
    own = _ancestors(others, found[0]) if found and found[1].same_holder else ()
    same_answers: dict[str, tuple[str, ...]] = {}
    for other in (o for o in others if o.id not in own):
        for code in dict.fromkeys(mine[m] for m in mine if m in other.marks):
            same_answers[code] = (*same_answers.get(code, ()), other.nomor)
    return Comparison(same_answers, found[1] if found else None)


def _marks(applying: Applying) -> dict[str, str]:
    """The marks of its holder as they are kept, each with the field it comes from."""
    return {index_nik([mark])[0]: code for mark, code in marks_of(applying.sop, applying.data).items()}


def _grants(sop: Sop) -> list[str]:
    """The papers that grant this permit, in whatever version."""
    versions = (one for one in every_version() if one.code == sop.code)
    return [paper.code for one in versions for paper in one.decisions if paper.arah is Arah.TERBIT]


def _sharing(conn: Connection, applying: Applying, marks: Sequence[str]) -> list[Other]:
    granted = and_(Sk.permohonan_id == Permohonan.id, Sk.kind.in_(_grants(applying.sop)), Sk.status.in_(SK_ISSUED))
    query = (
        select(
            Permohonan.id,
            Permohonan.nomor,
            Permohonan.marks,
            _old_nomor(applying.sop).label("old_nomor"),
            Sk.nomor.label("nomor_sk"),
        )
        .outerjoin(Sk, granted)
        .where(Permohonan.sop == applying.sop.code, Permohonan.id != applying.id, Permohonan.nomor.is_not(None))
        .where(Permohonan.status.not_in((Status.DITOLAK, Status.DIBATALKAN)))
        .where(Permohonan.marks.op("&&")(literal(marks, ARRAY(Text))))
        .order_by(Permohonan.sent_at)
    )
    return [
        Other(r.id, str(r.nomor), frozenset(r.marks), r.old_nomor or "", r.nomor_sk or "") for r in conn.execute(query)
    ]


def _on_paper(conn: Connection, applying: Applying, marks: Sequence[str]) -> list[Other]:
    return [
        Other(r.id, r.nomor, frozenset(r.marks), "", r.nomor, r.day)
        for r in papers_sharing(conn, applying.sop.code, marks)
    ]


def _old_nomor(sop: Sop) -> ColumnElement[str]:
    """The number that an application says it renews; '' where this SOP renews nothing."""
    code = next((f.code for f in sop.isian if f.renewal is Renewal.NOMOR), None)
    return Permohonan.content[code].astext if code else literal("")


def _old(conn: Connection, applying: Applying) -> tuple[UUID, EarlierSk] | None:
    """The application and the decree whose number a renewal names; None when this office gave no such number."""
    code = applying.sop.renewed(Renewal.NOMOR, applying.data)
    nomor = applying.data.get(code, "") if code else ""
    if not nomor or not isinstance(nomor, str):
        return None
    mine = _marks(applying)
    row = sk_numbered(conn, nomor)
    if row is None:
        return _old_on_paper(conn, applying, nomor, mine.keys())
    if row.sop != applying.sop.code:
        return None
    return row.permohonan_id, EarlierSk(
        nomor=row.nomor,
        refusal=get_sop(row.sop, row.sop_version).paper(row.kind).arah is Arah.TOLAK,
        revoked=row.status == SkStatus.DICABUT,
        until=row.valid_until_date,
        same_holder=is_same(mine.keys(), set(row.marks)),
        same_pemohon=row.pemohon_id == applying.pemohon_id,
    )


def _old_on_paper(conn: Connection, applying: Applying, nomor: str, mine: Set[str]) -> tuple[UUID, EarlierSk] | None:
    """The same of a number that was given on paper: no account ever asked for it."""
    row = paper_numbered(conn, nomor)
    if row is None or row.sop != applying.sop.code:
        return None
    same = is_same(mine, set(row.marks))
    return row.id, EarlierSk(
        nomor=row.nomor,
        refusal=False,
        revoked=False,
        until=row.valid_until_date,
        same_holder=same,
        same_pemohon=False,
        on_paper=True,
    )


def _ancestors(others: Sequence[Other], start: UUID) -> Collection[UUID]:
    """The application of the decree that is renewed, of the one that decree renewed, and so on.

    What one on paper renewed, nobody wrote down: those of its holder before it.
    """
    by_number = {number_key(o.nomor_sk): o for o in others if o.nomor_sk}
    by_id = {o.id: o for o in others}
    own: set[UUID] = set()
    current = by_id.get(start)
    while current is not None and current.id not in own:
        own.add(current.id)
        if (day := current.on_paper) is not None:
            return own | {o.id for o in others if o.on_paper is not None and o.on_paper <= day}
        current = by_number.get(number_key(current.old_nomor)) if current.old_nomor else None
    return own
