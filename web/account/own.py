"""One's own account: its pages, its password, and where it is logged in."""

from functools import partial

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now, real_now
from pipeline.errors import InputInvalid
from pipeline.queries.people.own_sessions import read_own_sessions
from pipeline.services.people.passwords import change_password
from pipeline.services.people.sessions import alive_at, close_others, close_session
from web.account import bp
from web.auth import account as logged_in
from web.auth import me
from web.forms import Form, posted, posted_raw, redraw
from web.refusal_log import record_wrong_secret
from web.sessions import current_session


@bp.get("/akun")
@logged_in
def home() -> str:
    """What can be done with one's own account."""
    return render_template("account/home.html")


@bp.get("/akun/sandi")
@logged_in
def password() -> str:
    """The form for a new password."""
    return render_template("account/password.html", form=Form())


@bp.post("/akun/sandi")
@logged_in
def save_password() -> Response:
    """Change the password; every other session of the account ends, and this one goes on under a new cookie."""
    try:
        change_password(me().account_id, posted_raw("sandi_lama"), posted_raw("sandi"), actor=me(), now=now())
    except InputInvalid as error:
        record_wrong_secret(me(), error)
        return redraw(partial(render_template, "account/password.html"), Form(), error)
    current_session().log_in(me().account_id)
    flash("Kata sandi sudah diganti. Perangkat lain yang memakai akun Anda sudah dikeluarkan.")
    return redirect(url_for("account.home"), 303)


@bp.get("/akun/sesi")
@logged_in
def list_sessions() -> str:
    """Where this account is logged in."""
    sessions = read_own_sessions(me().account_id, me().session_id, alive_at(real_now()))
    return render_template("account/sessions.html", sessions=sessions)


@bp.post("/akun/sesi/tutup")
@logged_in
def end_sessions() -> Response:
    """End one of them, or all but this one."""
    if posted("sesi"):
        ended = close_session(me(), posted("sesi"))
        flash("Perangkat itu sudah dikeluarkan." if ended else "Perangkat itu sudah keluar sebelumnya.")
    else:
        count = close_others(me())
        flash(f"{count} perangkat lain sudah dikeluarkan." if count else "Tidak ada perangkat lain yang masuk.")
    return redirect(url_for("account.list_sessions"), 303)
