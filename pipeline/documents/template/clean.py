"""Values of a context -> values that survive docx, or a sentence why not."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from markupsafe import Markup

from pipeline.documents.errors import InvalidValue

MAX_LETTERS = 20_000
_LINE_ENDS = re.compile("\r\n|[\r\v\f\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")  # could make a name read as another


def clean(value: object, path: str = "") -> object:
    """The value with every text in it made printable; dicts and lists are copied.

    Raises InvalidValue naming the path of a value that is not plain text, whole number, yes/no, list or dict.
    """
    if isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(k): clean(v, f"{path}.{k}".lstrip(".")) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [clean(v, f"{path}[{i}]") for i, v in enumerate(value)]
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean_text(value, path)
    raise InvalidValue(f"Nilai `{path}` berjenis {type(value).__name__}; yang dapat dicetak hanya teks.")


def clean_text(text: str, path: str) -> str:
    """One text: NFC, plain line ends, no control or direction characters. Raises InvalidValue."""
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise InvalidValue(f"Nilai `{path}` memuat huruf yang rusak. Ketik ulang isian itu.")
    if len(text) > MAX_LETTERS:
        raise InvalidValue(f"Nilai `{path}` terlalu panjang ({len(text)} huruf, paling banyak {MAX_LETTERS}).")
    text = _DIRECTION.sub("", _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)))
    return _break_late_tags(unicodedata.normalize("NFC", text))


def _break_late_tags(text: str) -> str:
    """docxtpl turns these four into Jinja's delimiters after rendering; a word joiner between keeps them literal."""
    for mark in ("{_{", "}_}", "{_%", "%_}"):
        text = text.replace(mark, f"{mark[0]}\u2060{mark[1:]}")
    return text


def leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of every text in a value that is not blank."""
    if isinstance(value, dict):
        for k, v in value.items():
            yield from leaves(v, f"{path}.{k}".lstrip("."))
    elif isinstance(value, list):
        for i, v in enumerate(value):
            yield from leaves(v, f"{path}[{i}]")
    elif isinstance(value, str) and value.strip():
        yield path, value
