"""What is about to be signed, written down before anything is made: number, date, signatory, the draft."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.documents.final import SigningOfficial
from pipeline.errors import NaskahChanged, NotAllowedYet
from pipeline.json import Json
from pipeline.models import Approval, Draft, Penugasan, Person, Sk
from pipeline.roles import Basis
from pipeline.rules.history.kinds import PeristiwaKind, SkStatus
from pipeline.rules.history.register import FreedReason, is_unknown
from pipeline.rules.transitions import Seen
from pipeline.services.desk.approval import guard_approver
from pipeline.services.people.actor import Petugas
from pipeline.services.records.attempt import attempt_of, guard_settled
from pipeline.services.records.guards import guard_desk, guard_seen
from pipeline.services.records.intact import guard_record
from pipeline.services.records.locking import LockedPermohonan, lock_tugas
from pipeline.services.records.numbers import Number, assign, draw, free, number_of
from pipeline.services.records.record import record
from pipeline.services.records.sets import changed_row, new_rows, together
from pipeline.settings import PdfEngine, settings
from pipeline.sop.values import case_data
from pipeline.sop.way import way
from pipeline.text import date_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What was decided to be signed: committed before anything is made."""

    sk_id: UUID
    permohonan_id: UUID
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


def intend(tugas_id: UUID, actor: Petugas, seen: Seen, provider: Callable[[], str], now: datetime) -> Intent | None:
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
            set_status(s, file, sk, SkStatus.PERLU_DICEK, actor, now)
            return None
        guard_settled(sk, now)
        if sk is not None and sk.year != date_at(now).year:
            free(s, file, sk, FreedReason.YEAR_END, actor=actor.person_id, now=now)
            sk = None
        return _write_down(s, file, draft, sk, actor, provider(), now)


def _write_down(
    s: Session, file: LockedPermohonan, draft: Draft, sk: Sk | None, actor: Petugas, provider: str, now: datetime
) -> Intent:
    """The intent: number and date are those of today, also when the number was drawn for an earlier try."""
    official, hari = _signatory(s, actor, now), date_at(now)
    number = number_of(file, sk, hari) if sk else draw(s, file, draft.kind, hari)
    until = _valid_until(file, draft.kind, hari)
    told: Json = {"day": hari, "valid_until_date": until, "draft_id": draft.id, "provider": provider}
    words: Json = {"signatory": {"nama": official.name, "nip": official.nip, "jabatan": official.jabatan_line}}
    fresh: Json = {"status": SkStatus.NIAT, "docx_sha256": None, "sent_sha256": None}  # of this attempt
    values = {**told, **words, **fresh, "nomor": number.nomor, "signer_id": actor.person_id, "created_at": now}
    sk_id, token = (sk.id, sk.token) if sk else (uuid4(), secrets.token_urlsafe(16))
    fixed: Json = {"id": sk_id, "permohonan_id": file.permohonan_id, "token": token, **number.key}
    row = changed_row(Sk, {"id": sk_id}, **values) if sk else new_rows(Sk, {**fixed, **values})
    data: Json = {"sk": str(sk_id), "sk_nomor": number.nomor, "naskah_hash": draft.naskah_hash, **number.key}
    data |= {k: str(v) if v else None for k, v in told.items()}
    if sk is None:
        data["drawn"] = {**number.key, "previously": number.previously}
    also, words = together(assign(file, number, now), row), {**words, "token": token}
    who = actor.person_id
    record(s, file, PeristiwaKind.SK_NIAT, data, actor=who, peran=file.peran, now=now, words=words, also=also)
    return Intent(
        sk_id=sk_id,
        permohonan_id=file.permohonan_id,
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


def _guard_approvals(s: Session, file: LockedPermohonan, draft: Draft) -> None:
    """Every approval before this one is given on this very draft, and the draft is of what the file says now."""
    given = set(s.scalars(select(Approval.langkah).where(Approval.draft_id == draft.id, Approval.voided_at.is_(None))))
    due = {t.code for t in way(file.sop, case_data(file.content)) if t.approval and not t.signature}
    if draft.content_digest != file.content_digest or due - given:
        raise NaskahChanged(
            "Draf ini belum disetujui semua meja dalam keadaan terakhirnya. Kembalikan agar disusun ulang."
        )


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


def _valid_until(file: LockedPermohonan, kind: str, hari: date) -> date | None:
    validity = file.sop.paper(kind).validity
    return validity.until(hari) if validity else None


def set_status(s: Session, file: LockedPermohonan, sk: Sk, status: SkStatus, actor: Petugas, now: datetime) -> None:
    """How an attempt ended that made no document."""
    sk.status = status
    data: Json = {"sk": str(sk.id), "sk_nomor": sk.nomor}
    record(s, file, PeristiwaKind(f"sk_{status}"), data, actor=actor.person_id, peran=file.peran, now=now)
