"""What an applicant may change in a file that was sent back, and what they have still to answer. Pure."""

from collections.abc import Collection, Iterable, Set
from datetime import date, datetime
from typing import Protocol, TypeVar

from pipeline.rules.form.isian import check_content
from pipeline.sop.values import CaseData, Sop
from pipeline.sop.words import About

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
    if not requested or any(kind == About.UMUM for kind, _ in requested):
        return {("isian", i.code) for i in sop.isian} | {("syarat", t.code) for t in sop.syarat}
    wrong = {("isian", code) for code in check_content(sop, data, today=today)}
    lacking = {("syarat", t.code) for t in sop.required_syarat(data) if t.code not in old_berkas}
    return set(requested) | wrong | lacking


class RequestedItem(Protocol):
    """One thing the applicant was asked to put right."""

    @property
    def kind(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def answer(self) -> str | None: ...
    @property
    def altered(self) -> bool: ...


class Document(Protocol):
    """A document in force."""

    @property
    def syarat(self) -> str: ...
    @property
    def uploaded_at(self) -> datetime: ...


D = TypeVar("D", bound=RequestedItem)


def is_answered(requested: RequestedItem, berkas: Iterable[Document]) -> bool:
    """Whether something was done about it: a newer file, a changed field, or an answer in words."""
    if requested.answer is not None or requested.altered:
        return True
    return requested.kind == About.SYARAT and any(
        b.syarat == requested.code and b.uploaded_at > requested.created_at for b in berkas
    )


def unanswered(sop: Sop, data: CaseData, requested: Iterable[D], berkas: Collection[Document]) -> list[D]:
    """What keeps a correction from being sent: every document or field that was asked about and still applies."""
    now_in_force = {("syarat", t.code) for t in sop.syarat_for(data)} | {("isian", i.code) for i in sop.isian_for(data)}
    return [d for d in requested if (d.kind, d.code) in now_in_force and not is_answered(d, berkas)]
