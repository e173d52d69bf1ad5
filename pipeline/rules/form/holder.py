"""What tells one holder from another: the answers the SOP says identify it, each in one way of writing. Pure."""

from collections.abc import Iterable, Set

from pipeline.rules.form.spelling import fold, name_key, number_key, person_key
from pipeline.sop.values import CaseData, Isian, Sop
from pipeline.sop.words import Identity, IsianKind


def marks_of(sop: Sop, data: CaseData) -> dict[str, str]:
    """What a holder is known by, "kind:key" -> the field it was typed into. Fields not asked do not count.

    All names are of one kind; the numbers of each field are of a kind of their own, named for the field.
    """
    return _marks(sop, sop.isian_for(data), data)


def marks_told(sop: Sop, data: CaseData) -> dict[str, str]:
    """The same of whatever is told of a holder without a form: no answer says which fields would have been asked."""
    return _marks(sop, sop.isian, data)


def _marks(sop: Sop, asked: Iterable[Isian], data: CaseData) -> dict[str, str]:
    marks: dict[str, str] = {}
    for isian in asked:
        value = data.get(isian.code, "")
        if isian.identity and isinstance(value, str) and value:
            marks.setdefault(_mark(sop, isian, value, data), isian.code)
    return marks


def holder_columns(sop: Sop, data: CaseData) -> dict[str, object]:
    """What the row of an application repeats of its form, to be listed, searched and compared by."""
    name = data.get(sop.pemegang, "")
    name = name if isinstance(name, str) else ""
    return {"pemegang": name, "search_name": fold(name), "marks": sorted(marks_of(sop, data))}


def is_same(mine: Set[str], theirs: Set[str]) -> bool:
    """Whether two sets of marks are of one holder: they agree in every kind of mark that both have."""
    common = _kinds(mine) & _kinds(theirs)
    return bool(common) and all(_of(mine, kind) & _of(theirs, kind) for kind in common)


def _mark(sop: Sop, isian: Isian, value: str, data: CaseData) -> str:
    if isian.identity is Identity.NAMA:
        return f"{Identity.NAMA}:{name_key(value, sop.common_words)}"
    beside = [_beside(sop, code, data) for code in isian.identity_with]
    # Sixteen digits that are fifteen behind a zero are the same number: no key begins with one.
    return f"{isian.code}:{'/'.join((number_key(value), *beside))}"


def _beside(sop: Sop, code: str, data: CaseData) -> str:
    """An answer that belongs to a number: a day as it is kept, a text as the name of a person."""
    value = str(data.get(code, ""))
    is_text = any(f.code == code and f.kind is IsianKind.TEKS for f in sop.isian)
    return person_key(value, sop.titles) if is_text else value


def _kinds(marks: Set[str]) -> Set[str]:
    return {mark.partition(":")[0] for mark in marks}


def _of(marks: Set[str], kind: str) -> Set[str]:
    return {mark for mark in marks if mark.startswith(f"{kind}:")}
