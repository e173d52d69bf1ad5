"""BAP Lapangan and Rekomendasi, filled in on a phone: saved at any time, sent when complete."""

from datetime import datetime
from functools import partial
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.db import snapshot
from pipeline.errors import InputInvalid, NotFound
from pipeline.json import Json
from pipeline.queries.desk.content import bap_saved_at, read_bap
from pipeline.queries.desk.tugas import DeskTugas
from pipeline.rules.form import bap as bap_form
from pipeline.services.desk import claim as desk
from pipeline.services.people.actor import Petugas
from pipeline.sop.who_may import inspectors
from pipeline.uploads.refusals import BerkasRefused
from web.auth import me, petugas, takes_upload, today
from web.forms import WHOLE, Form, posted, redraw, refuse_if
from web.petugas import bp
from web.petugas.desk import acting_as, my_tugas, time_left
from web.petugas.keputusan import CHANGED


@bp.get("/tugas/<uuid:tugas_id>/bap")
@petugas(*inspectors())
@snapshot()
def bap(tugas_id: UUID) -> str:
    """The form as last saved."""
    tugas = _tugas(tugas_id)
    if not tugas.is_open:
        raise NotFound
    report = read_bap(tugas.permohonan.id)
    return _page(tugas, Form(bap_form.form_of(report) if report else _initial(tugas)))


@bp.post("/tugas/<uuid:tugas_id>/bap")
@petugas(*inspectors())
@takes_upload
def save_bap(tugas_id: UUID) -> Response:
    """Keep what was typed and the photo that was chosen, whichever button was pressed, and do what the button says."""
    tugas = _tugas(tugas_id)
    report = bap_form.parse_bap(request.form.to_dict(flat=False), tugas.permohonan.sop, tugas.permohonan.data)
    page, typed = partial(_page, tugas), Form(bap_form.form_of(report))
    try:
        _keep(tugas, report)
    except InputInvalid as error:
        return redraw(page, typed, error)
    except CHANGED as error:
        unsaved = f"{error} Isian Anda belum tersimpan; masih ada di halaman ini untuk disalin."
        return redraw(page, typed, error, {WHOLE: unsaved})
    if "lanjut" in request.form:
        return redirect(url_for("petugas.tugas", tugas_id=tugas_id, _anchor="keputusan-anda"), 303)
    anchor = None if "simpan" in request.form else "foto-lapangan"
    return redirect(url_for("petugas.bap", tugas_id=tugas_id, _anchor=anchor), 303)


def _tugas(tugas_id: UUID) -> DeskTugas:
    """The file, on the desk that inspects. Raises NotFound elsewhere."""
    tugas = my_tugas(tugas_id)
    if not tugas.langkah.sets_arah:
        raise NotFound
    return tugas


def _keep(tugas: DeskTugas, report: Json) -> None:
    """Save the form, then the photo. Raises DecisionRefused, and InputInvalid for the photo and for what is missing."""
    actor, now = acting_as(tugas), clock.now()
    desk.save_bap(tugas.tugas_id, report, actor=actor, now=now)
    if "simpan" in request.form:
        flash("BAP dan Rekomendasi tersimpan.")
    if deleted := posted("hapus"):
        desk.remove_photo_bap(tugas.tugas_id, deleted, actor=actor, now=now)
        flash("Foto dihapus.")
    if content := _read_photo():
        _add_photo(tugas, content, actor, now)
    elif "tambah" in request.form:
        raise InputInvalid({"foto": "Pilih foto dahulu."})
    if "lanjut" in request.form:
        refuse_if(bap_form.check_bap(report, tugas.permohonan.sop, tugas.permohonan.data, today=today()))


def _add_photo(tugas: DeskTugas, content: bytes, actor: Petugas, now: datetime) -> None:
    label = bap_form.PHOTO_LABELS.get(posted("label"))
    if label is None:
        raise InputInvalid({"foto": "Pilih keterangan foto."})
    try:
        desk.add_photo_bap(tugas.tugas_id, label, content, _read_location(), actor=actor, now=now)
    except BerkasRefused as error:
        raise InputInvalid({"foto": str(error)}) from error
    flash(f"Foto “{label}” tersimpan.")


@snapshot()
def _page(tugas: DeskTugas, form: Form) -> str:
    permohonan = tugas.permohonan
    return render_template(
        "petugas/bap.html",
        form=form,
        tugas=tugas,
        permohonan=permohonan,
        remaining=time_left(tugas, clock.now()),
        item=permohonan.sop.bap_items_for(permohonan.data),
        photo=bap_form.read_list(read_bap(permohonan.id), "foto"),
        choices=bap_form,
        old=_saved_before(tugas),
        is_mine=tugas.taker_id == me().person_id,
    )


def _saved_before(tugas: DeskTugas) -> datetime | None:
    """When the form was saved, if that was before the file came to this desk again: it tells of an earlier visit."""
    saved = bap_saved_at(tugas.permohonan.id)
    return saved if saved and saved < tugas.entered_at else None


def _initial(tugas: DeskTugas) -> dict[str, str]:
    """What a new form begins with: what the office knows already."""
    data = tugas.permohonan.data
    address = ", ".join(str(data[k]) for k in ("alamat", "kelurahan", "kecamatan") if data.get(k))
    chair = str(data.get("ketua_nama", ""))
    return {
        "tanggal": today().isoformat(),
        "tempat": address,
        "tim-1-nama": me().name,
        "pihak-nama": chair,
        "pihak-jabatan": "Ketua" if chair else "",
    }


def _read_photo() -> bytes:
    """The chosen photo; empty when none was."""
    berkas = request.files.get("foto")
    return berkas.read() if berkas else b""


def _read_location() -> Json:
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
