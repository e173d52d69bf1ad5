"""Pages as applicants hand them in, drawn when a test asks for them: empty ones of every kind, and documents."""

import io
import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

A4 = (1000, 1414)
_WORDS = """yang bertanda tangan di bawah ini menerangkan bahwa lembaga kesejahteraan sosial tersebut benar beralamat
pada wilayah kerja kami dan telah melaksanakan kegiatan pelayanan kepada masyarakat sejak tahun dengan jumlah penerima
manfaat sebagaimana terlampir dalam daftar surat keterangan dibuat untuk dipergunakan sebagai syarat pengurusan izin
operasional demikian atas perhatian kerja sama diucapkan terima kasih""".split()
_BICUBIC = Image.Resampling.BICUBIC


def saved(picture: Image.Image, kind: str = "JPEG", **other: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **other)
    return out.getvalue()


def sheet(paper: int = 255, size: tuple[int, int] = A4) -> Image.Image:
    return Image.new("L", size, paper)


def turned(picture: Image.Image, degrees: float, *, outside: int = 255) -> Image.Image:
    return picture.rotate(degrees, _BICUBIC, fillcolor=outside)


def cut(picture: Image.Image, part: int) -> Image.Image:
    """Without so many hundredths on each side."""
    right, bottom = picture.width * part // 100, picture.height * part // 100
    return picture.crop((right, bottom, picture.width - right, picture.height - bottom))


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(saved(picture, quality=quality)))


