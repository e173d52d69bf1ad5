"""The front page with the permits of the office, the page of each, and the notice on privacy."""

from flask import render_template, request

from pipeline.clock import now
from pipeline.errors import NotFound
from pipeline.queries.applicant.catalogue import read_real_time
from pipeline.rules.catalogue import asked_when, find
from pipeline.sop.registry import SOPS
from web.auth import publik
from web.publik import bp

#: Of the privacy notice; a new text is a new version, and the version accepted is kept with the application.
PRIVACY_VERSION = "2026-11"


@bp.get("/")
@publik
def home() -> str:
    """What one can apply for here, by name or by any word of it."""
    searched = request.args.get("cari", "").strip()[:100]
    return render_template("publik/home.html", permits=find(SOPS.values(), searched), searched=searched)


@bp.get("/izin/<code>")
@publik
def permit(code: str) -> str:
    """What is asked for, how long it takes, what it costs, and what it rests on."""
    sop = SOPS.get(code)
    if sop is None or not sop.by_applicant:
        raise NotFound("Izin ini tidak ada di kantor ini.")
    asked = [(syarat, asked_when(sop, syarat.required or syarat.optional)) for syarat in sop.syarat]
    return render_template("publik/permit.html", sop=sop, asked=asked, real=read_real_time(sop, now=now()))


@bp.get("/privasi")
@publik
def privacy() -> str:
    """What happens to personal data."""
    return render_template("publik/privacy.html", version=PRIVACY_VERSION)
