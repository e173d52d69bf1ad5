"""Drawn photos and scans: identity cards and the pictures of a building, as JPEG."""

import io
import random
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ops.contoh.papers.institutions import Person

KTP_SIZE = (860, 540)
PHOTO_SIZE = (960, 720)


def ktp(person: Person, jabatan: str) -> bytes:
    """An identity card photographed on a desk, CONTOH across it."""
    picture = _blank_card().copy()
    pen = ImageDraw.Draw(picture)
    birth = f"BANJARBARU, {person.birth:%d-%m-%Y}"
    line = (
        ("Nama", person.name.upper()),
        ("Tempat/Tgl Lahir", birth),
        ("Jenis Kelamin", "PEREMPUAN" if person.female else "LAKI-LAKI"),
        ("Pekerjaan", f"{jabatan.upper()} LEMBAGA"),
        ("Berlaku Hingga", "CONTOH"),
    )
    pen.text((60, 130), f"NIK : {person.nik}", font=_font(34), fill="#102040")
    for n, (name, value) in enumerate(line):
        pen.text((60, 190 + 44 * n), name, font=_font(22), fill="#102040")
        pen.text((260, 190 + 44 * n), f": {value}", font=_font(22), fill="#102040")
    return _jpeg(picture)


def photo(remarks: str) -> bytes:
    """A photo of a building with what it shows written below, as a camera app does."""
    picture = _scene().copy()
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 660, 960, 720), fill="#202020")
    pen.text((16, 674), f"CONTOH · {remarks}", font=_font(24), fill="white")
    return _jpeg(picture)


@lru_cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


@lru_cache
def _blank_card() -> Image.Image:
    picture = Image.new("RGB", KTP_SIZE, "#8a7a66")
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((24, 24, 836, 516), 26, fill="#a9cfe6", outline="#7fa9c4", width=3)
    for y in range(40, 500, 14):
        pen.arc((40, y, 820, y + 60), 190, 350, fill="#9cc4dd")
    pen.text((430, 62), "PROVINSI CONTOH", font=_font(28), fill="#102040", anchor="mm")
    pen.text((430, 98), "KOTA CONTOH", font=_font(28), fill="#102040", anchor="mm")
    pen.rectangle((640, 150, 800, 350), fill="#c23b3b")
    pen.ellipse((680, 180, 760, 260), fill="#d9b08c")
    pen.pieslice((660, 262, 780, 420), 180, 360, fill="#2d3e50")
    cap = Image.new("L", (560, 140))
    ImageDraw.Draw(cap).text((0, 0), "CONTOH", font=_font(120), fill=110)
    picture.paste("#d00000", (190, 250), cap.rotate(14, expand=True))
    return picture.filter(ImageFilter.GaussianBlur(0.6))


@lru_cache
def _scene() -> Image.Image:
    """Sky, a house with its sign, a path; grain as from a cheap phone."""
    rng = random.Random("pemandangan")  # noqa: S311 - a drawing, no secret
    ash = Image.linear_gradient("L").resize(PHOTO_SIZE)
    channel = (lambda v: 120 + v // 3, lambda v: 170 + v // 4, lambda _: 225)
    picture = Image.merge("RGB", [ash.point(color) for color in channel])
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 480, 960, 720), fill="#6f8f4e")
    pen.polygon(((160, 320), (480, 170), (800, 320)), fill="#8c3f2d")
    pen.rectangle((200, 320, 760, 540), fill="#efe6d2")
    for x in (250, 610):
        pen.rectangle((x, 370, x + 100, 450), fill="#4b6f8a", outline="#ffffff", width=6)
    pen.rectangle((430, 380, 530, 540), fill="#5b3a21")
    pen.polygon(((430, 540), (530, 540), (640, 720), (320, 720)), fill="#b9a98c")
    for _ in range(2500):
        x, y = rng.randrange(960), rng.randrange(720)
        pen.point((x, y), fill=(rng.randrange(90, 160),) * 3)
    return picture.filter(ImageFilter.GaussianBlur(0.8))


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
