"""Pictures in the sandbox: decoded, turned upright, and encoded anew without EXIF, GPS or anything appended."""

import io
import struct
import warnings
import zipfile
from typing import Final

from PIL import Image, ImageChops, ImageOps

from pipeline.errors import BerkasDitolak
from pipeline.uploads.wire import Head

PIKSEL_PALING_BANYAK: Final = 40_000_000  # of what has to be decoded whole
PIKSEL_SETENGAH: Final = 120_000_000  # of what can be decoded at a reduced scale: JPEG, HEIC
SISI_PALING_PANJANG: Final = 3000  # an A4 page at 250 dpi
MUTU_JPEG: Final = 85

Image.MAX_IMAGE_PIXELS = PIKSEL_SETENGAH
warnings.simplefilter("error", Image.DecompressionBombWarning)

_FORMAT: Final = {"jpg": "JPEG", "png": "PNG"}
#: What the decoders are known to raise over a damaged file.
RUSAK_SEBAB: Final = (
    OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, struct.error,
)  # fmt: skip

RUSAK: Final = "Gambar ini rusak atau terpotong. Ambil ulang fotonya, atau kirim ulang berkasnya ke gawai ini."
RAKSASA: Final = (
    "Gambar ini terlalu besar ukurannya: paling besar 120 juta piksel untuk JPG dan HEIC, 40 juta untuk PNG. "
    "Ambil ulang foto dengan resolusi biasa (12 MP)."
)
BERLEBIH: Final = "Ada berkas lain di belakang gambar ini. Ambil ulang fotonya, atau simpan ulang gambarnya."
BERGERAK: Final = "Gambar bergerak tidak dapat diterima. Unggah satu foto diam untuk tiap halaman."


def clean(head: Head, konten: bytes) -> tuple[Head, bytes]:
    """Decode a jpg or png and write it anew, upright and at most 3000 px long."""
    jenis = str(head["jenis"])
    gambar = _upright(konten, jenis)
    keluar = io.BytesIO()
    if jenis == "png":
        gambar.save(keluar, "PNG", compress_level=3)
    else:
        gambar.save(keluar, "JPEG", quality=MUTU_JPEG)
    return {"halaman": 1, "jenis": jenis}, keluar.getvalue()


def inspect(head: Head, konten: bytes) -> tuple[Head, bytes]:
    """Decode a picture that is stored already."""
    _upright(konten, str(head["jenis"]))
    return {"halaman": 1}, b""


def upright_rgb(konten: bytes, jenis: str, sisi: tuple[int, int]) -> Image.Image:
    """A jpg or png as people look at it, no larger than ``sisi``, with nothing attached. Raises BerkasDitolak."""
    if zipfile.is_zipfile(io.BytesIO(konten)):
        raise BerkasDitolak(BERLEBIH)
    try:
        gambar = _decoded(konten, jenis, sisi)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BerkasDitolak(RAKSASA) from None
    except RUSAK_SEBAB:
        if jenis != "jpg":
            raise BerkasDitolak(RUSAK) from None
        gambar = _without_end(konten, sisi)
    gambar.thumbnail(sisi, Image.Resampling.HAMMING, reducing_gap=1.5)
    gambar.info.clear()  # comments and profiles would be written again
    return gambar


def _decoded(konten: bytes, jenis: str, sisi: tuple[int, int]) -> Image.Image:
    with Image.open(io.BytesIO(konten), formats=[_FORMAT[jenis]]) as asli:
        # A phone's JPEG carries a depth map or a second exposure as another frame; the first one is the photo.
        if jenis == "png" and getattr(asli, "n_frames", 1) > 1:
            raise BerkasDitolak(BERGERAK)
        asli.draft(None, _fit(asli.size, sisi))  # a JPEG is decoded at a half, quarter or eighth where that is enough
        if asli.width * asli.height > PIKSEL_PALING_BANYAK:
            raise BerkasDitolak(RAKSASA)
        asli.load()
        return plain(ImageOps.exif_transpose(asli))


def _without_end(konten: bytes, sisi: tuple[int, int]) -> Image.Image:
    """A JPEG whose end marker is missing, as phones leave it off a panorama: good if nothing but the marker is.

    Where part of the picture is missing too, the decoder makes it up out of whatever follows: then the two differ.
    """
    try:
        gambar, lain = (_decoded(konten + isi + b"\xff\xd9", "jpg", sisi) for isi in (b"", b"\x5a\xa5\x3c" * 9999))
    except RUSAK_SEBAB:
        raise BerkasDitolak(RUSAK) from None
    if ImageChops.difference(gambar, lain).getbbox() is not None:
        raise BerkasDitolak(RUSAK)
    return gambar


def _upright(konten: bytes, jenis: str) -> Image.Image:
    return upright_rgb(konten, jenis, (SISI_PALING_PANJANG, SISI_PALING_PANJANG))


def _fit(ukuran: tuple[int, int], sisi: tuple[int, int]) -> tuple[int, int]:
    skala = min(sisi[0] / ukuran[0], sisi[1] / ukuran[1])
    return max(1, int(ukuran[0] * skala)), max(1, int(ukuran[1] * skala))


def plain(gambar: Image.Image) -> Image.Image:
    """Grey or RGB, 8 bits, what was transparent white."""
    if gambar.mode.startswith("I"):
        gambar = gambar.convert("I").point(lambda v: v / 257).convert("L")
    if gambar.mode in {"L", "RGB"} and "transparency" not in gambar.info:
        return gambar
    if gambar.mode == "1":
        return gambar.convert("L")
    if gambar.has_transparency_data:
        atas = gambar.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", atas.size, "white"), atas).convert("RGB")
    return gambar.convert("RGB")
