"""What an office does once when it has come back from a backup, before it serves anybody: nothing that was given since
is given again, nobody is told twice, and no old door opens."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from pipeline.errors import DefinitionError
from pipeline.kantor.instance_key import instance_key
from pipeline.models import (
    AccountLetter,
    Lease,
    NomorRegister,
    Notice,
    Outbox,
    Peristiwa,
    Restoration,
    SeriesStart,
    WebSession,
)
from pipeline.queries.records.restorations import LEFT_ALONE
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.history.restoration import LeftAlone, SeriesAtBackup, left_alone, sign_restoration
from pipeline.rules.notices.rules import NoticeStatus
from pipeline.services.notices.write import TASK
from pipeline.services.records.uploads import drop_lost_uploads
from pipeline.sop.registry import every_version
from pipeline.text import date_at

TOLD_ALREADY = "Dari cadangan: mungkin sudah dikirim sebelum kantor dipulihkan."
#: A series: permit, paper, year.
SeriesKey = tuple[str, str, int]


def settle(
    conn: Connection, *, backup: str, backup_at: datetime, declared: Mapping[SeriesKey, int], now: datetime
) -> Sequence[LeftAlone]:
    """Carry all of it out, in the transaction of the restore. Returns the decree numbers that are left alone.

    ``declared``: the last number issued of a series, where the office knows it. Raises DefinitionError for one that is
    no series of this office, or is lower than the backup has.
    """
    _close_doors(conn)
    _owe_again(conn, now)
    drop_lost_uploads(conn)
    series = _series(conn, backup_at, now)
    for key, last in declared.items():
        if key not in series or last < series[key].last:
            at_least = f" paling sedikit {series[key].last}" if key in series else " untuk deret yang ada"
            raise DefinitionError(f"--nomor-terakhir {'.'.join(map(str, key))}={last} tidak cocok: isi{at_least}.")
    gaps = [gap for key, one in series.items() for gap in left_alone(one, now - backup_at, declared.get(key))]
    number = (conn.scalar(select(func.max(Restoration.number))) or 0) + 1
    signed = sign_restoration(number, gaps, backup=backup, backup_at=backup_at, restored_at=now, key=instance_key())
    row = {"number": number, "backup_at": backup_at, "restored_at": now}
    conn.execute(insert(Restoration).values(**row, statement=signed.statement, signature=signed.signature))
    return gaps


def _close_doors(conn: Connection) -> None:
    """Sessions, and links and codes that were never used: whoever has one from before begins anew."""
    conn.execute(delete(WebSession))
    conn.execute(delete(Lease))
    unused = AccountLetter.used_at.is_(None)
    conn.execute(update(AccountLetter).where(unused).values(expires_at=AccountLetter.created_at))


def _owe_again(conn: Connection, now: datetime) -> None:
    """The new broker has nothing: all work is owed again. What told people may have left after the backup: it is kept
    as uncertain, and an operator may send it."""
    waiting = Notice.status.in_((NoticeStatus.MENUNGGU, NoticeStatus.MENGIRIM))
    conn.execute(update(Notice).where(waiting).values(status=NoticeStatus.TIDAK_PASTI, error=TOLD_ALREADY))
    is_open = Outbox.closed_at.is_(None)
    conn.execute(update(Outbox).where(is_open, Outbox.task == TASK).values(closed_at=now))
    conn.execute(update(Outbox).where(is_open, Outbox.stuck_at.is_(None)).values(delivered_at=None, try_at=None))


def _series(conn: Connection, backup_at: datetime, now: datetime) -> dict[SeriesKey, SeriesAtBackup]:
    """Every series that may have grown since the backup: of the permits on offer, and of those that have numbers."""
    years = range(date_at(backup_at).year, date_at(now).year + 1)
    offered = {(sop.code, paper.code) for sop in every_version() for paper in sop.decisions}
    drawn = {tuple(row) for row in conn.execute(select(NomorRegister.sop, NomorRegister.kind).distinct())}
    last, freed, busiest = _last(conn), _freed(conn, years), _busiest_day(conn)
    keys = {(str(sop), str(kind), year) for sop, kind in offered | drawn for year in years}
    keys |= {key for key in last if key[2] >= years.start}  # a demo's clock may be years ahead
    return {
        key: SeriesAtBackup(*key, last=last.get(key, 0), busiest_day=busiest.get(key[:2], 0), freed=freed.get(key, ()))
        for key in sorted(keys)
    }


def _last(conn: Connection) -> dict[SeriesKey, int]:
    """The last number of each series: drawn, told of by a history, used on paper, or left alone by a restore before."""
    told = Peristiwa.data["drawn"]
    parts = (told["sop"].as_string(), told["kind"].as_string(), told["year"].as_integer())
    of_told = select(*parts, func.max(told["sequence"].as_integer())).where(
        Peristiwa.kind == PeristiwaKind.SK_NIAT, Peristiwa.data.has_key("drawn")
    )
    kept = (NomorRegister.sop, NomorRegister.kind, NomorRegister.year)
    alone = LEFT_ALONE.c
    queries = (
        select(*kept, func.max(NomorRegister.sequence)).group_by(*kept),
        of_told.group_by(*parts),
        select(SeriesStart.sop, SeriesStart.kind, SeriesStart.year, SeriesStart.last),
        select(alone.sop, alone.kind, alone.year, func.max(alone.last)).group_by(alone.sop, alone.kind, alone.year),
    )
    last = defaultdict[SeriesKey, int](int)
    for query in queries:
        for sop, kind, year, sequence in conn.execute(query):
            last[sop, kind, year] = max(last[sop, kind, year], sequence)
    return last


def _freed(conn: Connection, years: range) -> dict[SeriesKey, tuple[int, ...]]:
    found = defaultdict[SeriesKey, list[int]](list)
    columns = (NomorRegister.sop, NomorRegister.kind, NomorRegister.year, NomorRegister.sequence)
    free = (NomorRegister.permohonan_id.is_(None), NomorRegister.year >= years.start)
    for sop, kind, year, sequence in conn.execute(select(*columns).where(*free).order_by(*columns)):
        found[sop, kind, year].append(sequence)
    return {key: tuple(numbers) for key, numbers in found.items()}


def _busiest_day(conn: Connection) -> dict[tuple[str, str], int]:
    """How many numbers of a paper were drawn on the day that drew most."""
    day = func.date_trunc("day", NomorRegister.drawn_at)
    counted = (
        select(NomorRegister.sop, NomorRegister.kind, func.count().label("total"))
        .group_by(NomorRegister.sop, NomorRegister.kind, day)
        .subquery()
    )
    query = select(counted.c.sop, counted.c.kind, func.max(counted.c.total)).group_by(counted.c.sop, counted.c.kind)
    return {(sop, kind): most for sop, kind, most in conn.execute(query)}
