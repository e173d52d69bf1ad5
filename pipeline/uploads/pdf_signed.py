"""Whether a received PDF carries an electronic signature that only its own bytes can prove.

A field that merely says so is none: the signature must be valid over the bytes it covers, and what
it covers must be all there is to see. Whose it is and under which root is for those who look at it to judge.
"""

import hashlib
import re
from binascii import Error as NotHex
from binascii import unhexlify
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import pikepdf
from asn1crypto import cms, tsp
from pikepdf import Array, Dictionary, Name, Object

REVISIONS_MOST: Final = 12
CERTIFICATES_MOST: Final = 10
_TIMESTAMP: Final = "/ETSI.RFC3161"
_DIGESTS: Final = {"sha1", "sha224", "sha256", "sha384", "sha512"}


@dataclass(frozen=True, slots=True)
class _Signature:
    end: int  # of the bytes it covers
    timestamp: bool


def is_signed(pdf: pikepdf.Pdf, payload: bytes, same_pages: Callable[[bytes], bool]) -> bool:
    """Whether the bytes are to be kept as they came.

    ``same_pages`` says whether an earlier revision shows what the last one does: after its signature a file may still
    get what proves the certificate, and nothing to see.
    """
    signatures = list(_signatures(pdf, payload))
    signed = [s for s in signatures if not s.timestamp]
    if not payload.startswith(b"%PDF-") or not signed:
        return False
    covered = max(s.end for s in signatures)
    return not payload[covered:].strip() or same_pages(payload[: max(s.end for s in signed)])


def revisions(payload: bytes) -> Sequence[bytes]:
    """The file as it was before each of its updates, the last one left out."""
    ends = [m.end() for m in re.finditer(rb"%%EOF\r?\n?", payload)]
    return [payload[:end] for end in ends[:-1]]


def drop_signatures(pdf: pikepdf.Pdf) -> None:
    """Take them out, which no rewritten file can keep: a broken one would look forged. The look on the page stays."""
    for field in _fields(pdf):
        if "/V" in field:
            del field["/V"]


def _fields(pdf: pikepdf.Pdf) -> Iterator[Object]:
    return (o for o in pdf.objects if isinstance(o, Dictionary) and o.get("/FT") == Name.Sig)


def _signatures(pdf: pikepdf.Pdf, payload: bytes) -> Iterator[_Signature]:
    for field in _fields(pdf):
        value = field.get("/V")
        if isinstance(value, Dictionary) and (end := _covered(value, payload)):
            yield _Signature(end, value.get("/SubFilter") == Name(_TIMESTAMP))


def _covered(value: Object, payload: bytes) -> int:
    """Where the bytes end that this signature is over; 0 when it is no signature over them."""
    span = value.get("/ByteRange")
    if not isinstance(span, Array) or len(span) != 4 or not all(isinstance(n, int) for n in span):
        return 0
    first, before, behind, rest = (int(n) for n in span)
    if first != 0 or not 0 < before < behind <= behind + rest <= len(payload):
        return 0
    contents = value.get("/Contents")
    if not isinstance(contents, pikepdf.String) or _from_hex(payload[before:behind]) != bytes(contents):
        return 0
    signed = payload[:before] + payload[behind : behind + rest]
    return behind + rest if _is_over(bytes(contents), signed) else 0


def _from_hex(gap: bytes) -> bytes | None:
    try:
        return unhexlify(gap.strip()[1:-1]) if gap.strip().startswith(b"<") else None
    except NotHex:
        return None


def _is_over(contents: bytes, signed: bytes) -> bool:
    """Whether this CMS holds one signature, made over these bytes with the key of a certificate that it carries."""
    try:
        data = cms.ContentInfo.load(contents)["content"]
        if not isinstance(data, cms.SignedData) or len(data["signer_infos"]) != 1:
            return False
        algorithm, expected = _digest(data)
        is_digest = algorithm in _DIGESTS and hashlib.new(algorithm, signed).digest() == expected
        return is_digest and (_is_timestamp(data) or _is_proven(data, expected))
    except (ValueError, TypeError, LookupError, AttributeError):
        return False


def _is_timestamp(data: cms.SignedData) -> bool:
    content = data["encap_content_info"]["content"]
    return content.native is not None and isinstance(content.parsed, tsp.TSTInfo)


def _is_proven(data: cms.SignedData, digest: bytes) -> bool:
    """Whether the signature is that of a certificate in it; whose it is and who trusts it is not asked."""
    from pyhanko.sign.validation.errors import SignatureValidationError  # heavy, and few files are signed
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    signer = data["signer_infos"][0]
    for choice in list(data["certificates"] or ())[:CERTIFICATES_MOST]:
        if choice.name == "certificate":
            with suppress(SignatureValidationError):
                if validate_sig_integrity(signer, choice.chosen, "data", digest) == (True, True):
                    return True
    return False


def _digest(data: cms.SignedData) -> tuple[str, bytes]:
    """Algorithm and digest of what was signed: of the file itself, or of the file within a timestamp."""
    if _is_timestamp(data):
        imprint = data["encap_content_info"]["content"].parsed["message_imprint"]
        return str(imprint["hash_algorithm"]["algorithm"].native), bytes(imprint["hashed_message"].native)
    signer = data["signer_infos"][0]
    (digest,) = next(a["values"] for a in signer["signed_attrs"] if a["type"].native == "message_digest")
    return str(signer["digest_algorithm"]["algorithm"].native), bytes(digest.native)
