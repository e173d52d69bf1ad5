"""My applications, a new one, and taking one back."""

from functools import partial
from uuid import UUID, uuid4

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.errors import InputInvalid
from pipeline.queries.applicant.overview import permohonan_of
from pipeline.rules.catalogue import find
from pipeline.services.applicant.close import withdraw
from pipeline.services.applicant.form import create_draft
from pipeline.sop.registry import SOPS
from web.auth import fills_in, me, pemohon
from web.forms import Form, page_number, posted, posted_fields, posted_uuid, redraw
from web.pemohon import bp
from web.pemohon.own import own_permohonan


@bp.get("/permohonan")
@pemohon
def list_permohonan() -> str:
    """My applications, those that wait for me first."""
    page = page_number()
    listing = permohonan_of(me().person_id, page=page)
    return render_template("pemohon/mine.html", listing=listing, page=page)


@bp.get("/permohonan/baru")
@pemohon
def new() -> str:
    """What will be asked for, and the button that begins."""
    return _new(Form({"id": str(uuid4()), "sop": request.args.get("sop", "")}))


@bp.post("/permohonan/baru")
@pemohon
def create() -> Response:
    """Begin a draft and open its first page."""
    sop = SOPS.get(posted("sop"))
    try:
        if sop is None or not sop.by_applicant:
            raise InputInvalid({"sop": "Pilih izin yang diajukan."})
        permohonan_id = create_draft(
            sop.code, me().person_id, form_id=posted_uuid("id"), session_id=me().session_id, now=now()
        )
    except InputInvalid as error:
        return redraw(_new, Form(posted_fields("sop", "id")), error)
    return redirect(url_for(".isian", permohonan_id=permohonan_id, bagian=sop.bagian[0].code), 303)


def _new(form: Form) -> str:
    return render_template("pemohon/new.html", sops={sop.code: sop.name for sop in find(SOPS.values(), "")}, form=form)


@bp.get("/permohonan/<uuid:permohonan_id>/batalkan")
@fills_in
def ask_cancel(permohonan_id: UUID) -> Response:
    """Ask before it is taken back."""
    permohonan = own_permohonan(permohonan_id)
    if not permohonan.may_withdraw:
        return redirect(url_for(".permohonan", permohonan_id=permohonan_id))
    return make_response(render_template("pemohon/cancel.html", p=permohonan, form=Form()))


@bp.post("/permohonan/<uuid:permohonan_id>/batalkan")
@fills_in
def cancel(permohonan_id: UUID) -> Response:
    """Take it back."""
    try:
        withdraw(permohonan_id, actor=me().person_id, session_id=me().session_id, reason=posted("alasan"), now=now())
    except InputInvalid as error:
        p = own_permohonan(permohonan_id)
        return redraw(partial(render_template, "pemohon/cancel.html", p=p), Form(posted_fields("alasan")), error)
    word, page = ("Berkas", "petugas.antrean") if me().petugas else ("Permohonan", ".list_permohonan")
    flash(f"{word} sudah dibatalkan.")
    return redirect(url_for(page), 303)
