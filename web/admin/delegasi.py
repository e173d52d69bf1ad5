"""Substitutes: who acts for whom, on which surat perintah, from when to when."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import InputInvalid, NotFound
from pipeline.queries.desk.delegasi import read_delegasi, read_main, read_substitute
from pipeline.queries.people.accounts import read_one_peran
from pipeline.roles import Basis, Peran
from pipeline.services.people.delegasi import delegate, delegation_problems
from pipeline.storage import store
from pipeline.uploads.names import kind_of
from web.admin import bp
from web.admin.form import as_admin, read_date
from web.auth import petugas, takes_upload, today
from web.forms import WHOLE, Form, posted, posted_fields, redraw, refuse_if, sentences_of
from web.headers import MIME, send_berkas

ISIAN = ("menggantikan", "kepada", "dasar", "assignment_letter", "start_date", "end_date")
BASIS = {
    Basis.PLH: "Plh. (pelaksana harian: pejabatnya berhalangan sementara)",
    Basis.PLT: "Plt. (pelaksana tugas: pejabatnya berhalangan tetap, atau jabatannya lowong)",
}


@bp.get("/delegasi")
@petugas(Peran.ADMIN)
def list_delegasi() -> str:
    """The substitutions of today and to come."""
    return render_template("admin/delegasi.html", delegasi=read_delegasi(today()), today=today())


@bp.get("/delegasi/baru")
@petugas(Peran.ADMIN)
def new_delegasi() -> str:
    """The form for a new one."""
    return _form(Form({"start_date": today().isoformat(), "dasar": Basis.PLH}))


@bp.post("/delegasi/baru")
@petugas(Peran.ADMIN)
@takes_upload
def create_delegasi() -> Response:
    """Appoint a substitute."""
    try:
        _delegate()
    except InputInvalid as error:
        return redraw(_form, Form(posted_fields(*ISIAN)), error, _by_field(error))
    flash("Pendelegasian disimpan. Pengganti menerima antrean peran itu selama tanggal tersebut.")
    return redirect(url_for("admin.list_delegasi"), 303)


@bp.get("/delegasi/<uuid:penugasan_id>/surat")
@petugas(Peran.ADMIN)
def assignment_letter(penugasan_id: UUID) -> Response:
    """The scan of the surat perintah."""
    sha256 = read_one_peran(penugasan_id, today()).letter_sha256
    if sha256 is None:
        raise NotFound
    content = store().get(sha256)
    kind = kind_of(content)
    return send_berkas(content, f"surat-perintah.{kind}", MIME[kind])


def _delegate() -> None:
    """Read the form and appoint. Raises InputInvalid with a sentence per field."""
    errors: dict[str, str] = {}
    recipient = _chosen("kepada", {str(person): person for person, _ in read_substitute(today())}, errors)
    peran, main = _read_main(errors)
    start, until = (read_date(t, errors, today()) for t in ("start_date", "end_date"))
    basis, letter, actor, now = posted("dasar"), posted("assignment_letter"), as_admin(), clock.now()
    refuse_if({**delegation_problems(recipient, main, peran, basis, letter, start, until, actor, now), **errors})
    scan = request.files.get("scan")
    delegate(
        recipient=recipient,
        replaces=main,
        peran=peran,
        basis=basis,
        assignment_letter=letter,
        scan=scan.read() if scan and scan.filename else None,
        start_date=start,
        end_date=until,
        actor=actor,
        now=now,
    )


def _chosen(code: str, choices: dict[str, UUID], errors: dict[str, str]) -> UUID:
    """A posted person who is one of the choices."""
    if posted(code) not in choices:
        errors[code] = "Pilih orangnya dari daftar."
    return choices.get(posted(code), UUID(int=0))


def _read_main(errors: dict[str, str]) -> tuple[Peran, UUID]:
    """Who is stood in for, and in which role: one choice says both."""
    for peran, person, _ in read_main(today()):
        if posted("menggantikan") == f"{peran}:{person}":
            return peran, person
    errors["menggantikan"] = "Pilih jabatan dan pejabatnya dari daftar."
    return Peran.PEMOHON, UUID(int=1)


def _by_field(error: InputInvalid) -> dict[str, str]:
    """In the order of the form; the role is chosen together with whom."""
    found = {"menggantikan" if code == "peran" else code: sentence for code, sentence in sentences_of(error).items()}
    return {code: found[code] for code in (WHOLE, *ISIAN, "scan") if code in found}


def _form(form: Form) -> str:
    return render_template(
        "admin/new_delegasi.html",
        form=form,
        substitute={str(person): name for person, name in read_substitute(today())},
        main={f"{peran}:{person}": name for peran, person, name in read_main(today())},
        basis=BASIS,
    )
