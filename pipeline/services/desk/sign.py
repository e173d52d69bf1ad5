"""The head signs: number and intent, then document and signature outside any transaction, then the outcome.

A failed signature keeps its number for the next try of the same file in the same year. An outcome nobody knows is
``perlu_dicek``: no second signature is made by itself. The frasa sandi lives in this call and nowhere else.
Who may sign: ``sop/who_may``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import BoundedSemaphore
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.documents.final import draft_final, final_text_differs, signed_final
from pipeline.documents.pdf.engine import convert
from pipeline.documents.qr import qr_png
from pipeline.documents.signing import (
    OutcomeUnknown,
    Secret,
    SigningBusy,
    TteRequest,
    TteResult,
    WrongPassphrase,
    signing_service,
)
from pipeline.documents.template.render import render
from pipeline.errors import AlurIzinError, DecidedAlready, NaskahChanged, NotAllowedYet
from pipeline.json import Json
from pipeline.kantor.office import kantor
from pipeline.models import Sk
from pipeline.rules.history.kinds import PeristiwaKind, SkStatus
from pipeline.rules.history.register import is_unknown
from pipeline.rules.transitions import Keputusan, Seen
from pipeline.services.desk.approval import approval, approved
from pipeline.services.desk.intent import Intent, intend, set_status
from pipeline.services.notices.news import tell_ended
from pipeline.services.office.trial import guard_signing
from pipeline.services.people import rate_limit
from pipeline.services.people.actor import Petugas
from pipeline.services.records.attempt import UNKNOWN, attempt_of
from pipeline.services.records.guards import NO_LONGER_MAY_ACT, guard_desk
from pipeline.services.records.locking import LockedPermohonan, lock_tugas
from pipeline.services.records.numbers import Number, use
from pipeline.services.records.record import record
from pipeline.services.records.routing import Decided, route
from pipeline.services.records.sets import changed_row, together
from pipeline.settings import settings
from pipeline.sop.words import KeputusanKind
from pipeline.storage import store

#: Signatures of one web process at a time. Each takes seconds, waits for programs and providers, and keeps its thread:
#: the frasa sandi never leaves the process, so no worker can do it. The other threads are for pages.
AT_ONCE: Final = 4
_turns = BoundedSemaphore(AT_ONCE)

SUPERSEDED = "Percobaan tanda tangan ini sudah digantikan percobaan lain. Muat ulang halaman."


def sign(tugas_id: UUID, password: Secret, *, actor: Petugas, seen: Seen, now: datetime) -> UUID:
    """Sign the draft on the table and send the file on. Returns the id of the SK.

    Raises what ``decide`` raises, and SigningFailed (WrongPassphrase, ServiceUnavailable, OutcomeUnknown …): then the
    file is still on this desk and nothing is issued; TooOften after too many wrong ones. SigningBusy while too many
    others sign: then nothing was begun.
    """
    guard_signing()
    guesses = rate_limit.counter("frasa-sandi", str(actor.person_id))
    with _turn(), rate_limit.guess(guesses, wrong=WrongPassphrase, now=real_now()):
        return _sign(tugas_id, password, actor, seen, now)


@contextmanager
def _turn() -> Iterator[None]:
    """One of the few places, or none at once. Raises SigningBusy."""
    if not _turns.acquire(blocking=False):
        raise SigningBusy
    try:
        yield
    finally:
        _turns.release()


def _sign(tugas_id: UUID, password: Secret, actor: Petugas, seen: Seen, now: datetime) -> UUID:
    intent = intend(tugas_id, actor, seen, lambda: signing_service(settings()).name, now)
    if intent is None:
        raise NotAllowedYet(UNKNOWN.format(name="Penanda tangan sebelumnya"))
    try:
        docx, pdf = _document(intent)
        if not _is_local():
            _note_sent(intent, docx, pdf, actor, now)
    except Exception:  # re-raised; whatever it is, the signer was not called, so nothing was signed
        _set_aside(intent, actor, SkStatus.GAGAL, now)
        raise
    try:
        result = signing_service(settings()).sign(
            TteRequest(
                id=str(intent.sk_id),
                pdf=pdf,
                official=str(intent.person_id),
                verification_url=intent.url,
                location=kantor().kota,
            ),
            password,
        )
    except Exception as error:  # re-raised; only a refusal we know says that nothing was signed
        certain = isinstance(error, AlurIzinError) and not isinstance(error, OutcomeUnknown)
        _set_aside(intent, actor, SkStatus.GAGAL if certain else SkStatus.PERLU_DICEK, now)
        raise
    try:
        _publish(intent, docx, result, actor, now)
    except NO_LONGER_MAY_ACT:
        _set_aside(intent, actor, SkStatus.GAGAL, now)
        raise
    return intent.sk_id


def declare_unsigned(tugas_id: UUID, *, actor: Petugas, now: datetime) -> None:
    """The signer has checked with the provider that an unknown attempt made no signature: it may be tried again."""
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, person_id=actor.person_id, session_id=actor.session_id, now=now)
        guard_desk(file, actor)
        sk = attempt_of(s, file)
        if sk is None or not is_unknown(sk.status, sk.created_at, sk.provider, now):
            raise NotAllowedYet("Tidak ada tanda tangan yang perlu dicek pada berkas ini.")
        sk.status = SkStatus.GAGAL
        data: Json = {"sk": str(sk.id), "sk_nomor": sk.nomor, "dinyatakan": True}
        record(s, file, PeristiwaKind.SK_GAGAL, data, actor=actor.person_id, peran=file.peran, now=now)


def _document(intent: Intent) -> tuple[bytes, bytes]:
    """The document with number, date, QR and signatory; nothing else may differ from what was approved."""
    final = signed_final(
        nomor=intent.number.nomor,
        day=intent.day,
        signatory=intent.official,
        url=intent.url,
        provider=signing_service(settings()).name,
        valid_until=intent.valid_until,
    )
    templat, its = store().get(intent.templat_sha256), store(intent.permohonan_id)
    docx = render(templat, {**intent.context, **final}, qr=qr_png(intent.url), title=intent.number.nomor)
    if different := final_text_differs(its.get(intent.draft_docx), docx, draft_final(), final):
        raise NaskahChanged(different)
    pdf = convert(docx, intent.engine, must_contain=(intent.number.nomor, intent.official.name, intent.url))
    return docx, pdf.payload


def _note_sent(intent: Intent, docx: bytes, pdf: bytes, actor: Petugas, now: datetime) -> None:
    """What leaves for a provider is on record first: if the answer is lost, the signed file can be known again.

    And what a provider has signed is signed: whoever may not act any more is stopped here.
    """
    its = store(intent.permohonan_id)
    kept = {"docx_sha256": its.put(docx), "sent_sha256": its.put(pdf)}
    with unit_of_work() as s:
        file = lock_tugas(s, intent.tugas_id, person_id=actor.person_id, session_id=actor.session_id, now=now)
        guard_desk(file, actor)
        if not _in_force(s, intent):
            raise DecidedAlready(SUPERSEDED)
        sent = changed_row(Sk, {"id": intent.sk_id}, **kept)
        data: Json = {"sk": str(intent.sk_id), "sk_nomor": intent.number.nomor, **kept}
        record(s, file, PeristiwaKind.SK_DIKIRIM, data, actor=actor.person_id, peran=file.peran, now=now, also=sent)


def _publish(intent: Intent, docx: bytes, result: TteResult, actor: Petugas, now: datetime) -> None:
    """T2: keep the signed bytes, and move the file on.

    A provider's signature stands, whatever became of the signer's session and role; the local one is nothing yet.
    """
    session_id = actor.session_id if _is_local() else None
    its = store(intent.permohonan_id)
    docx_sha256, pdf_sha256 = its.put(docx), its.put(result.pdf)
    with unit_of_work() as s:
        file = lock_tugas(s, intent.tugas_id, person_id=actor.person_id, session_id=session_id, now=now)
        if file.closed_tugas or not _in_force(s, intent):
            raise DecidedAlready(SUPERSEDED)
        if _is_local():
            guard_desk(file, actor)
        file.acting_as, file.replaces = intent.acting_as, intent.replaces
        signed: Json = {
            "certificate_digest": result.certificate_digest,
            "docx_sha256": docx_sha256,
            "pdf_sha256": pdf_sha256,
            "pdf_size": len(result.pdf),
        }
        issue(s, file, intent.sk_id, intent.number, signed, actor=actor, now=now)


def issue(
    s: Session, file: LockedPermohonan, sk_id: UUID, number: Number, signed: Json, *, actor: Petugas, now: datetime
) -> None:
    """The document is there: it is issued under its number, and the file moves on."""
    row = changed_row(Sk, {"id": sk_id}, status=SkStatus.TERBIT, issued_at=now, **signed)
    note: Json = {"sk": str(sk_id), "sk_nomor": number.nomor, **signed, **approved(file)}
    also = together(approval(file, actor.person_id, now), row, use(number, now))
    keputusan = Keputusan(kind=KeputusanKind.TANDA_TANGANI)
    signed_off = Decided(file=file, keputusan=keputusan, actor=actor.person_id, note=note, also=also)
    tell_ended(s, [(file, route(s, signed_off, now=now))], now)


def _set_aside(intent: Intent, actor: Petugas, status: SkStatus, now: datetime) -> None:
    """The attempt is over without a document: failed, or nobody knows. One that was overtaken changes nothing."""
    with unit_of_work() as s:
        file = lock_tugas(s, intent.tugas_id, person_id=actor.person_id, now=now)
        file.acting_as, file.replaces = intent.acting_as, intent.replaces
        if _in_force(s, intent):
            set_status(s, file, s.get_one(Sk, intent.sk_id), status, actor, now)


def _is_local() -> bool:
    return signing_service(settings()).name == "lokal"


def _in_force(s: Session, intent: Intent) -> bool:
    """Under the file's lock: this attempt is the one under way."""
    running = (Sk.id == intent.sk_id, Sk.status == SkStatus.NIAT, Sk.created_at == intent.at)
    return s.scalar(select(Sk.id).where(*running)) is not None
