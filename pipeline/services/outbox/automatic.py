"""What the automatic langkah do: work under the file's lock, then decide through the same routing as a person."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ARRAY, any_, bindparam, select
from sqlalchemy.orm import Session

from pipeline.db import Constant, connection
from pipeline.documents.derived import examined
from pipeline.errors import BerkasDamaged, NotFound
from pipeline.hashing import digest
from pipeline.json import Json
from pipeline.models import Berkas, Examined, Outbox, Permohonan, Tugas
from pipeline.queries.records.institutions import Applying, compare
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import Keputusan
from pipeline.rules.verification import BerkasFacts, Facts, PageFacts, outcome, verify
from pipeline.services.desk.decide import requests
from pipeline.services.desk.naskah import write_draft
from pipeline.services.notices.news import announce_return
from pipeline.services.records.content import current_berkas
from pipeline.services.records.intact import is_intact
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.record import Deed, record_many
from pipeline.services.records.routing import Decided, route_many
from pipeline.services.records.sets import Rows, changed_row, new_rows, together
from pipeline.sop.values import case_data
from pipeline.sop.words import Automatic, KeputusanKind
from pipeline.text import date_at
from pipeline.uploads.likeness import look_alike


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """A file that the system leaves to a person of its desk; ``words`` and ``also`` as of a keputusan."""

    file: LockedPermohonan
    words: Json = field(default_factory=dict)
    also: Rows = field(default_factory=dict)


Outcome = Decided | HandedOver


def work_on(s: Session, files: Sequence[LockedPermohonan], now: datetime) -> None:
    """Do the automatic langkah that these locked files are at, and move them on: the writing is one for all of them."""
    outcomes = [WORK[file.langkah.automatic](s, file, now) for file in files if file.langkah.automatic]
    if decided := [o for o in outcomes if isinstance(o, Decided)]:
        route_many(s, decided, now=now)
    if handed := [o for o in outcomes if isinstance(o, HandedOver)]:
        _hand_over(s, handed, now)


def _check_documents(s: Session, file: LockedPermohonan, now: datetime) -> Outcome:
    """Step 2: lulus goes on by itself, gagal goes back itemised, any doubt goes to a person."""
    if not is_intact(file):  # a person can send it back to be put right
        return HandedOver(file=file)
    verdicts = verify(file.sop, _facts(s, file, now))
    rows: list[Json] = [
        {"sequence": n, "kind": v.kind, "code": v.code, "result": v.result, "said": v.sentence.kept()}
        for n, v in enumerate(verdicts)
    ]
    kept = new_rows(Examined, *({"tugas_id": file.tugas_id, "at": now, **row} for row in rows))
    words: Json = {"pemeriksaan": digest(rows)}
    result = outcome(verdicts, file.sop.policy)
    match result.kind:
        case KeputusanKind.SETUJUI:
            return _forward(s, file, words, kept)
        case KeputusanKind.KEMBALIKAN:
            back = Keputusan(kind=KeputusanKind.KEMBALIKAN, target=file.sop.first.code, requests=result.requests)
            also = together(kept, requests(file, back, now))
            return Decided(file=file, keputusan=back, actor=None, words=words, also=also)
        case _:
            return HandedOver(file=file, words=words, also=kept)


def look_ahead(ids: Sequence[int]) -> None:
    """Step 2 looks at each document before it locks the file: what no document worker has looked at takes seconds."""
    with connection() as conn:
        stored = _DOCUMENTS(conn, ids=list(ids)).mappings().all()
    for berkas in stored:
        with suppress(NotFound, BerkasDamaged):  # damaged: the step itself sees it, and says so
            examined(berkas["sha256"], berkas["kind"])


_DOCUMENTS = Constant(
    select(Berkas.sha256, Berkas.kind)
    .join(Outbox, Outbox.permohonan_id == Berkas.permohonan_id)
    .where(Outbox.id == any_(bindparam("ids", type_=ARRAY(Outbox.id.type))), Berkas.replaced_at.is_(None))
)


def _forward(s: Session, file: LockedPermohonan, words: Json | None = None, also: Rows | None = None) -> Outcome:
    """On to the next desk; to a person of this one where the office's policy wants one, a person has objected here, or
    a document is damaged."""
    words, also = words or {}, also or {}
    if not (file.sop.policy.automatic and is_intact(file)) or _objected(s, file):
        return HandedOver(file=file, words=words, also=also)
    keputusan = Keputusan(kind=file.langkah.keputusan)
    return Decided(file=file, keputusan=keputusan, actor=None, words=words, also=also)


def _draft_document(s: Session, file: LockedPermohonan, now: datetime) -> Outcome:
    """Step 5: the draft of the SK or of the refusal, then on to the approvals."""
    write_draft(s, file, None, drafter=None, now=now)
    return _forward(s, file)


WORK: Mapping[Automatic, Callable[[Session, LockedPermohonan, datetime], Outcome]] = {
    Automatic.VERIFIKASI: _check_documents,
    Automatic.TERUSKAN: lambda s, file, _now: _forward(s, file),
    Automatic.SUSUN_NASKAH: _draft_document,
}


def _hand_over(s: Session, handed: Sequence[HandedOver], now: datetime) -> None:
    """The system leaves these tugas to persons of their roles."""
    deeds = [
        Deed(
            file=h.file,
            kind=PeristiwaKind.PERLU_PETUGAS,
            data={"tugas": str(h.file.tugas_id)},
            peran=h.file.peran,
            words=h.words,
        )
        for h in handed
    ]
    theirs = (changed_row(Tugas, {"id": h.file.tugas_id}, automatic=False, ready_at=now) for h in handed)
    record_many(s.connection(), deeds, together(*theirs, *(h.also for h in handed)), now=now)
    announce_return(s, [h.file for h in handed], now)


def _objected(s: Session, file: LockedPermohonan) -> bool:
    """Whether the last person who decided at this desk sent the file back: what comes again is theirs to see."""
    if file.for_person is None:
        return False
    last = (
        select(Tugas.keputusan)
        .where(Tugas.permohonan_id == file.permohonan_id, Tugas.langkah == file.langkah.code, Tugas.actor.is_not(None))
        .order_by(Tugas.closed_at.desc(), Tugas.created_at.desc())
        .limit(1)
    )
    return s.scalar(last) == KeputusanKind.KEMBALIKAN


def _facts(s: Session, file: LockedPermohonan, now: datetime) -> Facts:
    """Gather what the pure checks look at."""
    berkas = current_berkas(s, file.permohonan_id)
    found = [examined(b.sha256, b.kind) for b in berkas]
    of_document: defaultdict[str, list[PageFacts]] = defaultdict(list)
    for b, it in zip(berkas, found, strict=True):
        of_document[b.syarat] += it.pages or ()
    data = case_data(file.content)
    applying = Applying(id=file.permohonan_id, sop=file.sop, pemohon_id=file.pemohon_id, data=data)
    comparison = compare(s.connection(), applying)
    return Facts(
        data=data,
        berkas=tuple(
            BerkasFacts(
                syarat=b.syarat,
                name=b.name,
                original_sha256=b.original_sha256,
                page_count=b.page_count,
                problem=it.problem,
                pages=it.pages,
            )
            for b, it in zip(berkas, found, strict=True)
        ),
        today=date_at(now),
        same_berkas=_handed_in_elsewhere(s, file, berkas),
        same_answers=comparison.same_answers,
        earlier_sk=comparison.earlier_sk,
        twin=look_alike(of_document),
        sample=_sampled(file),
    )


def _handed_in_elsewhere(s: Session, file: LockedPermohonan, berkas: Sequence[Berkas]) -> dict[str, str]:
    """sha256 of a document as received -> number of another applicant's application that carries the same bytes."""
    rows = s.execute(
        select(Berkas.original_sha256, Permohonan.nomor)
        .join(Permohonan, Permohonan.id == Berkas.permohonan_id)
        .where(
            Berkas.original_sha256.in_([b.original_sha256 for b in berkas]),
            Permohonan.id != file.permohonan_id,
            Permohonan.pemohon_id != file.pemohon_id,
            Permohonan.nomor.is_not(None),
        )
    )
    return {r.original_sha256: r.nomor for r in rows}


def _sampled(file: LockedPermohonan) -> bool:
    """Whether this visit is one of the spot checks: the tugas' random id decides, so a second run agrees."""
    return file.tugas_id.int % 100 < file.sop.policy.sample
