"""The applicant sends the application, or a corrected one. Pressing twice gives the same number."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.db import writing
from pipeline.errors import InputInvalid
from pipeline.json import Json
from pipeline.models import Berkas, CorrectionRequest, Upload, UploadPurpose
from pipeline.queries.applicant.corrections import Requested, asked_of
from pipeline.queries.records.holders import holder_of
from pipeline.queries.records.restorations import restored
from pipeline.rules.corrections import unanswered
from pipeline.rules.form.isian import check_content
from pipeline.rules.transitions import WITH_FILLER, Keputusan, Status
from pipeline.sealing.nik import seal_nik
from pipeline.services.office.opening import guard_open
from pipeline.services.records.content import Document, current_berkas, rehash
from pipeline.services.records.guards import guard_applicant, guard_own
from pipeline.services.records.intact import guard_intact
from pipeline.services.records.locking import LockedPermohonan, lock_latest_tugas
from pipeline.services.records.record import pictures_owed
from pipeline.services.records.routing import Decided, route
from pipeline.services.records.uploads import WAITS
from pipeline.sop.values import case_data
from pipeline.sop.way import form
from pipeline.sop.words import KeputusanKind
from pipeline.text import date_at

#: Letters and digits of a tracking code that are not mistaken for one another on paper.
TRACK_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def submit(
    permohonan_id: UUID, *, actor: UUID, session_id: str | None = None, privacy_version: str = "", now: datetime
) -> str:
    """Check the application as a whole, give it its number, and send it to the first desk. Returns the number.

    Raises InputInvalid with errors keyed ``isian.<kode>`` and ``syarat.<kode>``; then the draft is as it was.
    """
    for _ in range(10):
        try:
            return _submit(permohonan_id, actor, session_id, privacy_version, now)
        except IntegrityError as error:  # the random number is taken: draw another
            if not isinstance(error.orig, UniqueViolation) or "nomor" not in str(error.orig.diag.constraint_name):
                raise
    raise InputInvalid({}, "Nomor pendaftaran belum dapat diberikan. Coba kirim sekali lagi.")


def _submit(permohonan_id: UUID, actor: UUID, session_id: str | None, privacy_version: str, now: datetime) -> str:
    with writing() as conn:
        file = lock_latest_tugas(conn, permohonan_id, person_id=actor, session_id=session_id, now=now)
        guard_own(file, actor)
        if file.sop.by_applicant and file.nomor is None:
            guard_open(conn, now)
        if file.sop.by_applicant and not privacy_version:
            raise InputInvalid({"privasi": "Setujui pemberitahuan privasi sebelum mengirim."})
        if file.nomor and file.status not in (*WITH_FILLER, Status.DIBATALKAN):
            return file.nomor  # pressed before; the tugas read here may be the one that press has closed meanwhile
        guard_applicant(file, actor)
        asked = asked_of(conn, permohonan_id) if file.status == Status.PERBAIKAN else ()
        berkas = current_berkas(conn, permohonan_id)
        if errors := _problems(file, asked, berkas, date_at(now)) | _unexamined(conn, file):
            raise InputInvalid(errors)
        guard_intact(file)
        sent, note = _keep_what_applies(conn, file, berkas, now)
        note |= _answer(conn, asked, now)
        holder, kept = holder_of(file.sop, case_data(file.content)), seal_nik(permohonan_id, file.content)
        change: Json = {"content": kept, **holder, "content_digest": rehash(conn, file, sent)}
        note["content_digest"] = file.content_digest
        words: Json = {"jawaban": {str(d.id): d.answer for d in asked}} if asked else {}
        if file.nomor is None:
            first: Json = {"nomor": new_number(file.sop.prefix, date_at(now), restored()), "privacy_version": None}
            if file.sop.by_applicant:
                words["kode_lacak"] = new_code()
                first["privacy_version"] = privacy_version
            change |= {**first, "tracking_code": words.get("kode_lacak"), "sent_at": now}
            note |= first
        send = Keputusan(kind=KeputusanKind.KIRIM)
        receipt = pictures_owed(permohonan_id, f"tanda_terima:{file.tugas_id}", now)
        more = Decided(file=file, keputusan=send, actor=actor, change=change, note=note, words=words, also=receipt)
        route(conn, more, now=now)
        return file.nomor or str(note["nomor"])


def new_number(prefix: str, hari: date, restored: int = 0) -> str:
    """A registration number that does not count up visibly, e.g. ``IZIN-2026-483920``.

    It has a digit more each time the office came back from a backup: none that was given after it comes twice.
    """
    digits = 6 + restored
    return f"{prefix}-{hari.year}-{secrets.randbelow(10**digits):0{digits}d}"


def new_code() -> str:
    """The secret half of public tracking: 8 characters, about 39 bits."""
    return "".join(secrets.choice(TRACK_LETTERS) for _ in range(8))


def _problems(
    file: LockedPermohonan, asked: Sequence[Requested], berkas: Sequence[Document], today: date
) -> dict[str, str]:
    """Everything that keeps the application from being sent."""
    data, asked_here = case_data(file.content), form(file.sop, file.langkah)
    errors = {f"isian.{k}": str(v) for k, v in check_content(asked_here, data, today=today).items()}
    present = {b.syarat for b in berkas}
    for syarat in asked_here.required_syarat(data):
        if syarat.code not in present:
            errors[f"syarat.{syarat.code}"] = f"{syarat.name} belum diunggah."
    for d in unanswered(file.sop, data, asked, berkas):
        errors.setdefault(f"{d.kind}.{d.code}", f"Ini diminta diperbaiki: {d.note}")
    return errors


def _unexamined(conn: Connection, file: LockedPermohonan) -> dict[str, str]:
    """Documents that have come in and are not examined yet: nobody sends what may still be refused."""
    waiting = select(Upload.syarat).where(
        Upload.permohonan_id == file.permohonan_id, Upload.purpose == UploadPurpose.BERKAS, *WAITS
    )
    present = set(conn.scalars(waiting))
    return {
        f"syarat.{t.code}": f"{t.name} masih diperiksa. Tunggu sebentar, lalu kirim lagi."
        for t in file.sop.syarat_for(case_data(file.content))
        if t.code in present
    }


def _keep_what_applies(
    conn: Connection, file: LockedPermohonan, berkas: Sequence[Document], now: datetime
) -> tuple[Sequence[Document], Json]:
    """The documents that are sent. Answers and documents of another kind of application, left over from a change of
    mind, are not."""
    data = case_data(file.content)
    asked = {i.code for i in file.sop.isian_for(data)}
    file.content = {k: v for k, v in file.content.items() if k in asked}
    requested = {t.code for t in file.sop.syarat_for(data)}
    unused = [b.id for b in berkas if b.syarat not in requested]
    if not unused:
        return berkas, {}
    conn.execute(update(Berkas).where(Berkas.id.in_(unused)).values(replaced_at=now))
    return [b for b in berkas if b.id not in unused], {"tidak_dipakai": [str(i) for i in unused]}


def _answer(conn: Connection, asked: Sequence[Requested], now: datetime) -> Json:
    if not asked:
        return {}
    ids = [p.id for p in asked]
    conn.execute(update(CorrectionRequest).where(CorrectionRequest.id.in_(ids)).values(answered_at=now))
    return {"dijawab": [str(i) for i in ids]}
