"""Officers' accounts and their roles: open, close, give a role, end one."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import InputInvalid
from pipeline.queries.akun import (
    AkunPetugas,
    PeranOrang,
    read_akun,
    read_pegangan,
    read_peran_orang,
    read_peran_tunggal,
    read_satu_akun,
    read_satu_peran,
)
from pipeline.queries.catatan_akun import read_catatan
from pipeline.roles import Peran
from pipeline.services.absence import cancel_assignment, deactivate, end_assignment
from pipeline.services.grants import grant_role, open_account, reopen
from pipeline.services.sertifikat import has_certificate, makes_certificates
from pipeline.tanggal import tanggal
from web.admin import bp
from web.admin.formulir import PERAN_DIBERIKAN, baca_peran, baca_tanggal, sebagai_admin, tolak_bila
from web.auth import hari_ini, petugas, saya
from web.forms import Formulir, isi_formulir, teks
from web.petugas.meja import halaman_ke


@bp.get("/pengguna")
@petugas(Peran.ADMIN)
def daftar_pengguna() -> str:
    """The officers by name, with the roles they hold today."""
    halaman = halaman_ke()
    akun, lagi = read_akun(hari_ini(), halaman=halaman)
    return render_template("admin/pengguna.html", akun=akun, lagi=lagi, halaman=halaman, hari_ini=hari_ini())


@bp.get("/pengguna/baru")
@petugas(Peran.ADMIN)
def pengguna_baru() -> str:
    """The form for a new officer."""
    return _formulir_baru(Formulir({"tanggal_mulai": hari_ini().isoformat()}))


@bp.post("/pengguna/baru")
@petugas(Peran.ADMIN)
def buat_pengguna() -> Response:
    """Make the account and show its password, this once."""
    nilai = isi_formulir("nama", "nip", "surel", "telepon", "peran", "jabatan", "tanggal_mulai")
    galat: dict[str, str] = {}
    peran, mulai = baca_peran("peran", galat), baca_tanggal("tanggal_mulai", galat)
    try:
        _, sandi = open_account(
            teks("nama"), teks("nip"), teks("surel"), teks("telepon"), peran=peran, jabatan=teks("jabatan"),
            tanggal_mulai=mulai, oleh=sebagai_admin(), now=clock.now(),
        )  # fmt: skip
    except InputInvalid as salah:
        return make_response(_formulir_baru(Formulir(nilai, {**salah.errors, **galat})), 422)
    return make_response(render_template("admin/pengguna_sandi.html", nilai=nilai, sandi=sandi), 201)


@bp.get("/pengguna/<uuid:akun_id>")
@petugas(Peran.ADMIN)
def rincian_pengguna(akun_id: UUID) -> str:
    """One officer: roles, what was changed, what can be done."""
    return _rincian(akun_id, Formulir({"tanggal_mulai": hari_ini().isoformat()}))


@bp.post("/pengguna/<uuid:akun_id>/peran")
@petugas(Peran.ADMIN)
def beri_peran(akun_id: UUID) -> Response:
    """Give this officer a definitive role."""
    satu, galat = read_satu_akun(akun_id, hari_ini()), dict[str, str]()
    peran, mulai = baca_peran("peran", galat), baca_tanggal("tanggal_mulai", galat)
    try:
        oleh, now = sebagai_admin(), clock.now()
        grant_role(satu.orang_id, peran, teks("jabatan"), tanggal_mulai=mulai, oleh=oleh, now=now)
    except InputInvalid as salah:
        formulir = Formulir(isi_formulir("peran", "jabatan", "tanggal_mulai"), {**salah.errors, **galat})
        return make_response(_rincian(akun_id, formulir), 422)
    flash(f"{satu.nama} memegang peran {peran.nama} mulai {tanggal(mulai)}.")
    return redirect(url_for("admin.rincian_pengguna", akun_id=akun_id), 303)


@bp.get("/pengguna/<uuid:akun_id>/tutup")
@petugas(Peran.ADMIN)
def tutup_pengguna(akun_id: UUID) -> str:
    """What closing the account sets free and leaves empty, before it is done."""
    satu = read_satu_akun(akun_id, hari_ini())
    return render_template(
        "admin/pengguna_tutup.html",
        satu=satu,
        pegangan=read_pegangan(satu.orang_id),
        tunggal=read_peran_tunggal(satu.orang_id, hari_ini()),
    )


@bp.post("/pengguna/<uuid:akun_id>/tutup")
@petugas(Peran.ADMIN)
def tutupkan_pengguna(akun_id: UUID) -> Response:
    """Close the account."""
    satu = read_satu_akun(akun_id, hari_ini())
    banyak = deactivate(akun_id, oleh=sebagai_admin(), now=clock.now())
    flash(f"Akun {satu.nama} ditutup. {banyak} berkas kembali ke antrean." if banyak else f"Akun {satu.nama} ditutup.")
    return redirect(url_for("admin.rincian_pengguna", akun_id=akun_id), 303)


@bp.post("/pengguna/<uuid:akun_id>/buka")
@petugas(Peran.ADMIN)
def buka_pengguna(akun_id: UUID) -> Response:
    """Open a closed account again."""
    reopen(akun_id, oleh=sebagai_admin(), now=clock.now())
    flash("Akun dibuka kembali, dengan kata sandi yang lama.")
    return redirect(url_for("admin.rincian_pengguna", akun_id=akun_id), 303)


@bp.get("/penugasan/<uuid:penugasan_id>/akhiri")
@petugas(Peran.ADMIN)
def akhiri_peran(penugasan_id: UUID) -> str:
    """The form that ends a role or a substitution on a date, or takes back one that has not begun."""
    return _akhiri(read_satu_peran(penugasan_id, hari_ini()), Formulir({"tanggal_sampai": hari_ini().isoformat()}))


@bp.post("/penugasan/<uuid:penugasan_id>/akhiri")
@petugas(Peran.ADMIN)
def akhirkan_peran(penugasan_id: UUID) -> Response:
    """End it."""
    peran, galat = read_satu_peran(penugasan_id, hari_ini()), dict[str, str]()
    try:
        if teks("batalkan"):
            cancel_assignment(penugasan_id, oleh=sebagai_admin(), now=clock.now())
        else:
            sampai = baca_tanggal("tanggal_sampai", galat)
            tolak_bila(galat)
            end_assignment(penugasan_id, tanggal_sampai=sampai, oleh=sebagai_admin(), now=clock.now())
    except InputInvalid as salah:
        return make_response(_akhiri(peran, Formulir(isi_formulir("tanggal_sampai"), salah.errors)), 422)
    return _kembali(peran)


def _kembali(peran: PeranOrang) -> Response:
    """To the list the assignment is on."""
    flash(f"{peran.sebutan} ({peran.nama}): {'dibatalkan' if teks('batalkan') else 'tanggal berakhir disimpan'}.")
    if peran.dasar == "definitif" and peran.akun_id:
        return redirect(url_for("admin.rincian_pengguna", akun_id=peran.akun_id), 303)
    return redirect(url_for("admin.daftar_delegasi"), 303)


def _akhiri(peran: PeranOrang, formulir: Formulir) -> str:
    return render_template(
        "admin/pengguna_akhiri.html",
        peran=peran,
        formulir=formulir,
        pegangan=read_pegangan(peran.orang_id, peran.peran) if peran.berlaku else (),
        milik_sendiri=peran.orang_id == saya().orang_id,
    )


def _formulir_baru(formulir: Formulir) -> str:
    return render_template("admin/pengguna_baru.html", formulir=formulir, pilihan_peran=PERAN_DIBERIKAN)


def _rincian(akun_id: UUID, formulir: Formulir) -> str:
    satu = read_satu_akun(akun_id, hari_ini())
    peran = read_peran_orang(satu.orang_id, hari_ini())
    return render_template(
        "admin/pengguna_satu.html",
        satu=satu,
        peran=peran,
        formulir=formulir,
        pilihan_peran=PERAN_DIBERIKAN,
        catatan=read_catatan(satu.orang_id),
        sertifikat=_sertifikat(satu, peran),
        milik_sendiri=satu.orang_id == saya().orang_id,
    )


def _sertifikat(satu: AkunPetugas, peran: tuple[PeranOrang, ...]) -> bool | None:
    """Whether this person can sign; None for one who never has to."""
    signs = any(p.peran is Peran.KEPALA_DINAS and (p.berlaku or p.akan_datang) for p in peran)
    return has_certificate(satu.orang_id) if signs and makes_certificates() else None
