"""Files from outside: judged, cleaned and written anew before anything of ours keeps them.

Accepted are PDF, JPEG, PNG and HEIC. What is shown is never the received bytes but what we made of them in the sandbox;
a file that acts, hides something or does not open is refused with a sentence that says what to do instead.
"""

import hashlib
from dataclasses import dataclass

from pipeline.uploads import names
from pipeline.uploads.examination import Examination, examine, read_examination
from pipeline.uploads.refusals import LARGEST_SIZE, BerkasRefused, BerkasTooLarge, RefusalReason
from pipeline.uploads.sandbox import ScannerDead, ScannerNotReady, sandbox

#: How much of a file tells what it is.
BEGINNING = 1024

__all__ = [
    "BEGINNING",
    "LARGEST_SIZE",
    "Accepted",
    "Examination",
    "ScannerNotReady",
    "accept",
    "check_beginning",
    "examine",
    "read_examination",
]


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted file: the cleaned name to show, and the cleaned copy to keep."""

    name: str
    kind: str  # pdf, jpg or png
    payload: bytes
    page_count: int
    original_sha256: str  # of what was received
    original: bytes | None = None  # what was received, when it carries an electronic signature that only it can prove


def check_beginning(name: str, beginning: bytes) -> str:
    """What a file is by its first bytes; costs nothing. Raises BerkasRefused for none of ours, or another's name."""
    kind = names.kind_of(beginning)
    names.check_suffix(names.clean_name(name), kind)
    return kind


def accept(name: str, payload: bytes) -> Accepted:
    """Check and clean one uploaded file.

    Raises BerkasTooLarge over 10 MB, BerkasRefused with the sentence to show, ScannerNotReady (nothing is
    known about the file; try again).
    """
    if len(payload) > LARGEST_SIZE:
        raise BerkasTooLarge
    kind = check_beginning(name, payload)
    try:
        head, clean = sandbox().run(f"clean_{kind}", {"kind": kind}, payload)
    except ScannerDead:
        raise BerkasRefused(RefusalReason.TOO_HEAVY) from None
    signed = head.get("signed") is True
    saved = str(head["kind"])
    return Accepted(
        name=names.with_suffix(names.clean_name(name), saved),
        kind=saved,
        payload=clean,
        page_count=int(head["page_count"]),
        original_sha256=hashlib.sha256(payload).hexdigest(),
        original=payload if signed else None,
    )
