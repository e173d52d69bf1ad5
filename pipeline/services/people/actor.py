"""Who acts."""

from dataclasses import dataclass
from uuid import UUID

from pipeline.roles import Peran


@dataclass(frozen=True, slots=True)
class Petugas:
    """A person acting in a role; for the applicant the role is PEMOHON."""

    person_id: UUID
    peran: Peran
    session_id: str | None = None  # key of the login session they act by; None: not through the web
