"""What the automatic langkah do: work under the file's lock, then decide through the same routing as a person."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.documents.derived import examined
from pipeline.errors import BerkasDamaged, NotFound
from pipeline.hashing import digest
from pipeline.json import Json
from pipeline.models import Berkas, Examined, Outbox, Permohonan, Tugas
from pipeline.queries.records.institutions import Applying, compare
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import Keputusan, Request
from pipeline.rules.verification import BerkasFacts, Facts, PageFacts, outcome, verify
from pipeline.services.desk.decide import requests
from pipeline.services.desk.naskah import write_draft
from pipeline.services.notices.news import announce_return
from pipeline.services.records.content import current_berkas
from pipeline.services.records.intact import is_intact
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.record import record
from pipeline.services.records.routing import route
from pipeline.sop.values import case_data
from pipeline.sop.words import Automatic, KeputusanKind
from pipeline.text import date_at
from pipeline.uploads.likeness import look_alike


def check_documents(s: Session, file: LockedPermohonan, now: datetime) -> None:
    """Step 2: lulus goes on by itself, gagal goes back itemised, any doubt goes to a person."""
    if not is_intact(file):  # a person can send it back to be put right
        hand_over(s, file, now)
        return
    verdicts = verify(file.sop, _facts(s, file, now))
    rows: list[Json] = [
        {"sequence": n, "kind": v.kind, "code": v.code, "result": v.result, "said": v.sentence.kept()}
        for n, v in enumerate(verdicts)
    ]
    s.execute(insert(Examined), [{"tugas_id": file.tugas_id, "at": now, **row} for row in rows])
    words: Json = {"pemeriksaan": digest(rows)}
    result = outcome(verdicts, file.sop.policy)
    match result.kind:
        case KeputusanKind.SETUJUI:
            forward(s, file, now, words)
        case KeputusanKind.KEMBALIKAN:
            _send_back(s, file, result.requests, now, words)
        case _:
            hand_over(s, file, now, words)


def look_ahead(outbox_id: int) -> None:
    """Step 2 looks at each document before it locks the file: what no document worker has looked at takes seconds."""
    with unit_of_work() as s:
        stored = s.execute(
            select(Berkas.sha256, Berkas.kind)
            .join(Outbox, Outbox.permohonan_id == Berkas.permohonan_id)
            .where(Outbox.id == outbox_id, Berkas.replaced_at.is_(None))
        ).all()
    for sha256, kind in stored:
        with suppress(NotFound, BerkasDamaged):  # damaged: the step itself sees it, and says so
            examined(sha256, kind)


def forward(s: Session, file: LockedPermohonan, now: datetime, words: Json | None = None) -> None:
    """On to the next desk; to a person of this one where the office's policy wants one, a person has objected here, or
    a document is damaged."""
    if not (file.sop.policy.automatic and is_intact(file)) or _objected(s, file):
        hand_over(s, file, now, words)
        return
    route(s, file, Keputusan(kind=file.langkah.keputusan), actor=None, now=now, words=words)


def draft_document(s: Session, file: LockedPermohonan, now: datetime) -> None:
    """Step 5: the draft of the SK or of the refusal, then on to the approvals."""
    write_draft(s, file, None, drafter=None, now=now)
    forward(s, file, now)


WORK: Mapping[Automatic, Callable[[Session, LockedPermohonan, datetime], None]] = {
    Automatic.VERIFIKASI: check_documents,
    Automatic.TERUSKAN: forward,
    Automatic.SUSUN_NASKAH: draft_document,
}


def hand_over(s: Session, file: LockedPermohonan, now: datetime, words: Json | None = None) -> None:
    """The system leaves this tugas to a person of its role."""
    to_person = update(Tugas).where(Tugas.id == file.tugas_id).values(automatic=False, ready_at=now)
    record(
        s,
        file,
        PeristiwaKind.PERLU_PETUGAS,
        {"tugas": str(file.tugas_id)},
        actor=None,
        peran=file.peran,
        now=now,
        words=words,
        also=(to_person,),
    )
    announce_return(s, file, now)


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


def open_desk(s: Session, file: LockedPermohonan, now: datetime) -> None:
    """A person's step: the desk is prepared."""
    ready = update(Tugas).where(Tugas.id == file.tugas_id).values(ready_at=now)
    record(
        s, file, PeristiwaKind.SIAP, {"tugas": str(file.tugas_id)}, actor=None, peran=file.peran, now=now, also=(ready,)
    )


def _send_back(s: Session, file: LockedPermohonan, asked: tuple[Request, ...], now: datetime, words: Json) -> None:
    keputusan = Keputusan(kind=KeputusanKind.KEMBALIKAN, target=file.sop.first.code, requests=asked)
    route(s, file, keputusan, actor=None, now=now, words=words, also=requests(file, keputusan, now))


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
