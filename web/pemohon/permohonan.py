"""One application: what is left to fill in while it lies with the applicant, else where it is."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline.clock import now
from pipeline.queries.applicant.journey import walk
from pipeline.queries.applicant.permohonan import MyPermohonan
from pipeline.services.applicant.reply import answer_request
from web.auth import fills_in, me
from web.forms import posted
from web.pemohon import bp
from web.pemohon.own import own_permohonan
from web.pemohon.progress import request_name, request_url, shortage, stage
from web.walk import journey_item


@bp.get("/permohonan/<uuid:permohonan_id>")
@fills_in
def permohonan(permohonan_id: UUID) -> str:
    """The task list of a draft or a correction, or the state of what was sent."""
    p = own_permohonan(permohonan_id)
    if p.correction and p.is_editable:
        return render_template("pemohon/correction.html", p=p, requested=_asked(p), lacking=shortage(p), stage=stage(p))
    if p.is_editable:
        return render_template("pemohon/tugas.html", p=p, stage=stage(p))
    return render_template("pemohon/state.html", p=p, item=my_journey(p))


@bp.post("/permohonan/<uuid:permohonan_id>/jawab/<uuid:request_id>")
@fills_in
def reply(permohonan_id: UUID, request_id: UUID) -> Response:
    """The applicant's own words on one thing that was asked."""
    answer_request(
        permohonan_id, request_id, posted("jawaban"), actor=me().person_id, session_id=me().session_id, now=now()
    )
    flash("Tanggapan disimpan. Tanggapan ikut terkirim bersama perbaikan.")
    return redirect(url_for(".permohonan", permohonan_id=permohonan_id), 303)


def my_journey(p: MyPermohonan) -> list[dict[str, object]]:
    """The journey of an own application."""
    return journey_item(walk(p.sop, p.data, p.status, p.langkah, p.kunjungan))


def _asked(p: MyPermohonan) -> list[dict[str, object]]:
    return [
        {
            "requests": d,
            "name": request_name(p, d.kind, d.code),
            "address": request_url(p, d.kind, d.code),
            "answered": p.is_answered(d),
        }
        for d in p.requested
    ]
