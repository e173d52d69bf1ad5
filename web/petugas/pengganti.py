"""Acting for somebody: the banner on every staff page, and the certificate a signer makes for themselves."""

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.errors import InputInvalid, NotFound
from pipeline.roles import Peran
from pipeline.services.people.accounts import ActivePeran
from pipeline.services.people.certificates import has_certificate, make_certificate, makes_certificates
from web.auth import current_penugasan, current_peran, current_user, petugas, saya
from web.forms import Form, posted_raw
from web.petugas import bp
from web.refusals import record_wrong_secret


@bp.app_context_processor
def konteks() -> dict[str, object]:
    """What ``petugas/_pengganti.html`` asks for, on whatever page it is."""
    return {"penggantian": penggantian, "needs_certificate": needs_certificate}


def penggantian() -> list[ActivePeran]:
    """The roles in which I act for somebody today."""
    return [p for p in current_penugasan() if p.dasar != "definitif"]


def needs_certificate() -> bool:
    """Whether I am to sign, and cannot yet."""
    who = current_user()
    if who is None or Peran.KEPALA_DINAS not in current_peran() or not makes_certificates():
        return False
    return not has_certificate(who.person_id)


@bp.get("/sertifikat")
@petugas(Peran.KEPALA_DINAS)
def sertifikat() -> str:
    """The form for a certificate of one's own; only where certificates are local."""
    return _page(Form())


@bp.post("/sertifikat")
@petugas(Peran.KEPALA_DINAS)
def create_certificate() -> Response:
    """Make it, after the account's password was proved. Nothing that was typed is shown again."""
    try:
        make_certificate(saya(), posted_raw("sandi"), posted_raw("passphrase"), posted_raw("ulangi"), now=now())
    except InputInvalid as error:
        record_wrong_secret(saya(), error)
        return make_response(_page(Form({}, error.errors)), 422)
    flash("Sertifikat tanda tangan Anda sudah jadi. Pakai frasa sandinya saat menandatangani.")
    return redirect(url_for("petugas.antrean", peran=Peran.KEPALA_DINAS), 303)


def _page(formulir: Form) -> str:
    if not makes_certificates():
        raise NotFound
    return render_template("petugas/sertifikat.html", formulir=formulir, ada=has_certificate(saya().person_id))
