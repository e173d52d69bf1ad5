"""The way of a case through its SOP, and what of the form belongs to which of its langkah. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.sop.values import DONE, CaseData, Langkah, Sop, any_fits


def following(sop: Sop, source: Langkah, data: CaseData) -> tuple[str, ...]:
    """The langkah after ``source`` that the case data lead to and do not skip: one, several side by side, or DONE."""
    if source.beside:
        opened = tuple(code for code in source.beside if not any_fits(sop[code].skip_when, data))
        return opened or following(sop, sop[source.beside[0]], data)
    target = _leads_to(source, data)
    if target != DONE and any_fits(sop[target].skip_when, data):
        return following(sop, sop[target], data)
    return (target,)


def _leads_to(source: Langkah, data: CaseData) -> str:
    """The first branch that fits, else where it leads by itself."""
    return next((b.target for b in source.branches if any_fits(b.when, data)), source.target)


def way(sop: Sop, data: CaseData) -> Iterator[Langkah]:
    """Every langkah this case passes if nobody sends it back, in order."""
    codes: tuple[str, ...] = (sop.first.code,)
    while codes != (DONE,):
        yield from (sop[code] for code in codes)
        codes = following(sop, sop[codes[0]], data)


def form(sop: Sop, langkah: Langkah) -> Sop:
    """The SOP with the fields and documents alone that are asked for at ``langkah``: in the middle those of its
    ``minta``, else all that are not asked for there."""
    if not _asks_later(sop):
        return sop
    here = langkah.code if langkah.asks else ""
    return _with(sop, frozenset({here}))


def known_at(sop: Sop, langkah: Langkah) -> Sop:
    """The SOP without the fields and documents that are asked for only after ``langkah``."""
    if not _asks_later(sop):
        return sop
    before = (t.code for t in sop.langkah[: sop.position(langkah.code) + 1])
    return _with(sop, frozenset({"", *before}))


def _asks_later(sop: Sop) -> bool:
    return any(t.asks for t in sop.langkah)


def _with(sop: Sop, asked_at: frozenset[str]) -> Sop:
    return replace(
        sop,
        isian=tuple(i for i in sop.isian if i.asked_at in asked_at),
        syarat=tuple(s for s in sop.syarat if s.asked_at in asked_at),
    )
