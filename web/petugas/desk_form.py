"""The form of a desk, filled in on a phone: saved at any time, sent when complete."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.db import snapshot
from pipeline.documents.desk_form import first_values
from pipeline.errors import InputInvalid, NotFound
from pipeline.json import Json
from pipeline.queries.desk.content import form_saved_at, read_forms, read_received_photos
from pipeline.queries.desk.tugas import DeskTugas
from pipeline.rules.form.desk_form import check_form, form_of, parse_form, read_list, team_rows
from pipeline.services.desk import fill, photos
from pipeline.services.people.actor import Petugas
from pipeline.sop.form.desk_form import DeskForm
from pipeline.sop.form.isian import Isian
from pipeline.sop.values import case_data
from pipeline.sop.who_may import form_fillers
from pipeline.uploads.refusals import BerkasRefused
from web.auth import me, petugas, takes_upload, today
from web.forms import WHOLE, Form, posted, posted_all, read_ids, redraw, refuse_if
from web.petugas import bp
from web.petugas.desk import acting_as, my_tugas, time_left
from web.petugas.keputusan import CHANGED

UNEXAMINED = "Masih ada foto yang diperiksa. Tunggu sebentar, lalu lanjutkan. Isian Anda sudah tersimpan."
#: The buttons of the form. Their names have a hyphen, which no code of a field has.
SAVE, GO_ON, ADD, REMOVE, TAKE_BACK = "form-simpan", "form-lanjut", "foto-tambah", "foto-hapus", "foto-batal"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: a page of fields, the team, the checklist or the photos."""

    kind: str
    anchor: str
    title: str
    explanation: str = ""
    isian: Sequence[Isian] = ()


@bp.get("/tugas/<uuid:tugas_id>/formulir")
@petugas(*form_fillers())
@snapshot()
def desk_form(tugas_id: UUID) -> str:
    """The form as last saved."""
    tugas, form = _tugas(tugas_id)
    if not tugas.is_open:
        raise NotFound
    permohonan, kept = tugas.permohonan, read_forms(tugas.permohonan.id).get(form.code)
    first = partial(first_values, permohonan.sop, form, permohonan.data, today=today(), officer=me().name)
    values = form_of(form, kept) if kept else {**first()}
    return _page(tugas, form, form=Form(values, errors=_refusals(tugas)))


@bp.post("/tugas/<uuid:tugas_id>/formulir")
@petugas(*form_fillers())
@takes_upload
def save_desk_form(tugas_id: UUID) -> Response:
    """Keep what was typed and the photo that was chosen, whichever button was pressed, and do what the button says."""
    tugas, form = _tugas(tugas_id)
    content = parse_form(form, request.form.to_dict(flat=False), tugas.permohonan.data)
    page, labels = partial(_page, tugas, form), {f.code: f.label for f in form.isian}
    typed = Form(form_of(form, content), labels=labels)
    try:
        _keep(tugas, form, content)
    except InputInvalid as error:
        return redraw(page, typed, error)
    except BerkasRefused as error:
        return redraw(page, typed, error, {"foto-berkas": str(error)})
    except CHANGED as error:
        unsaved = f"{error} Isian Anda belum tersimpan; masih ada di halaman ini untuk disalin."
        return redraw(page, typed, error, {WHOLE: unsaved})
    return _onward(tugas_id)


def _onward(tugas_id: UUID) -> Response:
    if GO_ON in request.form:
        return redirect(url_for("petugas.tugas", tugas_id=tugas_id, _anchor="keputusan-anda"), 303)
    anchor = None if SAVE in request.form else "foto-lapangan"
    return redirect(url_for("petugas.desk_form", tugas_id=tugas_id, _anchor=anchor), 303)


def _tugas(tugas_id: UUID) -> tuple[DeskTugas, DeskForm]:
    """The file, on a desk that has a form. Raises NotFound elsewhere."""
    tugas = my_tugas(tugas_id)
    form = tugas.permohonan.sop.form_at(tugas.langkah.code)
    if form is None:
        raise NotFound
    return tugas, form


def _keep(tugas: DeskTugas, form: DeskForm, content: Json) -> None:
    """Save the form, then the photo. Raises DecisionRefused, BerkasRefused for the photo, InputInvalid."""
    actor, now = acting_as(tugas), clock.now()
    fill.save_form(tugas.tugas_id, content, actor=actor, now=now)
    if SAVE in request.form:
        flash(f"{form.title} tersimpan.")
    _change_photos(tugas, form, actor, now)
    if GO_ON in request.form:
        refuse_if(_lacking(tugas, form))


