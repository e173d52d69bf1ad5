"""Pages for everybody: what this is, where a file is, whether a document is genuine."""

from flask import Blueprint

bp = Blueprint("publik", __name__)

from web.publik import heads, home, measures, probes, tracking, verification  # noqa: E402 - need bp

__all__ = ["bp", "heads", "home", "measures", "probes", "tracking", "verification"]
