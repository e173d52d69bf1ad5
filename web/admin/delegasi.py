"""Substitutes: who acts for whom, on which surat perintah, from when to when."""

from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import InputInvalid, NotFound
from pipeline.queries.desk.delegasi import read_delegasi, read_main, read_substitute
from pipeline.queries.people.accounts import read_one_peran
from pipeline.queries.people.scans import read_scan, read_scans
from pipeline.roles import Basis, Peran
from pipeline.services.people.delegasi import delegate, delegation_problems
from pipeline.services.people.scans import drop_scan, keep_typed, receive_scan
from pipeline.storage import store
from pipeline.uploads.names import kind_of
from pipeline.uploads.refusals import BerkasRefused
from web.admin import bp
from web.admin.form import as_admin, read_date
from web.auth import me, petugas, takes_upload, today
from web.forms import WHOLE, Form, posted, posted_fields, posted_uuid, read_ids, redraw, refuse_if, sentences_of
from web.headers import MIME, send_berkas

Typed = Mapping[str, str | tuple[str, ...]]

#: The hidden field and the part of an address that name a scan, and the button that takes it back.
SCAN, REMOVE = "pindaian", "hapus-pindaian"
ISIAN = ("menggantikan", "kepada", "dasar", "assignment_letter", "start_date", "end_date")
BASIS = {
    Basis.PLH: "Plh. (pelaksana harian: pejabatnya berhalangan sementara)",
    Basis.PLT: "Plt. (pelaksana tugas: pejabatnya berhalangan tetap, atau jabatannya lowong)",
}


@bp.get("/delegasi")
@petugas(Peran.ADMIN)
def list_delegasi() -> str:
    """The substitutions of today and to come."""
    unfinished = read_scans(me().person_id)
    return render_template("admin/delegasi.html", delegasi=read_delegasi(today()), unfinished=unfinished, today=today())


@bp.get("/delegasi/baru")
@petugas(Peran.ADMIN)
def new_delegasi() -> str:
    """The form for a new one; with the scan that came in before, as it was left."""
    scan = read_scan(next(iter(read_ids([request.args.get(SCAN, "")])), None), me().person_id)
    errors = {SCAN: str(scan.refusal)} if scan and scan.refusal else {}  # the summary leads to where it stands
    first = {"start_date": today().isoformat(), "dasar": Basis.PLH}
    return _form(Form(scan.typed if scan else first, errors), scan=scan.id if scan else None)


@bp.post("/delegasi/baru")
@petugas(Peran.ADMIN)
@takes_upload
def create_delegasi() -> Response:
    """Appoint a substitute; a scan that was chosen comes in first, and waits to be examined."""
    scan, typed, chosen = posted_uuid(SCAN), posted_fields(*ISIAN), request.files.get("scan")
    if REMOVE in request.form:
        return _remove(scan, typed)
    try:
        scan = _take_in(scan, chosen, typed)
        appoint = _read()
        if chosen:
            return redirect(url_for("admin.new_delegasi", pindaian=scan, _anchor="scan"), 303)
        appoint(scan=scan)
    except (InputInvalid, BerkasRefused) as error:
        return redraw(partial(_form, scan=scan), Form(typed), error, _by_field(error))
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


def _take_in(scan: UUID | None, chosen: FileStorage | None, typed: Typed) -> UUID | None:
    """The scan that was chosen, or the one that came before; what is typed stays beside it. Raises BerkasRefused."""
    actor, now = as_admin(), clock.now()
    if chosen:
        return receive_scan(chosen.filename or "", chosen.stream, typed, instead_of=scan, actor=actor, now=now)
    if scan is not None:
        keep_typed(scan, typed, actor=actor, now=now)
    return scan


def _remove(scan: UUID | None, typed: Typed) -> Response:
    """Take the scan back, and show the form as it was typed."""
    if scan is not None:
        drop_scan(scan, actor=as_admin(), now=clock.now())
    return make_response(_form(Form(typed)))


def _read() -> Callable[..., UUID]:
    """What was typed, ready to appoint. Raises InputInvalid with a sentence per field."""
    errors: dict[str, str] = {}
    recipient = _chosen("kepada", {str(person): person for person, _ in read_substitute(today())}, errors)
    peran, main = _read_main(errors)
    start, until = (read_date(t, errors, today()) for t in ("start_date", "end_date"))
    basis, letter, actor, now = posted("dasar"), posted("assignment_letter"), as_admin(), clock.now()
    refuse_if({**delegation_problems(recipient, main, peran, basis, letter, start, until, actor, now), **errors})
    return partial(
        delegate,
        recipient=recipient,
        replaces=main,
        peran=peran,
        basis=basis,
        assignment_letter=letter,
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


def _by_field(error: InputInvalid | BerkasRefused) -> dict[str, str]:
    """In the order of the form; the role is chosen together with whom."""
    if isinstance(error, BerkasRefused):
        return {"scan": str(error)}
    found = {"menggantikan" if code == "peran" else code: sentence for code, sentence in sentences_of(error).items()}
    return {code: found[code] for code in (WHOLE, *ISIAN, "scan") if code in found}


def _form(form: Form, *, scan: UUID | None = None) -> str:
    return render_template(
        "admin/new_delegasi.html",
        form=form,
        scan=read_scan(scan, me().person_id),
        substitute={str(person): name for person, name in read_substitute(today())},
        main={f"{peran}:{person}": name for peran, person, name in read_main(today())},
        basis=BASIS,
    )
