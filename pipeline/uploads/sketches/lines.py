"""In the sandbox: the long straight lines of a page, and what is left when they are taken away.

Frames, ruled and squared paper, stripes and empty tables are made of long lines alone; writing, stamps and photos are
not. A line is long when it runs over a fifth of the page, in any direction, without a gap.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PIL import Image, ImageChops, ImageFilter

STEP: Final = 24  # of 255: a difference between neighbours that an eye sees
FAINT: Final = 12  # one that may still belong to a line
LONG: Final = 5  # a long line is at least this part of the shorter side
DEGREES: Final = 3  # between two directions that are tried; a line may be as wide as that
NEARLY: Final = 8  # degrees a page may lie askew: lines of writing run so, too

_SEEN: Final = [0] * STEP + [255] * (256 - STEP)
_FELT: Final = [0] * FAINT + [255] * (256 - FAINT)

Offset = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Lines:
    """Masks: of lines that run (nearly) level, (nearly) upright, and otherwise."""

    level: Image.Image
    upright: Image.Image
    oblique: Image.Image

    def together(self) -> Image.Image:
        return ImageChops.lighter(ImageChops.lighter(self.level, self.upright), self.oblique)


def moved(picture: Image.Image, dx: int, dy: int) -> Image.Image:
    """The picture as seen from (dx, dy); nothing where it ends."""
    w, h = picture.size
    return picture.crop((dx, dy, dx + w, dy + h))


def edges(page: Image.Image) -> tuple[Image.Image, Image.Image]:
    """How much each pixel differs from its neighbour on the right, and from the one below."""
    w, h = page.size
    right, below = (ImageChops.difference(page, moved(page, *to)) for to in ((1, 0), (0, 1)))
    right.paste(0, (w - 1, 0, w, h))
    below.paste(0, (0, h - 1, w, h))
    return right, below


def long_lines(page: Image.Image) -> Lines:
    """Where the long lines of a page are."""
    felt = ImageChops.lighter(*edges(page)).point(_FELT)
    level, oblique = _family(felt, upright=False)
    upright, steep = _family(felt, upright=True)
    return Lines(level, upright, ImageChops.lighter(oblique, steep))


def left_over(page: Image.Image) -> Image.Image:
    """The edges an eye sees that belong to no long line.

    Rows of small writing run together into something like a level line; but such a line is thick, and the strokes that
    stand across it stay.
    """
    lines = long_lines(page)
    right, below = (e.point(_SEEN) for e in edges(page))
    level, upright, oblique = map(_wider, (lines.level, lines.upright, lines.oblique))
    right = _less(right, upright, oblique, _thin(lines.level, level))
    below = _less(below, level, oblique, _thin(lines.upright, upright))
    return ImageChops.lighter(right, below)


def _family(felt: Image.Image, *, upright: bool) -> tuple[Image.Image, Image.Image]:
    """What is covered by lines that are nearly level (or upright), and by those up to half a right angle askew."""
    length, black = min(felt.size) // LONG, Image.new("L", felt.size)
    wide = felt
    for to in ((-1, 0), (1, 0)) if upright else ((0, -1), (0, 1)):
        wide = ImageChops.lighter(wide, moved(felt, *to))
    found = {True: black, False: black}
    for angle in range(-45, 46, DEGREES):
        covered = _covered(wide, _moves(length, angle, upright=upright))
        if covered is not None:
            straight = abs(angle) <= NEARLY
            found[straight] = ImageChops.lighter(found[straight], covered)
    return found[True], found[False]


def _moves(length: int, angle: int, *, upright: bool) -> list[Offset]:
    """Steps that, one after the other, cover a line: each doubles what is covered, 1, 2, 4, … pixels."""
    covered = [1]
    while covered[-1] < length:
        covered.append(min(2 * covered[-1], length))
    slope = math.tan(math.radians(angle))
    moves = [(b - a, round((b - a) * slope)) for a, b in pairwise(covered)]
    return [(y, x) for x, y in moves] if upright else moves


def _covered(mask: Image.Image, moves: Sequence[Offset]) -> Image.Image | None:
    """What is covered by lines that lie wholly within the mask, if there are any."""
    for n, (dx, dy) in enumerate(moves):
        mask = ImageChops.darker(mask, moved(mask, dx, dy))
        if n > 2 and mask.getbbox() is None:
            return None
    for dx, dy in moves:
        mask = ImageChops.lighter(mask, moved(mask, -dx, -dy))
    return mask


def _wider(mask: Image.Image) -> Image.Image:
    return mask.filter(ImageFilter.MaxFilter(3))


def _thin(lines: Image.Image, wider: Image.Image) -> Image.Image:
    """Without what is thicker than a line."""
    return ImageChops.subtract(wider, lines.filter(ImageFilter.MinFilter(7)).filter(ImageFilter.MaxFilter(9)))


def _less(picture: Image.Image, *masks: Image.Image) -> Image.Image:
    for mask in masks:
        picture = ImageChops.subtract(picture, mask)
    return picture
