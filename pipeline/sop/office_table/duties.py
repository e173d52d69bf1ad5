"""What the words of a step suggest its desk may do. Only proposals, each with the words it comes from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipeline.sop.office_table.values import Step
from pipeline.sop.office_table.words import WORDS


class Duty(StrEnum):
    """What a desk does with a file; the values are those of ``words.toml``."""

    SUBMITS = "mengajukan"
    CHECKS = "memeriksa"
    RETURNS = "mengembalikan"
    REFUSES = "menolak"
    INSPECTS = "meninjau"
    RECOMMENDS = "merekomendasikan"
    DRAFTS = "menyusun"
    INITIALS = "memaraf"
    APPROVES = "menyetujui"
    SIGNS = "menandatangani"
    PRINTS = "mencetak"
    NUMBERS = "menomori"
    HANDS_OVER = "menyerahkan"
    RECEIVES = "menerima"
    DIRECTS = "mendisposisi"
    ARCHIVES = "mengarsipkan"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A duty, and why it is proposed."""

    duty: Duty
    place: str  # whose words they are: kegiatan, output, keterangan
    words: str

    @property
    def reason(self) -> str:
        """As it stands beside the proposal in a draft."""
        return f'{self.place} menyebut "{self.words}"'


def _either(words: list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))


_BEGINS = r"(?:^|\b(?:dan|serta|lalu|kemudian|atau)\s+)"
_FOUND = {
    Duty(one["usul"]): re.compile(
        rf"\b(?P<word>{_either(one['kata'])})\b|{_BEGINS}(?P<first>{_either(one['awal'])})\b", re.IGNORECASE
    )
    for one in WORDS["tugas"]
}
_DRAFT = re.compile(r"\b(?:draf|draft|konsep|rancangan)\b.*", re.IGNORECASE)
#: What a remark may add: where a file goes when all is not well.
_OF_REMARKS = (Duty.RETURNS, Duty.REFUSES)


def proposals(step: Step) -> tuple[Proposal, ...]:
    """What the step's words suggest, each duty once, in the order of ``Duty``."""
    found = {one.duty: one for one in reversed((*_in_activity(step), *_in_remarks(step), *_in_output(step)))}
    return tuple(found[duty] for duty in Duty if duty in found)


def _in_activity(step: Step) -> Iterator[Proposal]:
    spans = [
        (duty, match.span(match.lastgroup or 0))
        for duty, pattern in _FOUND.items()
        for match in pattern.finditer(step.activity)
    ]
    for duty, (start, end) in spans:
        # "mencetak konsep" is drafting, not printing as well
        if not any(a <= start and end <= b and (a, b) != (start, end) for _, (a, b) in spans):
            yield Proposal(duty, "kegiatan", step.activity[start:end])


def _in_remarks(step: Step) -> Iterator[Proposal]:
    for duty in _OF_REMARKS:
        if match := _FOUND[duty].search(step.remarks):
            yield Proposal(duty, "keterangan", match[match.lastgroup or 0])


def _in_output(step: Step) -> Iterator[Proposal]:
    """What comes out as a draft, and did not go in as one, was drafted here."""
    if (match := _DRAFT.search(step.output)) and not _DRAFT.search(step.inputs):
        yield Proposal(Duty.DRAFTS, "output", match[0])
