"""Pictures in the sandbox: decoded, turned upright, and encoded anew without EXIF, GPS or anything appended."""

import io
import struct
import warnings
import zipfile
from typing import Final

import pillow_heif
from PIL import Image, ImageOps

from pipeline.errors import BerkasDitolak
from pipeline.uploads.wire import Head

PIKSEL_PALING_BANYAK: Final = 40_000_000
SISI_PALING_PANJANG: Final = 3000  # an A4 page at 250 dpi
MUTU_JPEG: Final = 85

Image.MAX_IMAGE_PIXELS = PIKSEL_PALING_BANYAK
warnings.simplefilter("error", Image.DecompressionBombWarning)
pillow_heif.register_heif_opener(thumbnails=False)
pillow_heif.options.DECODE_THREADS = 1

_FORMAT: Final = {"jpg": "JPEG", "png": "PNG", "heic": "HEIF"}
#: What the decoders are known to raise over a damaged file.
_RUSAK: Final = (
    OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, struct.error,
)  # fmt: skip

RUSAK: Final = "Gambar ini rusak atau terpotong. Ambil ulang fotonya, atau kirim ulang berkasnya ke gawai ini."
RAKSASA: Final = "Gambar ini terlalu besar ukurannya. Ambil ulang foto dengan resolusi biasa (12 MP)."
BERLEBIH: Final = "Ada berkas lain di belakang gambar ini. Ambil ulang fotonya, atau simpan ulang gambarnya."
BERGERAK: Final = "Gambar bergerak tidak dapat diterima. Unggah satu foto diam untuk tiap halaman."


def clean(head: Head, konten: bytes) -> tuple[Head, bytes]:
    """Decode a jpg, png or heic and write it anew (heic as jpg), upright and at most 3000 px long."""
    jenis = str(head["jenis"])
    gambar = _upright(konten, jenis)
    keluar = io.BytesIO()
    if jenis == "png":
        gambar.save(keluar, "PNG", compress_level=3)
    else:
        gambar.save(keluar, "JPEG", quality=MUTU_JPEG)
    return {"halaman": 1}, keluar.getvalue()


def inspect(head: Head, konten: bytes) -> tuple[Head, bytes]:
    """Decode a picture that is stored already."""
    _upright(konten, str(head["jenis"]))
    return {"halaman": 1}, b""


def upright_rgb(konten: bytes, jenis: str, sisi: tuple[int, int]) -> Image.Image:
    """The picture as people look at it, no larger than ``sisi``, with nothing attached. Raises BerkasDitolak."""
    if zipfile.is_zipfile(io.BytesIO(konten)):
        raise BerkasDitolak(BERLEBIH)
    try:
        with Image.open(io.BytesIO(konten), formats=[_FORMAT[jenis]]) as asli:
            _check_size(asli, jenis)
            asli.draft(None, _fit(asli.size, sisi))  # a JPEG is decoded at a half or quarter where that is enough
            asli.load()
            gambar = _plain(ImageOps.exif_transpose(asli))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BerkasDitolak(RAKSASA) from None
    except _RUSAK:
        raise BerkasDitolak(RUSAK) from None
    gambar.thumbnail(sisi, Image.Resampling.HAMMING, reducing_gap=1.5)
    gambar.info.clear()  # comments and profiles would be written again
    return gambar


def _upright(konten: bytes, jenis: str) -> Image.Image:
    return upright_rgb(konten, jenis, (SISI_PALING_PANJANG, SISI_PALING_PANJANG))


def _fit(ukuran: tuple[int, int], sisi: tuple[int, int]) -> tuple[int, int]:
    skala = min(sisi[0] / ukuran[0], sisi[1] / ukuran[1])
    return max(1, int(ukuran[0] * skala)), max(1, int(ukuran[1] * skala))


def _check_size(gambar: Image.Image, jenis: str) -> None:
    if gambar.width * gambar.height > PIKSEL_PALING_BANYAK:
        raise BerkasDitolak(RAKSASA)
    # A phone's JPEG or HEIC carries a depth map or a second exposure as another frame; the first one is the photo.
    if jenis == "png" and getattr(gambar, "n_frames", 1) > 1:
        raise BerkasDitolak(BERGERAK)


def _plain(gambar: Image.Image) -> Image.Image:
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
