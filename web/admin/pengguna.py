"""Officers' accounts and their roles: open, close, give a role, end one."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import InputInvalid
from pipeline.queries.people.account_log import read_catatan
from pipeline.queries.people.accounts import (
    AkunPetugas,
    PeranOrang,
    read_akun,
    read_pegangan,
    read_peran_orang,
    read_peran_tunggal,
    read_satu_akun,
    read_satu_peran,
)
from pipeline.roles import Peran
from pipeline.services.people.account_letters import can_reach
from pipeline.services.people.certificates import has_certificate, makes_certificates
from pipeline.services.people.delegasi import cancel_assignment, deactivate, end_assignment
from pipeline.services.people.grants import grant_role, identify, open_account, reopen
from pipeline.services.people.recovery import send_link
from pipeline.tanggal import tanggal
from web.admin import bp
from web.admin.formulir import PERAN_DIBERIKAN, as_admin, read_peran, read_tanggal, refuse_if
from web.auth import hari_ini, petugas, saya
from web.forms import Formulir, page_number, posted, posted_fields

PETUNJUK_NIK = (
    "16 angka. Hanya untuk mengenali orang yang sama, agar tidak berakun dua dan tidak memutus permohonannya sendiri. "
    "Angkanya tidak disimpan."
)


@bp.get("/pengguna")
@petugas(Peran.ADMIN)
def daftar_pengguna() -> str:
    """The officers by name, with the roles they hold today."""
    halaman = page_number()
    akun, more = read_akun(hari_ini(), halaman=halaman)
    return render_template("admin/pengguna.html", akun=akun, lagi=more, halaman=halaman, hari_ini=hari_ini())


@bp.get("/pengguna/baru")
@petugas(Peran.ADMIN)
def pengguna_baru() -> str:
    """The form for a new officer."""
    return _new_page(Formulir({"tanggal_mulai": hari_ini().isoformat()}))


@bp.post("/pengguna/baru")
@petugas(Peran.ADMIN)
def buat_pengguna() -> Response:
    """Make the account. Its owner is sent a link, and sets the password: nobody else ever sees it."""
    values = posted_fields("nama", "nip", "nik", "surel", "telepon", "peran", "jabatan", "tanggal_mulai")
    errors: dict[str, str] = {}
    peran, mulai = read_peran("peran", errors), read_tanggal("tanggal_mulai", errors)
    try:
        open_account(
            posted("nama"), posted("nip"), posted("surel"), posted("telepon"), nik=posted("nik"), peran=peran,
            jabatan=posted("jabatan"), tanggal_mulai=mulai, oleh=as_admin(), now=clock.now(),
        )  # fmt: skip
    except InputInvalid as error:
        return make_response(_new_page(Formulir(values, {**error.errors, **errors})), 422)
    masuk = {"surel": can_reach("surel"), "telepon": can_reach("telepon")}
    return make_response(render_template("admin/pengguna_dibuat.html", nilai=values, terjangkau=masuk), 201)


@bp.get("/pengguna/<uuid:akun_id>")
@petugas(Peran.ADMIN)
def rincian_pengguna(akun_id: UUID) -> str:
    """One officer: roles, what was changed, what can be done."""
    return _details(akun_id, Formulir({"tanggal_mulai": hari_ini().isoformat()}))


@bp.post("/pengguna/<uuid:akun_id>/peran")
@petugas(Peran.ADMIN)
def beri_peran(akun_id: UUID) -> Response:
    """Give this officer a definitive role."""
    satu, errors = read_satu_akun(akun_id, hari_ini()), dict[str, str]()
    peran, mulai = read_peran("peran", errors), read_tanggal("tanggal_mulai", errors)
    try:
        oleh, now = as_admin(), clock.now()
        grant_role(satu.orang_id, peran, posted("jabatan"), tanggal_mulai=mulai, oleh=oleh, now=now)
    except InputInvalid as error:
        formulir = Formulir(posted_fields("peran", "jabatan", "tanggal_mulai"), {**error.errors, **errors})
        return make_response(_details(akun_id, formulir), 422)
    flash(f"{satu.nama} memegang peran {peran.nama} mulai {tanggal(mulai)}.")
    return redirect(url_for("admin.rincian_pengguna", akun_id=akun_id), 303)


@bp.post("/pengguna/<uuid:akun_id>/identitas")
@petugas(Peran.ADMIN)
def catat_identitas(akun_id: UUID) -> Response:
    """Note this officer's NIP and NIK."""
    try:
        identify(akun_id, posted("nip"), posted("nik"), oleh=as_admin(), now=clock.now())
    except InputInvalid as error:
        return make_response(_details(akun_id, Formulir(posted_fields("nip", "nik"), error.errors)), 422)
    flash("NIP dan NIK yang diisi sudah dicatat.")
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
    count = deactivate(akun_id, oleh=as_admin(), now=clock.now())
    flash(f"Akun {satu.nama} ditutup. {count} berkas kembali ke antrean." if count else f"Akun {satu.nama} ditutup.")
    return redirect(url_for("admin.rincian_pengguna", akun_id=akun_id), 303)


