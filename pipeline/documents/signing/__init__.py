"""Signing a PDF: who may, how it can fail, and the check that every answer of every signer goes through."""

from pipeline.documents.signing.bsre import PenandatanganBsre, read_config
from pipeline.documents.signing.local import PenandatanganLokal
from pipeline.documents.signing.protocol import (
    HasilTidakPasti,
    HasilTidakSah,
    HasilTte,
    LayananBermasalah,
    LayananTidakTersedia,
    Penandatangan,
    PenggunaTidakTerdaftar,
    PermintaanTte,
    Rahasia,
    SandiSalah,
    SertifikatBermasalah,
)
from pipeline.documents.signing.verify import Diperiksa, TandaTangan, inspect, verify_result
from pipeline.errors import GagalTandaTangan
from pipeline.settings import Settings

__all__ = [
    "GagalTandaTangan",
    "HasilTidakPasti",
    "HasilTidakSah",
    "HasilTte",
    "LayananBermasalah",
    "LayananTidakTersedia",
    "Penandatangan",
    "PenggunaTidakTerdaftar",
    "PermintaanTte",
    "Rahasia",
    "SandiSalah",
    "SertifikatBermasalah",
    "TandaTangan",
    "inspect",
    "penandatangan",
    "verify_result",
]


def penandatangan(settings: Settings) -> Penandatangan:
    """The signer of this instance; whatever it returns has passed ``verify_result``."""
    if (b := settings.bsre) is not None:
        return Diperiksa(PenandatanganBsre(read_config(b.url, b.pengguna, sandi=b.sandi, akar=b.akar, nik=b.nik)))
    return Diperiksa(PenandatanganLokal(settings.data / "tte"))
