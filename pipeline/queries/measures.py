"""What the office counts of itself, for whoever watches it: few statements, each by an index, and no personal data."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ARRAY, Connection, Float, Integer, case, func, literal, or_, select, true

from pipeline.kantor.office import desks
from pipeline.models import Eskalasi, Notice, Outbox, Sk, Tugas
from pipeline.queries.desk.performance import OF_DESKS
from pipeline.queries.machinery import Part, Signs, broker_depths, parts, read_signs
from pipeline.queries.paging import COUNTED_AT_MOST
from pipeline.rules.notices.rules import NoticeStatus

#: Of a tugas, and of a day: more are not counted.
ESKALASI_AT_MOST, ISSUED_AT_MOST = 20, 10_000
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: Upper ends, in seconds, of how long a tugas lay on its desk: from a minute to ten days.
TIMES: Sequence[float] = (60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800, 432_000, 864_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """The messages of a queue that are not done: owed, of these not yet at the broker, parked."""

    antrean: str
    total: int
    unsent: int
    parked: int
    oldest_at: datetime | None  # of those owed
    at_broker: int | None  # as the relay last counted; None: it has not


@dataclass(frozen=True, slots=True)
class Lying:
    """The files that lie on a desk for a langkah."""

    peran: str
    langkah: str
    total: int
    late: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """Tugas decided of late: a langkah, a keputusan, and into which of TIMES they fall (0 is the first)."""

    langkah: str
    keputusan: str
    place: int
    total: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All of it, of one moment; without a database, only that there is none."""

    parts: Sequence[Part]
    owed: Sequence[Owed] = ()
    messages: Mapping[str, int] = field(default_factory=dict)  # by task, done in the last hour
    lying: Sequence[Lying] = ()
    done: Sequence[Done] = ()  # in the last day
    eskalasi: Mapping[str, int] = field(default_factory=dict)  # by level, of tugas that are late now
    issued: Mapping[tuple[str, str], int] = field(default_factory=dict)  # by SOP and kind of paper, in the last day
    undelivered: Mapping[str, int] = field(default_factory=dict)  # notices by state, capped
    backup_at: datetime | None = None


def read_measures(conn: Connection, *, now: datetime, office_now: datetime, data: Path) -> Measured:
    """Count everything: eight statements. ``now`` is the real clock."""
    signs = read_signs(conn)
    owed = read_owed(conn, signs)
    waiting = {o.antrean: o.oldest_at for o in owed if o.oldest_at}
    return Measured(
        parts=parts(signs, waiting, now=now, office_now=office_now),
        owed=owed,
        messages=_messages(conn, now - HOUR),
        lying=read_lying(conn, office_now),
        done=_done(conn, office_now - DAY),
        eskalasi=_eskalasi(conn, office_now),
        issued=_issued(conn, office_now - DAY),
        undelivered=_undelivered(conn),
        backup_at=read_backup(data),
    )


def read_owed(conn: Connection, signs: Signs) -> tuple[Owed, ...]:
    """Every queue that owes something, or where the broker holds something."""
    free = Outbox.stuck_at.is_(None)
    query = (
        select(
            Outbox.antrean,
            func.count().filter(free),
            func.count().filter(free, Outbox.delivered_at.is_(None)),
            func.count().filter(~free),
            func.min(Outbox.created_at).filter(free),
        )
        .where(Outbox.closed_at.is_(None))
        .group_by(Outbox.antrean)
    )
    at_broker = broker_depths(signs)
    found = [
        Owed(antrean=antrean, total=total, unsent=unsent, parked=parked, oldest_at=at, at_broker=at_broker.get(antrean))
        for antrean, total, unsent, parked, at in conn.execute(query)
    ]
    named = {o.antrean for o in found}
    left = [
        Owed(antrean=antrean, total=0, unsent=0, parked=0, oldest_at=None, at_broker=messages)
        for antrean, messages in at_broker.items()
        if messages and antrean not in named
    ]
    return tuple(sorted([*found, *left], key=lambda o: o.antrean))


