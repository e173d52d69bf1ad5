"""What a file claims to be (its name) and what it is (its first bytes)."""

import re
import unicodedata
from typing import Final

from pipeline.uploads.refusals import BerkasRefused, RefusalReason

NAME_LENGTH_AT_MOST: Final = 120
PDF, JPG, PNG, HEIC = "pdf", "jpg", "png", "heic"

_MAGIC: Final = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPG), (b"\x89PNG\r\n\x1a\n", PNG))
_PDF_HEADER: Final = 1024  # scanners and web servers put a BOM, blank lines or a header before it; our copy has none
_HEIC_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_SUFFIX: Final = {PDF: {"pdf"}, JPG: {"jpg", "jpeg", "jpe", "jfif"}, PNG: {"png"}, HEIC: {"heic", "heif"}}
_ENDING: Final = re.compile(r"\.([A-Za-z][A-Za-z0-9]{1,4})$")  # "akta.pdf", but not "Surat No. 12"
_PICTURE: Final = _SUFFIX[JPG] | _SUFFIX[PNG] | _SUFFIX[HEIC]


def kind_of(payload: bytes) -> str:
    """'pdf', 'jpg', 'png' or 'heic', judged by the bytes at the beginning. Raises BerkasRefused."""
    if not payload:
        raise BerkasRefused(RefusalReason.EMPTY)
    for first, kind in _MAGIC:
        if payload.startswith(first):
            return kind
    if payload[4:8] == b"ftyp" and payload[8:12] in _HEIC_BRANDS:
        return HEIC
    if payload.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BerkasRefused(RefusalReason.OFFICE_DOCUMENT)
    if b"%PDF-" in payload[:_PDF_HEADER]:
        return PDF
    raise BerkasRefused(RefusalReason.UNKNOWN_KIND)


def check_suffix(name: str, kind: str) -> None:
    """Refuse a name that promises something else; one kind of picture named like another is an everyday slip."""
    suffix = _ENDING.search(name)
    allowed = _SUFFIX[PDF] if kind == PDF else _PICTURE
    if suffix and suffix[1].lower() not in allowed:
        raise BerkasRefused(RefusalReason.MISNAMED)


def clean_name(name: str) -> str:
    """The last part of the name without control, format and bidi characters; may be empty. Never used as a path."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    letters = (" " if unicodedata.category(c).startswith("Z") else c for c in text)
    text = "".join(c for c in letters if not unicodedata.category(c).startswith("C"))
    return " ".join(text.split()).lstrip(". ")


def with_suffix(name: str, kind: str) -> str:
    """The cleaned name with the suffix of what is stored, at most 120 letters."""
    stem = _ENDING.sub("", name)[: NAME_LENGTH_AT_MOST - len(kind) - 1].rstrip(". ")
    return f"{stem or 'dokumen'}.{kind}"
