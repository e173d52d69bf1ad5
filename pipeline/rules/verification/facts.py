"""What the automatic verification looks at, and what it says about it. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pipeline.sop.values import CaseData

SYARAT: Final = "syarat"
ISIAN: Final = "isian"
UMUM: Final = "umum"


class Result(StrEnum):
    """The result of one check."""

    LULUS = "lulus"
    GAGAL = "gagal"  # the applicant must put it right
    PETUGAS = "petugas"  # a check cannot decide; a person must look


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one page of a file shows (pipeline/uploads/measures.py, likeness.py)."""

    tiny: bool  # smaller than anybody can read
    order: float  # 0 in random noise, 1 where neighbours are alike
    marks: int  # of different sizes: parts of words, of a picture
    sketch: bytes = b""  # to compare it with another


@dataclass(frozen=True, slots=True, kw_only=True)
class BerkasFacts:
    """One file of a requirement. ``masalah``: why its stored copy does not open (uploads.examine)."""

    syarat: str
    nama: str
    sha256_asli: str
    halaman: int
    masalah: str | None = None
    pages: tuple[Page, ...] | None = ()  # those that were looked at; None: they cannot be drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSk:
    """What the office knows of the number that a renewal names."""

    nomor: str
    penolakan: bool  # the number of a refusal, not of a tanda daftar
    dicabut: bool
    sampai: date | None
    same_institution: bool
    same_pemohon: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the checks may know about an application."""

    data: CaseData
    berkas: tuple[BerkasFacts, ...]
    today: date  # in the office's zone
    same_at: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({})
    )  # sha256_asli -> nomor of another one
    sama: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )  # field -> numbers of other applications, open or granted, that say the same there
    lama: EarlierSk | None = None  # of the number that is to be renewed; None: this office gave no such number
    twin: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({})
    )  # syarat -> an earlier one whose pages look the same
    sampel: bool = False  # drawn to be seen by a person

    def teks(self, kode: str) -> str:
        """A field of the form as text; '' when it is empty or a multiple choice."""
        nilai = self.data.get(kode, "")
        return nilai if isinstance(nilai, str) else ""

    def berkas_for(self, syarat: str) -> tuple[BerkasFacts, ...]:
        return tuple(b for b in self.berkas if b.syarat == syarat)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check says about a document ('syarat'), a field ('isian') or the application ('umum', kode '')."""

    jenis: str
    kode: str
    hasil: Result
    kalimat: str
