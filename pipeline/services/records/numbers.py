"""The register of decree numbers: one row per number ever drawn, none is ever deleted, so no series has a gap but those
that a restore left and signed for.

A series (permit, kind, year) begins after the last number that was used on paper (``series_start``). A number goes to a
file with the intent to sign and stays with it while it can be signed in that year. Freed, it goes to the next document
of its series.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, text, tuple_, update
from sqlalchemy.orm import Session

from pipeline.documents.numbering import format_nomor
from pipeline.json import Json
from pipeline.models import NomorRegister, Permohonan, SeriesStart, Sk
from pipeline.queries.records.restorations import LEFT_ALONE
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.history.register import FreedReason
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.once import inserting_anew
from pipeline.services.records.record import record
from pipeline.services.records.sets import Rows, changed_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of a series as it reads on the day of signing."""

    sop: str
    kind: str
    year: int
    sequence: int
    nomor: str
    previously: str | None = None  # registration number of the file that freed it last

    @property
    def key(self) -> dict[str, str | int]:
        return {"sop": self.sop, "kind": self.kind, "year": self.year, "sequence": self.sequence}


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:seri, 0))")
#: Of the tables' owner: the application deletes no decree.
_TAKE_BACK = text("SELECT take_back_sk(:sk)")


def lock_series(s: Session, sop: str, kind: str, year: int) -> None:
    """Others who draw from this series, or say where it begins, wait until this transaction ends."""
    s.execute(_LOCK, {"seri": f"nomor:{sop}:{kind}:{year}"})


def draw(s: Session, file: LockedPermohonan, kind: str, hari: date) -> Number:
    """The lowest freed number of the series and year, else the next. Others wait until this transaction ends.

    What was left alone when the office came back from a backup is passed over.
    It is the file's with ``assign``; a rollback leaves it undrawn. ``previously`` names the file that freed it.
    """
    lock_series(s, file.sop.code, kind, hari.year)
    began = and_(SeriesStart.sop == file.sop.code, SeriesStart.kind == kind, SeriesStart.year == hari.year)
    on_paper = s.scalar(select(SeriesStart.last).where(began)) or 0
    series = and_(NomorRegister.sop == file.sop.code, NomorRegister.kind == kind, NomorRegister.year == hari.year)
    alone, here = LEFT_ALONE.c, (file.sop.code, kind, hari.year)
    of_series = tuple_(alone.sop, alone.kind, alone.year) == here
    passed_over = exists().where(of_series, NomorRegister.sequence.between(alone.first, alone.last))
    free = and_(series, NomorRegister.permohonan_id.is_(None), NomorRegister.sequence > on_paper, ~passed_over)
    freed = select(func.min(NomorRegister.sequence)).where(free).scalar_subquery()
    drawn = select(func.max(NomorRegister.sequence)).where(series).scalar_subquery()
    left = select(func.max(alone.last)).where(of_series).scalar_subquery()
    last = func.greatest(drawn, left, on_paper)
    freed_by = (
        select(Permohonan.nomor)
        .join(NomorRegister, NomorRegister.freed_by == Permohonan.id)
        .where(series, NomorRegister.sequence == freed)
        .scalar_subquery()
    )
    sequence, previously = s.execute(select(func.coalesce(freed, last + 1), freed_by)).one()
    return _number(file, kind, sequence, hari, previously)


def number_of(file: LockedPermohonan, sk: Sk, hari: date) -> Number:
    """The number the file has already, as it reads on this day of its year."""
    return _number(file, sk.kind, sk.sequence, hari)


def assign(file: LockedPermohonan, number: Number, now: datetime) -> Rows:
    """The row that puts the number into the file's hands; one that was free is there already."""
    held: Json = {"nomor": number.nomor, "permohonan_id": file.permohonan_id, "drawn_at": now}
    anew = {column: f"EXCLUDED.{column}" for column in held}
    part = inserting_anew(NomorRegister, *number.key, *held, key=", ".join(number.key), anew=anew)
    return {part: [{**number.key, **held}]}


def use(number: Number, now: datetime) -> Rows:
    """The number as one that a document was issued under."""
    return changed_row(NomorRegister, number.key, used_at=now)


def free(s: Session, file: LockedPermohonan, sk: Sk, reason: FreedReason, *, actor: UUID, now: datetime) -> None:
    """Take the number from the file: nothing was issued under it. The attempt's row goes; the history keeps it."""
    freed: Json = {"permohonan_id": None, "freed_by": file.permohonan_id, "freed_reason": reason, "freed_at": now}
    s.execute(update(NomorRegister).where(_of(sk)).values(**freed))
    data: Json = {"sk": str(sk.id), "sk_nomor": sk.nomor, "reason": reason}
    s.execute(_TAKE_BACK, {"sk": sk.id})
    record(s, file, PeristiwaKind.NOMOR_BEBAS, data, actor=actor, peran=file.peran, now=now)
    s.expunge(sk)


def _of(sk: Sk) -> ColumnElement[bool]:
    return and_(
        NomorRegister.sop == sk.sop,
        NomorRegister.kind == sk.kind,
        NomorRegister.year == sk.year,
        NomorRegister.sequence == sk.sequence,
    )


def _number(file: LockedPermohonan, kind: str, sequence: int, hari: date, previously: str | None = None) -> Number:
    nomor = format_nomor(file.sop.paper(kind).nomor_pattern, sequence, hari)
    return Number(sop=file.sop.code, kind=kind, year=hari.year, sequence=sequence, nomor=nomor, previously=previously)
