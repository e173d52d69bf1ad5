"""What a person has to look at because the pages show nothing: measured in the sandbox, on files as they are stored."""

import io
import random
from collections.abc import Callable
from datetime import date

import pytest
from PIL import Image, ImageDraw, ImageOps

from ops.contoh.papers.documents import make_berkas
from ops.contoh.papers.institutions import make_institution
from pipeline.rules.verification import BerkasFacts, CheckResult, Facts, PageFacts
from pipeline.rules.verification.pages import documents_differ, pages_readable
from pipeline.sop.registry import SOPS
from pipeline.uploads import accept, examine, read_examination
from pipeline.uploads.likeness import look_alike
from tests import pages as drawn
from tests.pages import A4, saved

SOP = SOPS["td_lks"]
TODAY = date(2026, 11, 25)


def sheet(*lines: str, ink: int = 0, paper: int = 255) -> Image.Image:
    picture = Image.new("L", A4, paper)
    pen = ImageDraw.Draw(picture)
    for n, line in enumerate(lines):
        pen.text((100, 150 + 45 * n), line, fill=ink, font_size=26)
    return picture


def noise(block: int = 1, mode: str = "L", size: tuple[int, int] = A4) -> Image.Image:
    w, h = size[0] // block, size[1] // block
    raw = random.Random(7).randbytes(w * h * len(mode))
    return Image.frombytes(mode, (w, h), raw).resize(size, Image.Resampling.NEAREST)


def looked_at(*files: bytes) -> list[tuple[PageFacts, ...] | None]:
    accepted = [
        accept("x.pdf" if f.startswith(b"%PDF") else "x.jpg" if f[:2] == b"\xff\xd8" else "x.png", f) for f in files
    ]
    return [read_examination(examine(a.payload, a.kind)).pages for a in accepted]


def doubt(pages: tuple[PageFacts, ...] | None) -> str:
    f = BerkasFacts(syarat="DOM", name="dom.pdf", original_sha256="x", page_count=1, pages=pages)
    found = list(pages_readable(SOP, Facts(data={}, berkas=(f,), today=TODAY)))
    assert all((v.code, v.result) == ("DOM", CheckResult.PETUGAS) for v in found)
    return str(found[0].sentence) if found else ""


