"""Drafting the decision of a file, whichever way it heads, under its lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pipeline.documents.context import PaperFacts, Registration, naskah_context
from pipeline.documents.errors import TemplatInvalid
from pipeline.documents.final import decision_says, draft_final, left_out
from pipeline.documents.pdf.engine import available_engine
from pipeline.documents.template.render import render
from pipeline.documents.template.templates import Templat, names_used, templat
from pipeline.errors import NotAllowedYet
from pipeline.hashing import naskah_digest
from pipeline.json import Json
from pipeline.kantor.office import kantor
from pipeline.models import Draft, DraftAuthor, Peristiwa, Tugas
from pipeline.queries.opening import papers_of_trial
from pipeline.rules.authorship import Act, writers
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.people.identity import find_persons
from pipeline.services.records.content import forms_of
from pipeline.services.records.locking import NASKAH, LockedPermohonan
from pipeline.services.records.record import pictures_owed, record
from pipeline.services.records.sets import new_rows, together
from pipeline.settings import settings
from pipeline.sop.naskah import Naskah
from pipeline.sop.words import Arah, KeputusanKind
from pipeline.storage import store
from pipeline.text import date_at

WITHOUT_ADDITIONS: Json = {"pertimbangan": "", "tembusan": []}


def write_draft(
    s: Session, file: LockedPermohonan, additions: Json | None, *, drafter: UUID | None, now: datetime
) -> bool:
    """Draft anew from what the file says now. Returns False, writing nothing, when the draft in force says it.

    One whose document or template is damaged in the store is drafted anew: that is how it is put right.

    ``additions`` None keeps those of the draft in force. Legal gate: without a Rekomendasi, no draft; it is what
    sets the direction, where the SOP has one.
    """
    if file.arah is None:
        raise NotAllowedYet("Draf baru dapat disusun sesudah arah permohonan ini diputuskan.")
    now_in_force = s.scalar(select(Draft).where(Draft.permohonan_id == file.permohonan_id, Draft.voided_at.is_(None)))
    additions = additions if additions is not None else (now_in_force.additions if now_in_force else WITHOUT_ADDITIONS)
    forms = forms_of(s, file.permohonan_id)
    naskah = _compose(s, file, forms, additions)
    if now_in_force is not None and now_in_force.naskah_hash == naskah.naskah_hash and _is_whole(now_in_force):
        return False
    authors = _authors(s, file, forms, any(additions.values()), drafter)
    _replace(s, file, naskah, _Drafting(additions, drafter, authors), now)
    return True


def _is_whole(draft: Draft) -> bool:
    return not (store(draft.permohonan_id).damage(draft.docx_sha256) or store().damage(draft.templat_sha256))


def _authors(
    s: Session, file: LockedPermohonan, forms: Mapping[str, Json], additions: bool, drafter: UUID | None
) -> set[UUID]:
    """Every person whose words this draft carries, or the documents it is made of."""
    told = (
        select(Peristiwa.kind, Peristiwa.actor, Peristiwa.data)
        .where(Peristiwa.permohonan_id == file.permohonan_id)
        .order_by(Peristiwa.sequence)
    )
    acts = [Act(kind, str(actor) if actor else None, data) for kind, actor, data in s.execute(told)]
    drafting = {str(p) for p in (drafter, file.replaces) if drafter and p}
    if drafter:  # what is being written now
        acts.append(Act(PeristiwaKind.NASKAH, str(drafter), {"additions": additions}))
    free = {form.code: form.langkah for form in file.sop.forms if form.may_approve}
    filling = {form.langkah for form in file.sop.forms if form.code not in free}
    recommending = filling | {t.code for t in file.sop.langkah if t.sets_arah and t.code not in free.values()}
    persons = {UUID(p) for p in writers(acts, recommending, free) | drafting}
    return persons | find_persons(s, file.content, file.sop, forms) | {file.pemohon_id}


@dataclass(frozen=True, slots=True)
class _Naskah:
    """What a draft says, before it is rendered."""

    paper: Naskah
    context: Json
    blank: Templat
    naskah_hash: str


@dataclass(frozen=True, slots=True)
class _Drafting:
    """Who drafts, what was added by hand, and whose words it all is."""

    additions: Json
    drafter: UUID | None  # None: the system
    authors: set[UUID]


def drafted_as_headed(file: LockedPermohonan) -> bool:
    """Whether the draft in force is the paper that the direction of the file asks for."""
    paper = _paper(file)
    return paper is not None and file.draft_kind == paper.code


def _paper(file: LockedPermohonan) -> Naskah | None:
    return file.sop.decision(Arah(file.arah) if file.arah else None)


def _refused_because(s: Session, file: LockedPermohonan) -> str:
    """What the desk wrote that refused last. The reasons of one with a form of its own stand in that."""
    if file.arah != Arah.TOLAK:
        return ""
    own = [form.langkah for form in file.sop.forms]
    refused = (Tugas.permohonan_id == file.permohonan_id, Tugas.keputusan == KeputusanKind.TOLAK)
    last = select(Tugas.reason).where(*refused, Tugas.langkah.not_in(own)).order_by(Tugas.closed_at.desc()).limit(1)
    return s.scalar(last) or ""


def _compose(s: Session, file: LockedPermohonan, forms: Mapping[str, Json], additions: Json) -> _Naskah:
    naskah = _paper(file)
    if naskah is None:
        raise NotAllowedYet("Permohonan ini tidak berakhir dengan surat yang ditandatangani.")
    registered = registration(file.nomor, file.sent_at)
    said = {**additions, "alasan": _refused_because(s, file)}
    trial = papers_of_trial(s.connection(), file.sent_at)
    facts = PaperFacts(content=file.content, registration=registered, forms=forms, additions=said, trial=trial)
    blank = templat(naskah.templat)
    context = naskah_context(kantor(), file.sop, naskah, facts, names_used(blank))
    naskah_hash = naskah_digest(context, blank.sha256, file.content_digest)
    return _Naskah(naskah, context, blank, naskah_hash)


def _rendered(file: LockedPermohonan, naskah: _Naskah) -> bytes:
    """The draft as Word has it. Raises TemplatInvalid for one that would be a decision about nobody."""
    final = draft_final()
    docx = render(naskah.blank.payload, {**naskah.context, **final}, title=f"Draf {file.nomor}")
    if missing := left_out(docx, decision_says(str(file.content.get(file.sop.pemegang, "")), final)):
        raise TemplatInvalid(f"{naskah.blank.name}: {naskah.paper.name} tidak mencetak {', '.join(missing)}.")
    return docx


def registration(nomor: str | None, sent_at: datetime | None) -> Registration:
    """Number and local date an application was handed in under. Raises NotAllowedYet for a draft."""
    if nomor is None or sent_at is None:
        raise NotAllowedYet("Permohonan ini belum dikirim.")
    return Registration(nomor, date_at(sent_at))


def _replace(s: Session, file: LockedPermohonan, naskah: _Naskah, by: _Drafting, now: datetime) -> None:
    """Void the draft in force, with every approval bound to it, and put the new one in its place."""
    of_file = Draft.permohonan_id == file.permohonan_id
    earlier = s.scalar(select(func.count()).where(of_file)) or 0
    s.execute(update(Draft).where(of_file, Draft.voided_at.is_(None)).values(voided_at=now))
    draft_id = uuid4()
    docx = _rendered(file, naskah)
    told: Json = {
        "nomor_draft": earlier + 1,
        "kind": naskah.paper.code,
        "templat": naskah.blank.name,
        "templat_sha256": store().put(naskah.blank.payload),
        "content_digest": file.content_digest,
        "naskah_hash": naskah.naskah_hash,
        "pdf_engine": available_engine(settings().pdf_engine),
        "docx_sha256": store(file.permohonan_id).put(docx),
    }
    draft: Json = {
        "id": draft_id,
        "permohonan_id": file.permohonan_id,
        "context": naskah.context,
        "additions": by.additions,
        "drafter_id": by.drafter,
        "created_at": now,
        **told,
    }
    pictures = pictures_owed(file.permohonan_id, f"pratinjau:{draft_id}", now)
    written: list[Json] = [{"draft_id": draft_id, "person_id": person} for person in by.authors]
    authors = sorted(str(person) for person in by.authors)
    data: Json = {"draft": str(draft_id), **told, "additions": any(by.additions.values()), "authors": authors}
    words: Json = {"tambahan": by.additions}
    also = together(new_rows(Draft, draft), new_rows(DraftAuthor, *written), pictures)
    record(s, file, PeristiwaKind.NASKAH, data, actor=by.drafter, peran=file.peran, now=now, words=words, also=also)
    file.kept = tuple(k for k in file.kept if k[0] not in NASKAH)  # the old one's; the new one was kept just now
    file.draft_id, file.naskah_hash = draft_id, naskah.naskah_hash
    file.draft_kind, file.draft_content = naskah.paper.code, file.content_digest
