"""What the automatic verification looks at, and what it says about it. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from pipeline.rules.sentences import Sentence
from pipeline.sop.values import CaseData
from pipeline.sop.words import About


class CheckResult(StrEnum):
    """The result of one check."""

    LULUS = "lulus"
    GAGAL = "gagal"  # the applicant must put it right
    PETUGAS = "petugas"  # a check cannot decide; a person must look


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What one page of a file shows (pipeline/uploads/measures.py, likeness.py)."""

    tiny: bool  # smaller than anybody can read
    order: float  # 0 in random noise, 1 where neighbours are alike
    marks: int  # of different sizes: parts of words, of a picture
    sketch: bytes = b""  # to compare it with another


@dataclass(frozen=True, slots=True, kw_only=True)
class BerkasFacts:
    """One file of a requirement. ``problem``: why its stored copy does not open (uploads.examine)."""

    syarat: str
    name: str
    original_sha256: str
    page_count: int
    problem: Sentence | None = None
    pages: tuple[PageFacts, ...] | None = ()  # those that were looked at; None: they cannot be drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSk:
    """What the office knows of the number that a renewal names."""

    nomor: str
    refusal: bool  # the number of a refusal, not of a paper that can be renewed
    revoked: bool
    until: date | None
    same_holder: bool
    same_pemohon: bool
    on_paper: bool = False  # issued before this system: no account has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the checks may know about an application."""

    data: CaseData
    berkas: tuple[BerkasFacts, ...]
    today: date  # in the office's zone
    same_berkas: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({})
    )  # sha256 as received -> nomor of another one
    same_answers: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )  # field -> numbers of other applications, open or granted, that say the same there
    earlier_sk: EarlierSk | None = None  # of the number that is to be renewed; None: this office gave no such number
    twin: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({})
    )  # syarat -> an earlier one whose pages look the same
    sample: bool = False  # drawn to be seen by a person

    def text(self, code: str) -> str:
        """A field of the form as text; '' when it is empty or a multiple choice."""
        value = self.data.get(code, "")
        return value if isinstance(value, str) else ""

    def berkas_for(self, syarat: str) -> tuple[BerkasFacts, ...]:
        return tuple(b for b in self.berkas if b.syarat == syarat)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check says about a document ('syarat'), a field ('isian') or the application ('umum', code '')."""

    kind: About
    code: str
    result: CheckResult
    sentence: Sentence
