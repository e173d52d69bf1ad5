"""Register, log in, log out."""

from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Jawaban

from pipeline.clock import now, real_now
from pipeline.errors import InputInvalid
from pipeline.services import batas
from pipeline.services.akun import DAFTAR_PER_JAM, authenticate, change_password, register, roles_of
from pipeline.services.sesi import Pengguna
from web.akun.perangkat import kenali, perangkat_dari
from web.auth import akun as punya_akun
from web.auth import hari_ini, lanjut_ke, pengguna_kini, publik, saya
from web.forms import Formulir, apa_adanya, isi_formulir, teks
from web.sesi import sesi_kini
from web.tampilan import alamat_pengirim

bp = Blueprint("akun", __name__)


@bp.get("/akun/daftar")
@publik
def daftar() -> str:
    """The form for a new applicant's account."""
    return render_template("akun/daftar.html", formulir=Formulir())


@bp.post("/akun/daftar")
@publik
def daftarkan() -> Jawaban:
    """Make the account and begin its session at once."""
    nilai = isi_formulir("nama", "telepon", "surel")
    dari = batas.kunci("daftar", alamat_pengirim())
    batas.hitung(dari, paling_banyak=DAFTAR_PER_JAM, jendela=timedelta(hours=1), now=real_now())
    try:
        akun_id = register(teks("nama"), teks("telepon"), teks("surel"), apa_adanya("sandi"), now=now())
    except InputInvalid as galat:
        return make_response(render_template("akun/daftar.html", formulir=Formulir(nilai, galat.errors)), 422)
    sesi_kini().masuk(akun_id)
    flash("Akun Anda sudah jadi. Anda sudah masuk.")
    return redirect(url_for("pemohon.daftar_permohonan"), 303)


@bp.get("/akun/masuk")
@publik
def masuk() -> Jawaban:
    """The applicants' login page."""
    return _halaman_masuk(petugas=False)


@bp.post("/akun/masuk")
@publik
def masukkan() -> Jawaban:
    """Log an applicant in."""
    return _masukkan(petugas=False)


@bp.get("/petugas/masuk")
@publik
def masuk_petugas() -> Jawaban:
    """The officers' login page."""
    return _halaman_masuk(petugas=True)


@bp.post("/petugas/masuk")
@publik
def masukkan_petugas() -> Jawaban:
    """Log an officer in."""
    return _masukkan(petugas=True)


@bp.post("/akun/keluar")
@publik
def keluar() -> Jawaban:
    """End the session, on the server too, and let the browser forget the pages it kept."""
    sesi_kini().keluar()
    jawaban = redirect("/", 303)
    jawaban.headers["Clear-Site-Data"] = '"cache", "storage"'
    return jawaban


@bp.get("/akun/sandi")
@punya_akun
def sandi() -> str:
    """The form for a new password."""
    return render_template("akun/sandi.html", formulir=Formulir())


@bp.post("/akun/sandi")
@punya_akun
def ganti_sandi() -> Jawaban:
    """Change the password; every session of the account ends, this one too."""
    dari = batas.kunci("ganti-sandi", str(saya().akun_id))
    batas.hitung(dari, paling_banyak=10, jendela=timedelta(hours=1), now=real_now())
    try:
        change_password(saya().akun_id, apa_adanya("sandi_lama"), apa_adanya("sandi"), now=now())
    except InputInvalid as galat:
        return make_response(render_template("akun/sandi.html", formulir=Formulir({}, galat.errors)), 422)
    tujuan = "akun.masuk_petugas" if saya().petugas else "akun.masuk"
    sesi_kini().keluar()
    return redirect(url_for(tujuan, sandi="baru"), 303)


def _halaman_masuk(*, petugas: bool) -> Jawaban:
    pengguna = pengguna_kini()
    if pengguna and pengguna.petugas == petugas:
        return redirect(_tujuan(pengguna))
    return make_response(render_template("akun/masuk.html", formulir=Formulir(), petugas=petugas))


def _masukkan(*, petugas: bool) -> Jawaban:
    try:
        pengguna = authenticate(
            teks("pengenal"),
            apa_adanya("sandi"),
            alamat_pengirim(),
            petugas=petugas,
            now=real_now(),
            perangkat=perangkat_dari(),
        )
    except InputInvalid as galat:
        formulir = Formulir(isi_formulir("pengenal"), galat.errors)
        return make_response(render_template("akun/masuk.html", formulir=formulir, petugas=petugas), 422)
    sesi_kini().masuk(pengguna.akun_id)
    jawaban = redirect(_tujuan(pengguna), 303)
    kenali(jawaban, pengguna.akun_id)
    return jawaban


def _tujuan(pengguna: Pengguna) -> str:
    peran = frozenset(p.peran for p in roles_of(pengguna.orang_id, hari_ini())) if pengguna.petugas else frozenset()
    return lanjut_ke(request.args.get("next", ""), pengguna, peran)
