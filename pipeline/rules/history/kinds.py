"""The closed words of a history: what kinds of peristiwa there are, and in what state the signing of an SK is."""

from collections.abc import Mapping
from enum import StrEnum


class PeristiwaKind(StrEnum):
    """Each has its one function in ``pipeline/rules/history/fold.py``."""

    DIBUAT = "dibuat"
    ISI = "isi"
    TANGGAPAN = "tanggapan"
    KEPUTUSAN = "keputusan"
    NASKAH = "naskah"
    SIAP = "siap"
    PERLU_PETUGAS = "perlu_petugas"
    DIAMBIL = "diambil"
    DIALIHKAN = "dialihkan"
    DILEPAS = "dilepas"
    MACET = "macet"
    DILANJUTKAN = "dilanjutkan"
    DIPERPANJANG = "diperpanjang"
    TENGGAT_BERGESER = "tenggat_bergeser"
    ESKALASI = "eskalasi"
    SK_NIAT = "sk_niat"
    SK_DIKIRIM = "sk_dikirim"
    SK_GAGAL = "sk_gagal"
    SK_PERLU_DICEK = "sk_perlu_dicek"
    NOMOR_BEBAS = "nomor_bebas"


class SkStatus(StrEnum):
    """From the intent to sign to the signed document, and its end."""

    NIAT = "niat"
    PERLU_DICEK = "perlu_dicek"  # nobody knows what the provider did with it
    GAGAL = "gagal"
    TERBIT = "terbit"
    DICABUT = "dicabut"


def form_told(data: Mapping[str, object]) -> str:
    """The form of a desk that a peristiwa tells of, saved or sent; '' when it tells of none.

    The first release had one, and named it by telling of it.
    """
    return str(data.get("form") or ("bap" if data.get("bap") or data.get("bap_dikirim") else ""))
