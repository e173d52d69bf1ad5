"""Page images in the sandbox: what staff look at instead of the file itself."""

import io
from typing import Final

import pypdfium2
from PIL import Image

from pipeline.errors import BerkasRefused
from pipeline.uploads.images import upright_rgb
from pipeline.uploads.wire import LARGE_WIDTH, SMALL_WIDTH, Head

HEIGHT_AT_MOST: Final = 4  # times the width: a roll of paper is shown narrower instead
WEBP_QUALITY: Final = 75

GAGAL: Final = "Gambar halaman ini tidak dapat dibuat."


def page_images(head: Head, payload: bytes) -> tuple[Head, bytes]:
    """WebP of page ``halaman`` (from 1) of a pdf, jpg or png: a thumbnail (``kecil`` bytes), then one to read.

    ``banyak`` is the number of pages.
    """
    jenis, halaman = str(head["jenis"]), int(head["halaman"])
    if jenis == "pdf":
        gambar, banyak = _draw(payload, halaman)
    else:
        gambar, banyak = upright_rgb(payload, jenis, (LARGE_WIDTH, LARGE_WIDTH * HEIGHT_AT_MOST)), 1
    besar = _webp(gambar)
    gambar.thumbnail((SMALL_WIDTH, SMALL_WIDTH * HEIGHT_AT_MOST), Image.Resampling.HAMMING)
    kecil = _webp(gambar)
    return {"kecil": len(kecil), "banyak": banyak}, kecil + besar


def _webp(gambar: Image.Image) -> bytes:
    keluar = io.BytesIO()
    gambar.save(keluar, "WEBP", quality=WEBP_QUALITY, method=2)
    return keluar.getvalue()


def _draw(payload: bytes, halaman: int) -> tuple[Image.Image, int]:
    try:
        with pypdfium2.PdfDocument(payload) as pdf:
            pdf.init_forms()  # before the page is loaded, or signatures and form fields stay invisible
            page = pdf[halaman - 1]
            w, h = page.get_size()
            factor = min(LARGE_WIDTH / w, LARGE_WIDTH * HEIGHT_AT_MOST / h)
            gambar: Image.Image = page.render(scale=factor, may_draw_forms=True).to_pil()
            return gambar.convert("RGB"), len(pdf)
    except (pypdfium2.PdfiumError, ZeroDivisionError, IndexError):
        raise BerkasRefused(GAGAL) from None
