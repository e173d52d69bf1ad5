"""Work at a desk before a decision: take a file, give it back, fill in the BAP, revise the draft."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotAllowedYet
from pipeline.json import Json
from pipeline.models import Bap, Tugas
from pipeline.services.desk.naskah import write_draft
from pipeline.services.people.actor import Petugas
from pipeline.services.records.content import bap_of, record_content
from pipeline.services.records.locking import File, guard_desk, lock_tugas
from pipeline.services.records.record import UPLOADED, pictures_owed, record
from pipeline.sop.values import Automatic
from pipeline.storage import store
from pipeline.uploads import accept

PHOTOS_AT_MOST = 20


def claim(tugas_id: UUID, *, oleh: Petugas, now: datetime) -> None:
    """Take a file off the open queue; taking one's own again is fine. Raises TakenAlready for who was slower."""
    with unit_of_work() as s:
        _take(s, _at_desk(s, tugas_id, oleh, now), oleh, now)


def release(tugas_id: UUID, *, oleh: Petugas, now: datetime) -> None:
    """Put a file back into the open queue. Raises TakenAlready when it is a colleague's."""
    with unit_of_work() as s:
        file = _at_desk(s, tugas_id, oleh, now)
        if file.taken_by is not None:
            s.execute(update(Tugas).where(Tugas.id == tugas_id).values(taken_by=None, taken_at=None))
            _record_hold(s, file, "dilepas", oleh, now)


def save_bap(tugas_id: UUID, isi: Json, *, oleh: Petugas, now: datetime) -> None:
    """Keep the BAP and Rekomendasi as filled in so far; photos stay. Saving the same again writes nothing.

    Whoever works on a file has taken it, so that nobody's work is overwritten: a colleague meets TakenAlready.
    """
    with unit_of_work() as s:
        file = _at_bap(s, tugas_id, oleh, now)
        lama = bap_of(s, file.permohonan_id) or {}
        baru = {**isi, "foto": lama.get("foto", [])}
        if baru != lama:
            _write_bap(s, file, baru, oleh, now)


def add_photo_bap(tugas_id: UUID, label: str, payload: bytes, lokasi: Json, *, oleh: Petugas, now: datetime) -> None:
    """Add a labelled photo with its place and time. Raises BerkasRefused for what is not a photo."""
    diterima = accept(f"{label}.jpg", payload)
    sha256 = store().put(diterima.payload)
    with unit_of_work() as s:
        file = _at_bap(s, tugas_id, oleh, now)
        isi = bap_of(s, file.permohonan_id) or {}
        ada = isi.get("foto")
        foto = list(ada) if isinstance(ada, list) else []
        if len(foto) >= PHOTOS_AT_MOST:
            raise InputInvalid({"foto": f"Paling banyak {PHOTOS_AT_MOST} foto pada satu BAP."})
        foto.append({"sha256": sha256, "jenis": diterima.jenis, "label": label, **lokasi})
        pictures = pictures_owed(file.permohonan_id, f"{UPLOADED}{uuid4()}", now)
        _write_bap(s, file, {**isi, "foto": foto}, oleh, now, also=(pictures,))


def remove_photo_bap(tugas_id: UUID, sha256: str, *, oleh: Petugas, now: datetime) -> None:
    """Take a photo out of the BAP."""
    with unit_of_work() as s:
        file = _at_bap(s, tugas_id, oleh, now)
        isi = bap_of(s, file.permohonan_id) or {}
        ada = isi.get("foto")
        foto = [f for f in ada if isinstance(f, dict) and f.get("sha256") != sha256] if isinstance(ada, list) else []
        _write_bap(s, file, {**isi, "foto": foto}, oleh, now)


def redraft(tugas_id: UUID, tambahan: Json, *, oleh: Petugas, now: datetime) -> None:
    """Draft the SK anew with the Back Office's additions ({"pertimbangan": str, "tembusan": [str]}).

    A changed draft voids the approvals of the old one; an unchanged one leaves everything as it is.
    """
    with unit_of_work() as s:
        file = _at_desk(s, tugas_id, oleh, now)
        if file.langkah.otomatis is not Automatic.SUSUN_NASKAH:
            raise NotAllowedYet("Naskah hanya dapat disusun ulang pada langkah penyusunan.")
        _take(s, file, oleh, now)
        if write_draft(s, file, tambahan, penyusun=oleh.person_id, now=now):
            _touch(s, file)


def _at_desk(s: Session, tugas_id: UUID, oleh: Petugas, now: datetime) -> File:
    file = lock_tugas(s, tugas_id, person_id=oleh.person_id, sesi=oleh.sesi, now=now)
    guard_desk(file, oleh)
    return file


def _at_bap(s: Session, tugas_id: UUID, oleh: Petugas, now: datetime) -> File:
    file = _at_desk(s, tugas_id, oleh, now)
    if not file.langkah.menetapkan_arah:
        raise NotAllowedYet("BAP hanya diisi pada langkah pemeriksaan lapangan.")
    _take(s, file, oleh, now)
    return file


def _take(s: Session, file: File, oleh: Petugas, now: datetime) -> None:
    if file.taken_by is None:
        s.execute(update(Tugas).where(Tugas.id == file.tugas_id).values(taken_by=oleh.person_id, taken_at=now))
        _record_hold(s, file, "diambil", oleh, now)


def _write_bap(
    s: Session, file: File, isi: Json, oleh: Petugas, now: datetime, also: tuple[UpdateBase, ...] = ()
) -> None:
    values = {"isi": isi, "saved_at": now, "oleh": oleh.person_id}
    s.execute(
        upsert(Bap)
        .values(permohonan_id=file.permohonan_id, **values)
        .on_conflict_do_update(index_elements=[Bap.permohonan_id], set_=values)
    )
    _touch(s, file)
    record_content(s, file, {"bap": True}, oleh=oleh.person_id, now=now, also=also)


def _touch(s: Session, file: File) -> None:
    """What others have on screen of this tugas is old now: their decision will be refused."""
    s.execute(update(Tugas).where(Tugas.id == file.tugas_id).values(versi=Tugas.versi + 1))


def _record_hold(s: Session, file: File, jenis: str, oleh: Petugas, now: datetime) -> None:
    record(s, file, jenis, {"tugas": str(file.tugas_id)}, oleh=oleh.person_id, peran=file.peran, now=now)
