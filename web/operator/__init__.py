"""The operator's room: the machinery, its parked work, and the door to Flower."""

from flask import Blueprint

bp = Blueprint("operator", __name__, url_prefix="/operator")

from web.operator import machinery  # noqa: E402 - needs bp

__all__ = ["bp", "machinery"]
