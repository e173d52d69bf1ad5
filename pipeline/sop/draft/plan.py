"""How an office's table could run: which desk opens, drafts, approves, signs, refuses. Proposals, with reasons."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.roles import Peran, Posts
from pipeline.sop.office_table.duties import Duty, Proposal, proposals
from pipeline.sop.office_table.posts import post_of
from pipeline.sop.office_table.values import Step, Table

#: The duty that names a step, the telling one first: who signs also checks.
_TELLING = {
    Duty.SIGNS: "tanda_tangan", Duty.DRAFTS: "susun", Duty.RECOMMENDS: "rekomendasi", Duty.INSPECTS: "tinjau",
    Duty.INITIALS: "paraf", Duty.APPROVES: "setujui", Duty.SUBMITS: "ajukan", Duty.NUMBERS: "nomori",
    Duty.HANDS_OVER: "serahkan", Duty.ARCHIVES: "arsip", Duty.DIRECTS: "disposisi",
    Duty.CHECKS: "periksa", Duty.PRINTS: "cetak", Duty.RECEIVES: "terima",
}  # fmt: skip
_KIND = re.compile(
    r"^\W*(?:sop|standar(?:d)? operasional prosedur|standard operating procedures?)\b(?:\W*\(?sop\)?)?\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A step and what it could be."""

    step: Step
    code: str
    peran: Peran | None
    duties: Mapping[Duty, Proposal]

    def reason(self, *duties: Duty) -> Proposal | None:
        """Why the step is taken to do the first of these that it does."""
        return next((self.duties[duty] for duty in duties if duty in self.duties), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole of it. ``signing``, ``drafting``: places in ``steps``."""

    name: str
    steps: tuple[Planned, ...]
    applicant: bool  # opens it, and gets the paper
    drafting: int | None
    signing: int | None

    def approves(self, at: int) -> Proposal | None:
        """Why a step is an approval of the draft: it signs, or stands between drafting and signing."""
        if at == self.signing:
            return self.steps[at].duties[Duty.SIGNS]
        if self.drafting is None or self.signing is None or not self.drafting < at < self.signing:
            return None
        return self.steps[at].reason(Duty.INITIALS, Duty.APPROVES)

    def asks(self, at: int) -> bool:
        """Whether the applicant hands in something more at this step: before anything is signed."""
        signed = self.signing is not None and at > self.signing
        return at > 0 and self.steps[at].peran == Peran.PEMOHON and not signed

    def refuses(self, at: int) -> Proposal | None:
        """Why a desk may refuse: its own activity says so, or it recommends, which may be not to."""
        if at == self.directing:
            return self.steps[at].duties[Duty.RECOMMENDS]
        found = self.steps[at].reason(Duty.REFUSES)
        return found if found and found.place == "kegiatan" and self.steps[at].peran != Peran.PEMOHON else None

    @property
    def directing(self) -> int | None:
        """The step that sets where a file heads: the last that recommends before the draft is made."""
        before = range(self.drafting if self.drafting is not None else 0)
        return next((at for at in reversed(before) if at and Duty.RECOMMENDS in self.steps[at].duties), None)

    def returns(self, at: int) -> tuple[tuple[str, ...], Proposal] | None:
        """To which steps a desk may send a file back, and why; none once it is signed."""
        planned = self.steps[at]
        why = planned.reason(Duty.RETURNS, Duty.CHECKS, Duty.INITIALS, Duty.APPROVES, Duty.SIGNS)
        if not at or not why or (self.signing is not None and at > self.signing):
            return None
        if self.approves(at):  # who approves does not send straight back to the applicant
            target = at - 1 if self.drafting is None else self.drafting
            return ((self.steps[target].code,), why) if target else None
        return (self.steps[0].code,), why

    def abreast(self, at: int) -> range:
        """The steps that carry the number of this one, where they could run side by side: the draft itself is made,
        approved and signed by one desk after another."""
        beside = [planned.step.beside for planned in self.steps]
        start, end = at, at + 1
        while beside[start]:
            start -= 1
        while end < len(beside) and beside[end]:
            end += 1
        alone = any(one in (self.drafting, self.signing) or self.approves(one) for one in range(start, end))
        return range(at, at + 1) if alone else range(start, end)

    @property
    def refusing(self) -> bool:
        """Whether any desk may refuse: then there is a letter for it."""
        return self.directing is not None or any(self.refuses(at) for at in range(len(self.steps)))


def plan_of(table: Table, posts: Posts) -> Plan:
    """What the words of the table suggest."""
    found = [{one.duty: one for one in proposals(step)} for step in table.steps]
    peran = [post_of(step.marks[0].title, posts) if len(step.marks) == 1 else None for step in table.steps]
    codes = _codes(found, peran)
    steps = tuple(
        Planned(step, code, who, duties)
        for step, code, who, duties in zip(table.steps, codes, peran, found, strict=True)
    )
    signing = next((at for at, one in enumerate(steps) if Duty.SIGNS in one.duties and at), None)
    before = steps[:signing] if signing is not None else ()
    return Plan(
        name=_KIND.sub("", table.title).strip(" :") or "Izin",
        steps=steps,
        applicant=peran[0] == Peran.PEMOHON or (peran[0] is None and Duty.SUBMITS in found[0]),
        drafting=next((at for at, one in enumerate(before) if Duty.DRAFTS in one.duties), None),
        signing=signing,
    )


def _codes(found: list[dict[Duty, Proposal]], peran: list[Peran | None]) -> list[str]:
    """A short code for each step, after what it does; one that stands twice takes its post, or its place, with it."""
    plain = [
        next((word for duty, word in _TELLING.items() if duty in duties), f"langkah_{at}")
        for at, duties in enumerate(found, start=1)
    ]
    taken: list[str] = []
    for at, (code, who) in enumerate(zip(plain, peran, strict=True), start=1):
        wanted = [code if plain.count(code) == 1 else "", f"{code}_{who}" if who else "", f"{code}_{at}"]
        taken.append(next(one for one in wanted if one and one not in taken))
    return taken
