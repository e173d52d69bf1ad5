"""A small PDF writer for the sample letters: A4 pages of Times, lines, strokes and one photo, made in a millisecond."""

import random
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

WIDTH, HEIGHT = 595, 842  # A4 in points
EDGE = 64
_LETTER_WIDTH = (  # Times-Roman, thousandths of the size, from the space to the tilde
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, *[500] * 10, 278, 278, 564, 564,
    564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611,
    722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500,
    278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
)  # fmt: skip


def width(text: str, size: float) -> float:
    """Width of a line of Times-Roman in points; a letter outside ASCII counts as an n."""
    return sum(_LETTER_WIDTH[ord(h) - 32] if 32 <= ord(h) < 127 else 500 for h in text) * size / 1000


def wrap(text: str, size: float, widest: float) -> Iterator[str]:
    """Break a paragraph into lines no wider than ``widest`` points."""
    line = ""
    for word in text.split():
        length = f"{line} {word}" if line else word
        if line and width(length, size) > widest:
            yield line
            line = word
        else:
            line = length
    yield line


class Page:
    """One page under way: ``y`` is where the next line goes."""

    def __init__(self) -> None:
        self.y = float(HEIGHT - EDGE)
        self._content: list[str] = []

    @property
    def remaining(self) -> float:
        """Points left above the lower margin."""
        return self.y - EDGE

    def line(self, text: str, *, size: float = 11, thick: bool = False, middle: bool = False, x: float = EDGE) -> None:
        """One line of text, and ``y`` moves below it."""
        self.y -= size * 1.3
        if middle:
            x = (WIDTH - width(text, size) * (1.06 if thick else 1)) / 2
        safe = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        self._content.append(f"BT /{'B' if thick else 'R'} {size:g} Tf {x:.1f} {self.y:.1f} Td ({safe}) Tj ET")

    def paragraph(self, text: str, *, prefix: str = "", size: float = 11) -> None:
        """Wrapped text; ``prefix`` (a number or letter) stands in the margin of its first line."""
        x = EDGE + (24 if prefix else 0)
        for n, line in enumerate(wrap(text, size, WIDTH - EDGE - x)):
            if prefix and n == 0:
                y = self.y
                self.line(prefix, size=size)
                self.y = y
            self.line(line, size=size, x=x)
        self.y -= 5

    def rule(self, thick: float = 1.0) -> None:
        """A line across the page."""
        self.y -= 6
        self._content.append(f"{thick:g} w {EDGE} {self.y:.1f} m {WIDTH - EDGE} {self.y:.1f} l S")
        self.y -= 6

    def stroke(self, x: float, rng: random.Random) -> None:
        """A signature: a few loops of blue ink to the right of ``x`` at ``y``."""
        point = [(x + 9 * i + rng.uniform(-4, 4), self.y + rng.uniform(-12, 16)) for i in range(11)]
        curve = [f"{a[0]:.1f} {a[1]:.1f} {b[0] + 6:.1f} {a[1]:.1f} {b[0]:.1f} {b[1]:.1f} c" for a, b in pairwise(point)]
        self._content.append(f"q 0.1 0.15 0.55 RG 1.1 w {point[0][0]:.1f} {point[0][1]:.1f} m {' '.join(curve)} S Q")

    def stamp(self, x: float, text: str) -> None:
        """A round violet office stamp around ``x`` at ``y``."""
        ring = " ".join(_circle(x, self.y, r) for r in (30, 22))
        writing = f"BT /B 6 Tf {x - width(text, 6) / 2:.1f} {self.y - 2:.1f} Td ({text}) Tj ET"
        self._content.append(f"q 0.4 0.2 0.6 RG 0.4 0.2 0.6 rg 1 w {ring} S {writing} Q")

    def picture(self, widest: float, height: float) -> None:
        """The document's photo, across the page."""
        self.y -= height + 8
        self._content.append(f"q {widest:g} 0 0 {height:g} {EDGE} {self.y:.1f} cm /G Do Q")

    def content(self) -> bytes:
        """The page's drawing operators, CONTOH written across it in grey."""
        cap = "q 0.88 g BT /B 90 Tf 0.7 0.7 -0.7 0.7 130 260 Tm (CONTOH) Tj ET Q"
        return "\n".join([cap, *self._content]).encode("cp1252", "replace")


def _circle(x: float, y: float, r: float) -> str:
    """Four Bézier curves."""
    k = 0.5523
    arc = ((1, k, k, 1, 0, 1), (-k, 1, -1, k, -1, 0), (-1, -k, -k, -1, 0, -1), (k, -1, 1, -k, 1, 0))
    point = (" ".join(f"{(y if n % 2 else x) + c * r:.1f}" for n, c in enumerate(b)) for b in arc)
    return f"{x + r:.1f} {y:.1f} m " + " ".join(f"{t} c" for t in point)


def make_pdf(page: Sequence[Page], *, title: str, photo: bytes = b"", photo_size: tuple[int, int] = (0, 0)) -> bytes:
    """The pages as one PDF. ``photo`` is a JPEG of ``photo_size`` pixels that ``Page.picture`` places."""
    first = 6
    child = " ".join(f"{first + 2 * n} 0 R" for n in range(len(page)))
    picture = "/XObject << /G 5 0 R >>" if photo else ""
    letters = "<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    subject = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(page)} /Kids [{child}] /MediaBox [0 0 {WIDTH} {HEIGHT}] "
        f"/Resources << /Font << /R 3 0 R /B 4 0 R >> {picture} >> >>".encode(),
        (letters % "Times-Roman").encode(),
        (letters % "Times-Bold").encode(),
        _picture_object(photo, photo_size),
    ]
    for n, sheet in enumerate(page):
        content = zlib.compress(sheet.content())
        subject.append(f"<< /Type /Page /Parent 2 0 R /Contents {first + 2 * n + 1} 0 R >>".encode())
        subject.append(_stream("/Filter /FlateDecode", content))
    subject.append(f"<< /Title ({title}) /Producer (AlurIzin contoh) >>".encode("cp1252", "replace"))
    return _assemble(subject)


def _picture_object(photo: bytes, size: tuple[int, int]) -> bytes:
    if not photo:
        return b"null"
    return _stream(
        f"/Type /XObject /Subtype /Image /Width {size[0]} /Height {size[1]} "
        "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
        photo,
    )


def _stream(dictionary: str, content: bytes) -> bytes:
    return f"<< {dictionary} /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"


def _assemble(subject: Sequence[bytes]) -> bytes:
    """Header, numbered objects, cross reference table; the last object is the document information."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    place = []
    for n, content in enumerate(subject, 1):
        place.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(subject) + 1)
    out += b"".join(b"%010d 00000 n \n" % n for n in place)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(subject) + 1, len(subject))
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)
