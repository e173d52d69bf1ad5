"""What the automatic langkah do: work under the file's lock, then decide through the same routing as a person."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Connection, any_, bindparam, select

from pipeline.db import Constant, connection, session_on
from pipeline.documents.derived import examined
from pipeline.errors import BerkasDamaged, NotFound
from pipeline.hashing import digest
from pipeline.json import Json
from pipeline.models import Berkas, Examined, Outbox, Permohonan, Tugas
from pipeline.queries.records.holders import Applying, compare
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import Keputusan
from pipeline.rules.verification import BerkasFacts, Facts, PageFacts, outcome, verify
from pipeline.services.desk.decide import requests
from pipeline.services.desk.naskah import write_draft
from pipeline.services.notices.news import announce_return, tell_ended
from pipeline.services.records.content import Document, documents_of
from pipeline.services.records.intact import is_intact
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.record import Deed, record_many
from pipeline.services.records.routing import Decided, route_many
from pipeline.services.records.sets import Rows, changed_row, new_rows, together
from pipeline.sop.values import case_data
from pipeline.sop.way import known_at
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


def work_on(conn: Connection, files: Sequence[LockedPermohonan], now: datetime) -> None:
    """Do the automatic langkah that these locked files are at, and move them on: the writing is one for all of them."""
    by_kind = defaultdict[Automatic, list[LockedPermohonan]](list)
    for file in files:
        if file.langkah.automatic:
            by_kind[file.langkah.automatic].append(file)
    outcomes = [outcome for kind, theirs in by_kind.items() for outcome in WORK[kind](conn, theirs, now)]
    if decided := [o for o in outcomes if isinstance(o, Decided)]:
        moved = route_many(conn, decided, now=now)
        tell_ended(conn, [(d.file, t) for d, t in zip(decided, moved, strict=True)], now)
    if handed := [o for o in outcomes if isinstance(o, HandedOver)]:
        _hand_over(conn, handed, now)


def _check_documents(conn: Connection, files: Sequence[LockedPermohonan], now: datetime) -> Iterator[Outcome]:
    """Step 2: lulus goes on by itself, gagal goes back itemised, any doubt goes to a person."""
    facts = _facts(conn, [file for file in files if is_intact(file)], now)
    for file in files:
        if file.permohonan_id in facts:
            yield _checked(conn, file, facts[file.permohonan_id], now)
        else:  # damaged: a person can send it back to be put right
            yield HandedOver(file=file)


def _checked(conn: Connection, file: LockedPermohonan, facts: Facts, now: datetime) -> Outcome:
    verdicts = verify(known_at(file.sop, file.langkah), facts)
    rows: list[Json] = [
        {"sequence": n, "kind": v.kind, "code": v.code, "result": v.result, "said": v.sentence.kept()}
        for n, v in enumerate(verdicts)
    ]
    kept = new_rows(Examined, *({"tugas_id": file.tugas_id, "at": now, **row} for row in rows))
    words: Json = {"pemeriksaan": digest(rows)}
    result = outcome(verdicts, file.sop.policy)
    match result.kind:
        case KeputusanKind.SETUJUI:
            return _forward(conn, file, words, kept)
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
            examined(berkas["sha256"], berkas["kind"], owner=berkas["permohonan_id"])


_DOCUMENTS = Constant(
    select(Berkas.sha256, Berkas.kind, Berkas.permohonan_id)
    .join(Outbox, Outbox.permohonan_id == Berkas.permohonan_id)
    .where(Outbox.id == any_(bindparam("ids", type_=ARRAY(Outbox.id.type))), Berkas.replaced_at.is_(None))
)


def _forward(conn: Connection, file: LockedPermohonan, words: Json | None = None, also: Rows | None = None) -> Outcome:
    """On to the next desk; to a person of this one where the office's policy wants one, a person has objected here, or
    a document is damaged."""
    words, also = words or {}, also or {}
    if not (file.sop.policy.automatic and is_intact(file)) or _objected(conn, file):
        return HandedOver(file=file, words=words, also=also)
    keputusan = Keputusan(kind=file.langkah.keputusan)
    return Decided(file=file, keputusan=keputusan, actor=None, words=words, also=also)


def _draft_documents(conn: Connection, files: Sequence[LockedPermohonan], now: datetime) -> Iterator[Outcome]:
    """Step 5: the draft of the SK or of the refusal, then on to the approvals."""
    for file in files:
        with session_on(conn) as s:
            write_draft(s, file, None, drafter=None, now=now)
        yield _forward(conn, file)


def _pass_on(conn: Connection, files: Sequence[LockedPermohonan], _: datetime) -> Iterator[Outcome]:
    yield from (_forward(conn, file) for file in files)


WORK: Mapping[Automatic, Callable[[Connection, Sequence[LockedPermohonan], datetime], Iterator[Outcome]]] = {
    Automatic.VERIFIKASI: _check_documents,
    Automatic.TERUSKAN: _pass_on,
    Automatic.SUSUN_NASKAH: _draft_documents,
}


def _hand_over(conn: Connection, handed: Sequence[HandedOver], now: datetime) -> None:
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
    record_many(conn, deeds, together(*theirs, *(h.also for h in handed)), now=now)
    announce_return(conn, [h.file for h in handed], now)


def _objected(conn: Connection, file: LockedPermohonan) -> bool:
    """Whether the last person who decided at this desk sent the file back: what comes again is theirs to see."""
    if file.for_person is None:
        return False
    last = (
        select(Tugas.keputusan)
        .where(Tugas.permohonan_id == file.permohonan_id, Tugas.langkah == file.langkah.code, Tugas.actor.is_not(None))
        .order_by(Tugas.closed_at.desc(), Tugas.created_at.desc())
        .limit(1)
    )
    return conn.scalar(last) == KeputusanKind.KEMBALIKAN


class HandedIn(NamedTuple):
    """Bytes as received with an application that was sent."""

    sha256: str
    permohonan_id: UUID
    pemohon_id: UUID
    nomor: str


def _facts(conn: Connection, files: Sequence[LockedPermohonan], now: datetime) -> Mapping[UUID, Facts]:
    """Gather what the pure checks look at, of each file."""
    documents = documents_of(conn, [file.permohonan_id for file in files])
    elsewhere = _handed_in(conn, [d.original_sha256 for its in documents.values() for d in its])
    return {file.permohonan_id: _facts_of(conn, file, documents[file.permohonan_id], elsewhere, now) for file in files}


def _facts_of(
    conn: Connection,
    file: LockedPermohonan,
    documents: Sequence[Document],
    elsewhere: Sequence[HandedIn],
    now: datetime,
) -> Facts:
    found = [examined(d.sha256, d.kind, owner=file.permohonan_id) for d in documents]
    of_document: defaultdict[str, list[PageFacts]] = defaultdict(list)
    for d, it in zip(documents, found, strict=True):
        of_document[d.syarat] += it.pages or ()
    data = case_data(file.content)
    comparison = compare(conn, Applying(id=file.permohonan_id, sop=file.sop, pemohon_id=file.pemohon_id, data=data))
    return Facts(
        data=data,
        berkas=tuple(
            BerkasFacts(
                syarat=d.syarat,
                name=d.name,
                original_sha256=d.original_sha256,
                page_count=d.page_count,
                problem=it.problem,
                pages=it.pages,
            )
            for d, it in zip(documents, found, strict=True)
        ),
        today=date_at(now),
        same_berkas=_of_others(file, documents, elsewhere),
        same_answers=comparison.same_answers,
        earlier_sk=comparison.earlier_sk,
        twin=look_alike(of_document),
        sample=_sampled(file),
    )


_HANDED_IN = Constant(
    select(
        Berkas.original_sha256.label("sha256"),
        Permohonan.id.label("permohonan_id"),
        Permohonan.pemohon_id,
        Permohonan.nomor,
    )
    .join(Permohonan, Permohonan.id == Berkas.permohonan_id)
    .where(
        Berkas.original_sha256 == any_(bindparam("hashes", type_=ARRAY(Berkas.original_sha256.type))),
        Permohonan.nomor.is_not(None),
    )
)


def _handed_in(conn: Connection, hashes: Sequence[str]) -> Sequence[HandedIn]:
    """Where documents of the same bytes were handed in, these ones included."""
    return [HandedIn(**row) for row in _HANDED_IN(conn, hashes=list(set(hashes))).mappings()]


def _of_others(file: LockedPermohonan, documents: Sequence[Document], elsewhere: Sequence[HandedIn]) -> dict[str, str]:
    """sha256 of a document as received -> number of another applicant's application that carries the same bytes."""
    its = {d.original_sha256 for d in documents}
    return {
        other.sha256: other.nomor
        for other in elsewhere
        if other.sha256 in its and other.pemohon_id != file.pemohon_id and other.permohonan_id != file.permohonan_id
    }


def _sampled(file: LockedPermohonan) -> bool:
    """Whether this visit is one of the spot checks: the tugas' random id decides, so a second run agrees."""
    return file.tugas_id.int % 100 < file.sop.policy.sample