@bp.post("/pengguna/<uuid:akun_id>/tautan-sandi")
@petugas(Peran.ADMIN)
def kirim_tautan(akun_id: UUID) -> Response:
    """Have a link sent to the owner of the account, who sets a new password with it."""
    alamat = send_link(akun_id, oleh=as_admin(), now=clock.now())
    flash(f"Tautan untuk menetapkan kata sandi dikirim ke {alamat}. Berlaku 30 menit, sekali pakai.")
    return redirect(url_for("admin.rincian_pengguna", akun_id=akun_id), 303)


@bp.post("/pengguna/<uuid:akun_id>/buka")
@petugas(Peran.ADMIN)
def buka_pengguna(akun_id: UUID) -> Response:
    """Open a closed account again."""
    reopen(akun_id, oleh=as_admin(), now=clock.now())
    flash("Akun dibuka kembali, dengan kata sandi yang lama.")
    return redirect(url_for("admin.rincian_pengguna", akun_id=akun_id), 303)


@bp.get("/penugasan/<uuid:penugasan_id>/akhiri")
@petugas(Peran.ADMIN)
def akhiri_peran(penugasan_id: UUID) -> str:
    """The form that ends a role or a substitution on a date, or takes back one that has not begun."""
    return _end_page(read_satu_peran(penugasan_id, hari_ini()), Formulir({"tanggal_sampai": hari_ini().isoformat()}))


@bp.post("/penugasan/<uuid:penugasan_id>/akhiri")
@petugas(Peran.ADMIN)
def akhirkan_peran(penugasan_id: UUID) -> Response:
    """End it."""
    peran, errors = read_satu_peran(penugasan_id, hari_ini()), dict[str, str]()
    try:
        if posted("batalkan"):
            cancel_assignment(penugasan_id, oleh=as_admin(), now=clock.now())
        else:
            sampai = read_tanggal("tanggal_sampai", errors)
            refuse_if(errors)
            end_assignment(penugasan_id, tanggal_sampai=sampai, oleh=as_admin(), now=clock.now())
    except InputInvalid as error:
        return make_response(_end_page(peran, Formulir(posted_fields("tanggal_sampai"), error.errors)), 422)
    return _back(peran)


def _back(peran: PeranOrang) -> Response:
    """To the list the assignment is on."""
    flash(f"{peran.sebutan} ({peran.nama}): {'dibatalkan' if posted('batalkan') else 'tanggal berakhir disimpan'}.")
    if peran.dasar == "definitif" and peran.akun_id:
        return redirect(url_for("admin.rincian_pengguna", akun_id=peran.akun_id), 303)
    return redirect(url_for("admin.daftar_delegasi"), 303)


def _end_page(peran: PeranOrang, formulir: Formulir) -> str:
    return render_template(
        "admin/pengguna_akhiri.html",
        peran=peran,
        formulir=formulir,
        pegangan=read_pegangan(peran.orang_id, peran.peran) if peran.berlaku else (),
        milik_sendiri=peran.orang_id == saya().orang_id,
    )


def _new_page(formulir: Formulir) -> str:
    return render_template(
        "admin/pengguna_baru.html", formulir=formulir, pilihan_peran=PERAN_DIBERIKAN, petunjuk_nik=PETUNJUK_NIK
    )


def _details(akun_id: UUID, formulir: Formulir) -> str:
    satu = read_satu_akun(akun_id, hari_ini())
    peran = read_peran_orang(satu.orang_id, hari_ini())
    return render_template(
        "admin/pengguna_satu.html",
        satu=satu,
        peran=peran,
        formulir=formulir,
        pilihan_peran=PERAN_DIBERIKAN,
        petunjuk_nik=PETUNJUK_NIK,
        catatan=read_catatan(satu.orang_id),
        sertifikat=_sertifikat(satu, peran),
        milik_sendiri=satu.orang_id == saya().orang_id,
    )


def _sertifikat(satu: AkunPetugas, peran: tuple[PeranOrang, ...]) -> bool | None:
    """Whether this person can sign; None for one who never has to."""
    signs = any(p.peran is Peran.KEPALA_DINAS and (p.berlaku or p.akan_datang) for p in peran)
    return has_certificate(satu.orang_id) if signs and makes_certificates() else None
