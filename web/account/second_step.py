"""Between the password and the office: the code of an app, or the app's setting up. Until then nothing else opens."""

from functools import partial

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.errors import InputInvalid, NotAllowedYet, TooOften
from pipeline.queries.people.second_factor import has_code
from pipeline.services.people.second_factor import begin_setup, set_up, take_code
from web.account import bp
from web.account.device import known_account, remember
from web.account.login import next_page_of
from web.auth import entering, who_enters
from web.forms import Form, posted, redraw
from web.refusal_log import record_wrong_secret
from web.sessions import current_session


@bp.get("/petugas/masuk/kode")
@entering
def second_step() -> Response:
    """The form for the code; who has none yet is led to set it up."""
    if not has_code(who_enters().account_id):
        return redirect(url_for("account.first_setup", next=request.args.get("next")))
    return make_response(render_template("account/second_step.html", form=Form()))


@bp.post("/petugas/masuk/kode")
@entering
def take_second_step() -> Response:
    """A right code opens the office; after too many wrong ones the login starts over."""
    user = who_enters()
    try:
        take_code(user, posted("kode"), known_device=known_account() == user.account_id, now=now())
    except InputInvalid as error:
        record_wrong_secret(user, error)
        return redraw(partial(render_template, "account/second_step.html"), Form(), error)
    except TooOften:
        current_session().log_out()
        raise
    return _let_in(redirect(next_page_of(user), 303))


@bp.get("/petugas/masuk/pasang")
@entering
def first_setup() -> Response:
    """The QR code of a new app, and the form for its first code."""
    if has_code(who_enters().account_id):
        return redirect(url_for("account.second_step", next=request.args.get("next")))
    return make_response(_setup_page(form=Form()))


@bp.post("/petugas/masuk/pasang")
@entering
def take_first_setup() -> Response:
    """Its first code opens the office, and shows the recovery codes this once."""
    user = who_enters()
    try:
        codes = set_up(user, begin_setup(user.account_id, posted("rahasia")), posted("kode_baru"), now=now())
    except InputInvalid as error:
        return redraw(_setup_page, Form(), error)
    except NotAllowedYet:  # set up meanwhile, by another window
        return redirect(url_for("account.second_step", next=request.args.get("next")), 303)
    page = render_template("account/recovery_codes.html", codes=codes, target=next_page_of(user))
    return _let_in(make_response(page, 201))


def _let_in(response: Response) -> Response:
    user = who_enters()
    current_session().let_in(user)
    remember(response, user.account_id)
    return response


def _setup_page(*, form: Form) -> str:
    setup = begin_setup(who_enters().account_id, posted("rahasia"))
    return render_template("account/first_setup.html", form=form, setup=setup)
