"""Who stands in for whom, and what happens to the work of those who leave: nothing strands."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text, update
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import BukanWewenang, InputInvalid, TidakDitemukan
from pipeline.models import Akun, Penugasan, Tugas
from pipeline.roles import PERAN_PETUGAS, Peran
from pipeline.services.actor import Petugas
from pipeline.services.locking import lock_tugas
from pipeline.services.record import record
from pipeline.services.sesi import end_all_sesi
from pipeline.storage import store
from pipeline.tanggal import tanggal_di
from pipeline.uploads import accept

PALING_LAMA = timedelta(days=365)


def delegate(
    *,
    kepada: UUID,
    menggantikan: UUID,
    peran: Peran,
    dasar: str,
    surat_perintah: str,
    scan: bytes | None,
    tanggal_mulai: date,
    tanggal_sampai: date,
    oleh: Petugas,
    now: datetime,
) -> UUID:
    """Let a person act as Plt ('plt') or Plh ('plh') of another's role, both dates included. Returns the assignment.

    Raises InputInvalid with a sentence per field: nobody grants themselves a role, a substitute has no substitute, and
    one role of one person has one substitute at a time.
    """
    sha256 = store().put(accept("surat-perintah.pdf", scan).konten) if scan else None
    with unit_of_work() as s:
        guard_admin(s, oleh, now)
        errors = _problems(kepada, menggantikan, peran, dasar, surat_perintah, tanggal_mulai, tanggal_sampai, oleh, now)
        if errors:
            raise InputInvalid(errors)
        _one_at_a_time(s, menggantikan, peran)
        pokok = _definitive(s, menggantikan, peran, tanggal_mulai, tanggal_sampai)
        if pokok is None:
            raise InputInvalid({"menggantikan": "Orang ini tidak memegang peran itu selama tanggal tersebut."})
        if _overlaps(s, menggantikan, peran, tanggal_mulai, tanggal_sampai):
            raise InputInvalid({"tanggal_mulai": "Sudah ada pengganti untuk peran ini pada tanggal tersebut."})
        penugasan_id = uuid4()
        s.add(
            Penugasan(
                id=penugasan_id, orang_id=kepada, peran=peran, jabatan=pokok.jabatan, dasar=dasar,
                surat_perintah=surat_perintah.strip(), surat_sha256=sha256, menggantikan=menggantikan,
                tanggal_mulai=tanggal_mulai, tanggal_sampai=tanggal_sampai, dibuat_oleh=oleh.orang_id, dibuat_pada=now,
            )
        )  # fmt: skip
    return penugasan_id


def end_assignment(penugasan_id: UUID, *, tanggal_sampai: date, oleh: Petugas, now: datetime) -> None:
    """A person leaves a role (moved, retired, back from leave); their claimed files go back to the queue that day."""
    with unit_of_work() as s:
        guard_admin(s, oleh, now)
        penugasan = s.get(Penugasan, penugasan_id)
        if penugasan is None:
            raise TidakDitemukan
        if tanggal_sampai < penugasan.tanggal_mulai:
            raise InputInvalid({"tanggal_sampai": "Tanggal akhir tidak boleh sebelum tanggal mulai."})
        penugasan.tanggal_sampai = tanggal_sampai
    release_stranded(now=now)


def deactivate(akun_id: UUID, *, oleh: Petugas, now: datetime) -> int:
    """Close an account: its sessions end and its claimed files go back to their queues. Returns how many files."""
    with unit_of_work() as s:
        guard_admin(s, oleh, now)
        akun = s.get(Akun, akun_id)
        if akun is None:
            raise TidakDitemukan
        if akun.orang_id == oleh.orang_id:
            raise BukanWewenang("Akun sendiri hanya dapat ditutup administrator lain.")
        akun.aktif = False
    end_all_sesi(akun_id)
    return release_stranded(now=now)


def release_stranded(*, now: datetime) -> int:
    """Put back every claimed file whose holder no longer holds the role, or has no open account. Returns how many."""
    with unit_of_work() as s:
        ids = s.scalars(
            select(Tugas.id).where(
                Tugas.selesai_pada.is_(None), Tugas.diambil_oleh.is_not(None), _gone(tanggal_di(now))
            )
        ).all()
    return sum(_release(tugas_id, now) for tugas_id in ids)


def _release(tugas_id: UUID, now: datetime) -> int:
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, orang_id=None, now=now)
        still = s.scalar(select(Tugas.id).where(Tugas.id == tugas_id, _gone(tanggal_di(now))))
        if file.tugas_selesai or file.diambil_oleh is None or still is None:
            return 0
        free = update(Tugas).where(Tugas.id == tugas_id).values(diambil_oleh=None, diambil_pada=None)
        record(s, file, "dilepas", {"tugas": str(tugas_id)}, oleh=None, peran=file.peran, now=now, also=(free,))
        return 1


def _gone(hari: date) -> ColumnElement[bool]:
    """The holder of the tugas lacks its role today, or an account to work with."""
    holds = exists().where(Penugasan.orang_id == Tugas.diambil_oleh, Penugasan.peran == Tugas.peran, in_force(hari))
    works = exists().where(Akun.orang_id == Tugas.diambil_oleh, Akun.aktif)
    return or_(~holds, ~works)


def in_force(hari: date) -> ColumnElement[bool]:
    """An assignment that holds on this day."""
    return and_(
        Penugasan.tanggal_mulai <= hari, or_(Penugasan.tanggal_sampai.is_(None), Penugasan.tanggal_sampai >= hari)
    )


def guard_admin(s: Session, oleh: Petugas, now: datetime) -> None:
    """The acting person is an administrator today."""
    if oleh.peran is not Peran.ADMIN or not s.scalar(
        select(Penugasan.id).where(
            Penugasan.orang_id == oleh.orang_id, Penugasan.peran == Peran.ADMIN, in_force(tanggal_di(now))
        )
    ):
        raise BukanWewenang


def _problems(
    kepada: UUID, menggantikan: UUID, peran: Peran, dasar: str, surat: str, mulai: date, sampai: date, oleh: Petugas,
    now: datetime,
) -> dict[str, str]:  # fmt: skip
    errors: dict[str, str] = {}
    if kepada == menggantikan:
        errors["kepada"] = "Pilih orang lain: seseorang tidak dapat menggantikan dirinya sendiri."
    elif kepada == oleh.orang_id:
        errors["kepada"] = "Anda tidak dapat memberi peran kepada diri sendiri. Minta administrator lain."
    if peran not in PERAN_PETUGAS:
        errors["peran"] = "Peran ini tidak dapat didelegasikan."
    if dasar not in {"plt", "plh"}:
        errors["dasar"] = "Pilih Plt. atau Plh."
    if not surat.strip():
        errors["surat_perintah"] = "Isi nomor surat perintah."
    if sampai < max(mulai, tanggal_di(now)):
        errors["tanggal_sampai"] = "Tanggal akhir harus hari ini atau sesudahnya, dan tidak sebelum tanggal mulai."
    elif sampai - mulai > PALING_LAMA:
        errors["tanggal_sampai"] = "Pendelegasian paling lama satu tahun. Perbarui dengan surat perintah baru."
    return errors


def _one_at_a_time(s: Session, menggantikan: UUID, peran: Peran) -> None:
    """Two administrators granting at once are put in a row, so that the second sees the first's grant."""
    s.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:kunci, 0))"), {"kunci": f"{menggantikan}:{peran}"})


def _definitive(s: Session, orang_id: UUID, peran: Peran, mulai: date, sampai: date) -> Penugasan | None:
    return s.scalar(
        select(Penugasan).where(
            Penugasan.orang_id == orang_id,
            Penugasan.peran == peran,
            Penugasan.dasar == "definitif",
            Penugasan.tanggal_mulai <= mulai,
            func.coalesce(Penugasan.tanggal_sampai, sampai) >= sampai,
        )
    )


def _overlaps(s: Session, menggantikan: UUID, peran: Peran, mulai: date, sampai: date) -> bool:
    return (
        s.scalar(
            select(Penugasan.id).where(
                Penugasan.menggantikan == menggantikan,
                Penugasan.peran == peran,
                Penugasan.tanggal_mulai <= sampai,
                Penugasan.tanggal_sampai >= mulai,
            )
        )
        is not None
    )
