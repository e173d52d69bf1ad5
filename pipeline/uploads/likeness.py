"""What the sketches of pages show (``measures.py``), and whether one page was handed in twice, however it was copied.

Two pages are laid upon each other by points that both have (ORB), then compared in small windows: a copy that was
moved, turned or cropped agrees everywhere, another letter of the same office does not where its own words stand.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike

from pipeline.rules.verification import PageFacts, shows_something
from pipeline.uploads.measures import SKETCH_AREA

GRAIN: Final = 60  # of 255: less contrast than this is not stretched to the full
POINTS: Final = 450  # looked for on a page
POINTS_AT_LEAST: Final = 20  # common to a page and its copy; letters of one office have a hundred
BITS_AT_MOST: Final = 80  # of 256, in which two descriptions of one point differ
SCALE: Final = (0.8, 1.25)  # of a copy
COMMON_AT_LEAST: Final = 0.6  # share of the page, without its edge
WINDOW: Final = (9, 9)  # pixels of a sketch: about a short word
AGREE_FROM: Final = 0.4  # correlation in a window
#: Share of the windows with something in them that do not agree: up to 0.007 in copies, 0.02 in forms of another title.
DIFFERENT_FROM: Final = 0.01
PAIRS_AT_MOST: Final = 3000  # of pages; a pair costs 3 to 5 ms


cv2.setNumThreads(1)  # of a worker there are many


@dataclass(frozen=True, slots=True)
class _Sheet:
    grey: MatLike
    relief: MatLike  # without its light and shade
    points: Sequence[cv2.KeyPoint]
    described: MatLike  # a row of 32 bytes each


def marks(sketch: bytes) -> int:
    """How many different sizes the marks on a page have: few on a frame, a ruled or a dotted sheet, many in a text."""
    grey = _grey(sketch)
    dark = np.median(grey) < 128  # a screen, or a card on a table: what is light on it counts too
    return max(_marks(grey), _marks(cv2.bitwise_not(grey)) if dark else 0)


def _marks(grey: MatLike) -> int:
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY_INV, 15, 12)
    _, _, found, _ = cv2.connectedComponentsWithStats(ink)
    height, width = (side / 2 for side in grey.shape)  # what is larger is a line or an edge
    return len({(w, h, area) for _, _, w, h, area in found[1:].tolist() if area > 3 and w < width and h < height})


def look_alike(documents: Mapping[str, Sequence[PageFacts]]) -> dict[str, str]:
    """Document -> an earlier one in which every page of it is found again; pages that show nothing do not count."""
    sketches = {code: [p.sketch for p in pages if shows_something(p)] for code, pages in documents.items()}
    found: dict[str, str] = {}
    budget = iter(range(PAIRS_AT_MOST))

    def alike(a: bytes, b: bytes) -> bool:
        return next(budget, None) is not None and _alike(a, b)

    for first, second in combinations((code for code, some in sketches.items() if some), 2):
        if second not in found and all(any(alike(a, b) for a in sketches[first]) for b in sketches[second]):
            found[second] = first
    _sheet.cache_clear()  # half a megabyte each
    return found


def _grey(sketch: bytes) -> MatLike:
    """Raises ValueError for what ``measures`` did not make: the child that sends it has opened a foreign file."""
    width = int.from_bytes(sketch[:2])
    try:
        pixels = zlib.decompressobj().decompress(sketch[2:], 2 * SKETCH_AREA)
    except zlib.error:
        pixels = b""
    if not (width and pixels) or len(pixels) % width:
        raise ValueError("bukan sketsa")
    grey = np.frombuffer(pixels, np.uint8).reshape(-1, width).astype(np.float32)
    dark, light = float(grey.min()), float(grey.max())
    return ((grey - dark) * (255 / max(GRAIN, light - dark))).astype(np.uint8)


@lru_cache(maxsize=128)
def _sheet(sketch: bytes) -> _Sheet:
    grey = _grey(sketch)
    orb = cv2.ORB.create(POINTS, 1.15, 5, 12, fastThreshold=8)
    points, described = orb.detectAndCompute(grey, None)
    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1)
    relief = np.clip(soft - cv2.GaussianBlur(soft, (0, 0), 6), -60, 60)
    return _Sheet(grey, relief, points, described)


@lru_cache(maxsize=4000)  # a corrected file is compared again, mostly with what it was compared with before
def _alike(one: bytes, other: bytes) -> bool:
    a, b = _sheet(one), _sheet(other)
    lay = _laid_upon(a, b)
    return lay is not None and _different(a, b, lay) < DIFFERENT_FROM


def _laid_upon(a: _Sheet, b: _Sheet) -> MatLike | None:
    """Where a point of ``b`` lies on ``a`` (2 x 3), None when they have too little in common."""
    if not (a.points and b.points):
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(b.described, a.described)
    pairs = [p for p in pairs if p.distance < BITS_AT_MOST]
    if len(pairs) < POINTS_AT_LEAST:
        return None
    on_b = np.array([b.points[p.queryIdx].pt for p in pairs], np.float32)
    on_a = np.array([a.points[p.trainIdx].pt for p in pairs], np.float32)
    lay, common = cv2.estimateAffinePartial2D(on_b, on_a, maxIters=500)
    if common.sum() < POINTS_AT_LEAST or not SCALE[0] < np.hypot(*lay[0, :2]) < SCALE[1]:
        return None
    return lay.astype(np.float32)


def _different(a: _Sheet, b: _Sheet, lay: MatLike) -> float:
    """Share of the windows of ``b`` with something in them, there or on ``a``, in which the two do not agree."""
    size, how = (b.grey.shape[1], b.grey.shape[0]), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(a.relief, lay, size, flags=how)
    common = cv2.warpAffine(np.ones_like(a.grey), lay, size, flags=how)
    common = cv2.erode(common, np.ones((31, 31), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0).astype(bool)
    if common.mean() < COMMON_AT_LEAST:
        return 1.0
    contrast = float(np.linalg.norm(b.relief[common])) / max(1e-3, float(np.linalg.norm(laid[common])))
    aa, bb, ab = (
        cv2.boxFilter(product, -1, WINDOW)
        for product in (laid**2 * contrast**2, b.relief**2, laid * b.relief * contrast)
    )
    most = np.maximum(aa, bb)
    something = common & (most > 0.05 * np.percentile(most[common], 95))
    agreeing = 2 * ab / (aa + bb + 1e-3) >= AGREE_FROM
    return int((something & ~agreeing).sum()) / max(1, int(something.sum()))
