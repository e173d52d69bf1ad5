"""Who may sign, decide, draft, fill in a form: roles whose langkah have that flag, in every SOP, old versions included.

The flags stand in the SOP's own file (``td_lks.toml``: ``tanda_tangan = true``); a desk may do what
the flags of its langkah say, whatever it is called.
"""

from collections.abc import Callable

from pipeline.roles import Peran
from pipeline.sop.registry import every_version
from pipeline.sop.values import Langkah


def signers() -> frozenset[Peran]:
    """The roles that sign."""
    return _roles(lambda langkah: langkah.signature)


def drafters() -> frozenset[Peran]:
    """The roles that look after the draft."""
    return _roles(lambda langkah: langkah.drafts)


def deciders() -> frozenset[Peran]:
    """The roles that approve, refuse or sign."""
    return _roles(lambda langkah: langkah.approval or langkah.refuses or langkah.signature)


def form_fillers() -> frozenset[Peran]:
    """The roles that fill in a form of their own; none where no SOP has one, as one without an inspection."""
    return frozenset(sop[form.langkah].peran for sop in every_version() for form in sop.forms)


def openers() -> frozenset[Peran]:
    """The desks at which a file begins, where no applicant sends it."""
    return _roles(lambda langkah: langkah.no == 1) - {Peran.PEMOHON}


def counter_desks() -> frozenset[Peran]:
    """The desks that applicants come to: the first of the office's own in each SOP that an applicant begins."""
    first = (next(iter(sop.staff), None) for sop in every_version() if sop.by_applicant)
    return frozenset(langkah.peran for langkah in first if langkah is not None) - {Peran.SYSTEM}


def _roles(has_duty: Callable[[Langkah], bool]) -> frozenset[Peran]:
    return frozenset(langkah.peran for sop in every_version() for langkah in sop.langkah if has_duty(langkah))
