"""Where a file heads, to a decree or to a refusal, by what its desks have decided. Pure."""

from collections.abc import Iterable

from pipeline.sop.values import Langkah, Sop
from pipeline.sop.words import Arah, KeputusanKind

#: What a desk decided: its langkah, and the keputusan.
Said = tuple[str, str]


def heading(sop: Sop, source: Langkah, keputusan: str, arah: Arah | None, said: Iterable[Said]) -> Arah | None:
    """Whither the file heads once ``source`` has decided so. ``said``: the decisions before, oldest first.

    A refusal stands until its desk takes it back: before the draft by sending the file on, after it by sending it back,
    for there sending on approves the letter of refusal. Nothing is to be issued before the gate has recommended it;
    where there is no gate, every file is from the start.
    """
    if not (source.refuses or source.sets_arah):
        return arah or (Arah.TERBIT if sop.gate is None else None)
    refused, recommended = _standing(sop, [*said, (source.code, keputusan)])
    if refused:
        return Arah.TOLAK
    return Arah.TERBIT if sop.gate is None or recommended else None


def _standing(sop: Sop, said: Iterable[Said]) -> tuple[set[str], bool]:
    """The desks whose refusal stands, and whether the gate's last word was for issuing."""
    refused, recommended = set[str](), False
    for code, keputusan in said:
        langkah = sop[code]
        if keputusan == KeputusanKind.TOLAK:
            refused.add(code)
        elif takes_back(sop, langkah) == (keputusan == KeputusanKind.KEMBALIKAN):
            refused.discard(code)
        if langkah.sets_arah and keputusan != KeputusanKind.KEMBALIKAN:
            recommended = keputusan != KeputusanKind.TOLAK
    return refused, recommended


def takes_back(sop: Sop, langkah: Langkah) -> bool:
    """Whether this desk takes a refusal of its own back by sending the file back: it lies behind the draft."""
    return langkah.refuses and sop.reached(langkah, sop.drafting)
