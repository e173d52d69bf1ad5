"""The applicant's own: whatever a page of this room shows or changes is loaded here, and is nobody else's."""

from uuid import UUID

from pipeline.queries.applicant.permohonan import MyPermohonan, my_permohonan
from web.auth import me, today


def own_permohonan(permohonan_id: UUID) -> MyPermohonan:
    """My application, as of today. Raises NotFound when it is another's."""
    return my_permohonan(permohonan_id, me().person_id, today=today())
