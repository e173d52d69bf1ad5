"""Signed documents: of an application, and by the number printed on them however it was copied."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, Row, select

from pipeline.models import Permohonan, Sk
from pipeline.queries.records.facts import facts_of
from pipeline.rules.form.spelling import mentions, whole_numbers
from pipeline.rules.history.kinds import SkStatus
from pipeline.sop.registry import get_sop
from pipeline.sop.words import Arah

#: States of the row ``sk`` whose file may be handed out.
SK_ISSUED = (SkStatus.TERBIT, SkStatus.DICABUT)


@dataclass(frozen=True, slots=True)
class IssuedSk:
    """The signed document of an application."""

    title: str  # of the paper
    refusal: bool
    nomor: str
    day: date
    token: str
    revoked: bool
    pdf_sha256: str
    pdf_size: int
    valid_until_date: date | None
    provider: str


def sk_of(conn: Connection, permohonan_id: UUID) -> tuple[IssuedSk | None, bool]:
    """The signed document of an application, None before the signature; and whether one may be in the making."""
    row = facts_of(conn, permohonan_id)
    if row is None or row.sk_status not in SK_ISSUED:
        return None, row is not None and row.sk_status in {SkStatus.NIAT, SkStatus.PERLU_DICEK}
    paper = get_sop(row.sop, row.sop_version).paper(row.sk_kind)
    return IssuedSk(
        title=paper.name,
        refusal=paper.arah is Arah.TOLAK,
        nomor=row.sk_nomor,
        day=row.sk_day,
        token=row.token,
        revoked=row.sk_status == SkStatus.DICABUT,
        pdf_sha256=row.pdf_sha256,
        pdf_size=row.pdf_size or 0,
        valid_until_date=row.valid_until_date,
        provider=row.provider,
    ), False


#: What is told beside a signed document, of the application it came from.
OF_FILE = (
    Permohonan.pemegang,
    Permohonan.sop_version,
    Permohonan.pemohon_id,
    Permohonan.marks,
    Permohonan.sent_at,
)


def sk_numbered(conn: Connection, nomor: str) -> Row[*tuple[object, ...]] | None:
    """The published decree or refusal of this number, with the application it came from; the newest, if several."""
    parts = whole_numbers(nomor)
    query = (
        select(Sk, *OF_FILE)
        .join(Permohonan, Permohonan.id == Sk.permohonan_id)
        .where(Sk.status.in_(SK_ISSUED), Sk.year.in_(parts), Sk.sequence.in_(parts))
        .order_by(Sk.issued_at.desc())
    )
    return next((row for row in conn.execute(query) if mentions(nomor, row.nomor)), None) if parts else None
