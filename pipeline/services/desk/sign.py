"""The Kepala Dinas signs: number and intent, then document and signature outside any transaction, then the outcome.

A failed signature keeps its number for the next try of the same file in the same year. An outcome nobody knows is
``perlu_dicek``: no second signature is made by itself. The frasa sandi lives in this call and nowhere else.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.documents.final import SigningOfficial, draft_final, final_text_differs, signed_final, years_later
from pipeline.documents.pdf.engine import convert
from pipeline.documents.qr import qr_png
from pipeline.documents.signing import OutcomeUnknown, Secret, TteRequest, TteResult, WrongPassphrase, signatory
from pipeline.documents.template.render import render
from pipeline.errors import AlurIzinError, DecidedAlready, NaskahChanged, NotAllowedYet
from pipeline.json import Json
from pipeline.models import Approval, Draft, Penugasan, Person, Sk
from pipeline.roles import Basis
from pipeline.rules.history.kinds import PeristiwaKind, SkStatus
from pipeline.rules.history.register import FreedReason, is_unknown
from pipeline.rules.transitions import Keputusan, Seen
from pipeline.services.desk.decide import guard_approver
from pipeline.services.people import rate_limit
from pipeline.services.people.actor import Petugas
from pipeline.services.records.attempt import UNKNOWN, attempt_of, guard_settled
from pipeline.services.records.intact import guard_record
from pipeline.services.records.locking import NO_LONGER_MAY_ACT, File, guard_desk, guard_seen, lock_tugas
from pipeline.services.records.numbers import Number, draw, free, keep, kept, use
from pipeline.services.records.record import record
from pipeline.services.records.routing import approval, approved, route
from pipeline.settings import PdfEngine, settings
from pipeline.sop.values import case_data, one_of
from pipeline.sop.words import KeputusanKind, NaskahKind
from pipeline.storage import store
from pipeline.text import date_at

SUPERSEDED = "Percobaan tanda tangan ini sudah digantikan percobaan lain. Muat ulang halaman."


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What was decided to be signed: committed before anything is made."""

    sk_id: UUID
    tugas_id: UUID
    at: datetime  # which attempt this is: a later one on the same row has a later one
    acting_as: str | None  # by what right it was begun; what was allowed then stays allowed
    replaces: UUID | None
    number: Number
    day: date
    token: str
    valid_until: date | None
    official: SigningOfficial
    person_id: UUID
    context: Json
    templat_sha256: str
    draft_docx: str
    engine: PdfEngine

    @property
    def url(self) -> str:
        return f"{settings().base_url}/verifikasi/{self.token}"


def sign(tugas_id: UUID, password: Secret, *, actor: Petugas, seen: Seen, now: datetime) -> UUID:
    """Sign the draft on the table and send the file on. Returns the id of the SK.

    Raises what ``decide`` raises, and SigningFailed (WrongPassphrase, ServiceUnavailable, OutcomeUnknown …): then the
    file is still on this desk and nothing is issued; TooOften after too many wrong ones.
    """
    guesses = rate_limit.counter("frasa-sandi", str(actor.person_id))
    with rate_limit.guess(guesses, wrong=WrongPassphrase, now=real_now()):
        return _sign(tugas_id, password, actor, seen, now)


def _sign(tugas_id: UUID, password: Secret, actor: Petugas, seen: Seen, now: datetime) -> UUID:
    intent = _intend(tugas_id, actor, seen, now)
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
        result = signatory(settings()).sign(
            TteRequest(id=str(intent.sk_id), pdf=pdf, official=str(intent.person_id), verification_url=intent.url),
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


def _intend(tugas_id: UUID, actor: Petugas, seen: Seen, now: datetime) -> Intent | None:
    """T1: guard, draw the number, write down what is about to be signed.

    None: an earlier attempt was lost on its way to the provider; it is written down as one to be checked.
    """
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, person_id=actor.person_id, session_id=actor.session_id, now=now)
        guard_desk(file, actor)
        guard_seen(file, seen)
        if not file.langkah.signature:
            raise NotAllowedYet("Langkah ini tidak membubuhkan tanda tangan.")
        guard_approver(file)
        guard_record(s, file, actor)
        draft = s.get_one(Draft, file.draft_id)
        _guard_approvals(s, file, draft)
        sk = attempt_of(s, file)
        if sk is not None and sk.status == SkStatus.NIAT and is_unknown(sk.status, sk.created_at, sk.provider, now):
            sk.status = SkStatus.PERLU_DICEK
            _record(s, file, sk, PeristiwaKind.SK_PERLU_DICEK, actor, now)
            return None
        guard_settled(sk, now)
        if sk is not None and sk.year != date_at(now).year:
            free(s, file, sk, FreedReason.YEAR_END, actor=actor.person_id, now=now)
            sk = None
        return _write_down(s, file, draft, sk, actor, now)


