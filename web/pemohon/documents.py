"""The documents: one card per requirement, several files on each."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.documents.derived import page_image
from pipeline.queries.applicant.permohonan import MyPermohonan, my_berkas
from pipeline.services.applicant.berkas import remove_berkas
from pipeline.services.applicant.uploads import receive_file, take_back
from pipeline.sop.values import Syarat
from pipeline.sop.words import About
from pipeline.uploads.refusals import BerkasRefused, BerkasTooLarge, RefusalReason
from web.auth import fills_in, me, sends_file, takes_upload
from web.forms import Form, posted_all, read_ids, redraw
from web.headers import send_berkas
from web.pemohon import bp
from web.pemohon.own import filler, own_permohonan
from web.pemohon.progress import open_syarat

WIDTH = {"kecil": 240, "besar": 1200}


@bp.get("/permohonan/<uuid:permohonan_id>/dokumen")
@fills_in
def document(permohonan_id: UUID) -> Response:
    """The cards."""
    p = own_permohonan(permohonan_id)
    if not p.is_editable:
        return redirect(url_for(".permohonan", permohonan_id=p.id))
    return make_response(_page(p, Form(errors=_refusals(p))))


@bp.post("/permohonan/<uuid:permohonan_id>/dokumen/<syarat>")
@fills_in
@takes_upload
def upload_berkas(permohonan_id: UUID, syarat: str) -> Response:
    """Take the chosen files; those refused at a glance say why on their card, the others wait to be examined."""
    files = [b for b in request.files.getlist("berkas") if b.filename]
    if not files:
        return _refuse(permohonan_id, syarat, [BerkasRefused(RefusalReason.NOTHING_CHOSEN)])
    refusals = [refusal for b in files if (refusal := _accept(permohonan_id, syarat, b))]
    if refusals:
        return _refuse(permohonan_id, syarat, refusals)
    return redirect(url_for(".document", permohonan_id=permohonan_id, _anchor=f"syarat-{syarat}"), 303)


@bp.post("/permohonan/<uuid:permohonan_id>/berkas/<uuid:berkas_id>/hapus")
@fills_in
def delete_berkas(permohonan_id: UUID, berkas_id: UUID) -> Response:
    """Take a file out."""
    berkas = my_berkas(permohonan_id, berkas_id, filler())
    remove_berkas(permohonan_id, berkas_id, actor=me().person_id, session_id=me().session_id, now=now())
    flash(f"{berkas.name} dihapus.")
    return redirect(url_for(".document", permohonan_id=permohonan_id, _anchor=f"syarat-{berkas.syarat}"), 303)


@bp.post("/permohonan/<uuid:permohonan_id>/unggah/<uuid:upload_id>/hapus")
@fills_in
def delete_upload(permohonan_id: UUID, upload_id: UUID) -> Response:
    """Take back a file that is being examined; of one that was refused, the sentence."""
    syarat = take_back(permohonan_id, upload_id, actor=me().person_id, session_id=me().session_id, now=now())
    return redirect(url_for(".document", permohonan_id=permohonan_id, _anchor=f"syarat-{syarat}"), 303)


@bp.get("/permohonan/<uuid:permohonan_id>/berkas/<uuid:berkas_id>/gambar/<int:n>")
@fills_in
@sends_file
def picture(permohonan_id: UUID, berkas_id: UUID, n: int) -> Response:
    """Page ``n`` of a file as a picture; ``?ukuran=besar`` for reading."""
    berkas = my_berkas(permohonan_id, berkas_id, filler())
    width = WIDTH.get(request.args.get("ukuran", "kecil"))
    if not 1 <= n <= berkas.page_count or width is None:
        abort(404)
    content = page_image(berkas.sha256, berkas.kind, n, width, owner=permohonan_id)
    return send_berkas(content, f"halaman-{n}.webp", "image/webp", inline=True)


@bp.get("/permohonan/<uuid:permohonan_id>/berkas/<uuid:berkas_id>")
@fills_in
def view_berkas(permohonan_id: UUID, berkas_id: UUID) -> str:
    """All pages of a file, to see whether they can be read."""
    p = own_permohonan(permohonan_id)
    berkas = next((b for b in p.berkas if b.id == berkas_id), None) or abort(404)
    syarat = next(s for s in p.sop.syarat if s.code == berkas.syarat)
    return render_template("pemohon/berkas.html", p=p, berkas=berkas, syarat=syarat)


def _accept(permohonan_id: UUID, syarat: str, berkas: FileStorage) -> BerkasRefused | None:
    name, seen = berkas.filename or "", read_ids(posted_all("seen"))
    actor, session_id = me().person_id, me().session_id
    try:
        receive_file(
            permohonan_id, syarat, name, berkas.stream, seen=seen, actor=actor, session_id=session_id, now=now()
        )
    except BerkasRefused as error:
        return error
    return None


def _refuse(permohonan_id: UUID, syarat: str, refusals: Sequence[BerkasRefused]) -> Response:
    """The cards once more; the status is that of the first that is too large, if one is."""
    page = partial(_page, own_permohonan(permohonan_id))
    gravest = next((refusal for refusal in refusals if isinstance(refusal, BerkasTooLarge)), refusals[0])
    return redraw(page, Form(), gravest, {f"berkas-{syarat}": " ".join(map(str, refusals))})


def card_state(p: MyPermohonan, syarat: Syarat, error: str) -> tuple[str, str, str]:
    """The word on a document's card, the colour of that word's tag, and the colour of the card."""
    requested = p.requested_for(About.SYARAT, syarat.code)
    if p.waiting_for(syarat.code):
        return "Sedang diperiksa", "blue", ""
    if error or p.refused_for(syarat.code):
        return "Ditolak", "red", "red"
    if requested and not any(map(p.is_answered, requested)):
        return "Perlu diganti", "orange", "yellow"
    if p.berkas_for(syarat.code):
        return "Siap", "green", "green"
    return "Belum diunggah" if syarat.required_for(p.data) else "Boleh kosong", "grey", ""


def _refusals(p: MyPermohonan) -> dict[str, str]:
    """What was refused when it was examined, by card."""
    syarat = {b.syarat for b in p.received}
    of_card = {s: [f"{b.name}: {b.refusal}" for b in p.refused_for(s)] for s in syarat}
    return {f"syarat-{s}": " ".join(sentences) for s, sentences in of_card.items() if sentences}


def _page(p: MyPermohonan, form: Form) -> str:
    context = {"p": p, "syarat": open_syarat(p), "form": form, "card_state": card_state}
    return render_template("pemohon/documents.html", **context)
