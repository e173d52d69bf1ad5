"""Who acts."""

from dataclasses import dataclass
from uuid import UUID

from pipeline.roles import Peran


@dataclass(frozen=True, slots=True)
class Petugas:
    """A person acting in a role; for the applicant the role is PEMOHON."""

    orang_id: UUID
    peran: Peran
