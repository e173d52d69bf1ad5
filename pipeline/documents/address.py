"""What a paper prints behind a word of its own, once however it was typed: an address, the number of a deed. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: How people begin the name of a place, and how it is printed.
_KINDS = {
    "kelurahan": "Kelurahan", "kel": "Kelurahan", "desa": "Desa", "ds": "Desa", "kecamatan": "Kecamatan",
    "kec": "Kecamatan", "kota": "Kota", "kotamadya": "Kota", "kabupaten": "Kabupaten", "kab": "Kabupaten",
}  # fmt: skip
_KIND = "|".join(_KINDS)
#: "Kel.", "Kelurahan :", "Kel/Desa " before a name.
_PREFIX = rf"(?:{_KIND})(?:\s*/\s*(?:{_KIND}))?(?:\s*[.:]+\s*|\s+)"
_PROVINCE = re.compile(
    r"(?:^|\s+)((?:prov(?:insi)?\b[\s.:]*)?(?:aceh|(?:sumatera|kalimantan|sulawesi) (?:utara|selatan|barat|tengah|timur"
    r"|tenggara)|riau|kepulauan riau|jambi|bengkulu|lampung|(?:kepulauan )?bangka belitung|banten|dki jakarta|jawa"
    r" (?:barat|tengah|timur)|(?:di|daerah istimewa) yogyakarta|bali|nusa tenggara (?:barat|timur)|gorontalo|maluku"
    r"(?: utara)?|papua(?: barat| barat daya| tengah| pegunungan| selatan)?|kal-?sel))\.?$",
    re.IGNORECASE,
)
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
    while found := re.match(rf"({_KIND})(?:\s*/\s*(?:{_KIND}))?(?:\s*[.:]+\s*|\s+)(?=\S)", name, re.IGNORECASE):
        kind, name = _KINDS[found[1].lower()], name[found.end() :]
    return Place(kind, name)


def printed_address(street: str, village: str, district: str, city: str) -> str:
    """The street, then each place. What the street's field says of these places already is not said again."""
    places = [read_place("Kelurahan", village), read_place("Kecamatan", district), read_place("Kota", city)]
    before: list[str] = []
    after: list[str] = []  # what stood behind the city: a province
    postcode = ""
    into = before
    for part in (" ".join(p.split()) for p in re.split("[,;]", street)):
        rest, named, code, province = _without_places(part, places)
        postcode = postcode or code
        if rest:
            into.append(rest)
        if places[-1] in named:
            into = after
        if province:
            after.append(province)
    tail = [*map(str, places[:-1]), f"{places[-1]} {postcode}".strip()]
    return ", ".join(filter(None, (*before, *tail, *after)))


def labelled(word: str, value: str) -> str:
    """The value behind its word, which may have been typed with it: "No. 12" and "12" are both "Nomor 12"."""
    typed = {"Nomor": "nomor|nomer|no"}.get(word, word)
    bare = re.sub(rf"^(?:{typed})\b[\s.:]*", "", value, flags=re.IGNORECASE)
    return f"{word} {bare}" if bare else value


def _without_places(part: str, places: Sequence[Place]) -> tuple[str, list[Place], str, str]:
    """A part of the address without the places at its end; which they were; a postcode and a province behind them."""
    code = _POSTCODE.search(part)
    rest = part[: code.start()] if code else part
    province = _PROVINCE.search(rest)
    rest, named = _behind_number(rest[: province.start()] if province else rest, places)
    while found := next((p for p in places if p.name and _ends_with(rest, p)), None):
        named.append(found)
        rest = _named_at_end(found).sub("", rest).strip()
    if not named and (province or (code and rest)):
        return part, [], "", ""  # five digits, or such a word, behind a street are its own
    return rest.rstrip(" -–"), named, code[1] if code else "", province[1] if province else ""


def _behind_number(text: str, places: Sequence[Place]) -> tuple[str, list[Place]]:
    """Several places right behind a house number, with or without a word that says so."""
    known = [p for p in places if p.name]
    one = rf"(?:{_PREFIX})?(?:{'|'.join(p.pattern for p in known)})[\s.]*"
    found = re.search(rf"(?:(?<=[0-9])|(?<=[0-9][a-z]))\s+((?:{one}){{2,}})$", text, re.IGNORECASE) if known else None
    if found is None:
        return text, []
    return text[: found.start()], [p for p in known if re.search(rf"\b{p.pattern}\b", found[1], re.IGNORECASE)]


def _ends_with(text: str, place: Place) -> bool:
    return _named_at_end(place).search(text) is not None


def _named_at_end(place: Place) -> re.Pattern[str]:
    """The place with a word before it that says so, or alone; a city also right behind a house number."""
    alone = r"|(?<=[0-9])\s+|(?<=[0-9][a-z])\s+" if place.kind in {"Kota", "Kabupaten"} else ""
    return re.compile(rf"(?:(?:^|\s+){_PREFIX}|^{alone}){place.pattern}\.?$", re.IGNORECASE)
