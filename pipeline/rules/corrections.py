"""What an applicant may change in a file that was sent back, and what they have still to answer. Pure."""

from collections.abc import Collection, Iterable, Set
from datetime import date, datetime
from typing import Protocol, TypeVar

from pipeline.rules.form.isian import check_isi
from pipeline.sop.values import CaseData, Sop

#: A part of an application: ('isian' or 'syarat', kode).
Butir = tuple[str, str]


def changeable(
    sop: Sop, data: CaseData, diminta: Collection[Butir], berkas_lama: Collection[str], *, hari_ini: date
) -> Set[Butir]:
    """The parts open to the applicant; all of them in a draft, or when nothing was itemised.

    An answer that was asked for may make other fields and documents mandatory, and a date may have grown too old
    meanwhile: those are open too, or the file could never be sent. ``berkas_lama``: documents handed in before the
    return and still in force.
    """
    if not diminta or any(jenis == "umum" for jenis, _ in diminta):
        return {("isian", i.kode) for i in sop.isian} | {("syarat", t.kode) for t in sop.syarat}
    salah = {("isian", kode) for kode in check_isi(sop, data, hari_ini=hari_ini)}
    kurang = {("syarat", t.kode) for t in sop.syarat_wajib(data) if t.kode not in berkas_lama}
    return set(diminta) | salah | kurang


class Diminta(Protocol):
    """One thing the applicant was asked to put right."""

    @property
    def jenis(self) -> str: ...
    @property
    def kode(self) -> str: ...
    @property
    def dibuat_pada(self) -> datetime: ...
    @property
    def jawaban(self) -> str | None: ...
    @property
    def diubah(self) -> bool: ...


class Dokumen(Protocol):
    """A document in force."""

    @property
    def syarat(self) -> str: ...
    @property
    def diunggah_pada(self) -> datetime: ...


D = TypeVar("D", bound=Diminta)


def is_answered(diminta: Diminta, berkas: Iterable[Dokumen]) -> bool:
    """Whether something was done about it: a newer file, a changed field, or an answer in words."""
    if diminta.jawaban is not None or diminta.diubah:
        return True
    return diminta.jenis == "syarat" and any(
        b.syarat == diminta.kode and b.diunggah_pada > diminta.dibuat_pada for b in berkas
    )


def unanswered(sop: Sop, data: CaseData, diminta: Iterable[D], berkas: Collection[Dokumen]) -> list[D]:
    """What keeps a correction from being sent: every document or field that was asked about and still applies."""
    berlaku = {("syarat", t.kode) for t in sop.syarat_untuk(data)} | {("isian", i.kode) for i in sop.isian_untuk(data)}
    return [d for d in diminta if (d.jenis, d.kode) in berlaku and not is_answered(d, berkas)]
