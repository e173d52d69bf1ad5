"""An officer's own code: set it up, move it, other recovery codes; and, for a second person, to let a lost one go."""

from functools import partial
from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.errors import InputInvalid
from pipeline.queries.people.second_factor import has_code, read_code_state, read_reset_request
from pipeline.services.people.factor_reset import agree_reset
from pipeline.services.people.second_factor import begin_setup, move, renew_recovery, switch_off, switch_on
from pipeline.settings import settings
from web.account import bp
from web.auth import me, staff
from web.forms import Form, posted, posted_raw, redraw
from web.refusal_log import record_wrong_secret


@bp.get("/petugas/kode-masuk")
@staff
def own_code() -> str:
    """Whether there is one, since when, and what can be done about it."""
    return _page("own_code", form=Form())


@bp.get("/petugas/kode-masuk/pasang")
@staff
def show_setup() -> str:
    """The QR code of a new app, for the first one or for another phone."""
    return _setup_page(form=Form())


@bp.post("/petugas/kode-masuk/pasang")
@staff
def save_setup() -> Response:
    """The first code of the app sets it up; the recovery codes are shown this once."""
    setup, password = begin_setup(me().account_id, posted("rahasia")), posted_raw("sandi")
    try:
        if has_code(me().account_id):
            codes = move(me(), password, posted("kode"), setup, posted("kode_baru"), now=now())
        else:
            codes = switch_on(me(), password, setup, posted("kode_baru"), now=now())
    except InputInvalid as error:
        record_wrong_secret(me(), error)
        return redraw(_setup_page, Form(), error)
    return _codes_page(codes)


@bp.get("/petugas/kode-masuk/pemulihan")
@staff
def show_recovery() -> Response:
    """The form for other recovery codes."""
    return _form_page("new_recovery")


@bp.post("/petugas/kode-masuk/pemulihan")
@staff
def save_recovery() -> Response:
    """Ten others, shown this once."""
    try:
        codes = renew_recovery(me(), posted_raw("sandi"), posted("kode"), now=now())
    except InputInvalid as error:
        record_wrong_secret(me(), error)
        return redraw(partial(_page, "new_recovery"), Form(), error)
    return _codes_page(codes)


@bp.get("/petugas/kode-masuk/matikan")
@staff
def show_switch_off() -> Response:
    """The form that goes back to the password alone."""
    return _form_page("switch_off")


@bp.post("/petugas/kode-masuk/matikan")
@staff
def save_switch_off() -> Response:
    """Where the office leaves it to each officer."""
    try:
        switch_off(me(), posted_raw("sandi"), posted("kode"), now=now())
    except InputInvalid as error:
        record_wrong_secret(me(), error)
        return redraw(partial(_page, "switch_off"), Form(), error)
    flash("Kode masuk dimatikan. Mulai sekarang Anda masuk dengan kata sandi saja.")
    return redirect(url_for("account.own_code"), 303)


@bp.get("/petugas/kode-masuk/lepas/<uuid:account_id>")
@staff
def ask_agree(account_id: UUID) -> str:
    """What a second person is asked to agree to."""
    asked = read_reset_request(account_id, reader=me().person_id, now=now())
    return render_template("account/agree_reset.html", asked=asked)


@bp.post("/petugas/kode-masuk/lepas/<uuid:account_id>")
@staff
def agree(account_id: UUID) -> Response:
    """They agree."""
    agree_reset(account_id, user=me(), now=now())
    flash("Kode masuk dilepas. Pemiliknya memasang yang baru saat masuk berikutnya.")
    return redirect(url_for("account.own_code"), 303)


def _form_page(name: str) -> Response:
    """The form of what only somebody with a code can do; others are shown how to get one."""
    if not has_code(me().account_id):
        return redirect(url_for("account.own_code"))
    return make_response(_page(name, form=Form()))


def _page(name: str, *, form: Form) -> str:
    state = read_code_state(me().account_id, now=now())
    return render_template(f"account/{name}.html", form=form, state=state, required=settings().code_required)


def _setup_page(*, form: Form) -> str:
    setup = begin_setup(me().account_id, posted("rahasia"))
    return render_template("account/setup.html", form=form, setup=setup, moves=has_code(me().account_id))


def _codes_page(codes: tuple[str, ...]) -> Response:
    target = url_for("account.own_code")
    return make_response(render_template("account/recovery_codes.html", codes=codes, target=target), 201)
