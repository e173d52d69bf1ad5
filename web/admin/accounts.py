"""Officers' accounts and their roles: open, close, give a role, end one."""

from functools import partial
from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import InputInvalid
from pipeline.queries.people.account_log import read_account_log
from pipeline.queries.people.accounts import (
    PersonPeran,
    PetugasAccount,
    read_account,
    read_held_permohonan,
    read_one_account,
    read_one_peran,
    read_peran_of_person,
    read_single_peran,
)
from pipeline.queries.people.second_factor import read_code_state
from pipeline.queries.people.waiting_roles import read_waiting_roles
from pipeline.roles import Basis, Peran
from pipeline.services.people.account_letters import can_reach
from pipeline.services.people.certificates import has_certificate, makes_certificates
from pipeline.services.people.delegasi import cancel_assignment, deactivate, end_assignment
from pipeline.services.people.factor_reset import ask_reset
from pipeline.services.people.grants import Given, grant_role, identify, open_account, reopen
from pipeline.services.people.recovery import send_link
from pipeline.sop.who_may import signers
from pipeline.text import date_in_words
from web.admin import bp
from web.admin.form import PERAN_GRANTED, as_admin, read_date, read_peran
from web.auth import me, petugas, today
from web.forms import Form, page_number, posted, posted_fields, redraw, refuse_if, sentences_of

NIK_HINT = (
    "16 angka. Hanya untuk mengenali orang yang sama, agar tidak berakun dua dan tidak memutus permohonannya sendiri. "
    "Angkanya tidak disimpan."
)


@bp.get("/pengguna")
@petugas(Peran.ADMIN)
def list_users() -> str:
    """The officers by name, with the roles they hold today."""
    page = page_number()
    account, more = read_account(today(), page=page)
    waiting = read_waiting_roles(me().person_id, now=clock.now())
    return render_template("admin/accounts.html", account=account, more=more, page=page, today=today(), waiting=waiting)


@bp.get("/pengguna/baru")
@petugas(Peran.ADMIN)
def new_user() -> str:
    """The form for a new officer."""
    return _new_page(Form({"start_date": today().isoformat()}))


@bp.post("/pengguna/baru")
@petugas(Peran.ADMIN)
def create_user() -> Response:
    """Make the account. Its owner is sent a link, and sets the password: nobody else ever sees it."""
    values = posted_fields("nama", "nip", "nik", "surel", "telepon", "peran", "jabatan", "start_date")
    errors: dict[str, str] = {}
    try:
        given = _open_account(errors)
    except InputInvalid as error:
        return redraw(_new_page, Form(values), error, {**sentences_of(error), **errors})
    login = {"surel": can_reach("surel"), "telepon": can_reach("telepon")}
    return make_response(
        render_template("admin/account_made.html", value=values, reachable=login, waits=given.waits), 201
    )


@bp.get("/pengguna/<uuid:account_id>")
@petugas(Peran.ADMIN)
def user_details(account_id: UUID) -> str:
    """One officer: roles, what was changed, what can be done."""
    return _details(account_id, Form({"start_date": today().isoformat()}))


@bp.post("/pengguna/<uuid:account_id>/peran")
@petugas(Peran.ADMIN)
def grant_peran(account_id: UUID) -> Response:
    """Give this officer a definitive role."""
    one, errors = read_one_account(account_id, today()), dict[str, str]()
    peran, start = read_peran("peran", errors), read_date("start_date", errors)
    try:
        actor, now = as_admin(), clock.now()
        given = grant_role(one.person_id, peran, posted("jabatan"), start_date=start, actor=actor, now=now)
    except InputInvalid as error:
        typed = Form(posted_fields("peran", "jabatan", "start_date"))
        return redraw(partial(_details, account_id), typed, error, {**sentences_of(error), **errors})
    if given.waits:
        flash(f"Peran {peran.name} untuk {one.name} diajukan; berlaku setelah orang kedua mengonfirmasinya.")
    else:
        flash(f"{one.name} memegang peran {peran.name} mulai {date_in_words(start)}.")
    return redirect(url_for("admin.user_details", account_id=account_id), 303)


@bp.post("/pengguna/<uuid:account_id>/identitas")
@petugas(Peran.ADMIN)
def note_identity(account_id: UUID) -> Response:
    """Note this officer's NIP and NIK."""
    try:
        identify(account_id, posted("nip"), posted("nik"), actor=as_admin(), now=clock.now())
    except InputInvalid as error:
        return redraw(partial(_details, account_id), Form(posted_fields("nip", "nik")), error)
    flash("NIP dan NIK yang diisi sudah dicatat.")
    return redirect(url_for("admin.user_details", account_id=account_id), 303)


@bp.get("/pengguna/<uuid:account_id>/tutup")
@petugas(Peran.ADMIN)
def ask_close_user(account_id: UUID) -> str:
    """What closing the account sets free and leaves empty, before it is done."""
    one = read_one_account(account_id, today())
    return render_template(
        "admin/close_account.html",
        one=one,
        held=read_held_permohonan(one.person_id),
        single=read_single_peran(one.person_id, today()),
    )


