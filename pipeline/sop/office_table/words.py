"""The words offices head their columns with and begin their rows with; the words themselves are ``words.toml``."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

with Path(__file__).with_name("words.toml").open("rb") as file:
    WORDS = tomllib.load(file)


class Kind(StrEnum):
    """What a column, or a title over several, is for."""

    NO = "nomor"
    ACTIVITY = "kegiatan"
    INPUTS = "kelengkapan"
    TIME = "waktu"
    OUTPUT = "output"
    REMARKS = "keterangan"
    ACTORS = "pelaksana"
    STANDARD = "mutu"
    CHECK = "periksa"
    OTHER = "lain"


#: The columns whose words a step keeps.
KEPT = (Kind.NO, Kind.ACTIVITY, Kind.INPUTS, Kind.TIME, Kind.OUTPUT, Kind.REMARKS)


class StepNumber(NamedTuple):
    """A number as it counts, "2" of "2a", and what is below it: "a"."""

    no: int
    below: str


def plain_words(text: str) -> str:
    """Lower case without signs; letters set apart ("N O") are one word."""
    words = re.sub(r"[^\w#/&-]+", " ", re.sub(r"\([^()]*\)", " ", text.lower())).split()
    return "".join(words) if len(words) > 1 and all(len(word) == 1 for word in words) else " ".join(words)


_TITLES: Mapping[str, Kind] = {plain_words(title): kind for kind in Kind for title in WORDS["kepala"][kind]}
_NUMBER = re.compile(r"\(?(\d{1,3})((?:[.,]\d{1,2})*|\s?[a-z])[.)\s]*", re.IGNORECASE | re.ASCII)


def kind_of(title: str) -> Kind | None:
    """What a title says its column is for; several titles in one ("Output/Hasil") must agree."""
    words = plain_words(title)
    if words in _TITLES:
        return _TITLES[words]
    kinds = {_TITLES.get(part.strip()) for part in re.split(r"/|&|-|\bdan\b|\batau\b", words)}
    return kinds.pop() if len(kinds) == 1 else None


def step_number(text: str) -> StepNumber | None:
    """The number that is the whole of a cell: "7", "7.", "7)", "(7)", "2a", "2.1"."""
    match = _NUMBER.fullmatch(text.strip())
    return StepNumber(int(match[1]), match[2].strip(" .,").replace(",", ".").lower()) if match else None


def begins(text: str, heads: Sequence[str]) -> bool:
    """Whether the text begins with one of these as whole words."""
    words = " ".join(text.lower().split())
    return any(re.match(rf"{re.escape(head)}(?!\w)", words) for head in heads)


def is_total(text: str) -> bool:
    """Whether a row that begins so adds the times up."""
    return begins(text, WORDS["tabel"]["jumlah"])


def is_closing(text: str) -> bool:
    """Whether a row that begins so stands below the table: place and date, a signature, a note."""
    return begins(text, WORDS["tabel"]["penutup"]) or bool(_PLACE_AND_DATE.match(text))


def is_heading(text: str) -> bool:
    """Whether a row that says nothing else titles a part of the steps: "A.", "II", "Tahap I"."""
    return bool(_PART.fullmatch(text))


def is_rule(text: str) -> bool:
    """Whether this is only a line that parts rows, as Markdown draws it."""
    return not set(text) - set("-–—=:+_")


def begins_row(text: str) -> bool:
    """Whether a line that begins so begins a row, and does not carry one on."""
    return step_number(text) is not None or is_total(text) or is_closing(text)


_PART = re.compile(r"(?:[A-Z]|[IVX]{1,4})[.)]?(?:\s+.*)?|(?:tahap|bagian|fase)\b.*", re.IGNORECASE)
_PLACE_AND_DATE = re.compile(r"[A-Z][\w .]{2,40},\s*(?:tanggal\s*)?(?:\d{1,2}|[.…_]{2,})?\s*\w*\s*\d{4}\s*$")
