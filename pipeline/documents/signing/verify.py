"""Is this the document we sent, signed once, by the officer, under a root we trust?"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from pipeline.documents.signing.protocol import ResultInvalid, Secret, Signer, TteRequest, TteResult

# pyHanko reads a file as it goes; bytes changed at random surface as any of these.
_UNREADABLE = (
    PdfError,
    SignatureValidationError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Signature:
    """The one signature of a PDF, found whole and trusted."""

    nama: str  # as the certificate calls the signer
    sidik: str


class Checked:
    """A signer whose every answer is verified before anybody sees it."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    @property
    def nama(self) -> str:
        return self._signer.nama

    @property
    def incremental(self) -> bool:
        return self._signer.incremental

    def akar(self) -> Sequence[bytes]:
        return self._signer.akar()

    def sidik(self, pejabat: str) -> str | None:
        return self._signer.sidik(pejabat)

    def tanda_tangani(self, permintaan: TteRequest, sandi: Secret) -> TteResult:
        hasil = self._signer.tanda_tangani(permintaan, sandi)
        sidik = verify_result(
            permintaan.pdf,
            hasil.pdf,
            akar=self._signer.akar(),
            sidik=self._signer.sidik(permintaan.pejabat),
            incremental=self._signer.incremental,
        )
        return replace(hasil, certificate_digest=sidik)


def verify_result(
    asal: bytes, hasil: bytes, *, akar: Sequence[bytes], sidik: str | None = None, incremental: bool = True
) -> str:
    """The fingerprint of the certificate that signed ``asal`` and made ``hasil`` of it.

    ``akar``: trusted roots (DER). ``sidik``: whose certificate it must be. ``incremental``: the signed file must begin
    with the sent bytes. Raises ResultInvalid.
    """
    if incremental and not hasil.startswith(asal):
        raise ResultInvalid("Dokumen yang kembali dari penanda tangan bukan dokumen yang dikirim.")
    tanda_tangan = inspect(hasil, akar=akar)
    if sidik is not None and tanda_tangan.sidik != sidik:
        raise ResultInvalid("Dokumen ditandatangani dengan sertifikat orang lain.")
    return tanda_tangan.sidik


def inspect(pdf: bytes, *, akar: Sequence[bytes], at_signing: bool = False) -> Signature:
    """The signature of a PDF that has exactly one, unbroken and under a trusted root. Raises ResultInvalid.

    Its certificate is valid now, or, ``at_signing``, when the signature says it was made: a letter outlives it.
    Bytes after the signed revision are refused too, but for the validation data an authority may add.
    """
    try:
        tanda = list(PdfFileReader(io.BytesIO(pdf)).embedded_signatures)
        if len(tanda) != 1:
            raise ResultInvalid(f"Dokumen memuat {len(tanda)} tanda tangan elektronik; yang sah hanya satu.")
        status = validate_pdf_signature(
            tanda[0], _context(akar, tanda[0].self_reported_timestamp if at_signing else None)
        )
    except _UNREADABLE as rusak:
        raise ResultInvalid("Tanda tangan elektronik pada dokumen ini tidak terbaca.") from rusak
    if not status.bottom_line:
        raise ResultInvalid(f"Tanda tangan elektronik tidak sah: {_reason(status)}.")
    if _has_tail(status):
        raise ResultInvalid("Ada tambahan pada berkas sesudah ditandatangani.")
    sertifikat = status.signing_cert
    return Signature(
        str(sertifikat.subject.native.get("common_name", "")), hashlib.sha256(sertifikat.dump()).hexdigest()
    )


def _context(akar: Sequence[bytes], at: datetime | None) -> ValidationContext:
    return ValidationContext(trust_roots=[x509.Certificate.load(a) for a in akar], allow_fetching=False, moment=at)


def _has_tail(status: PdfSignatureStatus) -> bool:
    """More bytes than were signed, and no revision that accounts for them."""
    return (
        status.coverage is not SignatureCoverageLevel.ENTIRE_FILE
        and status.modification_level is not ModificationLevel.LTA_UPDATES
    )


def _reason(status: PdfSignatureStatus) -> str:
    if not status.intact:
        return "isi dokumen berubah"
    if not status.trusted:
        return "sertifikatnya tidak berasal dari penerbit yang dipercaya, atau sudah tidak berlaku"
    return "dokumen diubah sesudah ditandatangani"