def read_lying(conn: Connection, office_now: datetime) -> tuple[Lying, ...]:
    """Where the files of the office are: desk by desk, langkah by langkah."""
    query = (
        select(
            Tugas.peran,
            Tugas.langkah,
            func.count(),
            func.count().filter(Tugas.tenggat < office_now),
            func.min(Tugas.created_at),
        )
        .where(Tugas.closed_at.is_(None), Tugas.peran.in_([str(p) for p in desks()]))
        .group_by(Tugas.peran, Tugas.langkah)
    )
    order = {str(p): n for n, p in enumerate(desks())}
    return tuple(sorted((Lying(*row) for row in conn.execute(query)), key=lambda x: (order[x.peran], x.langkah)))


def read_backup(data: Path) -> datetime | None:
    """When the last backup ended well; None when none is known of."""
    try:
        at = datetime.fromisoformat(json.loads((data / "cadangan.json").read_text(encoding="utf-8"))["at"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return at if at.tzinfo else None


def _messages(conn: Connection, since: datetime) -> dict[str, int]:
    query = select(Outbox.task, func.count()).where(Outbox.closed_at > since).group_by(Outbox.task)
    return dict(conn.execute(query).all())


def _done(conn: Connection, since: datetime) -> tuple[Done, ...]:
    """Of the desks' own tugas: what an applicant does at home is no measure of the office."""
    seconds = func.greatest(func.extract("epoch", Tugas.closed_at - Tugas.created_at).cast(Float), 0.0)
    # Bucket 0 of PostgreSQL is below the first bound, and a value that equals a bound lies above it.
    place = func.width_bucket(seconds, literal(list(TIMES), ARRAY(Float)), type_=Integer)
    query = (
        select(Tugas.langkah, Tugas.keputusan, place.label("place"), func.count(), func.sum(seconds))
        .where(Tugas.closed_at > since, OF_DESKS)
        .group_by(Tugas.langkah, Tugas.keputusan, "place")
    )
    return tuple(Done(*row) for row in conn.execute(query))


def _eskalasi(conn: Connection, office_now: datetime) -> dict[str, int]:
    """Those that were raised for a tugas that is still open and late: for the thousand that are latest."""
    late = (
        select(Tugas.id, Tugas.permohonan_id)
        .where(Tugas.closed_at.is_(None), Tugas.tenggat < office_now)
        .order_by(Tugas.tenggat)
        .limit(COUNTED_AT_MOST)
        .cte("late")
    )
    # Limited, so that PostgreSQL looks them up file by file: eskalasi are never deleted.
    of_late = (
        select(Eskalasi.id, Eskalasi.level)
        .where(Eskalasi.permohonan_id == late.c.permohonan_id)
        .where(or_(Eskalasi.tugas_id == late.c.id, Eskalasi.tugas_id.is_(None)))
        .limit(ESKALASI_AT_MOST)
        .lateral()
    )
    query = (
        select(of_late.c.level, func.count(of_late.c.id.distinct()))
        .select_from(late)
        .join(of_late, true())
        .group_by(of_late.c.level)
    )
    return dict(conn.execute(query).all())


def _issued(conn: Connection, since: datetime) -> dict[tuple[str, str], int]:
    newest = (
        select(Sk.sop, Sk.kind)
        .where(Sk.issued_at.is_not(None), Sk.issued_at > since)
        .order_by(Sk.issued_at.desc())
        .limit(ISSUED_AT_MOST)
        .subquery()
    )
    query = select(newest.c.sop, newest.c.kind, func.count()).group_by(newest.c.sop, newest.c.kind)
    return {(sop, kind): total for sop, kind, total in conn.execute(query)}


def _undelivered(conn: Connection) -> dict[str, int]:
    states = (NoticeStatus.GAGAL, NoticeStatus.TIDAK_PASTI)
    capped = select(Notice.status).where(Notice.status.in_(states)).limit(COUNTED_AT_MOST + 1).subquery()
    counted = [func.count(case((capped.c.status == status, 1))) for status in states]
    return dict(zip(map(str, states), conn.execute(select(*counted)).one(), strict=True))
