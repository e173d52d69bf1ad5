"""A file that is not on my desk: where it is and what was decided, without its documents."""

import json
from uuid import UUID

from flask import render_template
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.queries.desk.content import read_signature
from pipeline.queries.desk.riwayat import read_riwayat
from pipeline.queries.desk.tugas import open_tugas_of, read_permohonan
from pipeline.queries.records.heads import proof_of
from pipeline.roles import PERAN_PETUGAS
from web.auth import current_peran, petugas
from web.headers import send_berkas
from web.petugas import bp


@bp.get("/permohonan/<uuid:permohonan_id>")
@petugas(*PERAN_PETUGAS)
def permohonan(permohonan_id: UUID) -> str | Response:
    """State and history of an application my role has had."""
    kasus = read_permohonan(permohonan_id, current_peran())
    return render_template(
        "petugas/permohonan.html",
        kasus=kasus,
        riwayat=read_riwayat(kasus.id, kasus.sop),
        tanda_tangan=read_signature(kasus.id, now=clock.now()),
        on_my_desk=open_tugas_of(kasus.id, current_peran()),
    )


@bp.get("/permohonan/<uuid:permohonan_id>/bukti")
@petugas(*PERAN_PETUGAS)
def bukti(permohonan_id: UUID) -> Response:
    """The proof that its history is in a daily head: ids and hashes, no word of anybody."""
    kasus = read_permohonan(permohonan_id, current_peran())
    proof = json.dumps(proof_of(kasus.id), indent=1).encode()
    return send_berkas(proof, f"bukti-{kasus.nomor}.json", "application/json")
