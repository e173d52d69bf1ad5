"""The worker's half of the outbox: carry out its rows, any number of times.

The langkah of a message are one transaction over all of its files. When that fails, and when the broker gives a message
out again because its process died, each row is a transaction of its own: a bad one stops no other.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache

import structlog
from sqlalchemy import ARRAY, RowMapping, any_, bindparam, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import Constant, unit_of_work, writing
from pipeline.json import Json
from pipeline.logs import where
from pipeline.models import Outbox, Permohonan, Tugas
from pipeline.retries import ATTEMPTS_AT_MOST, pause
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.desk.preview import make_pictures
from pipeline.services.notices.news import announce
from pipeline.services.notices.send import send_notice
from pipeline.services.notices.write import TASK
from pipeline.services.outbox.automatic import look_ahead, work_on
from pipeline.services.outbox.examine import examine_upload
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_operator
from pipeline.services.records.locking import Arrival, lock_many, lock_tugas
from pipeline.services.records.record import PICTURES, record
from pipeline.services.records.sets import changed_row
from pipeline.services.records.uploads import EXAMINE
from pipeline.sop.registry import every_version, get_sop
from pipeline.sop.words import Automatic

log = structlog.get_logger()

#: What takes long keeps its own account: no transaction is open while it waits for a network or draws.
HANDLERS: Mapping[str, Callable[[int, datetime], None]] = {
    EXAMINE: examine_upload,
    PICTURES: make_pictures,
    TASK: send_notice,
}


def run_outbox(task: str, ids: Sequence[int], *, again: bool = False, now: datetime) -> None:
    """Carry out these rows of one task. One that fails is tried again later and stops none of the others.

    ``again``: the broker gave the message to a process that died of it, so nobody has counted this attempt yet.
    """
    if again or len(ids) == 1 or task in HANDLERS or not _together(task, ids, now):
        for outbox_id in ids:
            _alone(task, outbox_id, again, now)


def refuse_outbox(ids: Sequence[int], error: str, *, now: datetime) -> None:
    """This node cannot even begin these rows: each is a failed attempt, so that they are parked in the end, visibly."""
    for outbox_id in ids:
        _fail(outbox_id, error, now)


def retry_parked(outbox_id: int, *, actor: Petugas | None = None, now: datetime) -> bool:
    """An operator's "coba lagi": the row starts over. False when it is not parked."""
    with unit_of_work() as s:
        guard_operator(s, actor, now)
        row = s.scalar(select(Outbox).where(Outbox.id == outbox_id).with_for_update())
        if row is None or row.stuck_at is None:
            return False
        row.stuck_at, row.try_at, row.delivered_at, row.attempts, row.error = None, None, None, 0, None
        _mark(s, row, PeristiwaKind.DILANJUTKAN, None, now, by=actor)
        log.info("pesan dijalankan lagi", outbox_id=outbox_id, orang=actor and str(actor.person_id))
        s.execute(select(func.pg_notify("outbox", "")))
        return True


def _together(task: str, ids: Sequence[int], now: datetime) -> bool:
    """Whether all of them could be carried out, as one; which one could not, shows when each runs alone."""
    error = _attempt(task, ids, False, now)
    if error is not None:
        log.warning("sekumpulan pesan gagal, dikerjakan satu per satu", pesan=list(ids), galat=where(error))
    return error is None


def _alone(task: str, outbox_id: int, again: bool, now: datetime) -> None:
    error = _attempt(task, [outbox_id], again, now)
    if error is not None:
        log.error("pesan gagal", outbox_id=outbox_id, galat=where(error))
        _try_fail(outbox_id, type(error).__name__, now)


def _attempt(task: str, ids: Sequence[int], again: bool, now: datetime) -> Exception | None:
    """Carry out these rows. Returns what went wrong.

    Whatever it is, it is these rows' own: a bug in one permit's step is counted, shown and parked like a full disk,
    and ends nobody else's message.
    """
    try:
        if again:  # before it runs: a row that kills its process is counted, and no other with it
            with unit_of_work() as s:
                s.execute(update(Outbox).where(Outbox.id.in_(ids), *_OPEN).values(attempts=Outbox.attempts + 1))
        _carry_out(task, ids, now)
    except Exception as error:  # noqa: BLE001 - see above: the caller logs it, counts it, and parks the row in the end
        return error
    return None


def _carry_out(task: str, ids: Sequence[int], now: datetime) -> None:
    if task in HANDLERS:
        for outbox_id in _not_deadly(ids):
            HANDLERS[task](outbox_id, now)
        return
    if task in _checks():
        look_ahead(ids)
    if run_steps(ids, now) < len(ids):
        _not_deadly(ids)


def run_steps(ids: Sequence[int], now: datetime) -> int:
    """The langkah of these rows, in one transaction: do the automatic work and decide, or tell a person's desk.

    Decided already, or done: nothing. An effect and the end of its row are one. Returns how many rows were ended.
    """
    with writing() as conn:
        rows = _END(conn, ids=list(ids), at=real_now()).mappings().all()
        arrivals = [_arrival(row) for row in rows if row["tugas_id"] is not None and not row["decided"]]
        announce(conn, arrivals, now)
        if automatic := [a.tugas_id for a in arrivals if a.automatic]:
            files = lock_many(conn, automatic, now=now, wait=True)
            work_on(conn, [file for file in files if file.automatic and not file.closed_tugas], now)
        return len(rows)


