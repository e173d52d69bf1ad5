"""Pictures in the sandbox: decoded, turned upright, and encoded anew without EXIF, GPS or anything appended."""

import io
import struct
import warnings
import zipfile
from typing import Final

from PIL import Image, ImageChops, ImageOps

from pipeline.uploads.refusals import BerkasRefused, RefusalReason
from pipeline.uploads.wire import Head

PIXELS_AT_MOST: Final = 40_000_000  # of what has to be decoded whole
HALF_PIXELS: Final = 120_000_000  # of what can be decoded at a reduced scale: JPEG, HEIC
LONGEST_SIDE: Final = 3000  # an A4 page at 250 dpi
JPEG_QUALITY: Final = 85

Image.MAX_IMAGE_PIXELS = HALF_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

_FORMAT: Final = {"jpg": "JPEG", "png": "PNG"}
#: What the decoders are known to raise over a damaged file.
DAMAGE_CAUSES: Final = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    struct.error,
)


def clean(head: Head, payload: bytes) -> tuple[Head, bytes]:
    """Decode a jpg or png and write it anew, upright and at most 3000 px long."""
    kind = str(head["kind"])
    picture = _upright(payload, kind)
    out = io.BytesIO()
    if kind == "png":
        picture.save(out, "PNG", compress_level=3)
    else:
        picture.save(out, "JPEG", quality=JPEG_QUALITY)
    return {"page_count": 1, "kind": kind}, out.getvalue()


def inspect(head: Head, payload: bytes) -> tuple[Head, bytes]:
    """Decode a picture that is stored already."""
    _upright(payload, str(head["kind"]))
    return {"page_count": 1}, b""


def upright_rgb(payload: bytes, kind: str, side: tuple[int, int]) -> Image.Image:
    """A jpg or png as people look at it, no larger than ``side``, with nothing attached. Raises BerkasRefused."""
    if zipfile.is_zipfile(io.BytesIO(payload)):
        raise BerkasRefused(RefusalReason.PICTURE_EXCESS)
    try:
        picture = _decoded(payload, kind, side)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large() from None
    except DAMAGE_CAUSES:
        if kind != "jpg":
            raise BerkasRefused(RefusalReason.PICTURE_DAMAGED) from None
        picture = _without_end(payload, side)
    picture.thumbnail(side, Image.Resampling.HAMMING, reducing_gap=1.5)
    picture.info.clear()  # comments and profiles would be written again
    return picture


def _decoded(payload: bytes, kind: str, side: tuple[int, int]) -> Image.Image:
    with Image.open(io.BytesIO(payload), formats=[_FORMAT[kind]]) as original:
        # A phone's JPEG carries a depth map or a second exposure as another frame; the first one is the photo.
        if kind == "png" and getattr(original, "n_frames", 1) > 1:
            raise BerkasRefused(RefusalReason.PICTURE_MOVING)
        original.draft(
            None, _fit(original.size, side)
        )  # a JPEG is decoded at a half, quarter or eighth where that is enough
        if original.width * original.height > PIXELS_AT_MOST:
            raise too_large()
        original.load()
        return plain(ImageOps.exif_transpose(original))


def _without_end(payload: bytes, side: tuple[int, int]) -> Image.Image:
    """A JPEG whose end marker is missing, as phones leave it off a panorama: good if nothing but the marker is.

    Where part of the picture is missing too, the decoder makes it up out of whatever follows: then the two differ.
    """
    try:
        picture, other = (
            _decoded(payload + content + b"\xff\xd9", "jpg", side) for content in (b"", b"\x5a\xa5\x3c" * 9999)
        )
    except DAMAGE_CAUSES:
        raise BerkasRefused(RefusalReason.PICTURE_DAMAGED) from None
    if ImageChops.difference(picture, other).getbbox() is not None:
        raise BerkasRefused(RefusalReason.PICTURE_DAMAGED)
    return picture


def _upright(payload: bytes, kind: str) -> Image.Image:
    return upright_rgb(payload, kind, (LONGEST_SIDE, LONGEST_SIDE))


def _fit(size: tuple[int, int], side: tuple[int, int]) -> tuple[int, int]:
    factor = min(side[0] / size[0], side[1] / size[1])
    return max(1, int(size[0] * factor)), max(1, int(size[1] * factor))


def plain(picture: Image.Image) -> Image.Image:
    """Grey or RGB, 8 bits, what was transparent white."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda v: v / 257).convert("L")
    if picture.mode in {"L", "RGB"} and "transparency" not in picture.info:
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    if picture.has_transparency_data:
        above = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", above.size, "white"), above).convert("RGB")
    return picture.convert("RGB")


def too_large() -> BerkasRefused:
    """The refusal of a picture with more pixels than can be decoded."""
    return BerkasRefused(RefusalReason.PICTURE_TOO_LARGE, jpg=HALF_PIXELS // 1_000_000, png=PIXELS_AT_MOST // 1_000_000)
