"""A desk fills in its form: saved at any time, half-filled too, with photos added one by one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotAllowedYet
from pipeline.json import Json
from pipeline.models import FilledForm
from pipeline.rules.form.desk_form import read_list
from pipeline.services.desk.claim import at_desk, take, touch
from pipeline.services.people.actor import Petugas
from pipeline.services.records.content import forms_of, record_content
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.record import UPLOADED, pictures_owed
from pipeline.services.records.sets import Rows
from pipeline.sop.form.desk_form import DeskForm
from pipeline.storage import store
from pipeline.uploads import accept

PHOTOS_AT_MOST = 20


def save_form(tugas_id: UUID, content: Json, *, actor: Petugas, now: datetime) -> None:
    """Keep the form as filled in so far; photos stay. Saving the same again writes nothing.

    Whoever works on a file has taken it: a colleague meets TakenAlready.
    """
    with unit_of_work() as s:
        file, form = _at_form(s, tugas_id, actor, now)
        old = forms_of(s, file.permohonan_id).get(form.code, {})
        new = {**content, "foto": old.get("foto", [])}
        if new != old:
            _write(s, file, form, new, actor, now)


def add_photo(tugas_id: UUID, label: str, payload: bytes, location: Json, *, actor: Petugas, now: datetime) -> None:
    """Add a labelled photo with its place and time. Raises BerkasRefused for what is not a photo."""
    accepted = accept(f"{label}.jpg", payload)
    with unit_of_work() as s:
        file, form = _at_form(s, tugas_id, actor, now)
        content = forms_of(s, file.permohonan_id).get(form.code, {})
        present = read_list(content, "foto")
        if len(present) >= PHOTOS_AT_MOST:
            raise InputInvalid({"foto-berkas": f"Paling banyak {PHOTOS_AT_MOST} foto pada satu formulir."})
        sha256 = store(file.permohonan_id).put(accepted.payload)
        photo: Json = {"sha256": sha256, "jenis": accepted.kind, "label": label, **location}
        pictures = pictures_owed(file.permohonan_id, f"{UPLOADED}{uuid4()}", now)
        _write(s, file, form, _with_photos(content, [*present, photo]), actor, now, also=pictures)


def remove_photo(tugas_id: UUID, sha256: str, *, actor: Petugas, now: datetime) -> None:
    """Take a photo out of the form."""
    with unit_of_work() as s:
        file, form = _at_form(s, tugas_id, actor, now)
        content = forms_of(s, file.permohonan_id).get(form.code, {})
        others = [photo for photo in read_list(content, "foto") if photo.get("sha256") != sha256]
        _write(s, file, form, _with_photos(content, others), actor, now)


def _with_photos(content: Json, photos: Sequence[object]) -> Json:
    return {**content, "foto": list(photos)}


def _at_form(s: Session, tugas_id: UUID, actor: Petugas, now: datetime) -> tuple[LockedPermohonan, DeskForm]:
    file = at_desk(s, tugas_id, actor, now)
    form = file.sop.form_at(file.langkah.code)
    if form is None:
        raise NotAllowedYet("Langkah ini tidak mempunyai formulir untuk diisi.")
    take(s, file, actor, now)
    return file, form


def _write(
    s: Session,
    file: LockedPermohonan,
    form: DeskForm,
    content: Json,
    actor: Petugas,
    now: datetime,
    also: Rows | None = None,
) -> None:
    values = {"content": content, "saved_at": now, "actor": actor.person_id}
    key = [FilledForm.permohonan_id, FilledForm.form]
    s.execute(
        upsert(FilledForm)
        .values(permohonan_id=file.permohonan_id, form=form.code, **values)
        .on_conflict_do_update(index_elements=key, set_=values)
    )
    touch(s, file)
    record_content(s, file, {"form": form.code}, actor=actor.person_id, now=now, also=also)
