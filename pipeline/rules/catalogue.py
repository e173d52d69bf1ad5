"""The permits of an office as the public finds them: by any word, with what is asked for in which case. Pure."""

from collections.abc import Collection, Sequence

from pipeline.rules.form.spelling import fold
from pipeline.sop.values import Condition, Sop


def find(sops: Collection[Sop], text: str) -> tuple[Sop, ...]:
    """Those the public may apply for that have every word of ``text``, by name; all of them for an empty one."""
    wanted = fold(text).split()
    found = (sop for sop in sops if sop.by_applicant and all(word in _words(sop) for word in wanted))
    return tuple(sorted(found, key=lambda sop: sop.name))


def _words(sop: Sop) -> str:
    told = sop.catalogue
    return fold(" ".join((sop.name, sop.code, told.description, told.audience, *told.keywords)))


def asked_when(sop: Sop, conditions: Sequence[Condition]) -> str:
    """In which case it is asked for, in the words of the choices: "A, B; atau C". Empty: always."""
    if any(not condition.isian for condition in conditions):
        return ""
    return "; atau ".join(", ".join(_choices(sop, condition)) for condition in conditions)


def _choices(sop: Sop, condition: Condition) -> Sequence[str]:
    labels = {isian.code: isian.choices for isian in sop.isian}
    return [
        " atau ".join(labels.get(code, {}).get(value, value) for value in values)
        for code, values in condition.isian.items()
    ]
