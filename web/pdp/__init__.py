"""The room of the PDP officer: who read personal data, and who was refused."""

from flask import Blueprint

bp = Blueprint("pdp", __name__, url_prefix="/pdp")

from web.pdp import records  # noqa: E402 - needs bp

__all__ = ["bp", "records"]
