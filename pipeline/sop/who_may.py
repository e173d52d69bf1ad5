"""Who may sign, draft, inspect: the roles whose langkah have that flag, in every SOP, old versions included.

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


def inspectors() -> frozenset[Peran]:
    """The roles that inspect, write the BAP and recommend; none where no SOP asks for an inspection."""
    return _roles(lambda langkah: langkah.sets_arah)


def _roles(has_duty: Callable[[Langkah], bool]) -> frozenset[Peran]:
    return frozenset(langkah.peran for sop in every_version() for langkah in sop.langkah if has_duty(langkah))
