"""HEIC, as phones save photos: decoded picture by picture, at a reduced scale where it is large, and kept as JPEG."""

import io
import zipfile
from collections.abc import Sequence
from typing import Final

import pillow_heif
from PIL import Image

from pipeline.uploads import images, pdfs
from pipeline.uploads.refusals import BerkasRefused, RefusalReason
from pipeline.uploads.wire import Head

PICTURES_AT_MOST: Final = 10
_STRIP: Final = 256  # rows scaled down at a time: Pillow's copy of 120 MP would not fit beside the decoder's

pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False


def clean(_head: Head, payload: bytes) -> tuple[Head, bytes]:
    """One picture becomes a jpg; several, the pages of a pdf: none is lost in silence."""
    picture = _pictures(payload)
    out = io.BytesIO()
    if len(picture) == 1:
        picture[0].save(out, "JPEG", quality=images.JPEG_QUALITY)
        return {"page_count": 1, "kind": "jpg"}, out.getvalue()
    picture[0].save(out, "PDF", save_all=True, append_images=picture[1:], quality=images.JPEG_QUALITY, resolution=250)
    return {"page_count": len(picture), "kind": "pdf"}, pdfs.clean({}, out.getvalue())[1]


def _pictures(payload: bytes) -> Sequence[Image.Image]:
    """All of them, the one the phone shows first; depth maps and the like are none."""
    if zipfile.is_zipfile(io.BytesIO(payload)):
        raise BerkasRefused(RefusalReason.PICTURE_EXCESS)
    try:
        heif = pillow_heif.open_heif(payload)
        if len(heif) > PICTURES_AT_MOST:
            raise BerkasRefused(RefusalReason.PICTURES_TOO_MANY, pictures=PICTURES_AT_MOST)
        first = heif.primary_index
        return [_upright(heif[n]) for n in (first, *(i for i in range(len(heif)) if i != first))]
    except images.DAMAGE_CAUSES:
        raise BerkasRefused(RefusalReason.PICTURE_DAMAGED) from None


def _upright(heif: pillow_heif.HeifImage) -> Image.Image:
    """The decoder has turned it already: HEIC keeps the turn beside the EXIF."""
    if heif.size[0] * heif.size[1] > images.HALF_PIXELS:
        raise images.too_large()
    (width, height), data, stride = heif.size, memoryview(heif.data), heif.stride
    scale = max(1, max(width, height) // images.LONGEST_SIDE)
    out = Image.new(heif.mode, (-(-width // scale), -(-height // scale)))
    for top in range(0, height, _STRIP * scale):
        rows = min(_STRIP * scale, height - top)
        strip = Image.frombuffer(
            heif.mode, (width, rows), bytes(data[top * stride : (top + rows) * stride]), "raw", heif.mode, stride, 1
        )
        out.paste(strip.reduce(scale), (0, top // scale))
    picture = images.plain(out)
    picture.thumbnail((images.LONGEST_SIDE, images.LONGEST_SIDE), Image.Resampling.HAMMING)
    return picture
