"""What depends on the case: conditions on its form, and what a langkah says by them or asks for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

#: Case data that conditions may look at: one word, or several for a multiple choice.
CaseData = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Condition:
    """All of these fields have one of the listed values (a multiple choice: contains one of them)."""

    isian: Mapping[str, tuple[str, ...]]

    def fits(self, data: CaseData) -> bool:
        """Whether the case data meet every clause; a field that is absent never matches."""
        for name, allowed in self.isian.items():
            value = data.get(name, ())
            present = (value,) if isinstance(value, str) else value
            if not set(present) & set(allowed):
                return False
        return True


def any_fits(condition: tuple[Condition, ...], data: CaseData) -> bool:
    """Whether any of the conditions holds; no condition at all means no."""
    return any(k.fits(data) for k in condition)


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a file goes on that meets one of the conditions."""

    target: str
    when: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Asks:
    """What an applicant's step in the middle asks for: codes of documents and fields."""

    syarat: tuple[str, ...] = ()
    isian: tuple[str, ...] = ()
