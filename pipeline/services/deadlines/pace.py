"""Counting the pace of the desks, day by day, from the tugas they finished: the leaders' page reads the sums.

A day is counted again and again while it lasts, and once more when it has been over for an hour: what was decided in it
is committed by then. It is counted anew when the calendar changes, for office time is the calendar's.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from pipeline.db import connection
from pipeline.models import DailyPace, PaceDay, Tugas
from pipeline.queries.calendar import InForce, read_in_force
from pipeline.queries.desk.performance import done_tugas, finished, finished_between, last_month, midnight
from pipeline.text import date_at

A_DAY = timedelta(days=1)
OVER = timedelta(hours=1)
#: Tugas a run looks at before it leaves the older days to the next one.
PER_SWEEP = 50_000


def count_pace(*, now: datetime) -> int:
    """Count the days of this month and the last that are not counted for good, today first. Returns how many tugas."""
    with connection() as conn:
        in_force = read_in_force(conn)
        for table in (DailyPace, PaceDay):
            conn.execute(delete(table).where(table.day < _first(now)))
        final = _counted_for_good(conn, in_force.version, now)
    seen = 0
    for day in (day for day in _days(now) if day not in final):
        if seen >= PER_SWEEP:
            break
        seen += _count_day(day, in_force, now)
    return seen


def _first(now: datetime) -> date:
    return last_month(date_at(now).replace(day=1))


def _days(now: datetime) -> Iterator[date]:
    today = date_at(now)
    return takewhile(lambda day: day >= _first(now), (today - A_DAY * n for n in range(100)))


def _counted_for_good(conn: Connection, version: int, now: datetime) -> set[date]:
    """A clock that was put back (a demo's) leaves days counted later than now: those are none."""
    query = select(PaceDay.day, PaceDay.counted_at).where(
        PaceDay.day >= _first(now), PaceDay.calendar_version == version, PaceDay.counted_at <= now
    )
    return {day for day, counted_at in conn.execute(query) if counted_at >= midnight(day + A_DAY) + OVER}


def _count_day(day: date, in_force: InForce, now: datetime) -> int:
    """Put what was counted of the day in the place of what was counted before. Returns how many tugas."""
    tally: Counter[tuple[str, str, bool, int]] = Counter()
    query = done_tugas().where(Tugas.id.in_(finished_between(midnight(day), midnight(day + A_DAY))))
    with connection() as conn:
        for r in conn.execute(query):
            done = finished(in_force.calendar, r)
            minutes = done.used // timedelta(minutes=1)
            tally[done.sop.code, done.langkah.code, done.in_time, minutes] += 1
        conn.execute(delete(DailyPace).where(DailyPace.day == day))
        if tally:
            names = ("sop", "langkah", "in_time", "minutes")
            conn.execute(
                insert(DailyPace),
                [{"day": day, "total": n, **dict(zip(names, place, strict=True))} for place, n in tally.items()],
            )
        counted = {"calendar_version": in_force.version, "counted_at": now}
        conn.execute(
            upsert(PaceDay).values(day=day, **counted).on_conflict_do_update(index_elements=[PaceDay.day], set_=counted)
        )
    return tally.total()
