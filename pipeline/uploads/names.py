"""What a file claims to be (its name) and what it is (its first bytes)."""

import re
import unicodedata
from typing import Final

from pipeline.errors import BerkasRefused

NAME_LENGTH_AT_MOST: Final = 120
PDF, JPG, PNG, HEIC = "pdf", "jpg", "png", "heic"

_MAGIC: Final = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPG), (b"\x89PNG\r\n\x1a\n", PNG))
_PDF_HEADER: Final = 1024  # scanners and web servers put a BOM, blank lines or a header before it; our copy has none
_HEIC_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_SUFFIX: Final = {PDF: {"pdf"}, JPG: {"jpg", "jpeg", "jpe", "jfif"}, PNG: {"png"}, HEIC: {"heic", "heif"}}
_ENDING: Final = re.compile(r"\.([A-Za-z][A-Za-z0-9]{1,4})$")  # "akta.pdf", but not "Surat No. 12"
_PICTURE: Final = _SUFFIX[JPG] | _SUFFIX[PNG] | _SUFFIX[HEIC]

_NOT_A: Final = "Berkas ini bukan PDF, JPG, PNG atau HEIC. Pindai atau foto dokumennya, lalu unggah hasilnya."
_OFFICE: Final = "Berkas Word, Excel atau ZIP tidak dapat diterima. Simpan dokumennya sebagai PDF, lalu unggah PDF itu."
DIFFERENT: Final = "Nama berkas tidak sesuai dengan isinya. Simpan ulang sebagai PDF, JPG atau PNG, lalu unggah lagi."
_EMPTY: Final = "Berkas ini kosong. Pilih berkas lain, atau pindai ulang dokumennya."
TOO_HEAVY: Final = (
    "Berkas ini terlalu berat bagi pemeriksa kami, atau rusak. PDF: pisahkan menjadi beberapa berkas, atau cetak ulang "
    "ke PDF biasa. Foto: simpan ulang dengan resolusi biasa (12 MP). Lalu unggah lagi."
)


def kind_of(payload: bytes) -> str:
    """'pdf', 'jpg', 'png' or 'heic', judged by the bytes at the beginning. Raises BerkasRefused."""
    if not payload:
        raise BerkasRefused(_EMPTY)
    for magic, kind in _MAGIC:
        if payload.startswith(magic):
            return kind
    if payload[4:8] == b"ftyp" and payload[8:12] in _HEIC_BRANDS:
        return HEIC
    if payload.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BerkasRefused(_OFFICE)
    if b"%PDF-" in payload[:_PDF_HEADER]:
        return PDF
    raise BerkasRefused(_NOT_A)


def check_suffix(name: str, kind: str) -> None:
    """Refuse a name that promises something else; one kind of picture named like another is an everyday slip."""
    suffix = _ENDING.search(name)
    allowed = _SUFFIX[PDF] if kind == PDF else _PICTURE
    if suffix and suffix[1].lower() not in allowed:
        raise BerkasRefused(DIFFERENT)


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
