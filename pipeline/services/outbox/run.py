"""Celery's door: carry out outbox rows, each in a transaction of its own, any number of times."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

import structlog
from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.json import Json
from pipeline.logs import where
from pipeline.models import Outbox, Tugas
from pipeline.retries import ATTEMPTS_AT_MOST, pause
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.desk.preview import make_pictures
from pipeline.services.notices.news import announce
from pipeline.services.notices.send import send_notice
from pipeline.services.notices.write import TASK
from pipeline.services.outbox.automatic import WORK, look_ahead, open_desk
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_operator
from pipeline.services.records.locking import lock_tugas
from pipeline.services.records.record import PICTURES, record
from pipeline.sop.registry import every_version
from pipeline.sop.words import Automatic

log = structlog.get_logger()


def run_outbox(ids: Sequence[int], *, node: str, now: datetime) -> None:
    """Carry out these rows. One that fails is tried again later and stops none of the others."""
    for outbox_id in ids:
        task = _begin(outbox_id, node)
        if task is None:
            continue
        try:
            _handler(task)(outbox_id, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this row's: recorded, retried, then parked
            log.error("pesan gagal", outbox_id=outbox_id, galat=where(error))
            _fail(outbox_id, type(error).__name__, now)


def refuse_outbox(ids: Sequence[int], error: str, *, node: str, now: datetime) -> None:
    """This node cannot even begin these rows: each is a failed attempt, so that they are parked in the end, visibly."""
    for outbox_id in ids:
        if _begin(outbox_id, node) is not None:
            _fail(outbox_id, error, now)


def retry_parked(outbox_id: int, *, actor: Petugas | None = None, now: datetime) -> bool:
    """An operator's "coba lagi": the row starts over. False when it is not parked."""
    with unit_of_work() as s:
        guard_operator(s, actor, now)
        row = s.scalar(select(Outbox).where(Outbox.id == outbox_id).with_for_update())
        if row is None or row.stuck_at is None:
            return False
        row.stuck_at, row.try_at, row.delivered_at, row.attempts, row.error = None, None, None, 0, None
        _mark(s, row, PeristiwaKind.DILANJUTKAN, None, now)
        s.execute(select(func.pg_notify("outbox", "")))
        return True


def _begin(outbox_id: int, node: str) -> str | None:
    """Count the attempt just before it is made: a row that kills its worker is counted too, and no other with it.

    Returns its task; None when there is nothing to do.
    """
    with unit_of_work() as s:
        row = s.execute(
            update(Outbox)
            .where(Outbox.id == outbox_id, Outbox.closed_at.is_(None), Outbox.stuck_at.is_(None))
            .values(attempts=Outbox.attempts + 1, started_at=real_now(), worker=node)
            .returning(Outbox.attempts, Outbox.task)
        ).first()
    if row is not None and row.attempts > ATTEMPTS_AT_MOST:  # its process died each time
        _fail(outbox_id, "ProsesMati", real_now())
        return None
    return row.task if row else None


#: What a row is about: permohonan_id and tugas_id.
About = Row[UUID | None, UUID | None]
Work = Callable[[Session, About, datetime], None]
Handler = Callable[[int, datetime], None]


def _in_transaction(work: Work) -> Handler:
    """An effect in the database and the end of its row are one transaction; the row is locked by being ended first."""

    def perform(outbox_id: int, now: datetime) -> None:
        with unit_of_work() as s:
            row = s.execute(
                update(Outbox)
                .where(Outbox.id == outbox_id, Outbox.closed_at.is_(None))
                .values(closed_at=real_now())
                .returning(Outbox.permohonan_id, Outbox.tugas_id)
            ).first()
            if row is not None:
                work(s, row, now)

    return perform


def _run_step(s: Session, row: About, now: datetime) -> None:
    """A langkah: do its automatic work and decide, or prepare the desk for a person. Decided already: nothing."""
    if row.tugas_id is None:
        return
    file = lock_tugas(s, row.tugas_id, person_id=None, now=now)
    if file.closed_tugas:
        return
    announce(s, file, now)
    if file.automatic and file.langkah.automatic is not None:
        WORK[file.langkah.automatic](s, file, now)
    elif not file.ready:
        open_desk(s, file, now)


_STEP = _in_transaction(_run_step)


def _check(outbox_id: int, now: datetime) -> None:
    look_ahead(outbox_id)
    _STEP(outbox_id, now)


@cache
def _checks() -> frozenset[str]:
    """Tasks in which some SOP has the documents checked."""
    return frozenset(
        langkah.task_name
        for sop in every_version()
        for langkah in sop.langkah
        if langkah.automatic is Automatic.VERIFIKASI
    )


#: What takes long keeps its own account: no transaction is open while it waits for a network or draws.
HANDLERS: Mapping[str, Handler] = {PICTURES: make_pictures, TASK: send_notice}


def _handler(task: str) -> Handler:
    if not task.startswith("sop."):
        return HANDLERS[task]
    return _check if task in _checks() else _STEP


def _fail(outbox_id: int, error: str, now: datetime) -> None:
    """Put the row back for another try, later each time, or park it."""
    with unit_of_work() as s:
        row = s.scalar(select(Outbox).where(Outbox.id == outbox_id, Outbox.closed_at.is_(None)).with_for_update())
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


def _mark(s: Session, row: Outbox, kind: PeristiwaKind, stuck_at: datetime | None, now: datetime) -> None:
    """Show on the file that its step is parked, or goes on."""
    if row.tugas_id is None:
        return
    file = lock_tugas(s, row.tugas_id, person_id=None, now=now)
    if not file.closed_tugas:
        mark = update(Tugas).where(Tugas.id == row.tugas_id).values(stuck_at=stuck_at)
        data: Json = {"tugas": str(file.tugas_id)}
        if stuck_at is not None:  # by the real clock; the office's may be moved
            data["sejak"] = stuck_at.isoformat()
        record(s, file, kind, data, actor=None, peran=file.peran, now=now, also=(mark,))
