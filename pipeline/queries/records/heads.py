"""Daily heads as they are shown and handed out, and the proof that a file's history is in one."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, select

from pipeline.db import connection
from pipeline.errors import NotAllowedYet, NotFound
from pipeline.models import DailyHead, DailyLeaf, Permohonan
from pipeline.rules.history.daily_head import Leaf, Signed, make_proof

PER_PAGE = 30
#: One a day, some hours after midnight at the latest.
OVERDUE = timedelta(hours=36)
NOT_YET = (
    "Riwayat permohonan ini belum ada dalam kepala harian. Kepala berikutnya dibuat sesudah tengah malam; "
    "unduh buktinya besok."
)


def read_heads(conn: Connection) -> Iterator[Signed]:
    """Every head, the first first."""
    query = select(DailyHead.statement, DailyHead.signature).order_by(DailyHead.number)
    return (Signed(r.statement, r.signature) for r in conn.execute(query))


def latest_heads() -> Sequence[Signed]:
    """The last ones, newest first."""
    query = select(DailyHead.statement, DailyHead.signature).order_by(DailyHead.number.desc()).limit(PER_PAGE)
    with connection() as conn:
        return [Signed(r.statement, r.signature) for r in conn.execute(query)]


def overdue_since(now: datetime) -> datetime | None:
    """When the newest head was made, if that is too long ago: then nothing binds what happened since."""
    with connection() as conn:
        statement = conn.scalar(select(DailyHead.statement).order_by(DailyHead.number.desc()).limit(1))
    made_at = datetime.fromisoformat(str(statement["made_at"])) if statement else None
    return made_at if made_at is not None and now - made_at > OVERDUE else None


def head_of(number: int) -> Signed:
    """One head, as it is published. Raises NotFound."""
    with connection() as conn:
        return _head(conn, number)


def leaves_of(conn: Connection, number: int) -> Iterator[Leaf]:
    """What a head is made over, in its order; read as it is needed."""
    query = (
        select(DailyLeaf.owner_id, DailyLeaf.sequence, DailyLeaf.hash, DailyLeaf.nomor)
        .where(DailyLeaf.number == number)
        .order_by(DailyLeaf.place)
    )
    for r in conn.execute(query.execution_options(yield_per=1000)):
        yield Leaf(str(r.owner_id), r.sequence, r.hash, r.nomor)


def proof_of(permohonan_id: UUID) -> dict[str, object]:
    """That this file's history, up to the last head that covers it, is in that head. Raises NotAllowedYet."""
    with connection() as conn:
        last = conn.execute(
            select(DailyLeaf.number, DailyLeaf.place)
            .where(DailyLeaf.owner_id == permohonan_id)
            .order_by(DailyLeaf.sequence.desc())
            .limit(1)
        ).first()
        if last is None:
            raise NotAllowedYet(NOT_YET)
        return make_proof(_head(conn, last.number), list(leaves_of(conn, last.number)), last.place)


def find_id(nomor: str) -> UUID:
    """The permohonan of a registration number. Raises NotFound."""
    with connection() as conn:
        found = conn.scalar(select(Permohonan.id).where(Permohonan.nomor == nomor))
    if found is None:
        raise NotFound(f"Tidak ada permohonan bernomor {nomor}. Periksa lagi nomornya.")
    return found


def _head(conn: Connection, number: int) -> Signed:
    row = conn.execute(select(DailyHead.statement, DailyHead.signature).where(DailyHead.number == number)).first()
    if row is None:
        raise NotFound
    return Signed(row.statement, row.signature)