LETTER = (
    "Yang bertanda tangan di bawah ini menyatakan",
    "bahwa lembaga ini beralamat di Jalan Trikora 1,",
    "dan semua data pada permohonan ini benar.",
)
NOTHING: dict[str, tuple[Callable[[], bytes], str]] = {
    "one pixel": (lambda: saved(Image.new("RGB", (1, 1), "red"), "PNG"), "terlalu kecil"),
    "a stamp's size": (lambda: saved(sheet(*LETTER).resize((80, 113))), "terlalu kecil"),
    "white": (lambda: saved(sheet()), "kosong"),
    "black": (lambda: saved(sheet(paper=0), "PNG"), "kosong"),
    "a page of an empty PDF": (lambda: saved(sheet(), "PDF"), "kosong"),
    "a gradient": (lambda: saved(drawn.gradient(0)), "kosong"),
    "a gradient aslant": (lambda: saved(drawn.gradient(35)), "kosong"),
    "a light in the middle": (lambda: saved(Image.radial_gradient("L").resize(A4)), "kosong"),
    "a frame": (lambda: saved(drawn.frame()), "kosong"),
    "a thin frame askew": (lambda: saved(drawn.turned(drawn.frame(1, 100), 3)), "kosong"),
    "a thick frame saved badly": (lambda: saved(drawn.frame(20), quality=20), "kosong"),
    "two frames": (lambda: saved(drawn.frame(8, 45, on=drawn.frame(3, 75)), "PDF"), "kosong"),
    "a framed page number": (lambda: saved(drawn.frame(on=sheet("1"))), "kosong"),
    "ruled paper": (lambda: saved(drawn.lines(down=40)), "kosong"),
    "narrow ruled paper in a PDF": (lambda: saved(drawn.lines(down=24, ink=0), "PDF"), "kosong"),
    "ruled paper askew": (lambda: saved(drawn.turned(drawn.lines(down=40, ink=60), -2.7)), "kosong"),
    "ruled paper on its side": (lambda: saved(drawn.lines(down=40).rotate(90, expand=True)), "kosong"),
    "a photo of ruled paper": (lambda: saved(drawn.grainy(drawn.lines(down=40))), "kosong"),
    "framed ruled paper": (lambda: saved(drawn.frame(5, 30, on=drawn.lines(down=50))), "kosong"),
    "squared paper": (lambda: saved(drawn.lines(down=40, across=40)), "kosong"),
    "squared paper askew": (lambda: saved(drawn.turned(drawn.lines(down=20, across=20), 2)), "kosong"),
    "dotted paper": (lambda: saved(drawn.dots()), "kosong"),
    "dotted paper askew": (lambda: saved(drawn.turned(drawn.dots(30), 2)), "kosong"),
    "an empty table": (lambda: saved(drawn.table()), "kosong"),
    "an empty table askew": (lambda: saved(drawn.turned(drawn.table(), 1.5), "PNG"), "kosong"),
    "stripes": (lambda: saved(drawn.stripes(80)), "kosong"),
    "narrow stripes": (lambda: saved(drawn.stripes(8), "PNG"), "kosong"),
    "stripes upright": (lambda: saved(drawn.stripes(40, 90)), "kosong"),
    "stripes aslant": (lambda: saved(drawn.stripes(80, 45)), "kosong"),
    "stripes a little aslant": (lambda: saved(drawn.stripes(40, 17), "PDF"), "kosong"),
    "soft stripes": (lambda: saved(drawn.stripes(40, 30, soft=8)), "kosong"),
    "a chessboard": (lambda: saved(drawn.checks(100)), "kosong"),
    "a chessboard askew": (lambda: saved(drawn.turned(drawn.checks(60), 10)), "kosong"),
    "an empty sheet askew on a dark glass": (lambda: saved(drawn.turned(drawn.sheet(), 2, outside=0)), "kosong"),
    "a page number": (lambda: saved(sheet("1")), "kosong"),
    "paper with its grain": (lambda: saved(noise().point(lambda v: 240 + v // 20)), "kosong"),
    "noise": (lambda: saved(noise(), "PNG"), "bintik acak"),
    "noise in colour": (lambda: saved(noise(mode="RGB")), "bintik acak"),
    "coarse noise": (lambda: saved(noise(10)), "bintik acak"),
    "coarser noise": (lambda: saved(noise(25), "PDF"), "bintik acak"),
    "noise on a scan": (lambda: saved(noise(2, "RGB"), "PDF"), "bintik acak"),
}  # fmt: skip


@pytest.mark.parametrize("what", NOTHING)
def test_what_shows_nothing_is_looked_at_by_a_person(what: str) -> None:
    make, sentence = NOTHING[what]
    (pages,) = looked_at(make())
    assert sentence in doubt(pages)


@pytest.mark.parametrize("ink", [0, 120, 160])
def test_a_short_letter_however_faint_is_a_document(ink: int) -> None:
    (pages,) = looked_at(saved(sheet(*LETTER, ink=ink)))
    assert doubt(pages) == ""


DOCUMENTS: dict[str, Callable[[], Image.Image]] = {
    "three lines": drawn.three_lines,
    "three faint lines": lambda: drawn.three_lines(190),
    "a short letter": lambda: drawn.letter(1, 3),
    "a letter": lambda: drawn.letter(2),
    "a letter on a phone": lambda: drawn.grainy(drawn.letter(3)),
    "a letter on a dark glass": lambda: drawn.turned(drawn.letter(3), 2, outside=0),
    "a letter in a frame": lambda: drawn.frame(5, 30, on=drawn.letter(4)),
    "a stamped letter": lambda: drawn.stamped(drawn.letter(5, 5)),
    "small print": lambda: drawn.small_print(6),
    "a form": lambda: drawn.form("FORMULIR PERMOHONAN", 1),
    "a form nobody filled in": lambda: drawn.form("FORMULIR PERMOHONAN"),
    "handwriting": lambda: drawn.by_hand(drawn.sheet()),
    "handwriting on ruled paper": lambda: drawn.by_hand(drawn.lines(down=80)),
    "an identity card": lambda: drawn.card(1),
    "white on black": lambda: ImageOps.invert(drawn.letter(8)),
    "white on black, small": lambda: ImageOps.invert(drawn.small_print(8)),
    "a house": lambda: drawn.building(1),
    "another house": lambda: drawn.building(2),
}


@pytest.mark.parametrize("what", DOCUMENTS)
def test_what_shows_something_is_nobodys_business(what: str) -> None:
    (pages,) = looked_at(saved(DOCUMENTS[what]()))
    assert doubt(pages) == ""


def test_of_a_scan_with_empty_backs_half_the_pages_are_enough() -> None:
    out = io.BytesIO()
    sheet(*LETTER).save(out, "PDF", save_all=True, append_images=[sheet()])
    mostly = io.BytesIO()
    sheet(*LETTER).save(mostly, "PDF", save_all=True, append_images=[sheet(), sheet()])
    halves, empty = looked_at(out.getvalue(), mostly.getvalue())
    assert doubt(halves) == ""
    assert "kosong" in doubt(empty)


def test_pages_that_cannot_be_drawn_are_looked_at_by_a_person() -> None:
    assert "tidak dapat dibuat" in doubt(None)


def test_the_sample_documents_are_documents_and_differ() -> None:
    institution = make_institution("a", today=TODAY)
    files = [(s.code, b) for s in SOP.required_syarat(institution.content) for b in make_berkas(s, institution)]
    stored = [(b.payload, "jpg" if b.kind == "image/jpeg" else "pdf") for _, b in files]
    pages = [read_examination(examine(*s)).pages for s in stored]
    assert [(code, doubt(p)) for (code, _), p in zip(files, pages, strict=True) if doubt(p)] == []
    assert look_alike({code: p or () for (code, _), p in zip(files, pages, strict=True)}) == {}


def test_one_page_saved_anew_for_every_document_is_noticed_though_no_byte_is_the_same() -> None:
    page = sheet(*LETTER)
    copies = [
        saved(page, quality=90),
        saved(page, quality=40),
        saved(page, "PNG"),
        saved(page.resize((700, 990))),
        saved(page.point(lambda v: int(v * 0.9))),
        saved(page, "PDF"),
        saved(page.rotate(0.3, fillcolor=255)),
    ]
    other = saved(sheet("Surat permohonan pendaftaran", *LETTER[1:], "Banjarbaru, 25 November 2026"))
    looked = looked_at(*copies, other)
    twin = look_alike({f"D{n}": p or () for n, p in enumerate(looked)})
    assert twin == {f"D{n}": "D0" for n in range(1, len(copies))}


def test_two_documents_that_look_the_same_are_compared_by_a_person() -> None:
    (verdict,) = documents_differ(SOP, Facts(data={}, berkas=(), today=TODAY, twin={"PROG": "ADART"}))
    assert (verdict.code, verdict.result) == ("PROG", CheckResult.PETUGAS)
    assert "Anggaran dasar" in str(verdict.sentence)
