"""A role that waits for a second person: what is asked, and their answer. Also of who asked, and who is to hold it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.queries.people.waiting_roles import read_role_request
from pipeline.roles import Peran
from pipeline.services.people.confirm_role import confirm_role, refuse_role
from web.account import bp
from web.auth import account, current_peran, me


@bp.get("/akun/peran/<uuid:role_id>")
@account
def show_role(role_id: UUID) -> str:
    """What was asked for, and what became of it."""
    asked = read_role_request(role_id, reader=me().person_id, now=now())
    return render_template("account/waiting_role.html", asked=asked)


@bp.post("/akun/peran/<uuid:role_id>/konfirmasi")
@account
def confirm(role_id: UUID) -> Response:
    """The second person agrees."""
    confirm_role(role_id, user=me(), now=now())
    flash("Peran dikonfirmasi. Pemegangnya dan yang mengajukannya diberi tahu.")
    return _back(role_id)


@bp.post("/akun/peran/<uuid:role_id>/tolak")
@account
def refuse(role_id: UUID) -> Response:
    """They do not; or who asked takes it back."""
    withdrawn = refuse_role(role_id, user=me(), now=now())
    flash("Ajuan peran dibatalkan." if withdrawn else "Peran ditolak. Yang mengajukannya diberi tahu.")
    return _back(role_id)


def _back(role_id: UUID) -> Response:
    """An administrator to the officer's page; others see what became of it."""
    asked = read_role_request(role_id, reader=me().person_id, now=now())
    if Peran.ADMIN in current_peran() and asked.account_id:
        return redirect(url_for("admin.user_details", account_id=asked.account_id), 303)
    return redirect(url_for("account.show_role", role_id=role_id), 303)
