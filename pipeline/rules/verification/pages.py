"""Whether the pages of a document show anything; an empty sheet or a picture of noise is for a person to judge."""

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.rules.verification.facts import Facts, Page, Result, Verdict
from pipeline.sop.values import Sop
from pipeline.sop.words import About

#: Frames, ruled or dotted sheets and stripes have up to 12 marks, a title alone 7; three lines of a letter 29.
MARKS_AT_LEAST: Final = 15
NOISE_BELOW: Final = 0.5  # letters and photos have an order of 0.7 and more


def shows_something(page: Page) -> bool:
    return page.marks >= MARKS_AT_LEAST


def pages_readable(_sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Each file shows something: most of its pages are neither empty, nor noise, nor too small to read."""
    for b in facts.berkas:
        if not b.problem and (cause := _doubt(b.pages)):
            yield Verdict(
                About.SYARAT, b.syarat, Result.PETUGAS, f"{b.name}: {cause} Buka berkasnya dan periksa isinya."
            )


def documents_differ(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Two documents do not look the same, though their bytes differ."""
    name = {s.code: s.name for s in sop.syarat}
    for syarat, other in facts.twin.items():
        sentence = f"Semua halamannya tampak sama dengan {name[other]}. Bandingkan keduanya."
        yield Verdict(About.SYARAT, syarat, Result.PETUGAS, sentence)


def _doubt(pages: Sequence[Page] | None) -> str:
    """Why a person has to look; empty when there is no doubt, or nothing was looked at."""
    if pages is None:
        return "gambar halamannya tidak dapat dibuat."
    reasons = (
        ("ukurannya terlalu kecil untuk dibaca.", sum(p.tiny for p in pages)),
        ("halamannya kosong atau hampir kosong.", sum(not shows_something(p) for p in pages)),
        ("halamannya tidak memperlihatkan tulisan atau gambar, hanya bintik acak.", sum(_is_noise(p) for p in pages)),
    )
    return next((reason for reason, count in reasons if 2 * count > len(pages)), "")


def _is_noise(page: Page) -> bool:
    return shows_something(page) and page.order < NOISE_BELOW
