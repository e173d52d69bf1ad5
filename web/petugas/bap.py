"""BAP Lapangan and Rekomendasi, filled in on a phone: saved at any time, sent when complete."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import bap as formulir_bap
from pipeline import clock
from pipeline.errors import BerkasDitolak, InputInvalid, TidakDitemukan
from pipeline.models.base import Json
from pipeline.queries.isi_berkas import read_bap
from pipeline.queries.tugas import Lembar
from pipeline.roles import Peran
from pipeline.services import desk
from web.auth import hari_ini, petugas, saya, takes_upload
from web.forms import Formulir, posted
from web.petugas import bp
from web.petugas.meja import acting_as, lembar_saya, sisa_waktu


@bp.get("/tugas/<uuid:tugas_id>/bap")
@petugas(Peran.DINAS_TEKNIS)
def bap(tugas_id: UUID) -> str:
    """The form as last saved."""
    return _page(_lembar(tugas_id), {})


@bp.post("/tugas/<uuid:tugas_id>/bap")
@petugas(Peran.DINAS_TEKNIS)
def simpan_bap(tugas_id: UUID) -> Response:
    """Keep what was typed; the button ``lanjut`` also says what is missing, and else goes on to the decision."""
    lembar = _lembar(tugas_id)
    kasus = lembar.permohonan
    isi = formulir_bap.parse_bap(request.form.to_dict(flat=False), kasus.sop, kasus.data)
    desk.save_bap(tugas_id, isi, oleh=acting_as(lembar), now=clock.now())
    if "lanjut" not in request.form:
        flash("BAP dan Rekomendasi tersimpan.")
        return redirect(url_for("petugas.bap", tugas_id=tugas_id), 303)
    if errors := formulir_bap.check_bap(isi, kasus.sop, kasus.data, hari_ini=hari_ini()):
        return make_response(_page(lembar, errors), 422)
    return redirect(url_for("petugas.tugas", tugas_id=tugas_id, _anchor="keputusan-anda"), 303)


@bp.post("/tugas/<uuid:tugas_id>/bap/foto")
@petugas(Peran.DINAS_TEKNIS)
@takes_upload
def tambah_foto(tugas_id: UUID) -> Response:
    """Add a photo, with the place the phone read at that moment."""
    lembar = _lembar(tugas_id)
    try:
        label, content = _read_foto()
        desk.add_foto_bap(tugas_id, label, content, _read_lokasi(), oleh=acting_as(lembar), now=clock.now())
    except (BerkasDitolak, InputInvalid) as error:
        problem = error.errors.get("foto", str(error)) if isinstance(error, InputInvalid) else str(error)
        return make_response(_page(lembar, {"foto": problem}), 422)
    flash(f"Foto “{label}” tersimpan.")
    return redirect(url_for("petugas.bap", tugas_id=tugas_id, _anchor="foto-lapangan"), 303)


@bp.post("/tugas/<uuid:tugas_id>/bap/foto/<sha256>/hapus")
@petugas(Peran.DINAS_TEKNIS)
def hapus_foto(tugas_id: UUID, sha256: str) -> Response:
    """Take a photo out of the BAP."""
    desk.remove_foto_bap(tugas_id, sha256, oleh=acting_as(_lembar(tugas_id)), now=clock.now())
    return redirect(url_for("petugas.bap", tugas_id=tugas_id, _anchor="foto-lapangan"), 303)


def _lembar(tugas_id: UUID) -> Lembar:
    """The file, on the desk that inspects. Raises TidakDitemukan elsewhere and once it has left."""
    lembar = lembar_saya(tugas_id)
    if not lembar.langkah.menetapkan_arah or not lembar.is_open:
        raise TidakDitemukan
    return lembar


def _page(lembar: Lembar, errors: Mapping[str, str]) -> str:
    kasus = lembar.permohonan
    isi = read_bap(kasus.id)
    return render_template(
        "petugas/bap.html",
        formulir=Formulir(formulir_bap.form_of(isi) if isi else _initial(lembar), errors),
        lembar=lembar,
        kasus=kasus,
        sisa=sisa_waktu(lembar, clock.now()),
        butir=kasus.sop.butir_bap_untuk(kasus.data),
        foto=formulir_bap.read_list(isi, "foto"),
        pilihan=formulir_bap,
    )


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


def _read_foto() -> tuple[str, bytes]:
    """Label and bytes of the posted photo. Raises InputInvalid when either is missing."""
    label = formulir_bap.LABEL_FOTO.get(posted("label"))
    berkas = request.files.get("foto")
    content = berkas.read() if berkas else b""
    if label is None or not content:
        raise InputInvalid(
            {"foto": "Pilih foto dan keterangannya dahulu." if not content else "Pilih keterangan foto."}
        )
    return label, content


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
