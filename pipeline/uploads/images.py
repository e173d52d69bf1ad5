"""Pictures in the sandbox: decoded, turned upright, and encoded anew without EXIF, GPS or anything appended."""

import io
import struct
import warnings
import zipfile
from typing import Final

from PIL import Image, ImageChops, ImageOps

from pipeline.errors import BerkasRefused
from pipeline.uploads.wire import Head

PIXELS_AT_MOST: Final = 40_000_000  # of what has to be decoded whole
HALF_PIXELS: Final = 120_000_000  # of what can be decoded at a reduced scale: JPEG, HEIC
SISI_PALING_PANJANG: Final = 3000  # an A4 page at 250 dpi
JPEG_QUALITY: Final = 85

Image.MAX_IMAGE_PIXELS = HALF_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

_FORMAT: Final = {"jpg": "JPEG", "png": "PNG"}
#: What the decoders are known to raise over a damaged file.
DAMAGE_CAUSES: Final = (
    OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, struct.error,
)  # fmt: skip

RUSAK: Final = "Gambar ini rusak atau terpotong. Ambil ulang fotonya, atau kirim ulang berkasnya ke gawai ini."
HUGE: Final = (
    "Gambar ini terlalu besar ukurannya: paling besar 120 juta piksel untuk JPG dan HEIC, 40 juta untuk PNG. "
    "Ambil ulang foto dengan resolusi biasa (12 MP)."
)
EXCESS: Final = "Ada berkas lain di belakang gambar ini. Ambil ulang fotonya, atau simpan ulang gambarnya."
MOVING: Final = "Gambar bergerak tidak dapat diterima. Unggah satu foto diam untuk tiap halaman."


def clean(head: Head, payload: bytes) -> tuple[Head, bytes]:
    """Decode a jpg or png and write it anew, upright and at most 3000 px long."""
    jenis = str(head["jenis"])
    gambar = _upright(payload, jenis)
    keluar = io.BytesIO()
    if jenis == "png":
        gambar.save(keluar, "PNG", compress_level=3)
    else:
        gambar.save(keluar, "JPEG", quality=JPEG_QUALITY)
    return {"halaman": 1, "jenis": jenis}, keluar.getvalue()


def inspect(head: Head, payload: bytes) -> tuple[Head, bytes]:
    """Decode a picture that is stored already."""
    _upright(payload, str(head["jenis"]))
    return {"halaman": 1}, b""


def upright_rgb(payload: bytes, jenis: str, side: tuple[int, int]) -> Image.Image:
    """A jpg or png as people look at it, no larger than ``side``, with nothing attached. Raises BerkasRefused."""
    if zipfile.is_zipfile(io.BytesIO(payload)):
        raise BerkasRefused(EXCESS)
    try:
        gambar = _decoded(payload, jenis, side)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BerkasRefused(HUGE) from None
    except DAMAGE_CAUSES:
        if jenis != "jpg":
            raise BerkasRefused(RUSAK) from None
        gambar = _without_end(payload, side)
    gambar.thumbnail(side, Image.Resampling.HAMMING, reducing_gap=1.5)
    gambar.info.clear()  # comments and profiles would be written again
    return gambar


def _decoded(payload: bytes, jenis: str, side: tuple[int, int]) -> Image.Image:
    with Image.open(io.BytesIO(payload), formats=[_FORMAT[jenis]]) as asli:
        # A phone's JPEG carries a depth map or a second exposure as another frame; the first one is the photo.
        if jenis == "png" and getattr(asli, "n_frames", 1) > 1:
            raise BerkasRefused(MOVING)
        asli.draft(None, _fit(asli.size, side))  # a JPEG is decoded at a half, quarter or eighth where that is enough
        if asli.width * asli.height > PIXELS_AT_MOST:
            raise BerkasRefused(HUGE)
        asli.load()
        return plain(ImageOps.exif_transpose(asli))


def _without_end(payload: bytes, side: tuple[int, int]) -> Image.Image:
    """A JPEG whose end marker is missing, as phones leave it off a panorama: good if nothing but the marker is.

    Where part of the picture is missing too, the decoder makes it up out of whatever follows: then the two differ.
    """
    try:
        gambar, lain = (_decoded(payload + isi + b"\xff\xd9", "jpg", side) for isi in (b"", b"\x5a\xa5\x3c" * 9999))
    except DAMAGE_CAUSES:
        raise BerkasRefused(RUSAK) from None
    if ImageChops.difference(gambar, lain).getbbox() is not None:
        raise BerkasRefused(RUSAK)
    return gambar


def _upright(payload: bytes, jenis: str) -> Image.Image:
    return upright_rgb(payload, jenis, (SISI_PALING_PANJANG, SISI_PALING_PANJANG))


def _fit(ukuran: tuple[int, int], side: tuple[int, int]) -> tuple[int, int]:
    factor = min(side[0] / ukuran[0], side[1] / ukuran[1])
    return max(1, int(ukuran[0] * factor)), max(1, int(ukuran[1] * factor))


def plain(gambar: Image.Image) -> Image.Image:
    """Grey or RGB, 8 bits, what was transparent white."""
    if gambar.mode.startswith("I"):
        gambar = gambar.convert("I").point(lambda v: v / 257).convert("L")
    if gambar.mode in {"L", "RGB"} and "transparency" not in gambar.info:
        return gambar
    if gambar.mode == "1":
        return gambar.convert("L")
    if gambar.has_transparency_data:
        above = gambar.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", above.size, "white"), above).convert("RGB")
    return gambar.convert("RGB")
