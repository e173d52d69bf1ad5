"""What the file of an SOP may make depend on the answers of a case."""

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
