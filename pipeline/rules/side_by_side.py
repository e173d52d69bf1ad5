"""Desks that work on a file at the same time: what they decide together once the last of them is in. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.rules.direction import Said, speaks, takes_back, weighed
from pipeline.sop.values import CaseData, Langkah, Sop, any_fits
from pipeline.sop.words import Arah, KeputusanKind


@dataclass(frozen=True, slots=True)
class Joined:
    """The common decision: a return wins, else any refusal, else the file goes on."""

    asking: tuple[str, ...] = ()  # the desks that want something put right
    back_to: str = ""  # the earliest langkah that one of them sends it to: from there it passes all the others
    refused: bool = False
    arah: Arah | None = None


def join(sop: Sop, source: Langkah, said: Sequence[Said], arah: Arah | None, data: CaseData) -> Joined:
    """What the desks beside ``source`` and itself say together. ``said`` ends with its own decision."""
    side = [code for code in sop.side_of(source) if not any_fits(sop[code].skip_when, data)]
    latest = _latest(side, said)
    asking = tuple(code for code in side if code in latest and latest[code].keputusan == KeputusanKind.KEMBALIKAN)
    if asking:
        targets = [target for code in asking if (target := latest[code].back_to)]
        lifted = any(takes_back(sop, sop[code]) for code in asking)
        return Joined(asking, min(targets, key=sop.position), arah=weighed(sop, said) if lifted else arah)
    if any(speaks(sop[code]) for code in side):
        arah = weighed(sop, said)
    refused = any(one.keputusan == KeputusanKind.TOLAK for one in latest.values())
    return Joined(refused=refused, arah=Arah.TOLAK if refused else arah)


def resumed(sop: Sop, asking: str, said: Sequence[Said]) -> tuple[str, ...]:
    """The desks a corrected file goes straight back to: who asked, and whoever beside it asked too."""
    side = sop.side_of(sop[asking])
    latest = _latest(side, said)
    also = (code for code in side if code in latest and latest[code].keputusan == KeputusanKind.KEMBALIKAN)
    return tuple(also) or (asking,)


def _latest(side: Sequence[str], said: Sequence[Said]) -> dict[str, Said]:
    return {one.langkah: one for one in said if one.langkah in side}
