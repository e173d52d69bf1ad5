"""Page images in the sandbox: what staff look at instead of the file itself."""

import io
from typing import Final

import pypdfium2
from PIL import Image

from pipeline.uploads.images import upright_rgb
from pipeline.uploads.refusals import BerkasRefused, RefusalReason
from pipeline.uploads.wire import LARGE_WIDTH, SMALL_WIDTH, Head

HEIGHT_AT_MOST: Final = 4  # times the width: a roll of paper is shown narrower instead
WEBP_QUALITY: Final = 75


def page_images(head: Head, payload: bytes) -> tuple[Head, bytes]:
    """WebP of page ``page`` (from 1) of a pdf, jpg or png: a thumbnail (``small`` bytes), then one to read.

    ``count`` is the number of pages.
    """
    kind, number = str(head["kind"]), int(head["page"])
    if kind == "pdf":
        picture, count = _draw(payload, number)
    else:
        picture, count = upright_rgb(payload, kind, (LARGE_WIDTH, LARGE_WIDTH * HEIGHT_AT_MOST)), 1
    large = _webp(picture)
    picture.thumbnail((SMALL_WIDTH, SMALL_WIDTH * HEIGHT_AT_MOST), Image.Resampling.HAMMING)
    small = _webp(picture)
    return {"small": len(small), "count": count}, small + large


def _webp(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=WEBP_QUALITY, method=2)
    return out.getvalue()


def _draw(payload: bytes, number: int) -> tuple[Image.Image, int]:
    try:
        with pypdfium2.PdfDocument(payload) as pdf:
            pdf.init_forms()  # before the page is loaded, or signatures and form fields stay invisible
            page = pdf[number - 1]
            w, h = page.get_size()
            factor = min(LARGE_WIDTH / w, LARGE_WIDTH * HEIGHT_AT_MOST / h)
            picture: Image.Image = page.render(scale=factor, may_draw_forms=True).to_pil()
            return picture.convert("RGB"), len(pdf)
    except (pypdfium2.PdfiumError, ZeroDivisionError, IndexError):
        raise BerkasRefused(RefusalReason.PAGE_NOT_DRAWN) from None
