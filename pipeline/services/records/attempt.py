"""How an attempt to sign stands: under way, failed, or lost without an answer. The file stays while nobody knows."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import NotAllowedYet
from pipeline.models import Sk
from pipeline.rules.history.kinds import SkStatus
from pipeline.rules.history.register import is_left, is_unknown
from pipeline.services.records.locking import LockedPermohonan

BEING_SIGNED = "Surat ini sedang ditandatangani. Tunggu paling lama dua menit, lalu muat ulang halaman."
UNKNOWN = (
    "Hasil tanda tangan surat ini belum diketahui, jadi berkasnya tetap di meja ini. {name} memeriksanya pada layanan "
    "tanda tangan, lalu mencatat hasilnya di halaman tanda tangan berkas ini. Sesudah itu berkas dapat ditandatangani "
    "lagi atau dikembalikan."
)
UNKNOWN_TO_PEMOHON = (
    "Permohonan ini belum dapat dibatalkan: suratnya sudah dikirim ke layanan tanda tangan dan hasilnya belum "
    "diketahui. Penanda tangan di kantor memeriksanya pada layanan itu. Bila ternyata belum ditandatangani, Anda dapat "
    "membatalkan; bila sudah, surat itu terbit. Hubungi loket bila mendesak."
)


def attempt_of(s: Session, file: LockedPermohonan) -> Sk | None:
    """The document of this file, from its first attempt on."""
    return s.scalar(select(Sk).where(Sk.permohonan_id == file.permohonan_id))


def guard_settled(sk: Sk | None, now: datetime, *, unknown: str = UNKNOWN) -> None:
    """Raises NotAllowedYet while an attempt may yet make a document; then the file, with its number, stays there."""
    if sk is None or sk.status == SkStatus.GAGAL:
        return
    if is_unknown(sk.status, sk.created_at, sk.provider, now):
        raise NotAllowedYet(unknown.format(name=sk.signatory["nama"]))
    if not is_left(sk.status, sk.created_at, now):
        raise NotAllowedYet(BEING_SIGNED)


def settled_attempt(s: Session, file: LockedPermohonan, now: datetime, *, unknown: str = UNKNOWN) -> Sk | None:
    """The attempt that came to nothing and whose number the file still has. Raises what ``guard_settled`` raises."""
    if not file.langkah.signature:
        return None
    sk = attempt_of(s, file)
    guard_settled(sk, now, unknown=unknown)
    return sk
