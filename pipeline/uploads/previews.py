"""Page images in the sandbox: what staff look at instead of the file itself."""

import io
from typing import Final

import pypdfium2
from PIL import Image

from pipeline.errors import BerkasDitolak
from pipeline.uploads.images import upright_rgb
from pipeline.uploads.wire import Head

TINGGI_PALING_BANYAK: Final = 4  # times the width: a roll of paper is shown narrower instead
MUTU_WEBP: Final = 75

GAGAL: Final = "Gambar halaman ini tidak dapat dibuat."


def page_image(head: Head, konten: bytes) -> tuple[Head, bytes]:
    """WebP of page ``halaman`` (from 1) of a pdf, jpg or png, ``lebar`` pixels wide; empty when there is none."""
    jenis, halaman, lebar = str(head["jenis"]), int(head["halaman"]), int(head["lebar"])
    if jenis == "pdf":
        gambar = _draw(konten, halaman, lebar)
    else:
        gambar = upright_rgb(konten, jenis, (lebar, lebar * TINGGI_PALING_BANYAK)) if halaman == 1 else None
    if gambar is None:
        return {}, b""
    keluar = io.BytesIO()
    gambar.save(keluar, "WEBP", quality=MUTU_WEBP, method=2)
    return {}, keluar.getvalue()


def page_count(_head: Head, konten: bytes) -> tuple[Head, bytes]:
    """Number of pages of a PDF."""
    try:
        with pypdfium2.PdfDocument(konten) as pdf:
            return {"halaman": len(pdf)}, b""
    except pypdfium2.PdfiumError:
        raise BerkasDitolak(GAGAL) from None


def _draw(konten: bytes, halaman: int, lebar: int) -> Image.Image | None:
    try:
        with pypdfium2.PdfDocument(konten) as pdf:
            pdf.init_forms()  # before the page is loaded, or signatures and form fields stay invisible
            if not 1 <= halaman <= len(pdf):
                return None
            page = pdf[halaman - 1]
            w, h = page.get_size()
            skala = min(lebar / w, lebar * TINGGI_PALING_BANYAK / h)
            gambar: Image.Image = page.render(scale=skala, may_draw_forms=True).to_pil()
            return gambar.convert("RGB")
    except (pypdfium2.PdfiumError, ZeroDivisionError):
        raise BerkasDitolak(GAGAL) from None
