"""A sentence that is kept is kept as a code with parameters, and worded where it is shown.

The record says what was found; how it is said may be mended, or be in the reader's language, years later. Each subject
has one family of sentences, in a file named for it: a member is the code that is kept and the words it is shown in.
Members are never taken away and keep their parameters: records name them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from string import Formatter
from typing import Self, Union

from pipeline.json import Json
from pipeline.text import date_in_words

#: A number, a text (an ISO date where the words say ``!d``), several texts, or a sentence within the sentence.
Parameter = Union[str, int, Sequence[str], "Sentence"]


class Family(StrEnum):
    """The sentences of one subject: ``CODE = "code", "Words with {parameters}."``."""

    template: str

    def __new__(cls, code: str, template: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.template = template
        return member

    @property
    def asks(self) -> frozenset[str]:
        """The names of the parameters in its words."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.template) if name)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence about one thing. ``str()`` words it; raises TypeError when its parameters are not what it asks."""

    code: Family
    params: Mapping[str, Parameter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.params.keys() != self.code.asks:
            raise TypeError(f"{self.code} asks for {sorted(self.code.asks)}, not {sorted(self.params)}")

    def __str__(self) -> str:
        return _WORDS.vformat(self.code.template, (), self.params)

    def kept(self) -> Json:
        """As it is kept: JSON of its code and parameters."""
        return {"code": self.code.value, "params": {name: _kept(value) for name, value in self.params.items()}}


def say(code: Family, **params: Parameter) -> Sentence:
    """The sentence of that code."""
    return Sentence(code, params)


def read_sentence(kept: Mapping[str, object], families: Iterable[type[Family]]) -> Sentence:
    """A kept sentence of one of these families. Raises KeyError for a code that none of them has."""
    members = {str(member): member for family in families for member in family}
    return _read(kept, members)


def _read(kept: Mapping[str, object], members: Mapping[str, Family]) -> Sentence:
    params = kept["params"]
    if not isinstance(params, Mapping):
        raise TypeError(f"parameters of {kept['code']} are no mapping")
    return Sentence(
        members[str(kept["code"])], {str(name): _read_parameter(value, members) for name, value in params.items()}
    )


def _read_parameter(value: object, members: Mapping[str, Family]) -> Parameter:
    if isinstance(value, Mapping):
        return _read(value, members)
    if isinstance(value, list | tuple):
        return tuple(str(item) for item in value)
    return value if isinstance(value, int) else str(value)


def _kept(value: Parameter) -> object:
    if isinstance(value, Sentence):
        return value.kept()
    return value if isinstance(value, str | int) else list(value)


class _Words(Formatter):
    """``{day!d}`` is an ISO date in words, ``{lengths!o}`` several texts joined by "atau"; others by commas."""

    def convert_field(self, value: Parameter, conversion: str | None) -> str:
        if conversion == "d":
            return date_in_words(date.fromisoformat(str(value)))
        if isinstance(value, str | int | Sentence):
            return str(value)
        return (" atau " if conversion == "o" else ", ").join(value)


_WORDS = _Words()
