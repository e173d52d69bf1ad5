"""What the office keeps. One file per subject; the tables repeat the rules of the services (CHECK, partial unique)."""

from pipeline.models.base import Base, metadata
from pipeline.models.kalender import JamKantor, Kalender, Libur, PerubahanKalender
from pipeline.models.orang import AccountLetter, Akun, LetterKind, Orang, Penugasan, PercobaanAkses, PerubahanAkun, Sesi
from pipeline.models.pemberitahuan import Pemberitahuan
from pipeline.models.permohonan import Berkas, PermintaanPerbaikan, Permohonan, Unggahan
from pipeline.models.sistem import DailyHead, DailyLeaf, DamagedFile, Detak, Outbox, Sewa
from pipeline.models.sk import Bap, Draft, DraftAuthor, NomorRegister, Persetujuan, Sk
from pipeline.models.tugas import AksesData, AksesDitolak, Eskalasi, Pemeriksaan, Peristiwa, PeristiwaWords, Tugas

__all__ = [
    "AccountLetter",
    "AksesData",
    "AksesDitolak",
    "Akun",
    "Bap",
    "Base",
    "Berkas",
    "DailyHead",
    "DailyLeaf",
    "DamagedFile",
    "Detak",
    "Draft",
    "DraftAuthor",
    "Eskalasi",
    "JamKantor",
    "Kalender",
    "LetterKind",
    "Libur",
    "NomorRegister",
    "Orang",
    "Outbox",
    "Pemberitahuan",
    "Pemeriksaan",
    "Penugasan",
    "PercobaanAkses",
    "Peristiwa",
    "PeristiwaWords",
    "PermintaanPerbaikan",
    "Permohonan",
    "Persetujuan",
    "PerubahanAkun",
    "PerubahanKalender",
    "Sesi",
    "Sewa",
    "Sk",
    "Tugas",
    "Unggahan",
    "metadata",
]
