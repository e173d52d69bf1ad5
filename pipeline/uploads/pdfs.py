"""PDFs in the sandbox: looked through object by object, refused when they act or hide, written anew.

Walking the parsed objects, not the bytes, sees what object streams and ``#xx`` names hide.
"""

import base64
import binascii
import io
import re
import zlib
from dataclasses import dataclass
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from pipeline.errors import BerkasDitolak
from pipeline.uploads.pdf_defuse import containers, defuse
from pipeline.uploads.pdf_signed import drop_signatures, is_signed, revisions
from pipeline.uploads.wire import Head

HALAMAN_PALING_BANYAK: Final = 300
_OBJEK_PALING_BANYAK: Final = 50_000
_NILAI_PALING_BANYAK: Final = 2_000_000
_TERURAI_PALING_BANYAK: Final = 600 << 20  # bytes all Flate streams may expand to: 20 A4 pages in colour at 300 dpi
_SATU_PALING_BANYAK: Final = 120 << 20  # bytes one of them may: an A4 page in colour at 600 dpi
_PIKSEL_PALING_BANYAK: Final = 80_000_000  # of one picture: an A3 page at 600 dpi
_SISI_PALING_PANJANG: Final = 14_400  # points; the limit of Acrobat
_EKOR_BOLEH: Final = 32  # bytes after %%EOF that are sloppiness rather than another file

