"""The administrator's room: accounts and roles, substitutes, calendar."""

from flask import Blueprint

bp = Blueprint("admin", __name__, url_prefix="/admin")

from web.admin import accounts, calendar, delegasi, home, opening, paper  # noqa: E402 - need bp

__all__ = ["accounts", "bp", "calendar", "delegasi", "home", "opening", "paper"]
