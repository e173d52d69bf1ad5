"""Acting for somebody: the banner on every staff page, and the certificate a signer makes for themselves."""

from datetime import timedelta

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now, real_now
from pipeline.errors import InputInvalid, TidakDitemukan
from pipeline.roles import Peran
from pipeline.services import batas
from pipeline.services.akun import PeranAktif
from pipeline.services.sertifikat import has_certificate, make_certificate, makes_certificates
from web.auth import pengguna_kini, penugasan_kini, peran_kini, petugas, saya
from web.forms import Formulir, apa_adanya
from web.petugas import bp


@bp.app_context_processor
def konteks() -> dict[str, object]:
    """What ``petugas/_pengganti.html`` asks for, on whatever page it is."""
    return {"penggantian": penggantian, "perlu_sertifikat": perlu_sertifikat}


def penggantian() -> list[PeranAktif]:
    """The roles in which I act for somebody today."""
    return [p for p in penugasan_kini() if p.dasar != "definitif"]


def perlu_sertifikat() -> bool:
    """Whether I am to sign, and cannot yet."""
    siapa = pengguna_kini()
    if siapa is None or Peran.KEPALA_DINAS not in peran_kini() or not makes_certificates():
        return False
    return not has_certificate(siapa.orang_id)


@bp.get("/sertifikat")
@petugas(Peran.KEPALA_DINAS)
def sertifikat() -> str:
    """The form for a certificate of one's own; only where certificates are local."""
    return _halaman(Formulir())


@bp.post("/sertifikat")
@petugas(Peran.KEPALA_DINAS)
def buat_sertifikat() -> Response:
    """Make it, after the account's password was proved. Nothing that was typed is shown again."""
    dari = batas.kunci("sertifikat", str(saya().akun_id))
    batas.hitung(dari, paling_banyak=10, jendela=timedelta(hours=1), now=real_now())
    try:
        make_certificate(saya(), apa_adanya("sandi"), apa_adanya("frasa_sandi"), apa_adanya("ulangi"), now=now())
    except InputInvalid as salah:
        return make_response(_halaman(Formulir({}, salah.errors)), 422)
    flash("Sertifikat tanda tangan Anda sudah jadi. Pakai frasa sandinya saat menandatangani.")
    return redirect(url_for("petugas.antrean", peran=Peran.KEPALA_DINAS), 303)


def _halaman(formulir: Formulir) -> str:
    if not makes_certificates():
        raise TidakDitemukan
    return render_template("petugas/sertifikat.html", formulir=formulir, ada=has_certificate(saya().orang_id))
