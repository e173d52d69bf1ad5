"""What else a superior may do with a file on a subordinate desk: give it more time, with a reason that stays."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import BukanWewenang, InputInvalid
from pipeline.models import Eskalasi, Tugas
from pipeline.models.base import Json
from pipeline.services.actor import Petugas
from pipeline.services.locking import File
from pipeline.services.record import record
from pipeline.services.routing import deadlines, read_pauses
from pipeline.services.supervise import need_reason, subordinate, title_of
from pipeline.transitions import ALASAN_PALING_PANJANG, Visit

HARI_PALING_BANYAK = 10


def extend(tugas_id: UUID, hari: int, alasan: str, *, oleh: Petugas, now: datetime) -> None:
    """Add ``hari`` hari kerja to the limit of this visit of a step.

    Levels of escalation that were given stay given; the promise to the public is not moved. Raises InputInvalid when
    the visit would have more than HARI_PALING_BANYAK in all, BukanWewenang, SudahDiputus, TidakDitemukan.
    """
    with unit_of_work() as s:
        file = subordinate(s, tugas_id, oleh, now)
        _guard_others(file, oleh)
        _guard_reason(alasan)
        tugas = s.execute(
            select(Tugas.mulai_pada, Tugas.jeda, Tugas.tenggat, Tugas.tambahan_hari).where(Tugas.id == tugas_id)
        ).one()
        _guard_days(hari, tugas.tambahan_hari)
        tambahan = tugas.tambahan_hari + hari
        lanjut = Visit(
            kunjungan=file.kunjungan, mulai_pada=tugas.mulai_pada, jeda=read_pauses(tugas.jeda), tambahan_hari=tambahan
        )
        baru = deadlines(file.kalender, file.langkah, lanjut, _given(s, file))
        _write(s, file, tugas.tenggat, {"tambahan_hari": tambahan, **baru}, alasan.strip(), oleh, now)


def _guard_others(file: File, oleh: Petugas) -> None:
    """Nobody gives time to themselves."""
    if file.peran == oleh.peran:
        raise BukanWewenang("Meja ini meja Anda sendiri. Hanya atasan meja yang dapat memperpanjang tenggatnya.")
    if file.pemohon_id == oleh.orang_id:
        raise BukanWewenang("Ini permohonan Anda sendiri, jadi harus diputus petugas lain.")


def _guard_reason(alasan: str) -> None:
    need_reason(alasan)
    if len(alasan) > ALASAN_PALING_PANJANG:
        raise InputInvalid({"alasan": f"Alasan terlalu panjang, paling banyak {ALASAN_PALING_PANJANG} huruf."})


def _guard_days(hari: int, sudah: int) -> None:
    if hari < 1:
        raise InputInvalid({"hari": "Tulis berapa hari kerja yang ditambahkan, paling sedikit 1."})
    if sudah + hari > HARI_PALING_BANYAK:
        sisa = HARI_PALING_BANYAK - sudah
        boleh = f"tinggal {sisa} hari kerja lagi" if sisa else "tidak dapat ditambah lagi"
        raise InputInvalid(
            {"hari": f"Satu kunjungan paling banyak ditambah {HARI_PALING_BANYAK} hari kerja; berkas ini {boleh}."}
        )


def _given(s: Session, file: File) -> set[str]:
    """The levels of escalation this visit has had."""
    e = Eskalasi
    sudah = select(e.tingkat).where(
        e.permohonan_id == file.permohonan_id, e.langkah == file.langkah.kode, e.kunjungan == file.kunjungan
    )
    return set(s.scalars(sudah))


def _write(s: Session, file: File, lama: datetime, values: Json, alasan: str, oleh: Petugas, now: datetime) -> None:
    longer = update(Tugas).where(Tugas.id == file.tugas_id).values(kalender_versi=file.kalender_versi, **values)
    baru = values["tenggat"]
    data: Json = {
        "tugas": str(file.tugas_id), "tambahan_hari": values["tambahan_hari"], "lama": lama.isoformat(),
        "baru": baru.isoformat() if isinstance(baru, datetime) else None,
    }  # fmt: skip
    words: Json = {"alasan": alasan, "sebagai": title_of(s, oleh, now)}
    record(
        s, file, "diperpanjang", data, oleh=oleh.orang_id, peran=oleh.peran, now=now, words=words, also=(longer,)
    )  # fmt: skip
