"""The administrator's rooms: accounts and roles, substitutes, the calendar. No file of an applicant is opened here."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from pipeline.roles import Peran
from web.auth import petugas

bp = Blueprint("admin", __name__, url_prefix="/admin")

from web.admin import delegasi, kalender, pengguna  # noqa: E402 - need bp

__all__ = ["bp", "delegasi", "kalender", "pengguna"]


@bp.get("")
@petugas(Peran.ADMIN)
def admin() -> Response:
    """The first of them."""
    return redirect(url_for("admin.list_users"))
