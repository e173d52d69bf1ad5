"""In the sandbox: what a page shows, in a few numbers, and a sketch of it to tell whether two pages are alike."""

import base64
import io
import json
import time
import zlib
from collections.abc import Iterator
from math import sqrt
from typing import Final

import pypdfium2
from PIL import Image, ImageChops, ImageStat

from pipeline.uploads.images import upright_rgb
from pipeline.uploads.refusals import BerkasRefused, RefusalReason
from pipeline.uploads.wire import Head

PAGES_AT_MOST: Final = 10  # of one file, from its first to its last
CPU_SECONDS: Final = 3.0  # after which no further page is begun
WIDTH: Final = 400  # pixels a page is drawn wide
TINY_PIXELS: Final = 250  # the shorter side of a picture nobody can read
TINY_POINTS: Final = 100  # and of a page
SKETCH_AREA: Final = 240 * 340  # pixels: words can be told apart, not read
_SCALES: Final = (200, 100, 60, 40)


def measure(head: Head, payload: bytes) -> tuple[Head, bytes]:
    """A JSON list with ``tiny``, ``order`` and ``sketch`` of each page that was looked at."""
    end = time.process_time() + CPU_SECONDS
    pages = []
    for page, tiny in _pages(payload, str(head["kind"])):
        pages.append({"tiny": tiny, **_measure(page)})
        if time.process_time() > end:
            break
    return {}, json.dumps(pages).encode()


def _pages(payload: bytes, kind: str) -> Iterator[tuple[Image.Image, bool]]:
    if kind != "pdf":
        with Image.open(io.BytesIO(payload), formats=["JPEG", "PNG"]) as picture:
            tiny = min(picture.size) < TINY_PIXELS
        yield upright_rgb(payload, kind, (WIDTH, 4 * WIDTH)).convert("L"), tiny
        return
    try:
        with pypdfium2.PdfDocument(payload) as pdf:
            pdf.init_forms()
            last = len(pdf) - 1
            for n in sorted({round(i * last / (PAGES_AT_MOST - 1)) for i in range(PAGES_AT_MOST)}):
                width, height = pdf[n].get_size()
                scale = min(WIDTH / width, 4 * WIDTH / height)
                drawn = pdf[n].render(scale=scale, may_draw_forms=True, grayscale=True).to_pil()
                yield drawn.convert("L"), min(width, height) < TINY_POINTS
    except (pypdfium2.PdfiumError, ZeroDivisionError, ValueError):
        raise BerkasRefused(RefusalReason.PAGE_NOT_DRAWN) from None


def _measure(page: Image.Image) -> dict[str, object]:
    """``order``: how alike neighbours are. ``sketch``: the page small and grey, its width and its pixels, packed."""
    shrunk = (page.resize((w, max(2, round(page.height * w / page.width))), Image.Resampling.BOX) for w in _SCALES)
    return {"order": min(map(_order, shrunk)), "sketch": base64.b64encode(_sketch(page)).decode()}


def _order(picture: Image.Image) -> float:
    """Correlation of neighbours, in the direction where it is greater; 1 for a page of one colour."""
    variance = ImageStat.Stat(picture).var[0]
    if variance < 1:
        return 1.0
    return max(1 - ImageStat.Stat(d).sum2[0] / (d.width * d.height) / (2 * variance) for d in _differences(picture))


def _differences(picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    """To the neighbour on the right, and to the one below."""
    w, h = picture.size
    right = ImageChops.difference(picture.crop((0, 0, w - 1, h)), picture.crop((1, 0, w, h)))
    return right, ImageChops.difference(picture.crop((0, 0, w, h - 1)), picture.crop((0, 1, w, h)))


def _sketch(page: Image.Image) -> bytes:
    """Of one area for all pages, so that one that was cropped or lies on its side keeps the size of its letters."""
    scale = sqrt(SKETCH_AREA / (page.width * page.height))
    size = (max(1, round(page.width * scale)), max(1, round(page.height * scale)))
    pixels = page.resize(size, Image.Resampling.BOX).tobytes()
    return size[0].to_bytes(2) + zlib.compress(pixels)
