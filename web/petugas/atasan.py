"""What a superior named in the SOP may do with a file on a desk below: give it to another person there."""

from uuid import UUID

from flask import flash, g, make_response, redirect, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import InputInvalid, TidakDitemukan
from pipeline.queries.delegasi import Bawahan, read_bawahan, read_permohonan_of
from pipeline.roles import PERAN_PETUGAS
from pipeline.services.actor import Petugas
from pipeline.services.supervise import reason_problems, reassign
from web.auth import hari_ini, peran_kini, petugas, saya
from web.forms import Formulir, isi_formulir, teks
from web.petugas import bp
from web.petugas.permohonan import permohonan


@bp.app_context_processor
def konteks() -> dict[str, object]:
    """What ``petugas/_atasan.html`` asks for, on the page of a file."""
    formulir: Formulir = g.get("formulir_alih", Formulir())
    return {"bawahan": bawahan, "formulir_alih": formulir, "ada_galat": bool(formulir.galat)}


def bawahan(permohonan_id: UUID) -> Bawahan | None:
    """The desk the file is on, when I am its superior."""
    satu = read_bawahan(permohonan_id, hari_ini())
    return satu if satu and satu.langkah.atasan in peran_kini() else None


@bp.post("/tugas/<uuid:tugas_id>/alihkan")
@petugas(*PERAN_PETUGAS)
def alihkan(tugas_id: UUID) -> Response:
    """Put the file into another person's hands."""
    permohonan_id = read_permohonan_of(tugas_id)
    satu = bawahan(permohonan_id)
    if satu is None or satu.langkah.atasan is None:
        raise TidakDitemukan
    try:
        nama = _reassign(tugas_id, satu, Petugas(saya().orang_id, satu.langkah.atasan))
    except InputInvalid as salah:
        g.formulir_alih = Formulir(isi_formulir("kepada", "alasan"), salah.errors)
        return make_response(permohonan(permohonan_id), 422)
    flash(f"{satu.nomor} dialihkan kepada {nama}.")
    return redirect(url_for("petugas.permohonan", permohonan_id=permohonan_id), 303)


def _reassign(tugas_id: UUID, satu: Bawahan, oleh: Petugas) -> str:
    """Give the file to the posted person, and return their name."""
    calon = {str(orang): (orang, nama) for orang, nama in satu.calon}
    if teks("kepada") not in calon:
        raise InputInvalid({"kepada": "Pilih petugas yang menerima berkas ini."} | reason_problems(teks("alasan")))
    orang, nama = calon[teks("kepada")]
    reassign(tugas_id, orang, teks("alasan"), oleh=oleh, now=clock.now())
    return nama
