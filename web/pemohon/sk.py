"""The signed document, and the applicant's word that it arrived."""

import re
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.errors import NotFound
from pipeline.services.applicant.close import accept_sk
from pipeline.settings import settings
from pipeline.storage import store
from web.auth import me, pemohon, sends_file
from web.headers import send_berkas
from web.pemohon import bp
from web.pemohon.own import own_permohonan


@bp.get("/permohonan/<uuid:permohonan_id>/sk")
@pemohon
def sk(permohonan_id: UUID) -> str:
    """Number, validity, download, how others check it."""
    p = own_permohonan(permohonan_id)
    url = f"{settings().base_url}/verifikasi/{p.sk.token}" if p.sk else ""
    return render_template("pemohon/sk.html", p=p, verification_address=url)


@bp.get("/permohonan/<uuid:permohonan_id>/sk.pdf")
@pemohon
@sends_file
def sk_pdf(permohonan_id: UUID) -> Response:
    """The signed file, byte for byte."""
    p = own_permohonan(permohonan_id)
    if p.sk is None:
        raise NotFound
    name = re.sub(r"[^0-9A-Za-z.-]+", "-", p.sk.nomor).strip("-")
    return send_berkas(store(p.id).get(p.sk.pdf_sha256), f"{name}.pdf", "application/pdf")


@bp.post("/permohonan/<uuid:permohonan_id>/sk/terima")
@pemohon
def receive_sk(permohonan_id: UUID) -> Response:
    """The last step of the SOP; a second press is fine."""
    accept_sk(permohonan_id, actor=me().person_id, session_id=me().session_id, now=now())
    flash("Terima kasih. Permohonan ini selesai; dokumennya tetap dapat diunduh di sini.")
    return redirect(url_for(".sk", permohonan_id=permohonan_id), 303)
