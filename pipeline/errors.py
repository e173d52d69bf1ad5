"""Everything the office may refuse to do.

A class's docstring is the sentence people see; ``web/status.py`` gives each branch its HTTP status.

AlurIzinError
├── DefinitionError          the SOP, a template or a setting contradicts itself (found at start or by ``alurizin``)
├── SessionEnded             401: who began this may no longer act
├── NotFound           404: no such thing, or not yours
├── DecisionRefused          the act is refused, nothing was written
│   ├── NotAuthorised        403
│   ├── SamePerson            403: the same person twice
│   ├── DecidedAlready         409: someone was faster, or the state moved on
│   ├── NaskahChanged        409: what was seen is not what is there
│   ├── TakenAlready         409
│   └── NotAllowedYet           409
│       └── BerkasDamaged      410 when it is read, 409 when an act relies on it
│           └── BerkasLost
├── InputInvalid             422: fields with their sentences
├── BerkasRefused            422: an uploaded file is refused (see ``pipeline/uploads/refusals.py``)
│   └── BerkasTooLarge   413
├── TooOften            429
├── BerkasErased         410
├── OfficeKeyLacking         503: nothing that is sealed can be opened or kept
├── DocumentFailed             a document could not be made
└── SigningFailed         the signature was not made (see ``pipeline/documents/signing``)
"""

from collections.abc import Mapping


class AlurIzinError(Exception):
    """Permintaan tidak dapat dikerjakan."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or " ".join((self.__doc__ or "").split()))


class DefinitionError(AlurIzinError):
    """Definisi SOP, templat atau pengaturan tidak konsisten."""


class SessionEnded(AlurIzinError):
    """Sesi Anda berakhir sebelum kiriman ini selesai diterima, jadi tidak ada yang dicatat."""


class NotFound(AlurIzinError):
    """Halaman atau berkas tidak ditemukan."""


class DecisionRefused(AlurIzinError):
    """Keputusan tidak dapat diterima."""


class NotAuthorised(DecisionRefused):
    """Langkah ini bukan wewenang peran Anda."""


class SamePerson(DecisionRefused):
    """Anda sudah memutus atau menyiapkan naskah ini, jadi persetujuan berikutnya harus diberikan orang lain."""


class DecidedAlready(DecisionRefused):
    """Berkas ini sudah diputus petugas lain. Muat ulang halaman untuk melihat keadaan terakhir."""


class NaskahChanged(DecisionRefused):
    """Isi berkas berubah sejak Anda membukanya. Periksa kembali sebelum memutus."""


class TakenAlready(DecisionRefused):
    """Berkas ini sedang dikerjakan petugas lain."""


class NotAllowedYet(DecisionRefused):
    """Langkah ini belum dapat dikerjakan."""


class BerkasDamaged(NotAllowedYet):
    """Dokumen ini rusak di penyimpanan kantor: isinya bukan lagi yang tercatat. Operator sudah diberi tahu."""


class BerkasLost(BerkasDamaged):
    """Dokumen ini hilang dari penyimpanan kantor. Operator sudah diberi tahu dan memulihkannya dari cadangan."""


class OfficeKeyLacking(AlurIzinError):
    """Dokumen belum dapat dibuka: kunci kantor tidak ada di server ini. Tidak ada yang hilang; operator perlu
    mengembalikan kunci itu dari cadangan, lalu coba lagi."""


class BerkasErased(AlurIzinError):
    """Dokumen ini sudah dihapus oleh kantor sesuai aturan, dan tidak dapat dibuka lagi."""


class InputInvalid(AlurIzinError):
    """Ada isian yang perlu diperbaiki."""

    def __init__(self, errors: Mapping[str, str], message: str | None = None) -> None:
        super().__init__(message)
        #: field name -> sentence
        self.errors = dict(errors)


class WrongPassword(InputInvalid):
    """Kata sandi yang diketik sebagai bukti diri tidak cocok."""


class WrongCode(InputInvalid):
    """Kode masuk yang diketik tidak cocok."""


class TooOften(AlurIzinError):
    """Terlalu banyak percobaan. Tunggu sebentar lalu coba lagi."""

    def __init__(self, wait_seconds: int, message: str | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class DocumentFailed(AlurIzinError):
    """Dokumen tidak dapat dibuat."""


class SigningFailed(AlurIzinError):
    """Tanda tangan elektronik tidak berhasil dibuat. Tidak ada yang diterbitkan."""