@bp.post("/pengguna/<uuid:account_id>/tutup")
@petugas(Peran.ADMIN)
def close_user(account_id: UUID) -> Response:
    """Close the account."""
    one = read_one_account(account_id, today())
    count = deactivate(account_id, actor=as_admin(), now=clock.now())
    flash(f"Akun {one.name} ditutup. {count} berkas kembali ke antrean." if count else f"Akun {one.name} ditutup.")
    return redirect(url_for("admin.user_details", account_id=account_id), 303)


@bp.post("/pengguna/<uuid:account_id>/tautan-sandi")
@petugas(Peran.ADMIN)
def mail_link(account_id: UUID) -> Response:
    """Have a link sent to the owner of the account, who sets a new password with it."""
    address = send_link(account_id, actor=as_admin(), now=clock.now())
    flash(f"Tautan untuk menetapkan kata sandi dikirim ke {address}. Berlaku 30 menit, sekali pakai.")
    return redirect(url_for("admin.user_details", account_id=account_id), 303)


@bp.post("/pengguna/<uuid:account_id>/lepas-kode")
@petugas(Peran.ADMIN)
def ask_code_reset(account_id: UUID) -> Response:
    """Ask that the code of an officer who lost it be taken away; a second person has to agree."""
    ask_reset(account_id, actor=as_admin(), now=clock.now())
    flash("Permintaan dicatat. Kode masuknya dilepas begitu orang kedua menyetujuinya; mereka sudah diberi tahu.")
    return redirect(url_for("admin.user_details", account_id=account_id), 303)


@bp.post("/pengguna/<uuid:account_id>/buka")
@petugas(Peran.ADMIN)
def reopen_user(account_id: UUID) -> Response:
    """Open a closed account again."""
    reopen(account_id, actor=as_admin(), now=clock.now())
    flash("Akun dibuka kembali, dengan kata sandi yang lama.")
    return redirect(url_for("admin.user_details", account_id=account_id), 303)


@bp.get("/penugasan/<uuid:penugasan_id>/akhiri")
@petugas(Peran.ADMIN)
def ask_end_peran(penugasan_id: UUID) -> str:
    """The form that ends a role or a substitution on a date, or takes back one that has not begun."""
    return _end_page(read_one_peran(penugasan_id, today()), Form({"end_date": today().isoformat()}))


@bp.post("/penugasan/<uuid:penugasan_id>/akhiri")
@petugas(Peran.ADMIN)
def end_peran(penugasan_id: UUID) -> Response:
    """End it."""
    peran, errors = read_one_peran(penugasan_id, today()), dict[str, str]()
    try:
        if posted("batalkan"):
            cancel_assignment(penugasan_id, actor=as_admin(), now=clock.now())
        else:
            until = read_date("end_date", errors)
            refuse_if(errors)
            end_assignment(penugasan_id, end_date=until, actor=as_admin(), now=clock.now())
    except InputInvalid as error:
        return redraw(partial(_end_page, peran), Form(posted_fields("end_date")), error)
    return _back(peran)


def _open_account(errors: dict[str, str]) -> Given:
    """Read the form and make the account; what cannot be read goes into ``errors``. Raises InputInvalid."""
    return open_account(
        posted("nama"),
        posted("nip"),
        posted("surel"),
        posted("telepon"),
        nik=posted("nik"),
        peran=read_peran("peran", errors),
        jabatan=posted("jabatan"),
        start_date=read_date("start_date", errors),
        actor=as_admin(),
        now=clock.now(),
    )


def _back(peran: PersonPeran) -> Response:
    """To the list the assignment is on."""
    flash(f"{peran.full_title} ({peran.name}): {'dibatalkan' if posted('batalkan') else 'tanggal berakhir disimpan'}.")
    if peran.basis == Basis.DEFINITIF and peran.account_id:
        return redirect(url_for("admin.user_details", account_id=peran.account_id), 303)
    return redirect(url_for("admin.list_delegasi"), 303)


def _end_page(peran: PersonPeran, form: Form) -> str:
    return render_template(
        "admin/end_peran.html",
        peran=peran,
        form=form,
        held=read_held_permohonan(peran.person_id, peran.peran) if peran.now_in_force else (),
        is_own=peran.person_id == me().person_id,
    )


def _new_page(form: Form) -> str:
    return render_template("admin/new_account.html", form=form, peran_choices=PERAN_GRANTED, nik_hint=NIK_HINT)


def _details(account_id: UUID, form: Form) -> str:
    one = read_one_account(account_id, today())
    peran = read_peran_of_person(one.person_id, today())
    return render_template(
        "admin/account.html",
        one=one,
        peran=peran,
        form=form,
        peran_choices=PERAN_GRANTED,
        nik_hint=NIK_HINT,
        note=read_account_log(one.person_id),
        certificate=_certificate(one, peran),
        code=read_code_state(account_id, now=clock.now()),
        waiting=read_waiting_roles(me().person_id, of_person=one.person_id, now=clock.now()),
        is_own=one.person_id == me().person_id,
    )


def _certificate(one: PetugasAccount, peran: tuple[PersonPeran, ...]) -> bool | None:
    """Whether this person can sign; None for one who never has to."""
    signs = any(p.peran in signers() and (p.now_in_force or p.upcoming) for p in peran)
    return has_certificate(one.person_id) if signs and makes_certificates() else None
