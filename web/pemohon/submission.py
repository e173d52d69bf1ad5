"""Look at everything once more, send it, and the receipt."""

from functools import partial
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.documents.derived import ready_pdf
from pipeline.documents.pdf.engine import available_engine
from pipeline.errors import InputInvalid, NotFound
from pipeline.queries.applicant.permohonan import MyPermohonan
from pipeline.rules.transitions import Status
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.letters import receipt
from pipeline.settings import settings
from web.auth import fills_in, me, pemohon, sends_file
from web.forms import WHOLE, Form, posted, posted_fields, redraw, refuse_if
from web.headers import send_berkas
from web.pemohon import bp
from web.pemohon.own import own_permohonan
from web.pemohon.permohonan import my_journey
from web.pemohon.progress import Shortage, open_bagian, open_syarat, shortage, shorten
from web.publik.home import PRIVACY_VERSION


@bp.get("/permohonan/<uuid:permohonan_id>/periksa")
@fills_in
def check(permohonan_id: UUID) -> Response:
    """All answers and documents, what is missing on top."""
    p = own_permohonan(permohonan_id)
    if not p.is_editable:
        return redirect(url_for(".permohonan", permohonan_id=p.id))
    return make_response(_page(p, Form()))


@bp.post("/permohonan/<uuid:permohonan_id>/kirim")
@fills_in
def send(permohonan_id: UUID) -> Response:
    """Send it; pressing twice leads to the same receipt."""
    p = own_permohonan(permohonan_id)
    try:
        refuse_if(_unticked(p))
        submit(
            permohonan_id, actor=me().person_id, session_id=me().session_id, privacy_version=PRIVACY_VERSION, now=now()
        )
    except InputInvalid as error:
        return redraw(partial(_page, p), Form(posted_fields("benar", "privasi")), error)
    if not p.sop.by_applicant:
        flash(f"{p.sop.name} terkirim.")
        return redirect(url_for("petugas.permohonan", permohonan_id=permohonan_id), 303)
    page = ".permohonan" if p.status == Status.TINDAKAN else ".show_receipt"
    return redirect(url_for(page, permohonan_id=permohonan_id), 303)


@bp.get("/permohonan/<uuid:permohonan_id>/tanda-terima")
@pemohon
def show_receipt(permohonan_id: UUID) -> str:
    """The receipt: number, code, QR, what happens next."""
    p = own_permohonan(permohonan_id)
    if p.nomor is None:
        raise NotFound
    return render_template("pemohon/receipt.html", p=p, item=my_journey(p), track_address=tracking_url(p))


@bp.get("/permohonan/<uuid:permohonan_id>/tanda-terima.pdf")
@pemohon
@sends_file
def receipt_pdf(permohonan_id: UUID) -> Response:
    """The receipt on paper."""
    p = own_permohonan(permohonan_id)
    content = ready_pdf(receipt(p.id).ready(), available_engine(settings().pdf_engine), p.id)
    return send_berkas(content, f"tanda-terima-{p.nomor}.pdf", "application/pdf")


def tracking_url(p: MyPermohonan) -> str:
    """What the receipt's QR code leads to: the tracking form with the number filled in, never the code."""
    return f"{settings().base_url}/lacak?nomor={p.nomor}"


def _unticked(p: MyPermohonan) -> dict[str, str]:
    errors = {} if posted("benar") == "ya" else {"benar": "Centang pernyataan bahwa data Anda benar."}
    if p.sop.by_applicant and p.nomor is None and request.form.get("privasi") != PRIVACY_VERSION:
        errors["privasi"] = "Centang bahwa Anda sudah membaca pemberitahuan privasi."
    return errors


def _problems(form: Form, lacking: list[Shortage]) -> list[dict[str, str]]:
    """The lines of the error summary: what is wrong with the sending itself, then what is lacking."""
    own = ((code, s) for code, s in form.errors.items() if code in {WHOLE, "benar", "privasi"})
    lines = [{"text": s} | ({"href": f"#{code}"} if code else {}) for code, s in own]
    return lines + [{"text": k.sentence, "href": k.address} for k in lacking]


def _page(p: MyPermohonan, form: Form) -> str:
    lacking = shorten(shortage(p))
    context = {
        "p": p,
        "form": form,
        "lacking": lacking,
        "problems": _problems(form, lacking),
        "bagian": open_bagian(p),
        "syarat": open_syarat(p),
        "privacy_version": PRIVACY_VERSION,
    }
    return render_template("pemohon/review.html", **context)