def _write_down(s: Session, file: File, draft: Draft, sk: Sk | None, actor: Petugas, now: datetime) -> Intent:
    """The intent: number and date are those of today, also when the number was drawn for an earlier try."""
    official, hari = _signatory(s, actor, now), date_at(now)
    number = kept(file, sk, hari) if sk else draw(s, file, draft.kind, hari)
    until = _valid_until(file, draft.kind, hari)
    told: Json = {"day": hari, "valid_until_date": until, "draft_id": draft.id, "provider": signatory(settings()).name}
    words: Json = {"signatory": {"nama": official.name, "nip": official.nip, "jabatan": official.jabatan_line}}
    fresh: Json = {"status": SkStatus.NIAT, "docx_sha256": None, "sent_sha256": None}  # of this attempt
    values = {**told, **words, **fresh, "nomor": number.nomor, "signer_id": actor.person_id, "created_at": now}
    sk_id, token = (sk.id, sk.token) if sk else (uuid4(), secrets.token_urlsafe(16))
    new = insert(Sk).values(id=sk_id, permohonan_id=file.permohonan_id, token=token, **number.key, **values)
    row = update(Sk).where(Sk.id == sk_id).values(**values) if sk else new
    data: Json = {
        "sk": str(sk_id),
        "sk_nomor": number.nomor,
        "naskah_hash": draft.naskah_hash,
        **number.key,
        **{k: str(v) if v else None for k, v in told.items()},
    }
    if sk is None:
        data["drawn"] = {**number.key, "previously": number.previously}
    record(
        s,
        file,
        PeristiwaKind.SK_NIAT,
        data,
        actor=actor.person_id,
        peran=file.peran,
        now=now,
        words={**words, "token": token},
        also=(keep(file, number, now), row),
    )
    return Intent(
        sk_id=sk_id,
        tugas_id=file.tugas_id,
        at=now,
        acting_as=file.acting_as,
        replaces=file.replaces,
        number=number,
        day=hari,
        token=token,
        valid_until=until,
        official=official,
        person_id=actor.person_id,
        context=draft.context,
        templat_sha256=draft.templat_sha256,
        draft_docx=draft.docx_sha256,
        engine=PdfEngine(draft.pdf_engine),
    )


def _guard_approvals(s: Session, file: File, draft: Draft) -> None:
    """Every approval before this one is given on this very draft, and the draft is of what the file says now."""
    given = set(s.scalars(select(Approval.langkah).where(Approval.draft_id == draft.id, Approval.voided_at.is_(None))))
    due = {t.code for t in file.sop.approval if not t.signature}
    if draft.content_digest != file.content_digest or due - given - _skipped(file):
        raise NaskahChanged(
            "Draf ini belum disetujui semua meja dalam keadaan terakhirnya. Kembalikan agar disusun ulang."
        )


def _skipped(file: File) -> set[str]:
    data = case_data(file.content)
    return {t.code for t in file.sop.approval if one_of(t.skip_when, data)}


def _signatory(s: Session, actor: Petugas, now: datetime) -> SigningOfficial:
    """Name, NIP and title of the signer as of today; a substitute's title says so."""
    hari = date_at(now)
    row = s.execute(
        select(Person.name, Person.nip, Penugasan.jabatan, Penugasan.basis)
        .join(Penugasan, Penugasan.person_id == Person.id)
        .where(
            Person.id == actor.person_id,
            Penugasan.peran == actor.peran,
            Penugasan.start_date <= hari,
            func.coalesce(Penugasan.end_date, hari) >= hari,
        )
        .order_by(Penugasan.basis)
        .limit(1)
    ).one()
    return SigningOfficial(name=row.name, nip=row.nip, jabatan=row.jabatan, basis=Basis(row.basis))


