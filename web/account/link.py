"""A forgotten password: a link, or a code that leads to one, is asked for and sets a password once.

No page of it gives its address away, and none tells whether there is an account.
"""

from datetime import timedelta
from functools import partial
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now, real_now
from pipeline.errors import InputInvalid, NotFound
from pipeline.rules.one_time import typed_slip
from pipeline.services.people import rate_limit
from pipeline.services.people.account_letters import can_reach
from pipeline.services.people.accounts import REGISTRATIONS_PER_HOUR
from pipeline.services.people.recovery import read_link, request_reset, use_code, use_link
from web.account import bp
from web.auth import publik
from web.csrf import without_referer
from web.forms import Form, posted, posted_fields, posted_raw, redraw
from web.sessions import current_session
from web.templating import client_address

LINKS_PER_MINUTE = 30
#: Of one network address, whatever letter they are for: each letter has its own few tries.
CODES_PER_HOUR = 30


@bp.get("/akun/lupa-sandi")
@publik
def forgot_password() -> str:
    """The form; and what to do once it is sent."""
    return _forgot(form=Form(), sent="terkirim" in request.args)


@bp.post("/akun/lupa-sandi")
@publik
def ask_link() -> Response:
    """The same answer for an address we know and one we do not."""
    hour = timedelta(hours=1)
    rate_limit.count_try("lupa-sandi", client_address(), at_most=REGISTRATIONS_PER_HOUR, window=hour, now=real_now())
    try:
        if not posted("pengenal"):
            raise InputInvalid({"pengenal": "Isi nomor HP atau surel akun Anda."})
        letter_id = request_reset(posted("pengenal"), now=now())
    except InputInvalid as error:
        return redraw(_forgot, Form(posted_fields("pengenal")), error)
    if letter_id is not None:
        return redirect(url_for("account.reset_code", letter_id=letter_id), 303)
    return redirect(url_for("account.forgot_password", terkirim="ya"), 303)


@bp.get("/akun/lupa-sandi/<uuid:letter_id>")
@publik
def reset_code(letter_id: UUID) -> str:
    """The form for the code; the same whether there is such a letter or not."""
    return _code_page(form=Form())


@bp.post("/akun/lupa-sandi/<uuid:letter_id>")
@publik
def take_reset_code(letter_id: UUID) -> Response:
    """A right code leads on to the form for the password."""
    hour = timedelta(hours=1)
    rate_limit.count_try("kode-dari", client_address(), at_most=CODES_PER_HOUR, window=hour, now=real_now())
    try:
        token = use_code(letter_id, posted("kode"), now=now())
    except InputInvalid as error:
        return redraw(_code_page, Form(), error)
    return _private(redirect(url_for("account.link", token=token), 303))


@bp.get("/akun/kode-loket")
@publik
def counter_code() -> str:
    """The form for what stands on a slip of the counter."""
    return render_template("account/counter_code.html", form=Form())


@bp.post("/akun/kode-loket")
@publik
def take_counter_code() -> Response:
    """It is the end of a link."""
    code = typed_slip(posted("kode"))
    if not code:
        refusal = InputInvalid({"kode": "Ketik kode pada kertas dari loket."})
        return redraw(partial(render_template, "account/counter_code.html"), Form(), refusal)
    return _private(redirect(url_for("account.link", token=code), 303))


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


def _forgot(*, form: Form, sent: bool = False) -> str:
    reach = {code for code in ("surel", "telepon") if can_reach(code)}
    return render_template("account/forgot_password.html", form=form, sent=sent, reach=reach)


def _code_page(*, form: Form) -> str:
    return render_template("account/reset_code.html", form=form)


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
