"""What an office may change in a SOP without changing its steps, form or papers."""

from dataclasses import dataclass

#: Days after the signature at which an applicant is reminded of a document not taken yet.
DAYS_TO_TAKE = (3, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAge:
    """How old a document may be at submission, counted from the date typed in ``isian``."""

    syarat: str
    isian: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the office may change without changing the steps."""

    automatic: bool  # whether the automatic work of a langkah may decide; no = every step waits for a person
    sample: int  # percent of the files that pass automatically and are still shown to a person
    archive_days: int = 90  # days after which a signed document that nobody took is archived
    document_ages: tuple[DocumentAge, ...] = ()
