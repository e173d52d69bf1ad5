"""One page for several requirements is noticed however it was copied; two documents are two however alike they look."""

import io
import zlib
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from PIL import Image

from pipeline.rules.verification import PageFacts
from pipeline.uploads import accept, examine, likeness, read_examination
from pipeline.uploads.likeness import look_alike
from tests import pages as drawn
from tests.pages import COPIES, saved

ORIGINALS: dict[str, Callable[[], Image.Image]] = {
    "three lines": drawn.three_lines,
    "a short letter": lambda: drawn.letter(1, 3),
    "a letter": lambda: drawn.letter(2),
    "a stamped letter": lambda: drawn.stamped(drawn.letter(5)),
    "a letter in a frame": lambda: drawn.frame(5, 30, on=drawn.letter(4)),
    "a form": lambda: drawn.form("FORMULIR PERMOHONAN", 1),
    "handwriting on ruled paper": lambda: drawn.by_hand(drawn.lines(down=80)),
    "an identity card": lambda: drawn.card(1),
    "a house": lambda: drawn.building(1),
}

#: All of one office, or of one print shop, or of one kind.
OTHERS: dict[str, Callable[[], Image.Image]] = {
    **{f"letter {n}": lambda n=n: drawn.letter(n) for n in range(10, 14)},  # type: ignore[misc]
    "a letter of another title": lambda: drawn.letter(14, title="SURAT PERNYATAAN"),
    "a stamped letter": lambda: drawn.stamped(drawn.letter(15)),
    "another stamped letter": lambda: drawn.stamped(drawn.letter(16)),
    "a short letter": lambda: drawn.letter(17, 3),
    "another short letter": lambda: drawn.letter(18, 3),
    "a form": lambda: drawn.form("FORMULIR PERMOHONAN", 1),
    "the form of somebody else": lambda: drawn.form("FORMULIR PERMOHONAN", 2),
    "another form": lambda: drawn.form("FORMULIR PERNYATAAN", 1),
    "small print": lambda: drawn.small_print(1),
    "other small print": lambda: drawn.small_print(2),
    "handwriting": lambda: drawn.by_hand(drawn.lines(down=80), 1),
    "other handwriting": lambda: drawn.by_hand(drawn.lines(down=80), 2),
    **{f"card {n}": lambda n=n: drawn.card(n) for n in range(3)},  # type: ignore[misc]
    **{f"house {n}": lambda n=n: drawn.building(n) for n in range(3)},  # type: ignore[misc]
}  # fmt: skip


def looked_at(payload: bytes) -> tuple[PageFacts, ...]:
    accepted = accept("x.pdf" if payload.startswith(b"%PDF") else "x.jpg", payload)
    pages = read_examination(examine(accepted.payload, accepted.kind)).pages
    assert pages
    return pages


@cache
def original(name: str) -> tuple[PageFacts, ...]:
    return looked_at(saved(ORIGINALS[name]()))


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("name", ORIGINALS)
def test_a_copy_of_a_page_is_known_again(name: str, copy: str) -> None:
    copied = looked_at(saved(COPIES[copy](ORIGINALS[name]())))
    assert look_alike({"A": original(name), "B": copied}) == {"B": "A"}


@pytest.mark.parametrize("copy", ["saved badly", "moved by 12 px", "turned by 2 degrees", "upside down", "lighter"])
def test_so_is_a_copy_of_small_print(copy: str) -> None:
    page = drawn.small_print(1)
    assert look_alike({"A": looked_at(saved(page)), "B": looked_at(saved(COPIES[copy](page)))}) == {"B": "A"}


def test_documents_that_only_look_alike_are_not_taken_for_one() -> None:
    found: Mapping[str, str] = look_alike({name: looked_at(saved(make())) for name, make in OTHERS.items()})
    assert found == {}


def pdf(first: Image.Image, *more: Image.Image) -> bytes:
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=more)
    return out.getvalue()


def test_most_pages_make_a_document_an_earlier_one() -> None:
    one, two, three, four = (drawn.letter(n) for n in range(20, 24))
    both = looked_at(pdf(one, two, drawn.sheet()))
    assert look_alike({"A": both, "B": looked_at(pdf(two, drawn.turned(one, 1), three))}) == {"B": "A"}
    assert look_alike({"A": both, "B": looked_at(pdf(one, three))}) == {}
    assert look_alike({"A": both, "B": looked_at(pdf(drawn.sheet(), four, drawn.sheet()))}) == {}


@pytest.mark.parametrize(
    "sketch", [b"", b"\0\0", b"\0\1no", b"\0\0" + zlib.compress(b"abc"), b"\0\2" + zlib.compress(b"abc")]
)
def test_a_sketch_that_is_none_is_refused(sketch: bytes) -> None:
    with pytest.raises(ValueError, match="bukan sketsa"):
        likeness.marks(sketch)


def test_there_is_an_end_to_comparing(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = looked_at(saved(drawn.letter(1)))
    monkeypatch.setattr(likeness, "PAIRS_AT_MOST", 1)
    assert look_alike({"A": pages, "B": pages, "C": pages}) == {"B": "A"}
