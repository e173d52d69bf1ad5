"""Page images in the sandbox: what staff look at instead of the file itself."""

import io
from typing import Final

import pypdfium2
from PIL import Image

from pipeline.errors import BerkasDitolak
from pipeline.uploads.images import upright_rgb
from pipeline.uploads.wire import LEBAR_BESAR, LEBAR_KECIL, Head

TINGGI_PALING_BANYAK: Final = 4  # times the width: a roll of paper is shown narrower instead
MUTU_WEBP: Final = 75

GAGAL: Final = "Gambar halaman ini tidak dapat dibuat."


def page_images(head: Head, konten: bytes) -> tuple[Head, bytes]:
    """WebP of page ``halaman`` (from 1) of a pdf, jpg or png: a thumbnail (``kecil`` bytes), then one to read.

    ``banyak`` is the number of pages.
    """
    jenis, halaman = str(head["jenis"]), int(head["halaman"])
    if jenis == "pdf":
        gambar, banyak = _draw(konten, halaman)
    else:
        gambar, banyak = upright_rgb(konten, jenis, (LEBAR_BESAR, LEBAR_BESAR * TINGGI_PALING_BANYAK)), 1
    besar = _webp(gambar)
    gambar.thumbnail((LEBAR_KECIL, LEBAR_KECIL * TINGGI_PALING_BANYAK), Image.Resampling.HAMMING)
    kecil = _webp(gambar)
    return {"kecil": len(kecil), "banyak": banyak}, kecil + besar


def _webp(gambar: Image.Image) -> bytes:
    keluar = io.BytesIO()
    gambar.save(keluar, "WEBP", quality=MUTU_WEBP, method=2)
    return keluar.getvalue()


def _draw(konten: bytes, halaman: int) -> tuple[Image.Image, int]:
    try:
        with pypdfium2.PdfDocument(konten) as pdf:
            pdf.init_forms()  # before the page is loaded, or signatures and form fields stay invisible
            page = pdf[halaman - 1]
            w, h = page.get_size()
            skala = min(LEBAR_BESAR / w, LEBAR_BESAR * TINGGI_PALING_BANYAK / h)
            gambar: Image.Image = page.render(scale=skala, may_draw_forms=True).to_pil()
            return gambar.convert("RGB"), len(pdf)
    except (pypdfium2.PdfiumError, ZeroDivisionError, IndexError):
        raise BerkasDitolak(GAGAL) from None
