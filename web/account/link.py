"""A forgotten password: a link is asked for, and sets a password once. No page of it gives its address away."""

from datetime import timedelta
from functools import partial

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now, real_now
from pipeline.errors import InputInvalid, NotFound
from pipeline.services.people import rate_limit
from pipeline.services.people.accounts import REGISTRATIONS_PER_HOUR
from pipeline.services.people.recovery import read_link, request_link, use_link
from web.account import bp
from web.auth import publik
from web.csrf import without_referer
from web.forms import Form, posted, posted_fields, posted_raw, redraw
from web.sessions import current_session
from web.templating import client_address

LINKS_PER_MINUTE = 30


@bp.get("/akun/lupa-sandi")
@publik
def forgot_password() -> str:
    """The form; and what to do once it is sent."""
    return render_template("account/forgot_password.html", form=Form(), sent="terkirim" in request.args)


@bp.post("/akun/lupa-sandi")
@publik
def ask_link() -> Response:
    """The same answer for an address we know and one we do not."""
    hour = timedelta(hours=1)
    rate_limit.count_try("lupa-sandi", client_address(), at_most=REGISTRATIONS_PER_HOUR, window=hour, now=real_now())
    try:
        if not posted("pengenal"):
            raise InputInvalid({"pengenal": "Isi nomor HP atau surel akun Anda."})
        request_link(posted("pengenal"), now=now())
    except InputInvalid as error:
        return redraw(partial(render_template, "account/forgot_password.html"), Form(posted_fields("pengenal")), error)
    return redirect(url_for("account.forgot_password", terkirim="ya"), 303)


@bp.get("/akun/tautan/<token>")
@publik
def link(token: str) -> Response:
    """The form for the password. Looking at it does not use up the link: mail programs look too."""
    return _answer(token)


@bp.post("/akun/tautan/<token>")
@publik
@without_referer
def take_link(token: str) -> Response:
    """Set the password; every session of the account ends, and its owner logs in with it."""
    _count_try()
    try:
        owner = use_link(token, posted_raw("sandi"), now=now())
    except InputInvalid as error:
        return _answer(token, error)
    except NotFound:
        return _dead()
    current_session().log_out()
    return redirect(url_for("account.petugas_login" if owner.petugas else "account.login", sandi="baru"), 303)


def _answer(token: str, refusal: InputInvalid | None = None) -> Response:
    _count_try()
    try:
        page = partial(render_template, "account/link.html", owner=read_link(token, now=now()))
    except NotFound:
        return _dead()
    return _private(redraw(page, Form(), refusal) if refusal else make_response(page(form=Form())))


def _dead() -> Response:
    return _private(make_response(render_template("account/dead_link.html"), 404))


def _private(response: Response) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _count_try() -> None:
    minute = timedelta(minutes=1)
    rate_limit.count_try("tautan", client_address(), at_most=LINKS_PER_MINUTE, window=minute, now=real_now())
