"""The front page, and the notice on privacy."""

from flask import render_template

from pipeline.sop.registry import SOPS
from web.auth import publik
from web.publik import bp

#: Of the privacy notice; a new text is a new version, and the version accepted is kept with the application.
PRIVACY_VERSION = "2026-11"


@bp.get("/")
@publik
def home() -> str:
    """What is asked for, how long it takes, what it costs."""
    contoh = {"jenis": "BARU", "lembaga_jenis": "LKS", "bentuk": "BH"}
    return render_template("publik/home.html", sop=next(iter(SOPS.values())), contoh=contoh)


@bp.get("/privasi")
@publik
def privacy() -> str:
    """What happens to personal data."""
    return render_template("publik/privacy.html", version=PRIVACY_VERSION)
