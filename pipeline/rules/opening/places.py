"""Towns that a permit's file names, and that are not the office's own: it may be another office's file. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from pipeline.sop.values import Sop

_NAME = r"[A-Z][a-z]+(?: (?!Nomor|Tahun|Tentang)[A-Z][a-z]+)*"
_PLACE = re.compile(rf"\b(?:Kota|Kabupaten|Kab\.|Bupati|Wali ?Kota) ({_NAME})")
#: What follows these words without being a town.
_NO_TOWN = frozenset({"Nomor", "Tahun", "Tentang", "Madya", "Administrasi", "Yang", "Dan", "Atau", "Ini", "Setempat"})


def other_places(sop: Sop, kota: str) -> tuple[str, ...]:
    """Those that are not ``kota``, each once, in the order in which they stand."""
    found = (name for text in _texts(sop) for name in _PLACE.findall(text))
    return tuple(dict.fromkeys(name for name in found if not _is(name, kota)))


def _is(name: str, kota: str) -> bool:
    """The same town, or one that goes on in words of another name."""
    return name.split()[0] in _NO_TOWN or f"{name} ".casefold().startswith(f"{kota} ".casefold())


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in (*value.keys(), *value.values()):
            yield from _texts(one)
    elif isinstance(value, (list, tuple, frozenset)):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
