"""The applications of one applicant, as a list."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, and_, case, func, select

from pipeline.db import connection
from pipeline.models import Permohonan
from pipeline.queries.applicant.journey import status_words
from pipeline.queries.paging import PER_PAGE
from pipeline.rules.transitions import WITH_FILLER, Status
from pipeline.sop.registry import get_sop, with_applicant
from pipeline.sop.words import Arah


@dataclass(frozen=True, slots=True)
class Card:
    """One application in the list."""

    id: UUID
    nomor: str | None
    pemegang: str
    sop_name: str
    status: str
    word: str
    letter: str  # what its signed paper is called; '' where none is signed
    changed_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class List:
    """One page of the list, and how many applications there are."""

    card: tuple[Card, ...]
    total: int

    @property
    def page_count(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def permohonan_of(pemohon_id: UUID, *, page: int = 1) -> List:
    """This applicant's applications, those that wait for them first."""
    to_confirm = and_(Permohonan.status.in_((Status.TERBIT, Status.DITOLAK)), Permohonan.langkah.is_not(None))
    rank = case(
        (Permohonan.status.in_(WITH_FILLER), 0), (to_confirm, 1), (Permohonan.status == Status.DRAF, 2), else_=3
    )
    own = (Permohonan.pemohon_id == pemohon_id, Permohonan.sop.in_(with_applicant()))
    query = (
        select(
            Permohonan.id,
            Permohonan.nomor,
            Permohonan.pemegang,
            Permohonan.sop,
            Permohonan.sop_version,
            Permohonan.status,
            Permohonan.langkah,
            Permohonan.changed_at,
            Permohonan.sent_at,
        )
        .where(*own)
        .order_by(rank, Permohonan.changed_at.desc(), Permohonan.id)
        .limit(PER_PAGE)
        .offset(PER_PAGE * (page - 1))
    )
    with connection() as conn:
        count = conn.scalar(select(func.count()).select_from(Permohonan).where(*own)) or 0
        return List(tuple(_card(row) for row in conn.execute(query).mappings()), count)


def _card(row: RowMapping) -> Card:
    sop = get_sop(row["sop"], row["sop_version"])
    letter = sop.decision(Arah.TOLAK if row["status"] == Status.DITOLAK else Arah.TERBIT)
    return Card(
        id=row["id"],
        nomor=row["nomor"],
        pemegang=row["pemegang"],
        sop_name=sop.name,
        status=row["status"],
        word=status_words(sop, row["status"], row["langkah"]),
        letter=letter.name if letter else "",
        changed_at=row["changed_at"],
        sent_at=row["sent_at"],
    )
