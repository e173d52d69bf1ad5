"""The fields of a form and its pages, as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from pipeline.sop.conditions import CaseData, Condition, any_fits
from pipeline.sop.words import Identity, IsianKind, Renewal
from pipeline.text import date_in_words, is_iso_date, local_phone


@dataclass(frozen=True, slots=True)
class Shape:
    """How an answer is written, and what is said of one written otherwise."""

    pattern: str
    words: str
    standard: str = ""  # the one way of writing it, from the groups of the pattern

    def read(self, text: str) -> str | None:
        """The text in the one way of writing; None when it is not of this shape."""
        fits = re.fullmatch(self.pattern, text, re.IGNORECASE)
        return fits and (fits.expand(self.standard) if self.standard else text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Isian:
    """A field of the application form, or of the form of a desk."""

    code: str
    label: str
    bagian: str
    kind: IsianKind
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # value -> label
    required: bool = True
    required_when: tuple[Condition, ...] = ()  # an optional field that becomes mandatory when one holds
    when: tuple[Condition, ...] = ()  # asked only when one holds; empty = always
    max_length: int = 200
    asked_at: str = ""  # the langkah in the middle that asks for it
    personal: bool = False
    past: bool = False  # a date that cannot lie in the future
    lengths: tuple[int, ...] = ()  # how many digits, of a number that has so many
    shape: Shape | None = None  # anything else is refused
    usual: Shape | None = None  # anything else is looked at by a person
    example: str = ""  # an answer of these shapes
    identity: Identity | None = None  # tells one holder from another
    identity_with: tuple[str, ...] = ()  # … together with these fields
    unlike: str = ""  # of a group of fields that are about different persons
    renewal: Renewal | None = None
    not_before: str = ""  # a date that cannot lie before that of this field
    initial: str = ""  # a text composed of fields, which a desk's form begins with
    brief: bool = False  # repeated to those who decide after this desk
    formerly: tuple[str, ...] = ()  # where a release before kept the answer
    stops: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # value -> why we cannot serve it

    def valid_for(self, data: CaseData) -> bool:
        return not self.when or any_fits(self.when, data)

    def required_for(self, data: CaseData) -> bool:
        """Whether it must be filled in, given that it is asked for at all."""
        return self.required or any_fits(self.required_when, data)

    def worded(self, answer: str | tuple[str, ...]) -> str:
        """An answer as a person reads it: the words of the choices, a date in words, a telephone number as dialled."""
        if isinstance(answer, tuple):
            return ", ".join(self.choices.get(one, one) for one in answer)
        if self.kind is IsianKind.TANGGAL and is_iso_date(answer):
            return date_in_words(date.fromisoformat(answer))
        return local_phone(answer) if self.kind is IsianKind.TELEPON else self.choices.get(answer, answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bagian:
    """A page of the form."""

    code: str
    title: str
    explanation: str = ""
