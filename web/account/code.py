"""A code that confirms an address: of a new account, or another one of an account there is."""

from functools import partial
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.errors import InputInvalid
from pipeline.queries.people.accounts import contacts_of
from pipeline.services.people.registration import confirm, read_awaited, send_code_again, start_address_change
from web.account import bp
from web.auth import current_user, me, pemohon, publik
from web.forms import Form, posted, posted_fields, posted_raw, redraw
from web.refusal_log import record_wrong_secret
from web.sessions import current_session


@bp.get("/akun/konfirmasi/<uuid:letter_id>")
@publik
def code(letter_id: UUID) -> str:
    """The form for the code."""
    return _page(letter_id, Form())


@bp.post("/akun/konfirmasi/<uuid:letter_id>")
@publik
def confirm_address(letter_id: UUID) -> Response:
    """A right code makes the account, and begins its session; or gives the account its other address."""
    try:
        done = confirm(letter_id, posted("kode"), _account_id(), actor=current_user(), now=now())
    except InputInvalid as error:
        return redraw(partial(_page, letter_id), Form(posted_fields("kode")), error)
    if done.registration:
        current_session().log_in(done.account_id)
    flash(
        "Akun Anda sudah jadi. Anda sudah masuk."
        if done.registration
        else "Mulai sekarang akun Anda memakai nomor HP atau surel yang baru."
    )
    if done.next_letter:
        return redirect(url_for("account.code", letter_id=done.next_letter), 303)
    return redirect(url_for("pemohon.list_permohonan"), 303)


@bp.post("/akun/konfirmasi/<uuid:letter_id>/ulang")
@publik
def resend_code(letter_id: UUID) -> Response:
    """The same code once more."""
    send_code_again(letter_id, _account_id(), now=now())
    return redirect(url_for("account.code", letter_id=letter_id, ulang="ya"), 303)


@bp.get("/akun/alamat")
@pemohon
def address() -> str:
    """What the account has now, and the form for another."""
    return _address_page(Form())


@bp.post("/akun/alamat")
@pemohon
def change_address() -> Response:
    """Send a code to it; until that is typed, the one in use stays."""
    try:
        account_id = me().account_id
        letter_id = start_address_change(
            account_id, posted_raw("sandi"), posted("telepon"), posted("surel"), actor=me(), now=now()
        )
    except InputInvalid as error:
        record_wrong_secret(me(), error)
        return redraw(_address_page, Form(posted_fields("telepon", "surel")), error)
    return redirect(url_for("account.code", letter_id=letter_id), 303)


def _address_page(form: Form) -> str:
    return render_template("account/address.html", form=form, contact=contacts_of(me().account_id))


def _page(letter_id: UUID, form: Form) -> str:
    wait = read_awaited(letter_id, _account_id(), now=now())
    return render_template("account/code.html", form=form, wait=wait, letter_id=letter_id)


def _account_id() -> UUID | None:
    user = current_user()
    return user.account_id if user else None