def _change_photos(tugas: DeskTugas, form: DeskForm, actor: Petugas, now: datetime) -> None:
    """Take out the photo whose button was pressed, and take in the one that was chosen."""
    if deleted := posted(REMOVE):
        photos.remove_photo(tugas.tugas_id, deleted, actor=actor, now=now)
        flash("Foto dihapus.")
    for upload_id in read_ids([posted(TAKE_BACK)]):
        photos.take_back_photo(tugas.tugas_id, upload_id, actor=actor, now=now)
    if chosen := request.files.get("foto-berkas"):
        _receive(tugas, form, chosen.stream, actor, now)
    elif ADD in request.form:
        raise InputInvalid({"foto-berkas": "Pilih foto dahulu."})


def _receive(tugas: DeskTugas, form: DeskForm, content: IO[bytes], actor: Petugas, now: datetime) -> None:
    label = form.photos.get(posted("foto-label"))
    if label is None:
        raise InputInvalid({"foto-berkas": "Pilih keterangan foto."})
    seen = read_ids(posted_all("seen"))
    photos.receive_photo(tugas.tugas_id, label, content, _read_location(), seen=seen, actor=actor, now=now)
    flash(f"Foto “{label}” diterima dan sedang diperiksa.")


def _lacking(tugas: DeskTugas, form: DeskForm) -> dict[str, str]:
    """What keeps the form from being sent."""
    kept = read_forms(tugas.permohonan.id).get(form.code, {})
    errors = check_form(form, kept, tugas.permohonan.data, today=today())
    if any(photo.refusal is None for photo in read_received_photos(tugas.permohonan.id, tugas.tugas_id)):
        errors["foto-berkas"] = UNEXAMINED
    return errors


@snapshot()
def _page(tugas: DeskTugas, desk: DeskForm, *, form: Form) -> str:
    permohonan = tugas.permohonan
    known = {**permohonan.data, **case_data(form.values)}
    return render_template(
        "petugas/desk_form.html",
        form=form,
        desk=desk,
        tugas=tugas,
        permohonan=permohonan,
        remaining=time_left(tugas, clock.now()),
        sections=tuple(_sections(desk, desk.isian_for(known))),
        items=desk.items_for(known),
        team_rows=team_rows(desk),
        large_team=any(form.text(f"tim-{n}-nama") for n in range(desk.team + 1, team_rows(desk) + 1)),
        photo=read_list(read_forms(permohonan.id).get(desk.code, {}), "foto"),
        received=read_received_photos(permohonan.id, tugas.tugas_id),
        old=_saved_before(tugas, desk),
        is_mine=tugas.taker_id == me().person_id,
    )


def _sections(desk: DeskForm, asked: Sequence[Isian]) -> Iterator[Section]:
    """In the order of the page: what was seen stands before what is concluded from it, the photos last."""
    pages = [
        Section("isian", f"bagian-{b.code}", b.title, b.explanation, tuple(f for f in asked if f.bagian == b.code))
        for b in desk.bagian
    ]
    seen = [Section("tim", "tim-anggota", "Tim")] if desk.team else []
    seen += [Section("daftar", "butir-daftar", "Daftar periksa")] if desk.items else []
    at = next((n for n, page in enumerate(pages) if page.anchor == f"bagian-{desk.concluding}"), len(pages))
    yield from (section for section in (*pages[:at], *seen, *pages[at:]) if section.isian or section in seen)
    if desk.photos:
        yield Section("foto", "foto-lapangan", "Foto")


def _saved_before(tugas: DeskTugas, desk: DeskForm) -> datetime | None:
    """When the form was saved, if that was before the file came to this desk again: it tells of an earlier visit."""
    saved = form_saved_at(tugas.permohonan.id, desk.code)
    return saved if saved and saved < tugas.entered_at else None


def _refusals(tugas: DeskTugas) -> dict[str, str]:
    """What was refused when it was examined, for the summary: each stands in its place too."""
    refused = [p for p in read_received_photos(tugas.permohonan.id, tugas.tugas_id) if p.refusal]
    return {"foto-diterima": " ".join(f"Foto “{p.name}”: {p.refusal}" for p in refused)} if refused else {}


def _read_location() -> Json:
    """Place and time of the photo as text; no place when the phone read none, or nonsense was sent."""
    limits = {"lat": 90.0, "lon": 180.0, "akurasi": 1e6}
    position = {name: _number(f"foto-{name}", limit) for name, limit in limits.items()}
    complete = position if position["lat"] and position["lon"] else dict.fromkeys(position, "")
    return {"waktu": clock.now().isoformat(timespec="seconds"), **complete}


def _number(name: str, limit: float) -> str:
    try:
        value = float(posted(name))
    except ValueError:
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".") if abs(value) <= limit else ""
