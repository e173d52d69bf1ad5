"""A person decides on the file before them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, update

from pipeline.db import session_on, writing
from pipeline.errors import InputInvalid, NotAllowedYet
from pipeline.json import Json
from pipeline.models import Approval, CorrectionRequest, FilledForm
from pipeline.rules.form.desk_form import check_direction, check_form
from pipeline.rules.history.fold import request_id
from pipeline.rules.history.register import FreedReason
from pipeline.rules.transitions import Keputusan, Seen, Transition
from pipeline.services.desk.approval import approval, approved, guard_approver
from pipeline.services.desk.naskah import drafted_as_headed
from pipeline.services.desk.photos import examined_form
from pipeline.services.notices.news import tell_ended
from pipeline.services.people.actor import Petugas
from pipeline.services.records.attempt import settled_attempt
from pipeline.services.records.guards import guard_desk, guard_seen
from pipeline.services.records.intact import guard_intact
from pipeline.services.records.locking import LockedPermohonan, lock_tugas
from pipeline.services.records.numbers import free
from pipeline.services.records.record import pictures_owed
from pipeline.services.records.routing import Decided, route
from pipeline.services.records.sets import Rows, changed_row, new_rows, together
from pipeline.sop.form.desk_form import DeskForm
from pipeline.sop.values import case_data
from pipeline.sop.words import About, KeputusanKind
from pipeline.text import date_at


def decide(tugas_id: UUID, keputusan: Keputusan, *, actor: Petugas, seen: Seen, now: datetime) -> Transition:
    """Record a keputusan of an officer and move the file to the next desk.

    Raises NotFound (not their desk), DecidedAlready, TakenAlready, NaskahChanged, SamePerson, NotAllowedYet,
    InputInvalid; then nothing was written.
    """
    with writing() as conn:
        file = lock_tugas(conn, tugas_id, person_id=actor.person_id, session_id=actor.session_id, now=now)
        guard_desk(file, actor)
        guard_seen(file, seen)
        if keputusan.kind is KeputusanKind.TANDA_TANGANI:
            raise NotAllowedYet("Surat ditandatangani lewat halaman tanda tangan, dengan frasa sandi.")
        if keputusan.kind is KeputusanKind.BATALKAN:
            raise NotAllowedYet("Permohonan hanya dapat dibatalkan pemohonnya sendiri.")
        if not _is_filled_in(file, keputusan.target):  # items are for who fills in; a colleague reads the reason
            keputusan = replace(keputusan, requests=())
        if file.langkah.signature:  # from the signing desk a file can only go back
            _end_attempt(conn, file, actor.person_id, now)
        if keputusan.kind is not KeputusanKind.KEMBALIKAN:  # a return is how a damaged document is put right
            guard_intact(file)
        also, note = _consequences(conn, file, keputusan, actor.person_id, now)
        decided = Decided(file=file, keputusan=keputusan, actor=actor.person_id, note=note, also=also)
        transition = route(conn, decided, now=now)
        tell_ended(conn, [(file, transition)], now)
        return transition


def _end_attempt(conn: Connection, file: LockedPermohonan, actor: UUID, now: datetime) -> None:
    """The number of a signature that came to nothing is free again."""
    with session_on(conn) as s:
        if attempt := settled_attempt(s, file, now):
            free(s, file, attempt, FreedReason.RETURNED, actor=actor, now=now)


def _is_filled_in(file: LockedPermohonan, target: str | None) -> bool:
    return target is not None and target in file.sop and file.sop.fills(file.sop[target])


def _consequences(
    conn: Connection, file: LockedPermohonan, keputusan: Keputusan, actor: UUID, now: datetime
) -> tuple[Rows, dict[str, object]]:
    """What else the decision writes: an approval, or the items the applicant has to put right."""
    form = file.sop.form_at(file.langkah.code)
    if keputusan.kind is KeputusanKind.KEMBALIKAN:
        if form is not None and form.photos:
            examined_form(conn, file, form)
        _void_approval(conn, file, keputusan.target, now)
        return requests(file, keputusan, now), {}
    rows, told = _send_form(conn, file, form, keputusan, now) if form else ({}, {})
    if file.langkah.drafts:
        _guard_drafted(file)
    if not file.langkah.approval or keputusan.kind is KeputusanKind.TOLAK:
        return rows, told
    guard_approver(file)
    return together(rows, approval(file, actor, now)), {**told, **approved(file)}


def _send_form(
    conn: Connection, file: LockedPermohonan, form: DeskForm, keputusan: Keputusan, now: datetime
) -> tuple[Rows, dict[str, object]]:
    """The form of this desk goes with the file: complete, and saying what the decision says."""
    content = examined_form(conn, file, form)
    lacking = check_form(form, content, case_data(file.content), today=date_at(now))
    errors = {f"formulir.{name}": sentence for name, sentence in lacking.items()}  # its page is another
    if errors := errors | check_direction(form, content, keputusan.kind):
        raise InputInvalid(errors, f"{form.title} belum lengkap. Lengkapi dahulu, lalu kirim.")
    key = {"permohonan_id": file.permohonan_id, "form": form.code}
    sent = changed_row(FilledForm, key, sent_at=now)
    if file.sop.papers_nobody_draws_later(file.langkah):
        sent = together(sent, pictures_owed(file.permohonan_id, f"meja:{file.tugas_id}", now))
    return sent, {"form": form.code}


def _guard_drafted(file: LockedPermohonan) -> None:
    """What leaves the drafting desk is drafted of what the file says now, in the direction it heads."""
    if file.draft_content != file.content_digest or not drafted_as_headed(file):
        raise NotAllowedYet("Naskahnya belum disusun dari isi berkas yang terakhir. Susun naskah dahulu, lalu kirim.")


def requests(file: LockedPermohonan, keputusan: Keputusan, now: datetime) -> Rows:
    """The itemised requests of a return to the applicant."""
    if not keputusan.requests:
        return {}
    known = {(About.SYARAT, t.code) for t in file.sop.syarat} | {(About.ISIAN, i.code) for i in file.sop.isian}
    known.add((About.UMUM, ""))
    for p in keputusan.requests:
        if (p.kind, p.code) not in known:
            raise InputInvalid({"permintaan": "Ada dokumen atau isian yang tidak dikenal pada SOP ini."})
        if p.said is None and not p.note.strip():
            raise InputInvalid({f"{p.kind}.{p.code}": "Tulis apa yang harus diperbaiki pada bagian ini."})
    rows: list[Json] = [
        {
            "id": request_id(file.tugas_id, place),
            "permohonan_id": file.permohonan_id,
            "tugas_id": file.tugas_id,
            "kind": p.kind,
            "code": p.code,
            "note": p.note.strip(),
            "said": p.said.kept() if p.said else None,
            "created_at": now,
        }
        for place, p in enumerate(keputusan.requests)
    ]
    return new_rows(CorrectionRequest, *rows)


def _void_approval(conn: Connection, file: LockedPermohonan, target: str | None, now: datetime) -> None:
    """A desk the draft is returned to gives its approval again; the others' stand until the content changes."""
    if file.draft_id is not None:
        conn.execute(
            update(Approval)
            .where(Approval.draft_id == file.draft_id, Approval.langkah == target, Approval.voided_at.is_(None))
            .values(voided_at=now)
        )
