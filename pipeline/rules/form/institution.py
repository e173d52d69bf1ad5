"""What tells one institution from another: its legal numbers and its name, each in one way of writing. Pure."""

import re
from collections.abc import Iterator, Set
from typing import Final

from pipeline.rules.form.spelling import fold, name_key, number_key
from pipeline.sop.values import CaseData, Isian, Sop
from pipeline.sop.words import IsianKind

_BY_KIND: Final = {IsianKind.AHU: "ahu", IsianKind.NIB: "nib", IsianKind.NPWP: "npwp"}
_NAMES: Final = ("nama_lembaga", "nama_sk")
_TITLES: Final = frozenset({"notaris", "drs", "dra", "mkn", "spn", "msi"})


def marks_of(sop: Sop, data: CaseData) -> dict[str, str]:
    """What an institution is known by, "kind:key" -> the field it was typed into. Fields not asked do not count."""
    marks: dict[str, str] = {}
    for isian in sop.isian_for(data):
        value = data.get(isian.code, "")
        if isinstance(value, str) and value:
            marks = dict.fromkeys(_marks(isian, value, data), isian.code) | marks
    return marks


def institution_columns(sop: Sop, data: CaseData) -> dict[str, object]:
    """What the row of an application repeats of its form, to be listed, searched and compared by."""
    name = data.get(sop.pemegang, "")
    name = name if isinstance(name, str) else ""
    return {"pemegang": name, "search_name": fold(name), "marks": sorted(marks_of(sop, data))}


def is_same(mine: Set[str], theirs: Set[str]) -> bool:
    """Whether two sets of marks are of one institution: they agree in every kind of mark that both have."""
    common = _kinds(mine) & _kinds(theirs)
    return bool(common) and all(_of(mine, kind) & _of(theirs, kind) for kind in common)


def _marks(isian: Isian, value: str, data: CaseData) -> Iterator[str]:
    if kind := _BY_KIND.get(isian.kind):
        yield f"{kind}:{number_key(value)}"  # an NPWP of 16 digits is that of 15 behind a zero, which no key has
    elif isian.code in _NAMES:
        yield f"nama:{name_key(value)}"
    elif isian.code == "akta_nomor":
        yield f"akta:{number_key(value)}/{data.get('akta_tanggal', '')}/{_notary(str(data.get('akta_notaris', '')))}"


def _notary(name: str) -> str:
    """The name without titles, which everybody writes another way."""
    return "".join(w for w in re.findall(r"[^\W\d_]+", fold(name)) if len(w) > 2 and w not in _TITLES)


def _kinds(marks: Set[str]) -> Set[str]:
    return {mark.partition(":")[0] for mark in marks}


def _of(marks: Set[str], kind: str) -> Set[str]:
    return {mark for mark in marks if mark.startswith(f"{kind}:")}
