"""A superior gives a desk below more time for a file."""

from uuid import UUID

from flask import flash, make_response, redirect, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import InputInvalid
from pipeline.roles import PERAN_PETUGAS
from pipeline.services.desk.extend import extend
from web.auth import acting_in, petugas
from web.forms import Form, posted, posted_fields
from web.petugas import bp
from web.petugas.atasan import desk_below
from web.petugas.permohonan import permohonan_page

REASON = "alasan-perpanjang"  # another form of the same page asks for a reason too


@bp.post("/tugas/<uuid:tugas_id>/perpanjang")
@petugas(*PERAN_PETUGAS)
def perpanjang(tugas_id: UUID) -> Response:
    """Add working days to the limit of the visit."""
    satu, atasan = desk_below(tugas_id)
    try:
        hari, oleh = _days(), acting_in(atasan)
        extend(tugas_id, hari, posted(REASON), oleh=oleh, now=clock.now())
    except InputInvalid as error:
        errors = {REASON if k == "alasan" else k: v for k, v in error.errors.items()}
        form = Form(posted_fields("hari", REASON), errors)
        return make_response(permohonan_page(satu.permohonan_id, time_form=form), 422)
    flash(f"Tenggat {satu.nomor} diperpanjang {hari} hari kerja.")
    return redirect(url_for("petugas.permohonan", permohonan_id=satu.permohonan_id), 303)


def _days() -> int:
    """The number typed; anything else is refused by the service like 0."""
    tertulis = posted("hari")
    return int(tertulis) if tertulis.isascii() and tertulis.isdigit() and len(tertulis) < 4 else 0
