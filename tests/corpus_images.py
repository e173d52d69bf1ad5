"""Makers of pictures: as phones and scanners make them, and as nobody should."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()


def picture(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """Something with edges and a light corner at the top left, so that turning it shows."""
    picture = Image.new("RGB", (width, height), (40, 90, 160))
    picture.paste((250, 240, 200), (0, 0, width // 3, height // 3))
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str, **choices: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **choices)
    return out.getvalue()


def jpeg(width: int = 640, height: int = 480) -> bytes:
    return encoded(picture(width, height), "JPEG")


def progressive() -> bytes:
    return encoded(Image.effect_noise((320, 240), 60).convert("RGB"), "JPEG", progressive=True)


def two_in_one_heic() -> bytes:
    return many_in_one_heic(2)


def many_in_one_heic(count: int) -> bytes:
    """Two sides of a card in one file, as a phone's share sheet makes it."""
    other = [picture(160 + n, 120) for n in range(count - 1)]
    return encoded(picture(), "HEIF", save_all=True, append_images=other)


def png() -> bytes:
    return encoded(picture(), "PNG")


def jpeg_with_gps() -> bytes:
    """As a phone held upright makes it: stored lying, orientation 6, with the place it was taken at."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "TELEPON-UJI"
    exif.get_ifd(0x8825).update({1: "S", 2: (3.0, 26.0, 24.0), 3: "E", 4: (114.0, 50.0, 6.0)})
    return encoded(picture(), "JPEG", exif=exif, comment=b"rahasia-komentar")


def mpo() -> bytes:
    return encoded(picture(), "MPO", save_all=True, append_images=[picture(160, 120)])


def apng() -> bytes:
    return encoded(picture(64, 64), "PNG", save_all=True, append_images=[Image.new("RGB", (64, 64))])


def png_of(width: int, height: int) -> bytes:
    """A PNG that only claims its size."""
    ihdr = b"IHDR" + struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (ihdr, b"IDAT" + zlib.compress(bytes(1000)), b"IEND")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(b) - 4) + b + struct.pack("!I", zlib.crc32(b)) for b in chunks
    )


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG whose frame header claims another size."""
    content = bytearray(jpeg(64, 64))
    sof = content.index(b"\xff\xc0")
    content[sof + 5 : sof + 9] = struct.pack("!HH", height, width)
    return bytes(content)


def grey_16() -> bytes:
    return encoded(Image.new("I;16", (64, 64), 40_000), "PNG")


def transparent() -> bytes:
    return encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG")
