"""What else a superior may do with a file on a subordinate desk: give it more time, with a reason that stays."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.calendar.pauses import read_pauses
from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotAuthorised
from pipeline.json import Json
from pipeline.models import Tugas
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import REASON_LENGTH_AT_MOST
from pipeline.rules.visiting import Visit
from pipeline.services.desk.supervise import need_reason, subordinate, title_of
from pipeline.services.people.actor import Petugas
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.record import record
from pipeline.services.records.routing import deadlines
from pipeline.services.records.sets import changed_row

DAYS_AT_MOST = 10


def extend(tugas_id: UUID, hari: int, reason: str, *, actor: Petugas, now: datetime) -> None:
    """Add ``hari`` hari kerja to the limit of this visit of a step.

    The new tenggat has levels of escalation of its own; the promise to the public is not moved. Raises InputInvalid
    when the visit would have more than DAYS_AT_MOST in all, NotAuthorised, DecidedAlready, NotFound.
    """
    with unit_of_work() as s:
        file = subordinate(s, tugas_id, actor, now)
        _guard_others(file, actor)
        _guard_reason(reason)
        tugas = s.execute(
            select(Tugas.started_at, Tugas.jeda, Tugas.tenggat, Tugas.added_days, Tugas.tenggat_number).where(
                Tugas.id == tugas_id
            )
        ).one()
        _guard_days(hari, tugas.added_days)
        onward = Visit(
            kunjungan=file.kunjungan,
            started_at=tugas.started_at,
            jeda=read_pauses(tugas.jeda),
            added_days=tugas.added_days + hari,
            tenggat_number=tugas.tenggat_number + 1,
        )
        _write(s, file, tugas.tenggat, onward, reason.strip(), actor, now)


def _guard_others(file: LockedPermohonan, actor: Petugas) -> None:
    """Nobody gives time to themselves."""
    if file.peran == actor.peran:
        raise NotAuthorised("Meja ini meja Anda sendiri. Hanya atasan meja yang dapat memperpanjang tenggatnya.")
    if file.pemohon_id == actor.person_id:
        raise NotAuthorised("Ini permohonan Anda sendiri, jadi harus diputus petugas lain.")


def _guard_reason(reason: str) -> None:
    need_reason(reason)
    if len(reason) > REASON_LENGTH_AT_MOST:
        raise InputInvalid({"alasan": f"Alasan terlalu panjang, paling banyak {REASON_LENGTH_AT_MOST} huruf."})


def _guard_days(hari: int, already: int) -> None:
    if hari < 1:
        raise InputInvalid({"hari": "Tulis berapa hari kerja yang ditambahkan, paling sedikit 1."})
    if already + hari > DAYS_AT_MOST:
        remaining = DAYS_AT_MOST - already
        allowed = f"tinggal {remaining} hari kerja lagi" if remaining else "tidak dapat ditambah lagi"
        raise InputInvalid(
            {"hari": f"Satu kunjungan paling banyak ditambah {DAYS_AT_MOST} hari kerja; berkas ini {allowed}."}
        )


def _write(
    s: Session, file: LockedPermohonan, old: datetime, onward: Visit, reason: str, actor: Petugas, now: datetime
) -> None:
    longer = deadlines(file.calendar, file.langkah, onward)
    size: Json = {"added_days": onward.added_days, "tenggat_number": onward.tenggat_number}
    kept = changed_row(Tugas, {"id": file.tugas_id}, calendar_version=file.calendar_version, **longer, **size)
    data: Json = {"tugas": str(file.tugas_id), **size, "lama": old.isoformat(), "baru": _iso(longer["tenggat"])}
    words: Json = {"alasan": reason, "sebagai": title_of(s, actor, now)}
    record(
        s,
        file,
        PeristiwaKind.DIPERPANJANG,
        data,
        actor=actor.person_id,
        peran=actor.peran,
        now=now,
        words=words,
        also=kept,
    )


def _iso(moment: object) -> str:
    return moment.isoformat() if isinstance(moment, datetime) else ""
