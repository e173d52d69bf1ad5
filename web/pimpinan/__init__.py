"""The leaders' room: the whole office at a glance, and the register of numbers."""

from flask import Blueprint

bp = Blueprint("pimpinan", __name__, url_prefix="/pimpinan")

from web.pimpinan import overview, register  # noqa: E402 - need bp

__all__ = ["bp", "overview", "register"]
