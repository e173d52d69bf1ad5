"""The desks of the office that nobody can work at, today or on one of the next working days.

The one answer for the pages of the administrator, the leaders and the operator, for ``alurizin doctor``, and for the
escalation that has to climb past them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import Connection, Row, func, or_, select

from pipeline.calendar.hours import working_days
from pipeline.db import connection
from pipeline.kantor.office import desks
from pipeline.models import Penugasan, Tugas
from pipeline.queries.calendar import read_in_force
from pipeline.queries.paging import COUNTED_AT_MOST, at_most
from pipeline.queries.people.accounts import can_work, holds_on
from pipeline.roles import Peran
from pipeline.sop.registry import every_version
from pipeline.sop.values import Sop
from pipeline.text import weekday_and_date

#: So many working days are looked at, today among them: time enough to name a Plt. or a Plh.
DAYS_AHEAD = 5


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A desk without anybody from ``start`` on, and how many files lie there now, COUNTED_AT_MOST and one at most."""

    peran: Peran
    start: date
    current: bool
    berkas: int

    @property
    def sentence(self) -> str:
        """What is lacking, in one sentence."""
        when = "hari ini" if self.current else f"mulai {weekday_and_date(self.start)}"
        lying = f"; {at_most(self.berkas)} berkas ada di sana" if self.berkas else ""
        return f"Tidak ada petugas yang dapat bekerja di meja {self.peran.name} {when}{lying}."


def filled_roles(conn: Connection, hari: date) -> frozenset[Peran]:
    """The roles held on that day by somebody with an open account, substitutes among them."""
    rows = conn.scalars(select(Penugasan.peran).where(holds_on(hari), can_work()).distinct())
    return frozenset(Peran(p) for p in rows)


def read_vacancies(hari: date, sops: Iterable[Sop] | None = None) -> tuple[Vacancy, ...]:
    """The desks and superiors of these SOPs without anybody, in the order of the office; empty when all is well.

    ``sops``: every version of every SOP unless told.
    """
    later = or_(Penugasan.end_date.is_(None), Penugasan.end_date >= hari)
    held = select(Penugasan.peran, Penugasan.start_date, Penugasan.end_date).where(later, can_work())
    with connection() as conn:
        days = list(islice(working_days(read_in_force(conn).calendar, hari), DAYS_AHEAD))
        rows = conn.execute(held).all()
        gaps = {
            peran: _gaps([hari, *days], [r for r in rows if r.peran == str(peran)])
            for peran in _desks(every_version() if sops is None else sops)
        }
        berkas = {peran: _lying(conn, peran) for peran, gap in gaps.items() if gap}
    return tuple(
        Vacancy(peran, working[0], gap[0] == hari and working[0] == days[0], berkas[peran])
        for peran, gap in gaps.items()
        if (working := [day for day in gap if day in days])  # an empty weekend is none
    )


def _lying(conn: Connection, peran: Peran) -> int:
    lying = select(Tugas.id).where(Tugas.peran == str(peran), Tugas.closed_at.is_(None)).limit(COUNTED_AT_MOST + 1)
    return conn.scalar(select(func.count()).select_from(lying.subquery())) or 0


def _desks(sops: Iterable[Sop]) -> Sequence[Peran]:
    named = {peran for sop in sops for t in sop.langkah for peran in (t.peran, t.superior)}
    return [p for p in desks() if p in named]


def _gaps(days: Sequence[date], held: Sequence[Row[*tuple[object, ...]]]) -> list[date]:
    """Those of the days on which nobody holds it."""
    return [
        day for day in days if not any(r.start_date <= day and (r.end_date is None or r.end_date >= day) for r in held)
    ]
