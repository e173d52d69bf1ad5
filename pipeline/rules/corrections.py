"""What an applicant may change in a file that was sent back, and what they have still to answer. Pure."""

from collections.abc import Collection, Iterable, Set
from datetime import date, datetime
from typing import Protocol, TypeVar

from pipeline.rules.form.isian import check_content
from pipeline.sop.values import CaseData, Sop

#: A part of an application: ('isian' or 'syarat', kode).
Item = tuple[str, str]


def changeable(
    sop: Sop, data: CaseData, requested: Collection[Item], old_berkas: Collection[str], *, today: date
) -> Set[Item]:
    """The parts open to the applicant; all of them in a draft, or when nothing was itemised.

    An answer that was asked for may make other fields and documents mandatory, and a date may have grown too old
    meanwhile: those are open too, or the file could never be sent. ``old_berkas``: documents handed in before the
    return and still in force.
    """
    if not requested or any(jenis == "umum" for jenis, _ in requested):
        return {("isian", i.kode) for i in sop.isian} | {("syarat", t.kode) for t in sop.syarat}
    salah = {("isian", kode) for kode in check_content(sop, data, today=today)}
    kurang = {("syarat", t.kode) for t in sop.required_syarat(data) if t.kode not in old_berkas}
    return set(requested) | salah | kurang


class Requested(Protocol):
    """One thing the applicant was asked to put right."""

    @property
    def jenis(self) -> str: ...
    @property
    def kode(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def jawaban(self) -> str | None: ...
    @property
    def diubah(self) -> bool: ...


class Document(Protocol):
    """A document in force."""

    @property
    def syarat(self) -> str: ...
    @property
    def uploaded_at(self) -> datetime: ...


D = TypeVar("D", bound=Requested)


def is_answered(requested: Requested, berkas: Iterable[Document]) -> bool:
    """Whether something was done about it: a newer file, a changed field, or an answer in words."""
    if requested.jawaban is not None or requested.diubah:
        return True
    return requested.jenis == "syarat" and any(
        b.syarat == requested.kode and b.uploaded_at > requested.created_at for b in berkas
    )


def unanswered(sop: Sop, data: CaseData, requested: Iterable[D], berkas: Collection[Document]) -> list[D]:
    """What keeps a correction from being sent: every document or field that was asked about and still applies."""
    now_in_force = {("syarat", t.kode) for t in sop.syarat_for(data)} | {("isian", i.kode) for i in sop.isian_for(data)}
    return [d for d in requested if (d.jenis, d.kode) in now_in_force and not is_answered(d, berkas)]
