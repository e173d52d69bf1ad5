"""What a stored document turns out to be when the sandbox opens it: whether it does, and what its pages show."""

import json
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pipeline.rules.sentences import Sentence, read_sentence, say
from pipeline.rules.verification import PageFacts
from pipeline.uploads import names
from pipeline.uploads.refusals import BerkasRefused, RefusalReason
from pipeline.uploads.sandbox import ScannerDead, sandbox

VERSION: Final = 5  # of what is looked at and how; a kept answer of another one is not asked for


@dataclass(frozen=True, slots=True)
class Examination:
    """``problem``: why it does not open. ``pages``: those looked at; None when they cannot be drawn."""

    problem: Sentence | None
    pages: tuple[PageFacts, ...] | None


def examine(payload: bytes, kind: str) -> bytes:
    """Look at a stored copy, in children that have nothing else to do. Returns JSON for ``read_examination``.

    Raises ScannerNotReady.
    """
    try:
        if names.kind_of(payload) != kind:
            raise BerkasRefused(RefusalReason.MISNAMED)
        _call("inspect_pdf" if kind == names.PDF else "inspect_image", payload, kind)
        problem: Sentence | None = None
    except BerkasRefused as error:
        problem = error.sentence
    except ScannerDead:
        problem = say(RefusalReason.TOO_HEAVY)
    try:
        pages = json.loads(_call("measure", payload, kind))
    except (BerkasRefused, ScannerDead):
        pages = None
    return json.dumps({"problem": problem.kept() if problem else None, "pages": pages}).encode()


def read_examination(kept: bytes) -> Examination:
    """What ``examine`` found."""
    found = json.loads(kept)
    problem, pages = found["problem"], found["pages"]
    return Examination(
        problem=read_sentence(problem, (RefusalReason,)) if problem else None,
        pages=None if pages is None else tuple(map(_page, pages)),
    )


def _call(job: str, payload: bytes, kind: str) -> bytes:
    """A child may die by an accident of ours; of two, the file is the cause. Raises BerkasRefused, ScannerDead."""
    with suppress(ScannerDead):
        return sandbox().run(job, {"kind": kind}, payload)[1]
    return sandbox().run(job, {"kind": kind}, payload)[1]


def _page(p: Mapping[str, str | float]) -> PageFacts:
    from pipeline.uploads.likeness import marks  # OpenCV is 30 MB, and pages of the web read no sketch

    sketch = b64decode(str(p["sketch"]))
    return PageFacts(tiny=bool(p["tiny"]), order=float(p["order"]), marks=marks(sketch), sketch=sketch)
