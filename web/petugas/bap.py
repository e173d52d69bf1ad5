"""BAP Lapangan and Rekomendasi, filled in on a phone: saved at any time, sent when complete."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.errors import BerkasDitolak, InputInvalid, TidakDitemukan
from pipeline.models.base import Json
from pipeline.queries.desk.content import bap_saved_at, read_bap
from pipeline.queries.desk.tugas import Lembar
from pipeline.roles import Peran
from pipeline.rules.form import bap as formulir_bap
from pipeline.services.desk import claim as desk
from web.auth import hari_ini, petugas, saya, takes_upload
from web.forms import Formulir, posted
from web.petugas import bp
from web.petugas.keputusan import BERUBAH
from web.petugas.meja import acting_as, lembar_saya, sisa_waktu


@bp.get("/tugas/<uuid:tugas_id>/bap")
@petugas(Peran.DINAS_TEKNIS)
def bap(tugas_id: UUID) -> str:
    """The form as last saved."""
    lembar = _lembar(tugas_id)
    if not lembar.is_open:
        raise TidakDitemukan
    isi = read_bap(lembar.permohonan.id)
    return _page(lembar, formulir_bap.form_of(isi) if isi else _initial(lembar), {})


@bp.post("/tugas/<uuid:tugas_id>/bap")
@petugas(Peran.DINAS_TEKNIS)
@takes_upload
def save_bap(tugas_id: UUID) -> Response:
    """Keep what was typed and the photo that was chosen, whichever button was pressed, and do what the button says."""
    lembar = _lembar(tugas_id)
    isi = formulir_bap.parse_bap(request.form.to_dict(flat=False), lembar.permohonan.sop, lembar.permohonan.data)
    try:
        errors, status = _keep(lembar, isi) or _missing(lembar, isi), 422
    except BERUBAH as error:
        errors, status = {"isi": f"{error} Isian Anda belum tersimpan; masih ada di halaman ini untuk disalin."}, 409
    if errors:
        return make_response(_page(lembar, formulir_bap.form_of(isi), errors), status)
    if "lanjut" in request.form:
        return redirect(url_for("petugas.tugas", tugas_id=tugas_id, _anchor="keputusan-anda"), 303)
    anchor = None if "simpan" in request.form else "foto-lapangan"
    return redirect(url_for("petugas.bap", tugas_id=tugas_id, _anchor=anchor), 303)


def _lembar(tugas_id: UUID) -> Lembar:
    """The file, on the desk that inspects. Raises TidakDitemukan elsewhere."""
    lembar = lembar_saya(tugas_id)
    if not lembar.langkah.menetapkan_arah:
        raise TidakDitemukan
    return lembar


def _keep(lembar: Lembar, isi: Json) -> Mapping[str, str]:
    """Save the form, then the photo. Returns what is wrong with the photo; raises DecisionRefused."""
    oleh, now = acting_as(lembar), clock.now()
    desk.save_bap(lembar.tugas_id, isi, oleh=oleh, now=now)
    if "simpan" in request.form:
        flash("BAP dan Rekomendasi tersimpan.")
    if dihapus := posted("hapus"):
        desk.remove_foto_bap(lembar.tugas_id, dihapus, oleh=oleh, now=now)
        flash("Foto dihapus.")
    if not (content := _read_foto()):
        return {"foto": "Pilih foto dahulu."} if "tambah" in request.form else {}
    label = formulir_bap.LABEL_FOTO.get(posted("label"))
    if label is None:
        return {"foto": "Pilih keterangan foto."}
    try:
        desk.add_foto_bap(lembar.tugas_id, label, content, _read_lokasi(), oleh=oleh, now=now)
    except (BerkasDitolak, InputInvalid) as error:
        return {"foto": error.errors.get("foto", str(error)) if isinstance(error, InputInvalid) else str(error)}
    flash(f"Foto “{label}” tersimpan.")
    return {}


def _missing(lembar: Lembar, isi: Json) -> Mapping[str, str]:
    """What keeps the BAP from being sent, for who wants to go on."""
    if "lanjut" not in request.form:
        return {}
    return formulir_bap.check_bap(isi, lembar.permohonan.sop, lembar.permohonan.data, hari_ini=hari_ini())


def _page(lembar: Lembar, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    kasus = lembar.permohonan
    return render_template(
        "petugas/bap.html",
        formulir=Formulir(values, errors),
        lembar=lembar,
        kasus=kasus,
        sisa=sisa_waktu(lembar, clock.now()),
        butir=kasus.sop.butir_bap_untuk(kasus.data),
        foto=formulir_bap.read_list(read_bap(kasus.id), "foto"),
        pilihan=formulir_bap,
        lama=_saved_before(lembar),
        milik_saya=lembar.pengambil_id == saya().orang_id,
    )


def _saved_before(lembar: Lembar) -> datetime | None:
    """When the form was saved, if that was before the file came to this desk again: it tells of an earlier visit."""
    saved = bap_saved_at(lembar.permohonan.id)
    return saved if saved and saved < lembar.masuk_pada else None


def _initial(lembar: Lembar) -> dict[str, str]:
    """What a new form begins with: what the office knows already."""
    data = lembar.permohonan.data
    alamat = ", ".join(str(data[k]) for k in ("alamat", "kelurahan", "kecamatan") if data.get(k))
    ketua = str(data.get("ketua_nama", ""))
    return {
        "tanggal": hari_ini().isoformat(),
        "tempat": alamat,
        "tim-1-nama": saya().nama,
        "pihak-nama": ketua,
        "pihak-jabatan": "Ketua" if ketua else "",
    }


def _read_foto() -> bytes:
    """The chosen photo; empty when none was."""
    berkas = request.files.get("foto")
    return berkas.read() if berkas else b""


def _read_lokasi() -> Json:
    """Place and time of the photo as text; no place when the phone read none, or nonsense was sent."""
    position = {name: _number(name, limit) for name, limit in (("lat", 90.0), ("lon", 180.0), ("akurasi", 1e6))}
    complete = position if position["lat"] and position["lon"] else dict.fromkeys(position, "")
    return {"waktu": clock.now().isoformat(timespec="seconds"), **complete}


def _number(name: str, limit: float) -> str:
    try:
        value = float(posted(name))
    except ValueError:
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".") if abs(value) <= limit else ""
