"""Celery's door: carry out outbox rows, each in a transaction of its own, any number of times."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.logs import where
from pipeline.models import Outbox, Tugas
from pipeline.services.automatic import WORK, open_desk
from pipeline.services.locking import lock_tugas
from pipeline.services.preview import make_preview
from pipeline.services.record import record

log = structlog.get_logger()

#: Failures after which a row is parked, red on the queue and on the operator's page, until somebody says "coba lagi".
PERCOBAAN_PALING_BANYAK = 5
JEDA_PERCOBAAN = timedelta(seconds=3)


def run_outbox(ids: Sequence[int], *, node: str, now: datetime) -> None:
    """Carry out these rows. One that fails is tried again later and stops none of the others."""
    for outbox_id in _begin(ids, node):
        try:
            _perform(outbox_id, now)
        except Exception as e:  # noqa: BLE001 - whatever it is, it is this row's: recorded, retried, then parked
            log.error("pesan gagal", outbox_id=outbox_id, galat=where(e))
            _fail(outbox_id, type(e).__name__, now)


def retry_parked(outbox_id: int, *, now: datetime) -> bool:
    """An operator's "coba lagi": the row starts over. False when it is not parked."""
    with unit_of_work() as s:
        row = s.scalar(select(Outbox).where(Outbox.id == outbox_id).with_for_update())
        if row is None or row.macet_pada is None:
            return False
        row.macet_pada, row.coba_pada, row.terkirim_pada, row.percobaan, row.galat = None, None, None, 0, None
        _mark(s, row, "dilanjutkan", None, now)
        s.execute(select(func.pg_notify("outbox", "")))
        return True


def _begin(ids: Sequence[int], node: str) -> list[int]:
    """Count the attempt before it is made: a row that kills its worker is counted too. Returns the rows to do."""
    with unit_of_work() as s:
        rows = s.execute(
            update(Outbox)
            .where(Outbox.id.in_(ids), Outbox.selesai_pada.is_(None), Outbox.macet_pada.is_(None))
            .values(percobaan=Outbox.percobaan + 1, mulai_pada=real_now(), pekerja=node)
            .returning(Outbox.id, Outbox.percobaan)
        ).all()
    for row in rows:
        if row.percobaan > PERCOBAAN_PALING_BANYAK:  # it never got as far as failing: its process died each time
            _fail(row.id, "ProsesMati", real_now())
    return [r.id for r in rows if r.percobaan <= PERCOBAAN_PALING_BANYAK]


def _perform(outbox_id: int, now: datetime) -> None:
    with unit_of_work() as s:
        row = s.scalar(select(Outbox).where(Outbox.id == outbox_id, Outbox.selesai_pada.is_(None)).with_for_update())
        if row is not None:
            _handler(row.task)(s, row, now)
            row.selesai_pada = real_now()


def _run_step(s: Session, row: Outbox, now: datetime) -> None:
    """A langkah: do its automatic work and decide, or prepare the desk for a person. Decided already: nothing."""
    if row.tugas_id is None:
        return
    file = lock_tugas(s, row.tugas_id, orang_id=None, now=now)
    if file.tugas_selesai:
        return
    if file.otomatis and file.langkah.otomatis is not None:
        WORK[file.langkah.otomatis](s, file, now)
    elif not file.siap:
        open_desk(s, file, now)


def _run_preview(s: Session, row: Outbox, now: datetime) -> None:
    if row.permohonan_id is not None:
        make_preview(s, row.permohonan_id)


Handler = Callable[[Session, Outbox, datetime], None]
HANDLERS: Mapping[str, Handler] = {"dokumen.pratinjau": _run_preview}


def _handler(task: str) -> Handler:
    return _run_step if task.startswith("sop.") else HANDLERS[task]


def _fail(outbox_id: int, galat: str, now: datetime) -> None:
    """Put the row back for another try, later each time, or park it."""
    with unit_of_work() as s:
        row = s.scalar(select(Outbox).where(Outbox.id == outbox_id, Outbox.selesai_pada.is_(None)).with_for_update())
        if row is None:
            return
        row.galat, row.terkirim_pada = galat, None
        row.coba_pada = real_now() + JEDA_PERCOBAAN * 2 ** (row.percobaan - 1)
        if row.percobaan >= PERCOBAAN_PALING_BANYAK:
            row.macet_pada = real_now()
            _mark(s, row, "macet", real_now(), now)


def _mark(s: Session, row: Outbox, jenis: str, macet_pada: datetime | None, now: datetime) -> None:
    """Show on the file that its step is parked, or goes on."""
    if row.tugas_id is None:
        return
    file = lock_tugas(s, row.tugas_id, orang_id=None, now=now)
    if not file.tugas_selesai:
        mark = update(Tugas).where(Tugas.id == row.tugas_id).values(macet_pada=macet_pada)
        record(s, file, jenis, {"tugas": str(file.tugas_id)}, oleh=None, peran=file.peran, now=now, also=(mark,))
