"""Kept sentences in words, as pages and messages show them."""

from collections.abc import Mapping

from pipeline.rules.form.refused_answer import RefusedAnswer
from pipeline.rules.sentences import read_sentence
from pipeline.rules.verification.findings import Finding
from pipeline.uploads.refusals import RefusalReason

FAMILIES = (RefusedAnswer, Finding, RefusalReason)
AUTOMATIC_RETURN = "Pemeriksaan otomatis menemukan hal yang perlu diperbaiki."
#: For what somebody changed in the table (``alurizin verify`` names it), or a newer release wrote. Applicants read it
#: as well as officers.
UNREADABLE = "Temuan ini tidak terbaca dari catatan. Periksa lagi bagian ini; bila tidak jelas, tanyakan ke loket."


def worded(said: Mapping[str, object]) -> str:
    """What the system said, from its code and parameters; that it cannot be read, when it is not what was kept."""
    try:
        return str(read_sentence(said, FAMILIES))
    except (KeyError, TypeError, ValueError):
        return UNREADABLE


def asked(note: str, said: Mapping[str, object] | None) -> str:
    """What an applicant is asked to put right: as an officer wrote it, or as the automatic checks say it."""
    return note if said is None else worded(said)
