"""Kept sentences in words, as pages and messages show them."""

from collections.abc import Mapping

from pipeline.rules.form.refused_answer import RefusedAnswer
from pipeline.rules.verification.findings import Finding
from pipeline.sentences import read_sentence
from pipeline.uploads.refusals import RefusalReason

FAMILIES = (RefusedAnswer, Finding, RefusalReason)
AUTOMATIC_RETURN = "Pemeriksaan otomatis menemukan hal yang perlu diperbaiki."


def worded(said: Mapping[str, object]) -> str:
    """What the system said, from its code and parameters."""
    return str(read_sentence(said, FAMILIES))


def asked(note: str, said: Mapping[str, object] | None) -> str:
    """What an applicant is asked to put right: as an officer wrote it, or as the automatic checks say it."""
    return worded(said) if said else note
