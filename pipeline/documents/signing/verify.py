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

    name: str  # as the certificate calls the signer
    digest: str


class Checked:
    """A signer whose every answer is verified before anybody sees it."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    @property
    def name(self) -> str:
        return self._signer.name

    @property
    def incremental(self) -> bool:
        return self._signer.incremental

    def root(self) -> Sequence[bytes]:
        return self._signer.root()

    def digest(self, official: str) -> str | None:
        return self._signer.digest(official)

    def sign(self, requests: TteRequest, password: Secret) -> TteResult:
        result = self._signer.sign(requests, password)
        digest = verify_result(
            requests.pdf,
            result.pdf,
            root=self._signer.root(),
            digest=self._signer.digest(requests.official),
            incremental=self._signer.incremental,
        )
        return replace(result, certificate_digest=digest)


def verify_result(
    origin: bytes, result: bytes, *, root: Sequence[bytes], digest: str | None = None, incremental: bool = True
) -> str:
    """The fingerprint of the certificate that signed ``origin`` and made ``result`` of it.

    ``root``: trusted roots (DER). ``digest``: whose certificate it must be. ``incremental``: the signed file must begin
    with the sent bytes. Raises ResultInvalid.
    """
    if incremental and not result.startswith(origin):
        raise ResultInvalid("Dokumen yang kembali dari penanda tangan bukan dokumen yang dikirim.")
    signature = inspect(result, root=root)
    if digest is not None and signature.digest != digest:
        raise ResultInvalid("Dokumen ditandatangani dengan sertifikat orang lain.")
    return signature.digest


def inspect(pdf: bytes, *, root: Sequence[bytes], at_signing: bool = False) -> Signature:
    """The signature of a PDF that has exactly one, unbroken and under a trusted root. Raises ResultInvalid.

    Its certificate is valid now, or, ``at_signing``, when the signature says it was made: a letter outlives it.
    Bytes after the signed revision are refused too, but for the validation data an authority may add.
    """
    try:
        mark = list(PdfFileReader(io.BytesIO(pdf)).embedded_signatures)
        if len(mark) != 1:
            raise ResultInvalid(f"Dokumen memuat {len(mark)} tanda tangan elektronik; yang sah hanya satu.")
        status = validate_pdf_signature(
            mark[0], _context(root, mark[0].self_reported_timestamp if at_signing else None)
        )
    except _UNREADABLE as error:
        raise ResultInvalid("Tanda tangan elektronik pada dokumen ini tidak terbaca.") from error
    if not status.bottom_line:
        raise ResultInvalid(f"Tanda tangan elektronik tidak sah: {_reason(status)}.")
    if _has_tail(status):
        raise ResultInvalid("Ada tambahan pada berkas sesudah ditandatangani.")
    certificate = status.signing_cert
    return Signature(
        str(certificate.subject.native.get("common_name", "")), hashlib.sha256(certificate.dump()).hexdigest()
    )


def _context(root: Sequence[bytes], at: datetime | None) -> ValidationContext:
    return ValidationContext(trust_roots=[x509.Certificate.load(a) for a in root], allow_fetching=False, moment=at)


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
