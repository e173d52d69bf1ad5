"""What a signer is: an interface with values in and out, and the ways it may say no."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

from pipeline.errors import SigningFailed


class WrongPassphrase(SigningFailed):
    """Frasa sandi salah. Dokumen belum ditandatangani; periksa huruf besar dan kecil lalu coba lagi."""


class UserNotRegistered(SigningFailed):
    """Belum ada sertifikat tanda tangan atas nama Anda. Hubungi admin sebelum menandatangani."""


class CertificateTroubled(SigningFailed):
    """Sertifikat tanda tangan tidak dapat dipakai, mungkin sudah kedaluwarsa. Hubungi admin."""


class ServiceUnavailable(SigningFailed):
    """Layanan tanda tangan sedang tidak dapat dihubungi. Dokumen belum ditandatangani; coba lagi nanti."""


class SigningBusy(SigningFailed):
    """Beberapa surat lain sedang ditandatangani. Dokumen ini belum ditandatangani; coba lagi sebentar lagi."""


class ServiceTroubled(SigningFailed):
    """Layanan tanda tangan menjawab dengan kesalahan. Dokumen belum diterbitkan; coba lagi, atau hubungi admin."""


class OutcomeUnknown(SigningFailed):
    """Jawaban layanan tanda tangan tidak sampai, jadi hasilnya belum diketahui. Periksa dahulu sebelum mengulang."""


class ResultInvalid(SigningFailed):
    """Dokumen yang dikembalikan layanan tanda tangan tidak sah, jadi tidak diterbitkan. Hubungi admin."""


class Secret:
    """A passphrase on its way to the signer: never printed, never pickled, never compared."""

    __slots__ = ("_content",)

    def __init__(self, content: str) -> None:
        self._content = content

    def reveal(self) -> str:
        """The passphrase itself; only a signer calls this."""
        return self._content

    def __repr__(self) -> str:
        return "Rahasia(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Frasa sandi tidak boleh disimpan atau dikirim.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TteRequest:
    """One document to be signed by one officer."""

    id: str  # of the attempt; a signer that can tell uses it to give the same answer twice
    pdf: bytes = field(repr=False)
    official: str  # person_id of the officer
    verification_url: str
    reason: str = "Penetapan keputusan"
    location: str = ""  # where the office is


@dataclass(frozen=True, slots=True, kw_only=True)
class TteResult:
    """A signed document."""

    pdf: bytes = field(repr=False)
    provider: str  # 'lokal' or 'bsre'
    certificate_digest: str  # SHA-256 (hex) of the certificate that signed; '' until verified


class Signer(Protocol):
    """Something that can sign."""

    @property
    def name(self) -> str:
        """'lokal' or 'bsre'; decides the footer of the document."""

    @property
    def incremental(self) -> bool:
        """Whether its answer begins with the very bytes it was sent."""

    def root(self) -> Sequence[bytes]:
        """The certificates (DER) its signatures must lead to."""

    def digest(self, official: str) -> str | None:
        """SHA-256 (hex) of the officer's certificate, where it is known beforehand."""

    def sign(self, requests: TteRequest, password: Secret) -> TteResult:
        """Sign. Raises a branch of SigningFailed; after OutcomeUnknown nobody knows whether it was signed."""
