"""The photos in the form of a desk: they come in like every upload, wait to be examined, and are taken out again."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import IO
from uuid import UUID

from sqlalchemy import Connection, Text, bindparam, delete, func, select
from sqlalchemy.orm import Session

from pipeline.db import Constant, Transaction, flushed, unit_of_work
from pipeline.errors import DecidedAlready, InputInvalid
from pipeline.json import Json
from pipeline.models import FilledForm, Upload, UploadPurpose
from pipeline.rules.form.desk_form import read_list
from pipeline.services.desk.fill import at_form, form_here, write_form
from pipeline.services.people.actor import Petugas
from pipeline.services.records.content import forms_of
from pipeline.services.records.locking import LockedPermohonan, lock_tugas
from pipeline.services.records.record import UPLOADED, pictures_owed
from pipeline.services.records.uploads import WAITS, announce, delete_bytes, receive_whole, settle_upload, size_of
from pipeline.sop.form.desk_form import DeskForm
from pipeline.uploads import names
from pipeline.uploads.refusals import BerkasRefused, RefusalReason

PHOTOS_AT_MOST = 20
UNEXAMINED = "Masih ada foto yang diperiksa. Tunggu sebentar, lalu kirim lagi."


def receive_photo(
    tugas_id: UUID,
    label: str,
    content: IO[bytes],
    location: Json,
    *,
    seen: Collection[UUID] = (),
    actor: Petugas,
    now: datetime,
) -> None:
    """Take a labelled photo with its place and time; it waits to be examined. Raises BerkasRefused, InputInvalid.

    ``seen``: the refusals that were on the page where it was chosen; it takes their place.
    """

    def place(s: Session) -> Json:
        file = _with_room(tugas_id, actor, now, s)
        of_tugas = (Upload.permohonan_id == file.permohonan_id, Upload.tugas_id == tugas_id)
        s.execute(delete(Upload).where(*of_tugas, Upload.id.in_(seen), Upload.refusal.is_not(None)))
        where: Json = {"permohonan_id": file.permohonan_id, "tugas_id": tugas_id, "actor": actor.person_id}
        return {"purpose": UploadPurpose.PHOTO, **where, "details": {"label": label, **location}}

    upload = announce(f"{label}.jpg", size_of(content), place, now=now)
    receive_whole(upload, content, partial(settle_upload, upload, partial(_with_room, tugas_id, actor, now), now=now))


def take_back_photo(tugas_id: UUID, upload_id: UUID, *, actor: Petugas, now: datetime) -> None:
    """Take back a photo that waits, or whose refusal was read. One that is in the form already stays there."""
    with unit_of_work() as s:
        file, _ = at_form(s, tugas_id, actor, now)
        of_tugas = (Upload.permohonan_id == file.permohonan_id, Upload.tugas_id == tugas_id)
        gone = s.scalar(delete(Upload).where(Upload.id == upload_id, *of_tugas).returning(Upload.id))
    if gone is not None:
        delete_bytes(upload_id)


def remove_photo(tugas_id: UUID, sha256: str, *, actor: Petugas, now: datetime) -> None:
    """Take a photo out of the form."""
    with unit_of_work() as s:
        file, form = at_form(s, tugas_id, actor, now)
        content = forms_of(s, file.permohonan_id).get(form.code, {})
        others = [photo for photo in read_list(content, "foto") if photo.get("sha256") != sha256]
        write_form(s, file, form, {**content, "foto": others}, actor.person_id, now)


def examined_form(conn: Connection, file: LockedPermohonan, form: DeskForm) -> Json:
    """What the form of this desk says. Raises InputInvalid while a photo may still be refused, or come into it."""
    content, waiting = _form_and_waiting(conn, file, form)
    if waiting:
        raise InputInvalid({"keputusan": UNEXAMINED}, UNEXAMINED)
    return content


def lock_form(s: Session, tugas_id: UUID, actor: UUID, now: datetime) -> tuple[LockedPermohonan, DeskForm]:
    """The file for a photo that was let in. Raises NotFound, and DecidedAlready where the file has gone on."""
    file = lock_tugas(s, tugas_id, person_id=actor, now=now)
    if file.closed_tugas:
        raise DecidedAlready
    return file, form_here(file)


def keep_photo(
    s: Session,
    file: LockedPermohonan,
    form: DeskForm,
    photo: Json,
    *,
    photo_id: UUID,
    actor: UUID,
    now: datetime,
) -> None:
    """Put an accepted photo into the form. Raises BerkasRefused for several pictures in one file."""
    if photo["jenis"] == names.PDF:
        raise BerkasRefused(RefusalReason.PICTURES_TOO_MANY, pictures=1)
    content = forms_of(s, file.permohonan_id).get(form.code, {})
    present = read_list(content, "foto")
    pictures = pictures_owed(file.permohonan_id, f"{UPLOADED}{photo_id}", now)
    write_form(s, file, form, {**content, "foto": [*present, photo]}, actor, now, also=pictures)


_its = bindparam("permohonan_id", type_=Upload.permohonan_id.type)
_kept = select(FilledForm.content).where(
    FilledForm.permohonan_id == _its, FilledForm.form == bindparam("form", type_=Text)
)
_waiting = select(func.count()).where(
    Upload.permohonan_id == _its, Upload.tugas_id == bindparam("tugas_id", type_=Upload.tugas_id.type), *WAITS
)
_FORM = Constant(select(_kept.scalar_subquery().label("content"), _waiting.scalar_subquery().label("waiting")))


def _form_and_waiting(s: Transaction, file: LockedPermohonan, form: DeskForm) -> tuple[Json, int]:
    """The form as it is kept, and how many photos of this desk wait to be examined, in one statement."""
    which = {"permohonan_id": file.permohonan_id, "tugas_id": file.tugas_id, "form": form.code}
    row = _FORM(flushed(s), **which).mappings().one()
    return row["content"] or {}, row["waiting"]


def _with_room(tugas_id: UUID, actor: Petugas, now: datetime, s: Session) -> LockedPermohonan:
    """The file at the form, with room for one more photo."""
    file, form = at_form(s, tugas_id, actor, now)
    content, waiting = _form_and_waiting(s, file, form)
    if len(read_list(content, "foto")) + waiting >= PHOTOS_AT_MOST:
        raise InputInvalid({"foto-berkas": f"Paling banyak {PHOTOS_AT_MOST} foto pada satu formulir."})
    return file
