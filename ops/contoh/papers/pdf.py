"""A small PDF writer for the sample letters: A4 pages of Times, lines, strokes and one photo, made in a millisecond."""

import random
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

LEBAR, HEIGHT = 595, 842  # A4 in points
EDGE = 64
_LETTER_WIDTH = (  # Times-Roman, thousandths of the size, from the space to the tilde
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, *[500] * 10, 278, 278, 564, 564,
    564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611,
    722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500,
    278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
)  # fmt: skip


def width(teks: str, ukuran: float) -> float:
    """Width of a line of Times-Roman in points; a letter outside ASCII counts as an n."""
    return sum(_LETTER_WIDTH[ord(h) - 32] if 32 <= ord(h) < 127 else 500 for h in teks) * ukuran / 1000


def wrap(teks: str, ukuran: float, lebar: float) -> Iterator[str]:
    """Break a paragraph into lines no wider than ``lebar`` points."""
    baris = ""
    for kata in teks.split():
        panjang = f"{baris} {kata}" if baris else kata
        if baris and width(panjang, ukuran) > lebar:
            yield baris
            baris = kata
        else:
            baris = panjang
    yield baris


class Page:
    """One page under way: ``y`` is where the next line goes."""

    def __init__(self) -> None:
        self.y = float(HEIGHT - EDGE)
        self._isi: list[str] = []

    @property
    def sisa(self) -> float:
        """Points left above the lower margin."""
        return self.y - EDGE

    def line(
        self, teks: str, *, ukuran: float = 11, thick: bool = False, middle: bool = False, x: float = EDGE
    ) -> None:
        """One line of text, and ``y`` moves below it."""
        self.y -= ukuran * 1.3
        if middle:
            x = (LEBAR - width(teks, ukuran) * (1.06 if thick else 1)) / 2
        safe = teks.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        self._isi.append(f"BT /{'B' if thick else 'R'} {ukuran:g} Tf {x:.1f} {self.y:.1f} Td ({safe}) Tj ET")

    def paragraph(self, teks: str, *, prefix: str = "", ukuran: float = 11) -> None:
        """Wrapped text; ``prefix`` (a number or letter) stands in the margin of its first line."""
        x = EDGE + (24 if prefix else 0)
        for n, baris in enumerate(wrap(teks, ukuran, LEBAR - EDGE - x)):
            if prefix and n == 0:
                y = self.y
                self.line(prefix, ukuran=ukuran)
                self.y = y
            self.line(baris, ukuran=ukuran, x=x)
        self.y -= 5

    def rule(self, thick: float = 1.0) -> None:
        """A line across the page."""
        self.y -= 6
        self._isi.append(f"{thick:g} w {EDGE} {self.y:.1f} m {LEBAR - EDGE} {self.y:.1f} l S")
        self.y -= 6

    def stroke(self, x: float, rng: random.Random) -> None:
        """A signature: a few loops of blue ink to the right of ``x`` at ``y``."""
        titik = [(x + 9 * i + rng.uniform(-4, 4), self.y + rng.uniform(-12, 16)) for i in range(11)]
        curve = [f"{a[0]:.1f} {a[1]:.1f} {b[0] + 6:.1f} {a[1]:.1f} {b[0]:.1f} {b[1]:.1f} c" for a, b in pairwise(titik)]
        self._isi.append(f"q 0.1 0.15 0.55 RG 1.1 w {titik[0][0]:.1f} {titik[0][1]:.1f} m {' '.join(curve)} S Q")

    def stamp(self, x: float, teks: str) -> None:
        """A round violet office stamp around ``x`` at ``y``."""
        ring = " ".join(_circle(x, self.y, r) for r in (30, 22))
        writing = f"BT /B 6 Tf {x - width(teks, 6) / 2:.1f} {self.y - 2:.1f} Td ({teks}) Tj ET"
        self._isi.append(f"q 0.4 0.2 0.6 RG 0.4 0.2 0.6 rg 1 w {ring} S {writing} Q")

    def picture(self, lebar: float, height: float) -> None:
        """The document's photo, across the page."""
        self.y -= height + 8
        self._isi.append(f"q {lebar:g} 0 0 {height:g} {EDGE} {self.y:.1f} cm /G Do Q")

    def content(self) -> bytes:
        """The page's drawing operators, CONTOH written across it in grey."""
        cap = "q 0.88 g BT /B 90 Tf 0.7 0.7 -0.7 0.7 130 260 Tm (CONTOH) Tj ET Q"
        return "\n".join([cap, *self._isi]).encode("cp1252", "replace")


def _circle(x: float, y: float, r: float) -> str:
    """Four Bézier curves."""
    k = 0.5523
    arc = ((1, k, k, 1, 0, 1), (-k, 1, -1, k, -1, 0), (-1, -k, -k, -1, 0, -1), (k, -1, 1, -k, 1, 0))
    titik = (" ".join(f"{(y if n % 2 else x) + c * r:.1f}" for n, c in enumerate(b)) for b in arc)
    return f"{x + r:.1f} {y:.1f} m " + " ".join(f"{t} c" for t in titik)


def make_pdf(halaman: Sequence[Page], *, judul: str, foto: bytes = b"", photo_size: tuple[int, int] = (0, 0)) -> bytes:
    """The pages as one PDF. ``foto`` is a JPEG of ``photo_size`` pixels that ``Page.picture`` places."""
    awal = 6
    anak = " ".join(f"{awal + 2 * n} 0 R" for n in range(len(halaman)))
    gambar = "/XObject << /G 5 0 R >>" if foto else ""
    huruf = "<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objek = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(halaman)} /Kids [{anak}] /MediaBox [0 0 {LEBAR} {HEIGHT}] "
        f"/Resources << /Font << /R 3 0 R /B 4 0 R >> {gambar} >> >>".encode(),
        (huruf % "Times-Roman").encode(),
        (huruf % "Times-Bold").encode(),
        _picture_object(foto, photo_size),
    ]
    for n, lembar in enumerate(halaman):
        isi = zlib.compress(lembar.content())
        objek.append(f"<< /Type /Page /Parent 2 0 R /Contents {awal + 2 * n + 1} 0 R >>".encode())
        objek.append(_stream("/Filter /FlateDecode", isi))
    objek.append(f"<< /Title ({judul}) /Producer (AlurIzin contoh) >>".encode("cp1252", "replace"))
    return _assemble(objek)


def _picture_object(foto: bytes, ukuran: tuple[int, int]) -> bytes:
    if not foto:
        return b"null"
    return _stream(
        f"/Type /XObject /Subtype /Image /Width {ukuran[0]} /Height {ukuran[1]} "
        "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
        foto,
    )


def _stream(dictionary: str, isi: bytes) -> bytes:
    return f"<< {dictionary} /Length {len(isi)} >>\nstream\n".encode() + isi + b"\nendstream"


def _assemble(objek: Sequence[bytes]) -> bytes:
    """Header, numbered objects, cross reference table; the last object is the document information."""
    keluar = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    place = []
    for n, isi in enumerate(objek, 1):
        place.append(len(keluar))
        keluar += b"%d 0 obj\n%s\nendobj\n" % (n, isi)
    mulai = len(keluar)
    keluar += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objek) + 1)
    keluar += b"".join(b"%010d 00000 n \n" % n for n in place)
    keluar += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objek) + 1, len(objek))
    return bytes(keluar + b"startxref\n%d\n%%%%EOF\n" % mulai)