_OPEN = (Outbox.closed_at.is_(None), Outbox.stuck_at.is_(None))
_of_ids = Outbox.id == any_(bindparam("ids", type_=ARRAY(Outbox.id.type)))
_ATTEMPTS = select(Outbox.id, Outbox.attempts).where(_of_ids, *_OPEN)
#: Locked in one order, so that two messages with the same rows wait for each other and never both.
_mine = (
    select(Outbox.id, Outbox.tugas_id)
    .where(_of_ids, *_OPEN, Outbox.attempts <= ATTEMPTS_AT_MOST)
    .order_by(Outbox.id)
    .with_for_update()
    .cte("mine")
)
_of_tugas = (
    select(
        _mine.c.id.label("outbox_id"),
        Tugas.id.label("tugas_id"),
        Tugas.langkah,
        Tugas.kunjungan,
        Tugas.peran,
        Tugas.automatic,
        Tugas.for_person,
        Tugas.closed_at.is_not(None).label("decided"),
        Permohonan.id.label("permohonan_id"),
        Permohonan.sop,
        Permohonan.sop_version,
        Permohonan.nomor,
        Permohonan.pemohon_id,
        Permohonan.status,
    )
    .outerjoin(Tugas, Tugas.id == _mine.c.tugas_id)
    .outerjoin(Permohonan, Permohonan.id == Tugas.permohonan_id)
    .cte("of_tugas")
)
#: Ends rows, and tells what each is about. A row is locked by being ended first.
_END = Constant(
    update(Outbox).where(Outbox.id == _of_tugas.c.outbox_id).values(closed_at=bindparam("at")).returning(*_of_tugas.c)
)


def _arrival(row: RowMapping) -> Arrival:
    sop = get_sop(row["sop"], row["sop_version"])
    told = {name: row[name] for name in _AS_READ}
    return Arrival(**told, sop=sop, langkah=sop[row["langkah"]])


_AS_READ = (
    "permohonan_id",
    "tugas_id",
    "nomor",
    "pemohon_id",
    "status",
    "kunjungan",
    "peran",
    "automatic",
    "for_person",
)


def _not_deadly(ids: Sequence[int]) -> list[int]:
    """The rows that are still to be carried out; those whose process died at each attempt are parked."""
    with unit_of_work() as s:
        attempts = {row.id: row.attempts for row in s.execute(_ATTEMPTS, {"ids": list(ids)})}
    for outbox_id in [n for n, done in attempts.items() if done > ATTEMPTS_AT_MOST]:
        _fail(outbox_id, "ProsesMati", real_now())
    return [n for n in dict.fromkeys(ids) if attempts.get(n, ATTEMPTS_AT_MOST + 1) <= ATTEMPTS_AT_MOST]


@cache
def _checks() -> frozenset[str]:
    """Tasks in which some SOP has the documents checked."""
    return frozenset(
        langkah.task_name
        for sop in every_version()
        for langkah in sop.langkah
        if langkah.automatic is Automatic.VERIFIKASI
    )


def _try_fail(outbox_id: int, kind: str, now: datetime) -> None:
    """A row that another run holds just now is left to it."""
    try:
        _fail(outbox_id, kind, now)
    except OperationalError as error:
        log.warning("kegagalan tidak tercatat", outbox_id=outbox_id, galat=where(error))


def _fail(outbox_id: int, error: str, now: datetime) -> None:
    """Put the row back for another try, later each time, or park it."""
    with unit_of_work() as s:
        row = s.scalar(select(Outbox).where(Outbox.id == outbox_id, *_OPEN).with_for_update())
        if row is None:
            return
        row.error, row.delivered_at = error, None
        row.try_at = real_now() + pause(row.task, row.attempts)
        if row.attempts >= ATTEMPTS_AT_MOST:
            row.stuck_at = real_now()
            _mark_parked(s, row, now)


def _mark_parked(s: Session, row: Outbox, now: datetime) -> None:
    """A row whose file cannot even be marked is parked all the same: the operator sees it."""
    try:
        with s.begin_nested():
            _mark(s, row, PeristiwaKind.MACET, row.stuck_at, now)
    except Exception as error:  # noqa: BLE001 - what kept the step from running may keep its file from being read
        log.error("berkas tidak tertandai macet", outbox_id=row.id, galat=where(error))


def _mark(
    s: Session, row: Outbox, kind: PeristiwaKind, stuck_at: datetime | None, now: datetime, by: Petugas | None = None
) -> None:
    """Show on the file that its step is parked, or goes on, and who had it go on."""
    if row.tugas_id is None:
        return
    file = lock_tugas(s, row.tugas_id, person_id=by.person_id if by else None, now=now)
    if not file.closed_tugas:
        mark = changed_row(Tugas, {"id": row.tugas_id}, stuck_at=stuck_at)
        data: Json = {"tugas": str(file.tugas_id)}
        if stuck_at is not None:  # by the real clock; the office's may be moved
            data["sejak"] = stuck_at.isoformat()
        actor, peran = (by.person_id, by.peran) if by else (None, file.peran)
        record(s, file, kind, data, actor=actor, peran=peran, now=now, also=mark)
