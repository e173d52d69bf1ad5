"""Where a file is, for whoever has its number and its code."""

from datetime import timedelta
from functools import partial

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from pipeline.clock import real_now
from pipeline.errors import InputInvalid
from pipeline.queries.applicant.tracking import find_trace
from pipeline.services.people import rate_limit
from web.auth import publik
from web.forms import Form, posted, posted_fields, redraw
from web.publik import bp
from web.templating import client_address

MISMATCH = "Nomor permohonan dan kode lacak tidak cocok. Periksa lagi pada tanda terima."
TRACKED_PER_MINUTE = 10
A_MINUTE = timedelta(minutes=1)


@bp.get("/lacak")
@publik
def track() -> str:
    """The form; a QR code fills in the number."""
    return render_template("publik/track.html", form=Form({"nomor": request.args.get("nomor", "")[:40]}))


@bp.post("/lacak")
@publik
def track_nomor() -> Response:
    """Where the file is. The same refusal for a wrong number and a wrong code."""
    rate_limit.count_try("lacak", client_address(), at_most=TRACKED_PER_MINUTE, window=A_MINUTE, now=real_now())
    trail = find_trace(_compact("nomor"), _compact("kode").replace("-", ""))
    if trail is None:
        page = partial(render_template, "publik/track.html")
        return redraw(page, Form(posted_fields("nomor")), InputInvalid({"kode": MISMATCH}))
    return make_response(render_template("publik/trail.html", trail=trail))


def _compact(code: str) -> str:
    """A number or a code as people read it off paper: spaces and case do not count."""
    return "".join(posted(code).upper().split())[:40]