def grainy(picture: Image.Image, much: int = 10) -> Image.Image:
    """As a cheap camera sees it, with its light on one side."""
    grain = Image.frombytes("L", picture.size, random.Random(3).randbytes(picture.width * picture.height))
    light = Image.linear_gradient("L").resize(picture.size).point(lambda v: 150 + v * 105 // 255)
    return ImageChops.multiply(ImageChops.subtract(picture, grain.point(lambda v: v * much // 255)), light)


# What is empty, though not white.


def frame(width: int = 3, inset: int = 60, *, on: Image.Image | None = None) -> Image.Image:
    page = on or sheet()
    ImageDraw.Draw(page).rectangle((inset, inset, A4[0] - inset, A4[1] - inset), outline=0, width=width)
    return page


def lines(*, down: int = 0, across: int = 0, ink: int = 120) -> Image.Image:
    """Ruled paper, with a margin line; squared where it has lines both ways."""
    page = sheet()
    pen = ImageDraw.Draw(page)
    for y in range(150, A4[1] - 60, down or A4[1]):
        pen.line((0, y, A4[0], y), fill=ink, width=2)
    for x in range(130, A4[0], across or A4[0]):
        pen.line((x, 0, x, A4[1]), fill=ink, width=2)
    return page


def table() -> Image.Image:
    page = sheet()
    pen = ImageDraw.Draw(page)
    for y in range(200, 1200, 70):
        pen.line((80, y, 920, y), fill=0, width=2)
    for x in (80, 160, 420, 700, 920):
        pen.line((x, 200, x, 1180), fill=0, width=2)
    return page


def stripes(period: int, degrees: int = 0, soft: float = 0) -> Image.Image:
    page = sheet(size=(2000, 2000))
    pen = ImageDraw.Draw(page)
    for y in range(0, 2000, period):
        pen.rectangle((0, y, 2000, y + period // 2 - 1), fill=0)
    soft_page = page.filter(ImageFilter.GaussianBlur(soft)) if soft else page
    return soft_page.rotate(degrees, _BICUBIC).crop((500, 293, 1500, 1707))


def checks(side: int) -> Image.Image:
    page = sheet()
    pen = ImageDraw.Draw(page)
    for y in range(0, A4[1], side):
        for x in range(y // side % 2 * side, A4[0], 2 * side):
            pen.rectangle((x, y, x + side - 1, y + side - 1), fill=0)
    return page


def dots(pitch: int = 40) -> Image.Image:
    page = sheet()
    pen = ImageDraw.Draw(page)
    for y in range(pitch, A4[1], pitch):
        for x in range(pitch, A4[0], pitch):
            pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=80)
    return page


def gradient(degrees: int) -> Image.Image:
    return Image.linear_gradient("L").resize((2000, 2000)).rotate(degrees).crop((500, 293, 1500, 1707))


# Documents.


def written(page: Image.Image, seed: object, top: int, rows: int, size: int = 24, lead: float = 1.35) -> float:
    """Fill rows with words; returns where the next one would be."""
    pen, some, y = ImageDraw.Draw(page), random.Random(str(seed)), float(top)
    for _ in range(rows):
        row = some.choice(_WORDS)
        while pen.textlength(longer := f"{row} {some.choice(_WORDS)}", font_size=size) < 780:
            row = longer
        pen.text((110, y), row, fill=0, font_size=size)
        y += size * lead
    return y


def letter(seed: int, rows: int = 14, *, title: str = "SURAT KETERANGAN") -> Image.Image:
    """A letter of one and the same office."""
    page = sheet()
    pen, some = ImageDraw.Draw(page), random.Random(seed)
    pen.ellipse((90, 60, 190, 160), outline=0, width=4)
    pen.text((560, 80), "PEMERINTAH KOTA CONTOH", font_size=34, anchor="mm", fill=0)
    pen.text((560, 120), "KELURAHAN CONTOH", font_size=30, anchor="mm", fill=0)
    pen.text((560, 155), "Jalan Contoh Nomor 1, Telepon (0511) 123456", font_size=20, anchor="mm", fill=0)
    pen.line((80, 185, 920, 185), fill=0, width=5)
    pen.text((500, 225), title, font_size=30, anchor="mm", fill=0)
    pen.text((500, 260), f"Nomor: {some.randrange(1000)}/CTH/2026", font_size=22, anchor="mm", fill=0)
    end = written(page, seed, 300, rows)
    for n, row in enumerate((f"Contoh, {some.randrange(1, 28)} November 2026", "Lurah Contoh", "", "", "Ahmad Contoh")):
        pen.text((600, end + 30 + 35 * n), row, font_size=24, fill=0)
    return page


def three_lines(ink: int = 0) -> Image.Image:
    page = sheet()
    rows = (
        "Yang bertanda tangan di bawah ini menyatakan",
        "bahwa lembaga ini beralamat di Jalan Trikora 1,",
        "dan semua data pada permohonan ini benar.",
    )
    for n, row in enumerate(rows):
        ImageDraw.Draw(page).text((100, 150 + 45 * n), row, fill=ink, font_size=26)
    return page


def small_print(seed: int) -> Image.Image:
    page = sheet()
    written(page, seed, 100, 46, 21, 1.25)
    return page


def stamped(page: Image.Image, at: tuple[int, int] = (560, 850)) -> Image.Image:
    stamp = sheet(size=(240, 240))
    pen = ImageDraw.Draw(stamp)
    pen.ellipse((5, 5, 235, 235), outline=90, width=6)
    pen.ellipse((30, 30, 210, 210), outline=90, width=3)
    pen.text((120, 120), "LURAH\nCONTOH", font_size=34, anchor="mm", fill=90)
    whole = sheet()
    whole.paste(turned(stamp, 17), at)
    return ImageChops.darker(page, whole)


def form(title: str, seed: int | None = None) -> Image.Image:
    """A form of twelve fields, filled in or not."""
    page = sheet()
    pen, labels = ImageDraw.Draw(page), random.Random(title)
    pen.text((500, 100), title, font_size=34, anchor="mm", fill=0)
    for n in range(12):
        y = 180 + n * 80
        pen.rectangle((80, y, 920, y + 80), outline=0, width=2)
        pen.line((360, y, 360, y + 80), fill=0, width=2)
        pen.text((95, y + 25), " ".join(labels.choices(_WORDS, k=2)).title(), font_size=24, fill=0)
        if seed is not None:
            pen.text((380, y + 25), " ".join(random.Random(f"{seed}{n}").choices(_WORDS, k=4)), font_size=26, fill=60)
    return page


def by_hand(page: Image.Image, seed: int = 1) -> Image.Image:
    """Something like handwriting upon a page."""
    pen, some = ImageDraw.Draw(page), random.Random(seed)
    for y in range(190, 1300, 80):
        x = 150
        while x < 850:
            word = some.randrange(9, 27)
            points = [(x + 7 * n + some.randrange(-4, 5), y - some.choice([4, 10, 18, 28, 2])) for n in range(word)]
            pen.line(points, fill=50, width=3, joint="curve")
            x += 7 * word + 25
    return page


def card(seed: int) -> Image.Image:
    """An identity card: the same for all but for its words and its portrait."""
    page, some = sheet(190, (860, 540)), random.Random(seed)
    pen = ImageDraw.Draw(page)
    for y in range(20, 540, 9):
        pen.arc((-40, y, 900, y + 90), 190, 350, fill=175)
    pen.text((430, 50), "PROVINSI CONTOH", font_size=32, anchor="mm", fill=20)
    pen.text((40, 100), f"NIK : {some.randrange(10**15, 10**16)}", font_size=36, fill=20)
    for n, label in enumerate(("Nama", "Lahir", "Kelamin", "Alamat", "RT/RW", "Agama", "Status", "Pekerjaan")):
        pen.text((40, 155 + 42 * n), label, font_size=24, fill=20)
        pen.text((230, 155 + 42 * n), f": {' '.join(some.choices(_WORDS, k=2)).upper()}", font_size=24, fill=20)
    pen.rectangle((640, 130, 820, 370), fill=90)
    pen.ellipse((680 + some.randrange(-9, 9), 160, 780, 280), fill=150 + some.randrange(60))
    pen.pieslice((650, 290, 810, 470), 180, 360, fill=40 + some.randrange(60))
    return page.filter(ImageFilter.GaussianBlur(0.7))


def building(seed: int) -> Image.Image:
    """A photo of a house."""
    some, (w, h) = random.Random(seed), (1000, 750)
    page = Image.linear_gradient("L").resize((w, h)).point(lambda v: 170 + v // 4)
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 520, w, h), fill=some.randrange(90, 140))
    left, right, top = some.randrange(80, 300), some.randrange(650, 940), some.randrange(150, 330)
    pen.polygon(((left - 40, top), ((left + right) // 2, top - some.randrange(60, 140)), (right + 40, top)), fill=90)
    pen.rectangle((left, top, right, 560), fill=some.randrange(190, 240))
    for x in range(left + 30, right - 80, some.randrange(100, 160)):
        pen.rectangle((x, top + 60, x + 60, top + 150), fill=some.randrange(40, 110), outline=250, width=5)
    pen.text(((left + right) // 2, top + 30), "PANTI CONTOH", font_size=30, anchor="mm", fill=20)
    for _ in range(40):
        x, y, r = some.randrange(w), some.randrange(480, 740), some.randrange(8, 30)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=some.randrange(40, 120))
    return grainy(page.filter(ImageFilter.GaussianBlur(1)), 14)


#: What a page goes through on its way to a second requirement.
COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "saved badly": lambda p: jpeg(p, 30),
    "half as large": lambda p: p.resize((p.width // 2, p.height // 2), Image.Resampling.LANCZOS),
    "moved by 12 px": lambda p: p.transform(p.size, Image.Transform.AFFINE, (1, 0, -12, 0, 1, -12), fillcolor=255),
    "turned by 2 degrees": lambda p: turned(p, 2),
    "turned by -2 degrees on a dark glass": lambda p: turned(p, -2, outside=0),
    "a quarter round": lambda p: p.transpose(Image.Transpose.ROTATE_90),
    "upside down": lambda p: p.transpose(Image.Transpose.ROTATE_180),
    "upside down and askew": lambda p: turned(p.transpose(Image.Transpose.ROTATE_180), 2),
    "three quarters round": lambda p: p.transpose(Image.Transpose.ROTATE_270),
    "cropped by 3 %": lambda p: cut(p, 3),
    "lighter": lambda p: p.point(lambda v: min(255, v * 6 // 10 + 102)),
    "darker": lambda p: p.point(lambda v: v * 7 // 10),
    "photographed": grainy,
    "all of it, a little": lambda p: jpeg(cut(turned(p, 1.5), 2).point(lambda v: v * 85 // 100), 45),
}  # fmt: skip
