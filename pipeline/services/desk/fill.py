"""A desk fills in its form: saved at any time, half-filled too."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import NotAllowedYet
from pipeline.json import Json
from pipeline.models import FilledForm
from pipeline.services.desk.claim import at_desk, take, touch
from pipeline.services.people.actor import Petugas
from pipeline.services.records.content import forms_of, record_content
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.sets import Rows
from pipeline.sop.form.desk_form import DeskForm


def save_form(tugas_id: UUID, content: Json, *, actor: Petugas, now: datetime) -> None:
    """Keep the form as filled in so far; photos stay. Saving the same again writes nothing.

    Whoever works on a file has taken it: a colleague meets TakenAlready.
    """
    with unit_of_work() as s:
        file, form = at_form(s, tugas_id, actor, now)
        old = forms_of(s, file.permohonan_id).get(form.code, {})
        new = {**content, "foto": old.get("foto", [])}
        if new != old:
            write_form(s, file, form, new, actor.person_id, now)


def at_form(s: Session, tugas_id: UUID, actor: Petugas, now: datetime) -> tuple[LockedPermohonan, DeskForm]:
    """The file, locked for who fills in the form here, and has taken it by that."""
    file = at_desk(s, tugas_id, actor, now)
    form = form_here(file)
    take(s, file, actor, now)
    return file, form


def form_here(file: LockedPermohonan) -> DeskForm:
    """The form of the desk where the file lies."""
    form = file.sop.form_at(file.langkah.code)
    if form is None:
        raise NotAllowedYet("Langkah ini tidak mempunyai formulir untuk diisi.")
    return form


def write_form(
    s: Session,
    file: LockedPermohonan,
    form: DeskForm,
    content: Json,
    actor: UUID,
    now: datetime,
    also: Rows | None = None,
) -> None:
    """Keep this content, and record that the file says something else now."""
    values = {"content": content, "saved_at": now, "actor": actor}
    key = [FilledForm.permohonan_id, FilledForm.form]
    s.execute(
        upsert(FilledForm)
        .values(permohonan_id=file.permohonan_id, form=form.code, **values)
        .on_conflict_do_update(index_elements=key, set_=values)
    )
    touch(s, file)
    record_content(s, file, {"form": form.code}, actor=actor, now=now, also=also)
