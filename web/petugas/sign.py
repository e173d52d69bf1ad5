"""Signing. The frasa sandi goes from the form into one call and is never kept, shown again or logged."""

from functools import partial
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.db import snapshot
from pipeline.documents.signing import OutcomeUnknown, Secret, WrongPassphrase
from pipeline.errors import DocumentFailed, InputInvalid, NotFound, SigningFailed
from pipeline.queries.desk.tugas import DeskTugas
from pipeline.services.desk.accept_signed import accept_signed
from pipeline.services.desk.sign import declare_unsigned, sign
from pipeline.sop.who_may import signers
from web.auth import me, petugas, takes_upload
from web.forms import Form, posted_raw, redraw
from web.petugas import bp
from web.petugas.desk import acting_as, my_tugas
from web.petugas.keputusan import CHANGED, conflict_page, read_seen
from web.petugas.tugas import tugas_context
from web.refusal_log import record_wrong_secret
from web.status import status_of


@bp.get("/tugas/<uuid:tugas_id>/tanda-tangan")
@petugas(*signers())
@snapshot()
def signature(tugas_id: UUID) -> str:
    """What is to be signed on one screen, and the frasa sandi."""
    return _page(_tugas(tugas_id), Form())


@bp.post("/tugas/<uuid:tugas_id>/tanda-tangan")
@petugas(*signers())
def sign_naskah(tugas_id: UUID) -> Response:
    """Sign, and go on to the queue. A failure stays on this page: nothing is issued."""
    tugas, password = my_tugas(tugas_id), Secret(posted_raw("passphrase"))
    if not password.reveal():
        return redraw(partial(_page, tugas), Form(), InputInvalid({"passphrase": "Isi frasa sandi Anda."}))
    try:
        sign(tugas_id, password, actor=acting_as(tugas), seen=read_seen(), now=clock.now())
    except (SigningFailed, DocumentFailed) as error:
        return _failed(tugas, error)
    except CHANGED as error:
        return conflict_page(tugas, str(error))
    flash(f"{tugas.permohonan.nomor} ditandatangani dan terbit.")
    return redirect(url_for("petugas.antrean", peran=tugas.peran), 303)


@bp.post("/tugas/<uuid:tugas_id>/tanda-tangan/belum")
@petugas(*signers())
def unsigned(tugas_id: UUID) -> Response:
    """The signer has checked an unknown attempt with the provider: it made no signature, so another may be made."""
    declare_unsigned(tugas_id, actor=acting_as(_tugas(tugas_id)), now=clock.now())
    flash("Dicatat: percobaan sebelumnya tidak menghasilkan tanda tangan. Anda dapat mencoba lagi.")
    return redirect(url_for("petugas.signature", tugas_id=tugas_id), 303)


@bp.post("/tugas/<uuid:tugas_id>/tanda-tangan/sudah")
@petugas(*signers())
@takes_upload
def already_signed(tugas_id: UUID) -> Response:
    """The provider did sign in an unknown attempt: its document is checked against what was sent, and issued."""
    tugas, pdf = _tugas(tugas_id), request.files.get("pdf")
    try:
        accept_signed(tugas_id, pdf.read() if pdf else b"", actor=acting_as(tugas), now=clock.now())
    except InputInvalid as error:
        return redraw(partial(_page, tugas), Form(), error)
    flash(f"{tugas.permohonan.nomor} sudah ditandatangani pada percobaan itu, dan terbit.")
    return redirect(url_for("petugas.antrean", peran=tugas.peran), 303)


def _failed(tugas: DeskTugas, error: SigningFailed | DocumentFailed) -> Response:
    """A wrong frasa sandi is the person's to put right; anything else is the service's failure."""
    record_wrong_secret(me(), error)
    if isinstance(error, WrongPassphrase):
        return redraw(partial(_page, tugas), Form(), error, {"passphrase": str(error)})
    title = "Hasilnya belum diketahui" if isinstance(error, OutcomeUnknown) else "Belum ditandatangani"
    return make_response(_page(tugas, Form(), failure=(title, str(error))), status_of(error))


def _tugas(tugas_id: UUID) -> DeskTugas:
    """The file, on the desk that signs."""
    tugas = my_tugas(tugas_id)
    if not tugas.langkah.signature or not tugas.is_open:
        raise NotFound
    return tugas


@snapshot()
def _page(tugas: DeskTugas, form: Form, *, failure: tuple[str, str] | None = None) -> str:
    return render_template("petugas/signature.html", form=form, failed=failure, **tugas_context(tugas))
