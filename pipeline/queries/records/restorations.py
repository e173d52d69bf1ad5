"""The times this office came back from a backup, and the decree numbers that were left alone then."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import Connection, Integer, Row, Text, column, func, select, true

from pipeline.db import connection, writing
from pipeline.documents.numbering import format_nomor
from pipeline.models import NomorRegister, Restoration
from pipeline.rules.form.spelling import mentions, whole_numbers
from pipeline.rules.history.daily_head import Signed
from pipeline.rules.history.restoration import LeftAlone, gaps_of
from pipeline.sop.registry import every_version

#: A code as ``sk.token`` has it.
_TOKEN = re.compile(r"[\w-]{22}", re.ASCII)

_told = (
    func.jsonb_to_recordset(Restoration.statement["gaps"])
    .table_valued(
        column("sop", Text), column("kind", Text), column("year", Integer), column("first", Integer),
        column("last", Integer), name="told",
    )
    .render_derived(with_types=True)
)  # fmt: skip
#: One row for each run of numbers that was left alone.
LEFT_ALONE = select(_told).select_from(Restoration).join(_told, true()).subquery("left_alone")


@dataclass(frozen=True, slots=True)
class LostTime:
    """Between these moments something may have been issued that this office does not know."""

    backup_at: datetime
    restored_at: datetime


def read_restorations(conn: Connection) -> Iterator[Signed]:
    """Each as it was signed, the first first."""
    rows = conn.execute(select(Restoration.statement, Restoration.signature).order_by(Restoration.number))
    yield from (Signed(r.statement, r.signature) for r in rows)


@cache
def restored() -> int:
    """How often this office came back from a backup: asked once, for no process runs while it does."""
    with writing() as conn:
        return conn.scalar(select(func.count()).select_from(Restoration)) or 0


def find_lost_time(code: str) -> LostTime | None:
    """Whether an unknown token or number may be of a decree issued after the backup this office came back from: the
    last such restore. None: it is none, or this office was never restored."""
    with connection() as conn:
        for row in conn.execute(select(Restoration).order_by(Restoration.number.desc())).all():
            gaps = gaps_of(row.statement)
            if _TOKEN.fullmatch(code) or any(_is_of(code, gap) for gap in gaps) or _was_reserved(conn, code, row):
                return LostTime(row.backup_at, row.restored_at)
    return None


def _was_reserved(conn: Connection, code: str, restoration: Row[*tuple[object, ...]]) -> bool:
    """Whether this number was a file's in the backup, which may have been signed since."""
    parts = whole_numbers(code)
    reserved = select(NomorRegister.nomor).where(
        NomorRegister.used_at.is_(None),
        NomorRegister.drawn_at < restoration.restored_at,
        NomorRegister.year.in_(parts),
        NomorRegister.sequence.in_(parts),
    )
    return any(mentions(code, nomor) for nomor in conn.scalars(reserved))


def _is_of(code: str, gap: LeftAlone) -> bool:
    """Whether this is a number of the gap, in whatever spelling."""
    parts = whole_numbers(code)
    if gap.year not in parts:
        return False
    patterns = {n.nomor_pattern for sop in every_version() if sop.code == gap.sop for n in sop.decisions}
    lost = (sequence for sequence in parts if gap.first <= sequence <= gap.last)
    days = [date(gap.year, month, 1) for month in range(1, 13)]
    return any(mentions(code, format_nomor(p, n, day)) for n in lost for p in patterns for day in days)
