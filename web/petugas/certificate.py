"""The certificate a signer makes for themselves, where certificates are local."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.errors import InputInvalid, NotFound
from pipeline.services.people.certificates import has_certificate, make_certificate, makes_certificates
from pipeline.sop.who_may import signers
from web.auth import current_peran, me, petugas
from web.forms import Form, posted_raw, redraw
from web.petugas import bp
from web.refusal_log import record_wrong_secret


@bp.get("/sertifikat")
@petugas(*signers())
def certificate() -> str:
    """The form for a certificate of one's own; only where certificates are local."""
    return _page(Form())


@bp.post("/sertifikat")
@petugas(*signers())
def create_certificate() -> Response:
    """Make it, after the account's password was proved. Nothing that was typed is shown again."""
    try:
        make_certificate(me(), posted_raw("sandi"), posted_raw("passphrase"), posted_raw("ulangi"), now=now())
    except InputInvalid as error:
        record_wrong_secret(me(), error)
        return redraw(_page, Form(), error)
    flash("Sertifikat tanda tangan Anda sudah jadi. Pakai frasa sandinya saat menandatangani.")
    return redirect(url_for("petugas.antrean", peran=min(current_peran() & signers())), 303)


def _page(form: Form) -> str:
    if not makes_certificates():
        raise NotFound
    return render_template("petugas/certificate.html", form=form, present=has_certificate(me().person_id))
