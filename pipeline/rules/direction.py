"""Where a file heads, to a decree or to a refusal, by what its desks have decided. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.sop.values import Langkah, Sop
from pipeline.sop.words import Arah, KeputusanKind


class Said(NamedTuple):
    """What a desk decided. ``back_to``: the target of its return, where it was one of several desks side by side."""

    langkah: str
    keputusan: str
    back_to: str | None = None


def heading(sop: Sop, source: Langkah, keputusan: str, arah: Arah | None, said: Sequence[Said]) -> Arah | None:
    """Whither the file heads once ``source`` has decided so. ``said``: the decisions before, oldest first."""
    if not speaks(source):
        return arah or (Arah.TERBIT if sop.gate is None else None)
    return weighed(sop, [*said, Said(source.code, keputusan)])


def speaks(langkah: Langkah) -> bool:
    """Whether what is decided here says where the file heads."""
    return langkah.refuses or langkah.sets_arah


def weighed(sop: Sop, said: Iterable[Said]) -> Arah | None:
    """Where all that was decided leads.

    A refusal stands until its desk takes it back: before the draft by sending the file on, after it by sending it back,
    for there sending on approves the letter of refusal. Nothing is to be issued before the gate has recommended it;
    where there is no gate, every file is from the start.
    """
    refused, recommended = set[str](), False
    for one in said:
        langkah = sop[one.langkah]
        if one.keputusan == KeputusanKind.TOLAK:
            refused.add(one.langkah)
        elif takes_back(sop, langkah) == (one.keputusan == KeputusanKind.KEMBALIKAN):
            refused.discard(one.langkah)
        if langkah.sets_arah and one.keputusan != KeputusanKind.KEMBALIKAN:
            recommended = one.keputusan != KeputusanKind.TOLAK
    if refused:
        return Arah.TOLAK
    return Arah.TERBIT if sop.gate is None or recommended else None


def takes_back(sop: Sop, langkah: Langkah) -> bool:
    """Whether this desk takes a refusal of its own back by sending the file back: it lies behind the draft."""
    return langkah.refuses and sop.reached(langkah, sop.drafting)
