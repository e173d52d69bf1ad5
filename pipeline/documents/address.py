"""What a paper prints behind a word of its own, once however it was typed: an address, the number of a deed. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: How people begin the name of a place, and how it is printed.
_KINDS = {
    "kelurahan": "Kelurahan", "kel": "Kelurahan", "desa": "Desa", "ds": "Desa", "kecamatan": "Kecamatan",
    "kec": "Kecamatan", "kota": "Kota", "kotamadya": "Kota", "kabupaten": "Kabupaten", "kab": "Kabupaten",
}  # fmt: skip
_PREFIX = rf"(?:{'|'.join(_KINDS)})(?:\s*\.\s*|\s+)"
_POSTCODE = re.compile(r"(?:^|\s+)(?:kode\s*pos\s*:?\s*)?([0-9]{5})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A kelurahan, kecamatan or city."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" if self.name else ""

    @property
    def pattern(self) -> str:
        return r"\s*".join(re.escape(word) for word in self.name.split())


def read_place(kind: str, typed: str) -> Place:
    """A place from its field: "Kel. Loktabat Utara" is the Kelurahan Loktabat Utara, "Desa X" stays a Desa."""
    name = " ".join(typed.split())
    while found := re.match(rf"({'|'.join(_KINDS)})(?:\s*\.\s*|\s+)(?=\S)", name, re.IGNORECASE):
        kind, name = _KINDS[found[1].lower()], name[found.end() :]
    return Place(kind, name)


def printed_address(street: str, kelurahan: str, kecamatan: str, city: str) -> str:
    """The street, then each place. What the street's field says of these places already is not said again."""
    places = [read_place("Kelurahan", kelurahan), read_place("Kecamatan", kecamatan), read_place("Kota", city)]
    before: list[str] = []
    after: list[str] = []  # what stood behind the city: a province
    postcode = ""
    into = before
    for part in (" ".join(p.split()) for p in street.split(",")):
        rest, named, code = _without_places(part, places)
        postcode = postcode or code
        if rest:
            into.append(rest)
        if places[-1] in named:
            into = after
    tail = [*map(str, places[:-1]), f"{places[-1]} {postcode}".strip()]
    return ", ".join(filter(None, (*before, *tail, *after)))


def labelled(word: str, value: str) -> str:
    """The value behind its word, which may have been typed with it: "No. 12" and "12" are both "Nomor 12"."""
    typed = {"Nomor": "nomor|nomer|no"}.get(word, word)
    bare = re.sub(rf"^(?:{typed})\b[\s.:]*", "", value, flags=re.IGNORECASE)
    return f"{word} {bare}" if bare else value


def _without_places(part: str, places: Sequence[Place]) -> tuple[str, list[Place], str]:
    """A part of the address without the places at its end; which they were; and a postcode behind them."""
    code = _POSTCODE.search(part)
    rest = part[: code.start()] if code else part
    named: list[Place] = []
    while found := next((p for p in places if p.name and _ends_with(rest, p)), None):
        named.append(found)
        rest = _named_at_end(found).sub("", rest).strip()
    if code and rest and not named:
        return part, [], ""  # five digits behind a street are its own
    return rest, named, code[1] if code else ""


def _ends_with(text: str, place: Place) -> bool:
    return _named_at_end(place).search(text) is not None


def _named_at_end(place: Place) -> re.Pattern[str]:
    """The place with a word before it that says so, or alone; a city also right behind a house number."""
    alone = r"|(?<=[0-9])\s+|(?<=[0-9][a-z])\s+" if place.kind in {"Kota", "Kabupaten"} else ""
    return re.compile(rf"(?:(?:^|\s+){_PREFIX}|^{alone}){place.pattern}\.?$", re.IGNORECASE)
