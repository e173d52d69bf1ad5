"""Register, log in with a password, log out. What goes to an address: code.py and link.py; the code: second_step.py."""

from datetime import timedelta
from functools import partial

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now, real_now
from pipeline.errors import InputInvalid
from pipeline.services.people import rate_limit
from pipeline.services.people.account_letters import can_reach
from pipeline.services.people.accounts import REGISTRATIONS_PER_HOUR, authenticate, roles_of
from pipeline.services.people.registration import start_registration
from pipeline.services.people.sessions import User
from web.account import bp
from web.account.device import known_account, remember
from web.auth import current_user, next_page, publik, today
from web.forms import Form, posted, posted_fields, posted_raw, redraw
from web.sessions import current_session
from web.templating import client_address


@bp.get("/akun/daftar")
@publik
def listing() -> str:
    """The form for a new applicant's account."""
    return _register_page(form=Form())


@bp.post("/akun/daftar")
@publik
def register() -> Response:
    """Send a code to the address. Whether it has an account already, only its owner learns."""
    values = posted_fields("nama", "telepon", "surel")
    rate_limit.count_try(
        "daftar", client_address(), at_most=REGISTRATIONS_PER_HOUR, window=timedelta(hours=1), now=real_now()
    )
    try:
        letter_id = start_registration(
            posted("nama"), posted("telepon"), posted("surel"), posted_raw("sandi"), now=now()
        )
    except InputInvalid as error:
        return redraw(_register_page, Form(values), error)
    return redirect(url_for("account.code", letter_id=letter_id), 303)


@bp.get("/akun/masuk")
@publik
def login() -> Response:
    """The applicants' login page."""
    return _login_page(petugas=False)


@bp.post("/akun/masuk")
@publik
def let_in() -> Response:
    """Log an applicant in."""
    return _log_in(petugas=False)


@bp.get("/petugas/masuk")
@publik
def petugas_login() -> Response:
    """The officers' login page."""
    return _login_page(petugas=True)


@bp.post("/petugas/masuk")
@publik
def let_petugas_in() -> Response:
    """Log an officer in."""
    return _log_in(petugas=True)


@bp.post("/akun/keluar")
@publik
def out() -> Response:
    """End the session, on the server too, and let the browser forget the pages it kept."""
    current_session().log_out()
    response = redirect("/", 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _register_page(*, form: Form) -> str:
    reach = {code for code in ("surel", "telepon") if can_reach(code)}
    return render_template("account/register.html", form=form, reach=reach)


def _login_page(*, petugas: bool) -> Response:
    user = current_user()
    if user and user.petugas == petugas:
        return redirect(next_page_of(user))
    return make_response(render_template("account/login.html", form=Form(), petugas=petugas))


def _log_in(*, petugas: bool) -> Response:
    try:
        user = authenticate(
            posted("pengenal"),
            posted_raw("sandi"),
            client_address(),
            petugas=petugas,
            now=real_now(),
            known_account=known_account(),
        )
    except InputInvalid as error:
        page = partial(render_template, "account/login.html", petugas=petugas)
        return redraw(page, Form(posted_fields("pengenal")), error)
    current_session().log_in(user.account_id, proven=user.proven, entering=user.awaits_code)
    if user.awaits_code:
        return redirect(url_for("account.second_step", next=request.args.get("next")), 303)
    response = redirect(next_page_of(user), 303)
    remember(response, user.account_id)
    return response


def next_page_of(user: User) -> str:
    """Where this person goes after the login."""
    peran = frozenset(p.peran for p in roles_of(user.person_id, today())) if user.petugas else frozenset()
    return next_page(request.args.get("next", ""), user, peran)
