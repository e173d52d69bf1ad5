"""What lies in a file: documents with their verdicts, what the applicant was asked, what desks filled in, approvals.
By id, unguarded: ask ``queries.desk.permohonan`` first whether the reader may."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pipeline.db import connection
from pipeline.json import Json
from pipeline.queries.desk.permohonan import DeskPermohonan
from pipeline.queries.records.facts import Facts, facts_of
from pipeline.queries.records.kept_sentences import asked, worded
from pipeline.queries.records.received import ReceivedFile, read_refusal
from pipeline.rules.history.register import is_unknown
from pipeline.rules.verification.facts import CheckResult
from pipeline.sop.values import Isian, Sop
from pipeline.sop.way import known_at
from pipeline.sop.words import About, IsianKind
from pipeline.text import date_in_words, read_moment


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """A verdict of the automatic checks: ``result`` lulus, gagal or petugas, and why."""

    kind: str
    code: str
    result: str
    sentence: str


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """One item the applicant was asked to put right."""

    kind: str
    code: str
    note: str
    created_at: datetime
    answered_at: datetime | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class UploadedBerkas:
    """One uploaded file of a document."""

    id: UUID
    syarat: str
    name: str
    kind: str
    size: int
    page_count: int
    signed: bool  # what was received is kept beside the copy
    uploaded_at: datetime
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAsked:
    """A document of the checklist: its files in force, the replaced ones, its verdicts, what was asked of it."""

    code: str
    name: str
    remarks: str
    required: bool
    personal: bool
    berkas: tuple[UploadedBerkas, ...]
    old: tuple[UploadedBerkas, ...]
    verdict: tuple[StoredVerdict, ...]
    requested: tuple[StoredRequest, ...]

    @property
    def replaced(self) -> bool:
        """Whether the applicant has sent it anew after it was asked for."""
        return bool(self.old) and any(d.answered_at for d in self.requested)

    @property
    def result(self) -> str:
        """The worst verdict; '' when nobody has looked."""
        every = {p.result for p in self.verdict}
        return next((h for h in (CheckResult.GAGAL, CheckResult.PETUGAS, CheckResult.LULUS) if h in every), "")


@dataclass(frozen=True, slots=True)
class IsianAnswer:
    """A field of the form with its answer."""

    isian: Isian
    value: str
    verdict: tuple[StoredVerdict, ...]

    @property
    def troubled(self) -> bool:
        return any(p.result != CheckResult.LULUS for p in self.verdict)


@dataclass(frozen=True, slots=True)
class BerkasContent:
    """Everything in the file that an officer checks."""

    document: tuple[DocumentAsked, ...]
    isian: tuple[IsianAnswer, ...]
    general: tuple[StoredVerdict, ...]  # verdicts on neither a document nor a field


@dataclass(frozen=True, slots=True)
class Paraf:
    """An approval of the draft in force."""

    langkah: str
    name: str
    acting_as: str
    at: datetime
    person_id: UUID


@dataclass(frozen=True, slots=True)
class SignatureState:
    """The number this file has, and how its signature stands: niat, perlu_dicek, gagal, terbit or dicabut."""

    nomor: str
    status: str
    day: date
    unknown: bool  # nobody knows whether it was signed
    sent: bool  # it left for the provider, so its signed file could be known again
    signatory: str


def read_content(permohonan: DeskPermohonan) -> BerkasContent:
    """Documents and fields of the application, in the order of the SOP, with the latest verdicts."""
    with connection() as conn:
        facts = facts_of(conn, permohonan.id)
    berkas, verdict, requested = _berkas(facts), _verdicts(facts), _asked(facts)
    present = {b.syarat for b in berkas}
    asked = known_at(permohonan.sop, permohonan.langkah) if permohonan.langkah else permohonan.sop
    return BerkasContent(
        document=tuple(
            DocumentAsked(
                code=s.code,
                name=s.name,
                remarks=s.remarks,
                required=s.required_for(permohonan.data),
                personal=s.personal,
                berkas=tuple(b for b in berkas if b.syarat == s.code and b.replaced_at is None),
                old=tuple(b for b in berkas if b.syarat == s.code and b.replaced_at is not None),
                verdict=_about(verdict, "syarat", s.code),
                requested=tuple(d for d in requested if (d.kind, d.code) == ("syarat", s.code)),
            )
            for s in asked.syarat
            if s.code in present or s.valid_for(permohonan.data)
        ),
        isian=tuple(
            IsianAnswer(i, answer(i, permohonan), _about(verdict, "isian", i.code))
            for i in asked.isian_for(permohonan.data)
        ),
        general=tuple(p for p in verdict if p.kind == About.UMUM),
    )


def answer(isian: Isian, permohonan: DeskPermohonan) -> str:
    """The answer as a person reads it: the labels of the choices, a date in words."""
    value = permohonan.data.get(isian.code, "")
    if isian.kind is IsianKind.TANGGAL and isinstance(value, str) and value:
        return date_in_words(date.fromisoformat(value))
    chosen = (value,) if isinstance(value, str) else value
    return ", ".join(isian.choices.get(n, n) for n in chosen)


def read_forms(permohonan_id: UUID) -> dict[str, Json]:
    """The forms of the desks as last saved, by their codes; none before a desk began."""
    return {code: content for code, (content, _) in _forms(permohonan_id).items()}


def form_saved_at(permohonan_id: UUID, code: str) -> datetime | None:
    """When this form was last saved; None before it was begun."""
    kept = _forms(permohonan_id).get(code)
    return read_moment(kept[1]) if kept else None


def read_received_photos(permohonan_id: UUID, tugas_id: UUID) -> tuple[ReceivedFile, ...]:
    """Photos that came in at this tugas and are not in its form yet, in the order they came."""
    with connection() as conn:
        facts = facts_of(conn, permohonan_id)
    return tuple(
        ReceivedFile(UUID(key), label, late, read_refusal(refusal))
        for key, of_tugas, label, late, refusal in (facts and facts.photos) or ()
        if of_tugas == str(tugas_id)
    )


def _forms(permohonan_id: UUID) -> Mapping[str, tuple[Json, str]]:
    with connection() as conn:
        facts = facts_of(conn, permohonan_id)
    return (facts and facts.forms) or {}


def read_paraf(permohonan_id: UUID, sop: Sop) -> tuple[Paraf, ...]:
    """The approvals of the draft in force that stand, in the order of the SOP."""
    with connection() as conn:
        facts = facts_of(conn, permohonan_id)
    paraf = [
        Paraf(langkah, name, acting_as, read_moment(at), UUID(person_id))
        for langkah, name, acting_as, at, person_id in (facts and facts.paraf) or ()
    ]
    return tuple(sorted(paraf, key=lambda p: sop.position(p.langkah)))


def read_signature(permohonan_id: UUID, *, now: datetime) -> SignatureState | None:
    """The SK of the file, from the first attempt to sign it on."""
    with connection() as conn:
        row = facts_of(conn, permohonan_id)
    if row is None or row.sk_status is None:
        return None
    unknown = is_unknown(row.sk_status, row.sk_begun_at, row.provider, now)
    sent = row.sent_sha256 is not None
    return SignatureState(row.sk_nomor, row.sk_status, row.sk_day, unknown, sent, str(row.signatory["nama"]))


def _berkas(facts: Facts | None) -> list[UploadedBerkas]:
    return [
        UploadedBerkas(UUID(key), syarat, name, kind, size, pages, signed, read_moment(came), _moment(replaced))
        for key, syarat, name, kind, size, pages, signed, came, replaced, _, _ in (facts and facts.berkas) or ()
    ]


def _verdicts(facts: Facts | None) -> list[StoredVerdict]:
    """The verdicts of the last visit that was checked."""
    return [
        StoredVerdict(kind, code, result, worded(said)) for kind, code, result, said in (facts and facts.verdict) or ()
    ]


def _asked(facts: Facts | None) -> list[StoredRequest]:
    return [
        StoredRequest(kind, code, asked(note, said), read_moment(created), _moment(answered), answer)
        for kind, code, note, said, created, answered, answer in (facts and facts.requested) or ()
    ]


def _moment(written: str | None) -> datetime | None:
    return None if written is None else read_moment(written)


def _about(verdict: Iterable[StoredVerdict], kind: str, code: str) -> tuple[StoredVerdict, ...]:
    return tuple(p for p in verdict if (p.kind, p.code) == (kind, code))
