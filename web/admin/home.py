"""The administrator's rooms: accounts and roles, substitutes, the calendar. No file of an applicant is opened here."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from pipeline.roles import Peran
from web.admin import bp
from web.admin.opening import opening_lack
from web.auth import petugas


@bp.get("")
@petugas(Peran.ADMIN)
def admin() -> Response:
    """The first of them."""
    return redirect(url_for("admin.show_opening" if opening_lack() else "admin.list_users"))
