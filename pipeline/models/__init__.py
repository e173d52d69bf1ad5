"""What the office keeps. One file per subject; the tables repeat the rules of the services (CHECK, partial unique)."""

from pipeline.models.base import Base, metadata
from pipeline.models.kalender import JamKantor, Kalender, Libur, PerubahanKalender, PerubahanTenggat
from pipeline.models.orang import Akun, Orang, Penugasan, PercobaanAkses, PerubahanAkun, Sesi
from pipeline.models.pemberitahuan import Pemberitahuan
from pipeline.models.permohonan import Berkas, PermintaanPerbaikan, Permohonan, Unggahan
from pipeline.models.sistem import Detak, Outbox, Sewa
from pipeline.models.sk import Bap, Draft, NomorUrut, Persetujuan, Sk
from pipeline.models.tugas import AksesData, AksesDitolak, Eskalasi, Pemeriksaan, Pengalihan, Peristiwa, Tugas

__all__ = [
    "AksesData",
    "AksesDitolak",
    "Akun",
    "Bap",
    "Base",
    "Berkas",
    "Detak",
    "Draft",
    "Eskalasi",
    "JamKantor",
    "Kalender",
    "Libur",
    "NomorUrut",
    "Orang",
    "Outbox",
    "Pemberitahuan",
    "Pemeriksaan",
    "Pengalihan",
    "Penugasan",
    "PercobaanAkses",
    "Peristiwa",
    "PermintaanPerbaikan",
    "Permohonan",
    "Persetujuan",
    "PerubahanAkun",
    "PerubahanKalender",
    "PerubahanTenggat",
    "Sesi",
    "Sewa",
    "Sk",
    "Tugas",
    "Unggahan",
    "metadata",
]
