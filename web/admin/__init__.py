"""The administrator's room: accounts and roles, substitutes, calendar."""

from flask import Blueprint

bp = Blueprint("admin", __name__, url_prefix="/admin")

from web.admin import delegasi, home, kalender, pengguna  # noqa: E402 - need bp

__all__ = ["bp", "delegasi", "home", "kalender", "pengguna"]
