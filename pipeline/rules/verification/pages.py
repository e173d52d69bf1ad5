"""Whether the pages of a document show anything; an empty sheet or a picture of noise is for a person to judge."""

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.rules.sentences import say
from pipeline.rules.verification.facts import CheckResult, Facts, PageFacts, Verdict
from pipeline.rules.verification.findings import Finding
from pipeline.sop.values import Sop
from pipeline.sop.words import About

#: Frames, ruled or dotted sheets and stripes have up to 12 marks, a title alone 7; three lines of a letter 29.
MARKS_AT_LEAST: Final = 15
NOISE_BELOW: Final = 0.5  # letters and photos have an order of 0.7 and more


def shows_something(page: PageFacts) -> bool:
    return page.marks >= MARKS_AT_LEAST


def pages_readable(_sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Each file shows something: most of its pages are neither empty, nor noise, nor too small to read."""
    for b in facts.berkas:
        if not b.problem and (doubt := _doubt(b.pages)):
            yield Verdict(About.SYARAT, b.syarat, CheckResult.PETUGAS, say(doubt, file=b.name))


def documents_differ(sop: Sop, facts: Facts) -> Iterator[Verdict]:
    """Two documents do not look the same, though their bytes differ."""
    name = {s.code: s.name for s in sop.syarat}
    for syarat, other in facts.twin.items():
        yield Verdict(About.SYARAT, syarat, CheckResult.PETUGAS, say(Finding.LOOK_ALIKE, other=name[other]))


def _doubt(pages: Sequence[PageFacts] | None) -> Finding | None:
    """Why a person has to look; None when there is no doubt, or nothing was looked at."""
    if pages is None:
        return Finding.NO_PICTURE
    doubts = (
        (Finding.TINY, sum(p.tiny for p in pages)),
        (Finding.BLANK, sum(not shows_something(p) for p in pages)),
        (Finding.NOISE, sum(_is_noise(p) for p in pages)),
    )
    return next((doubt for doubt, count in doubts if 2 * count > len(pages)), None)


def _is_noise(page: PageFacts) -> bool:
    return shows_something(page) and page.order < NOISE_BELOW
