"""Whether documents look the same, from the sketches of their pages: a copy saved anew has other bytes."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from PIL import Image, ImageChops, ImageStat

from pipeline.uploads.measures import SKETCH
from pipeline.verification import Page, shows_something

#: Mean square difference of two sketches: letters that differ in one word reach 27, the same page saved anew 8.
ALIKE_BELOW = 14.0


def look_alike(documents: Mapping[str, Sequence[Page]]) -> dict[str, str]:
    """Document -> an earlier one in which every page of it is found again; pages that show nothing do not count."""
    pictures = {kode: tuple(_pictures(pages)) for kode, pages in documents.items()}
    found: dict[str, str] = {}
    for first, second in combinations((k for k, p in pictures.items() if p), 2):
        if second not in found and all(any(_alike(a, b) for a in pictures[first]) for b in pictures[second]):
            found[second] = first
    return found


def _pictures(pages: Sequence[Page]) -> Iterator[Image.Image]:
    for page in pages:
        if shows_something(page) and len(page.sketch) == SKETCH[0] * SKETCH[1]:
            yield Image.frombytes("L", SKETCH, page.sketch)


def _alike(a: Image.Image, b: Image.Image) -> bool:
    return ImageStat.Stat(ImageChops.difference(a, b)).sum2[0] / (SKETCH[0] * SKETCH[1]) < ALIKE_BELOW
