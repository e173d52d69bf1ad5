"""How long a permit has really taken of late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from pipeline.calendar.due import Interval, office_time
from pipeline.db import connection
from pipeline.models import NomorRegister, Permohonan
from pipeline.queries.calendar import read_in_force
from pipeline.sop.values import Sop
from pipeline.text import date_at

#: Back from now; and how many decrees, the latest of them, are looked at.
LATELY, LOOKED_AT = timedelta(days=30), 500


@dataclass(frozen=True, slots=True)
class RealTime:
    """The median of what was signed lately: office time from a complete file to the signature."""

    middle: timedelta
    total: int  # decrees it is the median of


def read_real_time(sop: Sop, *, now: datetime) -> RealTime | None:
    """Of this permit; None where nothing was signed lately."""
    signed = (
        select(Permohonan.complete_at, NomorRegister.used_at)
        .join(Permohonan, Permohonan.id == NomorRegister.permohonan_id)
        .where(NomorRegister.sop == sop.code, NomorRegister.kind.in_([n.code for n in sop.decisions]))
        .where(NomorRegister.year == date_at(now).year)
        .where(NomorRegister.used_at >= now - LATELY, Permohonan.complete_at.is_not(None))
        .order_by(NomorRegister.sequence.desc())
        .limit(LOOKED_AT)
    )
    with connection() as conn:
        spans = [Interval(r.complete_at, r.used_at) for r in conn.execute(signed)]
        calendar = read_in_force(conn).calendar
    if not spans:
        return None
    by_length = sorted(spans, key=lambda span: span.until - span.start)
    middle = by_length[(len(by_length) - 1) // 2]
    return RealTime(office_time(calendar, [middle]), len(spans))