_TINDAKAN: Final = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute", "/GoTo3DView",
}  # fmt: skip
_KUNCI_AKTIF: Final = {"/JS", "/JavaScript", "/XFA", "/RichMedia"}
_MEDIA: Final = {"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
_PEMAMPAT: Final = {"/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}

#: What qpdf says when it had to guess where the objects are, or left some out: pages may be missing.
_LOST: Final = re.compile(r"damaged|reconstruct|limits error")
_HEADER: Final = len(b"%PDF-1.7")

_CETAK: Final = "Cetak ulang ke PDF biasa (Cetak, lalu Simpan sebagai PDF) dan unggah hasilnya."
AKTIF: Final = f"PDF ini berisi skrip, formulir dinamis atau tindakan otomatis. {_CETAK}"
MEDIA: Final = f"PDF ini berisi video, suara atau objek 3D. {_CETAK}"
LAMPIRAN: Final = f"PDF ini membawa berkas lain di dalamnya. {_CETAK} Lampirannya dapat diunggah sendiri."
BERSANDI: Final = "PDF ini dikunci dengan kata sandi. Buka dengan sandinya, simpan tanpa sandi, lalu unggah lagi."
DIBATASI: Final = f"PDF ini dibatasi pembuatnya dengan sandi. {_CETAK}"
TERPOTONG: Final = "PDF ini terpotong, mungkin unduhan atau pindaiannya terhenti. Ambil lagi berkasnya secara utuh."
RUSAK: Final = f"PDF ini rusak sehingga tidak dapat dibuka seluruhnya. {_CETAK}"
BERLEBIH: Final = f"Ada data lain di belakang PDF ini. {_CETAK}"
KOSONG: Final = "PDF ini tidak mempunyai halaman. Pindai ulang dokumennya."
TEBAL: Final = f"PDF ini lebih dari {HALAMAN_PALING_BANYAK} halaman. Pisahkan menjadi beberapa berkas."
BESAR: Final = (
    "PDF ini terlalu besar ketika dibuka: isinya lebih dari 600 MB, atau satu gambarnya lebih dari 120 MB. "
    "Pisahkan menjadi beberapa berkas, atau pindai dengan kompresi JPEG, lalu unggah lagi."
)
GAMBAR_BESAR: Final = (
    "Satu gambar di PDF ini terlalu besar ketika dibuka: lebih dari 80 juta piksel. "
    "Pindai ulang halaman itu dengan resolusi lebih kecil; 300 dpi cukup."
)
BERLAPIS: Final = f"Isi PDF ini terlalu besar ketika dibuka, karena dimampatkan berlapis-lapis. {_CETAK}"
RUWET: Final = f"PDF ini tersusun dari terlalu banyak bagian. {_CETAK}"


def clean(_head: Head, konten: bytes) -> tuple[Head, bytes]:
    """Check a PDF and write it anew without metadata; the same bytes in give the same bytes out."""
    with _open(konten) as pdf:
        halaman = _check(pdf, konten)
        signed = is_signed(pdf, konten, lambda earlier: _cleaned(earlier)[1] == _cleaned(konten)[1])
        acts, bersih = _rewritten(pdf)
    asli = signed and not acts and not any(_is_bad(earlier) for earlier in revisions(konten))
    return {"halaman": halaman, "jenis": "pdf", "bertanda_tangan": asli}, bersih


def _cleaned(konten: bytes) -> tuple[bool, bytes]:
    with _open(konten) as pdf:
        return _rewritten(pdf)


def _is_bad(konten: bytes) -> bool:
    """Whether an earlier revision holds what no file of ours may: it can be taken out of the original again."""
    try:
        with _open(konten) as pdf:
            _check(pdf, konten)
            return _rewritten(pdf)[0]
    except BerkasDitolak as e:
        return str(e) not in {RUSAK, TERPOTONG}  # what does not open shows nobody anything: half of a linear file


def inspect(_head: Head, konten: bytes) -> tuple[Head, bytes]:
    """Check a PDF that is stored already."""
    with _open(konten) as pdf:
        return {"halaman": _check(pdf, konten)}, b""


def _open(konten: bytes) -> pikepdf.Pdf:
    """The document; what stands before its header is counted by some writers in their offsets, by others not."""
    pdf = _opened(konten)
    if (depan := konten.find(b"%PDF-")) > 0 and _is_guessed(pdf):
        pdf.close()
        kepala = konten[depan : depan + _HEADER]
        return _opened(kepala + b" " * depan + konten[depan + _HEADER :])
    return pdf


def _opened(konten: bytes) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(konten), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise BerkasDitolak(BERSANDI) from None
    except (pikepdf.PdfError, RuntimeError, ValueError):
        _check_end(konten)
        raise BerkasDitolak(RUSAK) from None


def _check(pdf: pikepdf.Pdf, konten: bytes) -> int:
    """The number of pages. Raises BerkasDitolak with the first thing found."""
    if pdf.is_encrypted:
        raise BerkasDitolak(DIBATASI)
    _check_end(konten)
    try:
        halaman = _check_pages(pdf)
        _Walk().check(pdf)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError):
        raise BerkasDitolak(RUSAK) from None
    if _is_guessed(pdf):
        raise BerkasDitolak(RUSAK)
    return halaman


def _is_guessed(pdf: pikepdf.Pdf) -> bool:
    return any(_LOST.search(str(w)) for w in pdf.get_warnings())


def _check_end(konten: bytes) -> None:
    """A PDF ends with %%EOF; one made for the web has another near its beginning, which may be all that came."""
    _, ada, ekor = konten.rpartition(b"%%EOF")
    if not ada or b" obj" in ekor:
        raise BerkasDitolak(TERPOTONG)
    if len(ekor) > _EKOR_BOLEH and ekor.strip(b"\r\n\0 "):
        raise BerkasDitolak(BERLEBIH)


def _check_pages(pdf: pikepdf.Pdf) -> int:
    halaman = len(pdf.pages)
    if halaman == 0:
        raise BerkasDitolak(KOSONG)
    if halaman > HALAMAN_PALING_BANYAK:
        raise BerkasDitolak(TEBAL)
    for page in pdf.pages:
        kiri, bawah, kanan, atas = (float(x) for x in page.mediabox)
        if not 0 < max(abs(kanan - kiri), abs(atas - bawah)) <= _SISI_PALING_PANJANG:
            raise BerkasDitolak(RUSAK)
    return halaman


@dataclass(slots=True)
class _Walk:
    """One pass over every object of a file, with a budget for all of them together."""

    nilai: int = _NILAI_PALING_BANYAK
    terurai: int = _TERURAI_PALING_BANYAK

    def check(self, pdf: pikepdf.Pdf) -> None:
        for nomor, objek in enumerate(pdf.objects):
            if nomor > _OBJEK_PALING_BANYAK:
                raise BerkasDitolak(RUWET)
            for wadah in containers(objek, self._spend):
                if isinstance(wadah, Dictionary | Stream):
                    _check_dictionary(wadah)
            if isinstance(objek, Stream):
                self._check_stream(objek)

    def _spend(self, banyak: int) -> None:
        self.nilai -= banyak
        if self.nilai < 0:
            raise BerkasDitolak(RUWET)

    def _check_stream(self, stream: Stream) -> None:
        saringan = _filters(stream)
        if sum(s in _PEMAMPAT for s in saringan) > 1:  # compressed twice: only bombs are
            raise BerkasDitolak(BERLAPIS)
        if _number(stream, "/Width") * _number(stream, "/Height") > _PIKSEL_PALING_BANYAK:
            raise BerkasDitolak(GAMBAR_BESAR)
        if "/FlateDecode" in saringan or "/Fl" in saringan:
            boleh = min(self.terurai, _SATU_PALING_BANYAK)
            besar = _inflated(_without_ascii(stream.read_raw_bytes(), saringan), boleh)
            self.terurai -= besar
            if besar > boleh:
                raise BerkasDitolak(BESAR)


def _check_dictionary(wadah: Object) -> None:
    keys = set(wadah.keys())
    if keys & _KUNCI_AKTIF or ("/S" in keys and _name(wadah, "/S") in _TINDAKAN):
        raise BerkasDitolak(AKTIF)
    if "/Subtype" in keys and _name(wadah, "/Subtype") in _MEDIA:
        raise BerkasDitolak(MEDIA)
    if "/EF" in keys or ("/Type" in keys and _name(wadah, "/Type") == "/EmbeddedFile"):
        raise BerkasDitolak(LAMPIRAN)


def _rewritten(pdf: pikepdf.Pdf) -> tuple[bool, bytes]:
    """Our own file: only what the pages need, with a fixed id. And whether the old one acts by itself."""
    drop_signatures(pdf)
    acts = defuse(pdf)
    keluar = io.BytesIO()
    pdf.save(
        keluar,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,  # streams stay as they are: no work, and no bomb goes off
    )
    return acts, keluar.getvalue()


def _name(wadah: Object, key: str) -> str:
    value = wadah.get(key)
    return str(value) if isinstance(value, Name) else ""


def _number(wadah: Object, key: str) -> int:
    value = wadah.get(key, 0)
    return value if isinstance(value, int) else 0


def _filters(stream: Stream) -> list[str]:
    saringan = stream.get("/Filter")
    if saringan is None:
        return []
    return [str(s) for s in saringan] if isinstance(saringan, Array) else [str(saringan)]


def _without_ascii(mentah: bytes, saringan: list[str]) -> bytes:
    """Undo the text encodings in front of the first real filter; what cannot be decoded cannot expand either."""
    try:
        for s in saringan:
            if s in {"/ASCII85Decode", "/A85"}:
                mentah = base64.a85decode(mentah.strip().removeprefix(b"<~").removesuffix(b"~>"))
            elif s in {"/ASCIIHexDecode", "/AHx"}:
                mentah = binascii.unhexlify(b"".join(mentah.partition(b">")[0].split()))
            else:
                break
    except ValueError:
        return b""
    return mentah


def _inflated(mentah: bytes, batas: int) -> int:
    """How many bytes Flate data expand to, counted without keeping them, and no further than the limit."""
    pengurai, jumlah = zlib.decompressobj(), 0
    try:
        while mentah and jumlah <= batas:
            jumlah += len(pengurai.decompress(mentah, 1 << 20))
            mentah = pengurai.unconsumed_tail
    except zlib.error:  # damaged from here on: whoever opens it sees the part before
        return jumlah
    return jumlah
