"""Whose file is filled in here: whatever a page of this room shows or changes is loaded here, and is nobody else's.

An applicant's own; or one that was opened at a desk of the officer who is logged in, for as long as it lies there.
"""

from uuid import UUID

from flask import abort, redirect, url_for

from pipeline.queries.applicant.permohonan import Filler, MyPermohonan, my_permohonan
from web.auth import current_peran, me, today


def filler() -> Filler:
    """Me, as one who fills in a form."""
    return Filler(me().person_id, current_peran() if me().petugas else None)


def own_permohonan(permohonan_id: UUID) -> MyPermohonan:
    """My application, as of today. Raises NotFound when it is another's.

    What a desk has sent on it reads on the pages of the office.
    """
    p = my_permohonan(permohonan_id, filler(), today=today())
    if me().petugas and not p.is_editable:
        abort(redirect(url_for("petugas.permohonan", permohonan_id=p.id), 303))
    return p
