"""A file that is not on my desk: where it is and what was decided, without its documents."""

import json
from uuid import UUID

from flask import render_template
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.db import snapshot
from pipeline.documents.derived import ready_pdf
from pipeline.documents.pdf.engine import available_engine
from pipeline.errors import NotFound
from pipeline.kantor.office import desks
from pipeline.queries.desk.content import read_signature
from pipeline.queries.desk.delegasi import Subordinate, read_subordinate
from pipeline.queries.desk.permohonan import open_tugas_of, read_permohonan
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.queries.records.heads import proof_of
from pipeline.services.desk.extend import DAYS_AT_MOST
from pipeline.services.desk.letters import desk_paper
from pipeline.settings import settings
from web.auth import current_peran, petugas, sends_file, today
from web.forms import Form
from web.headers import send_berkas
from web.petugas import bp

EMPTY = Form()


@bp.get("/permohonan/<uuid:permohonan_id>")
@petugas(*desks())
def permohonan(permohonan_id: UUID) -> str | Response:
    """State and history of an application my role has had."""
    return permohonan_page(permohonan_id)


def subordinate(permohonan_id: UUID) -> Subordinate | None:
    """The desk the file is on, when I am its superior."""
    return read_subordinate(permohonan_id, current_peran(), today())


@snapshot()
def permohonan_page(permohonan_id: UUID, *, reassign_form: Form = EMPTY, time_form: Form = EMPTY) -> str:
    """The page, with a superior's two forms as they were typed: to whom the file goes, how much longer it may take."""
    permohonan = read_permohonan(permohonan_id, current_peran())
    below_me = subordinate(permohonan.id)
    return render_template(
        "petugas/permohonan.html",
        permohonan=permohonan,
        below_me=below_me,
        candidates={str(person_id): name for person_id, name in below_me.candidate} if below_me else {},
        reassign_form=reassign_form,
        time_form=time_form,
        has_errors=bool(reassign_form.errors or time_form.errors),
        days_at_most=DAYS_AT_MOST,
        riwayat=read_riwayat(permohonan.id, permohonan.sop),
        signature=read_signature(permohonan.id, now=clock.now()),
        on_my_desk=open_tugas_of(permohonan.id, current_peran()),
        papers=permohonan.sop.papers_made_before(permohonan.langkah),
    )


@bp.get("/permohonan/<uuid:permohonan_id>/surat/<code>.pdf")
@petugas(*desks())
@sends_file
def paper(permohonan_id: UUID, code: str) -> Response:
    """What a desk made of its form, on paper: for every desk that has had the file."""
    permohonan = read_permohonan(permohonan_id, current_peran())
    if code not in {naskah.code for naskah in permohonan.sop.papers_made_before(permohonan.langkah)}:
        raise NotFound
    content = ready_pdf(desk_paper(permohonan.id, code).ready(), available_engine(settings().pdf_engine), permohonan.id)
    return send_berkas(content, f"{code}-{permohonan.nomor}.pdf", "application/pdf")


@bp.get("/permohonan/<uuid:permohonan_id>/bukti")
@petugas(*desks())
def proof(permohonan_id: UUID) -> Response:
    """The proof that its history is in a daily head: ids and hashes, no word of anybody."""
    permohonan = read_permohonan(permohonan_id, current_peran())
    proof = json.dumps(proof_of(permohonan.id), indent=1).encode()
    return send_berkas(proof, f"bukti-{permohonan.nomor}.json", "application/json")