def _valid_until(file: File, kind: str, hari: date) -> date | None:
    return years_later(hari, file.sop.naskah.valid_years) if kind == NaskahKind.SK else None


def _document(intent: Intent) -> tuple[bytes, bytes]:
    """The document with number, date, QR and signatory; nothing else may differ from what was approved."""
    final = signed_final(
        nomor=intent.number.nomor,
        day=intent.day,
        signatory=intent.official,
        url=intent.url,
        provider=signatory(settings()).name,
        valid_until=intent.valid_until,
    )
    templat = store().get(intent.templat_sha256)
    docx = render(templat, {**intent.context, **final}, qr=qr_png(intent.url), title=intent.number.nomor)
    if different := final_text_differs(store().get(intent.draft_docx), docx, draft_final(), final):
        raise NaskahChanged(different)
    pdf = convert(docx, intent.engine, must_contain=(intent.number.nomor, intent.official.name, intent.url))
    return docx, pdf.payload


def _note_sent(intent: Intent, docx: bytes, pdf: bytes, actor: Petugas, now: datetime) -> None:
    """What leaves for a provider is on record first: if the answer is lost, the signed file can be known again.

    And what a provider has signed is signed: whoever may not act any more is stopped here.
    """
    kept = {"docx_sha256": store().put(docx), "sent_sha256": store().put(pdf)}
    with unit_of_work() as s:
        file = lock_tugas(s, intent.tugas_id, person_id=actor.person_id, session_id=actor.session_id, now=now)
        guard_desk(file, actor)
        if not _in_force(s, intent):
            raise DecidedAlready(SUPERSEDED)
        sent = update(Sk).where(Sk.id == intent.sk_id).values(**kept)
        data: Json = {"sk": str(intent.sk_id), "sk_nomor": intent.number.nomor, **kept}
        record(s, file, PeristiwaKind.SK_DIKIRIM, data, actor=actor.person_id, peran=file.peran, now=now, also=(sent,))


def _publish(intent: Intent, docx: bytes, result: TteResult, actor: Petugas, now: datetime) -> None:
    """T2: keep the signed bytes, and move the file on.

    A provider's signature stands, whatever became of the signer's session and role; the local one is nothing yet.
    """
    session_id = actor.session_id if _is_local() else None
    docx_sha256, pdf_sha256 = store().put(docx), store().put(result.pdf)
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


def issue(s: Session, file: File, sk_id: UUID, number: Number, signed: Json, *, actor: Petugas, now: datetime) -> None:
    """The document is there: it is issued under its number, and the file moves on."""
    row = update(Sk).where(Sk.id == sk_id).values(status=SkStatus.TERBIT, issued_at=now, **signed)
    note: Json = {"sk": str(sk_id), "sk_nomor": number.nomor, **signed, **approved(file)}
    also = (approval(file, actor.person_id, now), row, use(number, now))
    route(s, file, Keputusan(kind=KeputusanKind.TANDA_TANGANI), actor=actor.person_id, now=now, note=note, also=also)


def _set_aside(intent: Intent, actor: Petugas, status: SkStatus, now: datetime) -> None:
    """The attempt is over without a document: failed, or nobody knows. One that was overtaken changes nothing."""
    with unit_of_work() as s:
        file = lock_tugas(s, intent.tugas_id, person_id=actor.person_id, now=now)
        file.acting_as, file.replaces = intent.acting_as, intent.replaces
        if _in_force(s, intent):
            sk = s.get_one(Sk, intent.sk_id)
            sk.status = status
            _record(s, file, sk, PeristiwaKind(f"sk_{status}"), actor, now)


def _is_local() -> bool:
    return signatory(settings()).name == "lokal"


def _in_force(s: Session, intent: Intent) -> bool:
    """Under the file's lock: this attempt is the one under way."""
    running = (Sk.id == intent.sk_id, Sk.status == SkStatus.NIAT, Sk.created_at == intent.at)
    return s.scalar(select(Sk.id).where(*running)) is not None


def _record(s: Session, file: File, sk: Sk, kind: PeristiwaKind, actor: Petugas, now: datetime) -> None:
    data: Json = {"sk": str(sk.id), "sk_nomor": sk.nomor}
    record(s, file, kind, data, actor=actor.person_id, peran=file.peran, now=now)
