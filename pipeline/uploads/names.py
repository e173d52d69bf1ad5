"""What a file claims to be (its name) and what it is (its first bytes)."""

import re
import unicodedata
from typing import Final

from pipeline.errors import BerkasDitolak

NAMA_PALING_PANJANG: Final = 120
PDF, JPG, PNG, HEIC = "pdf", "jpg", "png", "heic"

_MAGIC: Final = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPG), (b"\x89PNG\r\n\x1a\n", PNG))
_KEPALA_PDF: Final = 1024  # scanners and web servers put a BOM, blank lines or a header before it; our copy has none
_MEREK_HEIC: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AKHIRAN: Final = {PDF: {"pdf"}, JPG: {"jpg", "jpeg", "jpe", "jfif"}, PNG: {"png"}, HEIC: {"heic", "heif"}}
_BERAKHIRAN: Final = re.compile(r"\.([A-Za-z][A-Za-z0-9]{1,4})$")  # "akta.pdf", but not "Surat No. 12"
_GAMBAR: Final = _AKHIRAN[JPG] | _AKHIRAN[PNG] | _AKHIRAN[HEIC]

_BUKAN: Final = "Berkas ini bukan PDF, JPG, PNG atau HEIC. Pindai atau foto dokumennya, lalu unggah hasilnya."
_OFFICE: Final = "Berkas Word, Excel atau ZIP tidak dapat diterima. Simpan dokumennya sebagai PDF, lalu unggah PDF itu."
BEDA: Final = "Nama berkas tidak sesuai dengan isinya. Simpan ulang sebagai PDF, JPG atau PNG, lalu unggah lagi."
_KOSONG: Final = "Berkas ini kosong. Pilih berkas lain, atau pindai ulang dokumennya."
TERLALU_BERAT: Final = (
    "Berkas ini terlalu berat bagi pemeriksa kami, atau rusak. PDF: pisahkan menjadi beberapa berkas, atau cetak ulang "
    "ke PDF biasa. Foto: simpan ulang dengan resolusi biasa (12 MP). Lalu unggah lagi."
)


def kind_of(konten: bytes) -> str:
    """'pdf', 'jpg', 'png' or 'heic', judged by the bytes at the beginning. Raises BerkasDitolak."""
    if not konten:
        raise BerkasDitolak(_KOSONG)
    for awal, jenis in _MAGIC:
        if konten.startswith(awal):
            return jenis
    if konten[4:8] == b"ftyp" and konten[8:12] in _MEREK_HEIC:
        return HEIC
    if konten.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BerkasDitolak(_OFFICE)
    if b"%PDF-" in konten[:_KEPALA_PDF]:
        return PDF
    raise BerkasDitolak(_BUKAN)


def check_suffix(nama: str, jenis: str) -> None:
    """Refuse a name that promises something else; one kind of picture named like another is an everyday slip."""
    akhiran = _BERAKHIRAN.search(nama)
    boleh = _AKHIRAN[PDF] if jenis == PDF else _GAMBAR
    if akhiran and akhiran[1].lower() not in boleh:
        raise BerkasDitolak(BEDA)


def clean_name(nama: str) -> str:
    """The last part of the name without control, format and bidi characters; may be empty. Never used as a path."""
    teks = unicodedata.normalize("NFC", nama.replace("\\", "/").rsplit("/", 1)[-1])
    huruf = (" " if unicodedata.category(c).startswith("Z") else c for c in teks)
    teks = "".join(c for c in huruf if not unicodedata.category(c).startswith("C"))
    return " ".join(teks.split()).lstrip(". ")


def with_suffix(nama: str, jenis: str) -> str:
    """The cleaned name with the suffix of what is stored, at most 120 letters."""
    pokok = _BERAKHIRAN.sub("", nama)[: NAMA_PALING_PANJANG - len(jenis) - 1].rstrip(". ")
    return f"{pokok or 'dokumen'}.{jenis}"
