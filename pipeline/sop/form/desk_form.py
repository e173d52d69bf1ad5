"""The form that a desk fills in, as data: an inspection, a recommendation, a disposition, a check of a payment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pipeline.sop.conditions import CaseData, Condition, any_fits
from pipeline.sop.form.isian import Bagian, Isian


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """A line of the checklist."""

    code: str
    description: str
    when: tuple[Condition, ...] = ()  # asked only when one holds; empty = always

    def valid_for(self, data: CaseData) -> bool:
        return not self.when or any_fits(self.when, data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """Which answer says where the file is heading."""

    isian: str
    refusing: tuple[str, ...]  # the answers that lead to a refusal; the others lead on
    spotless: tuple[str, ...] = ()  # the answers that no finding of the checklist may stand beside
    reasons: tuple[str, ...] = ()  # the fields whose answers are reasons of a refusal, beside the findings


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskForm:
    """One form of one desk: pages with fields, a team, a checklist, photos."""

    code: str
    langkah: str
    title: str
    team: int = 0  # persons at least; 0 = it has no team
    bagian: tuple[Bagian, ...]
    isian: tuple[Isian, ...]
    items: tuple[ChecklistItem, ...] = ()
    results: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # of a line; the first: in order
    findings: tuple[str, ...] = ()  # the results that speak against the applicant
    photos: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # code -> what is on it
    photos_at_least: int = 0
    direction: Direction | None = None
    may_approve: bool = False  # who filled it in may approve the paper made with it

    def isian_for(self, data: CaseData, bagian: str | None = None) -> tuple[Isian, ...]:
        """The fields asked for in this case, on one page or on all. ``data``: the case, and the answers so far."""
        return tuple(f for f in self.isian if bagian in (None, f.bagian) and f.valid_for(data))

    def items_for(self, data: CaseData) -> tuple[ChecklistItem, ...]:
        return tuple(item for item in self.items if item.valid_for(data))

    @property
    def concluding(self) -> str:
        """The page before which team and checklist stand: what is concluded follows what was seen. '' = after all."""
        concluded = self.direction.isian if self.direction else ""
        return next((f.bagian for f in self.isian if f.code == concluded), "")
