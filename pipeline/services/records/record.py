"""Writing the history: one peristiwa per act, chained per permohonan, in the statement that changes the permohonan."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from pipeline.db import Transaction, flushed
from pipeline.hashing import chain_hash, seal
from pipeline.json import Json
from pipeline.models import Outbox, Peristiwa, PeristiwaWords
from pipeline.roles import Peran
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.sets import Rows, RowsPart, inserting, new_rows, together, write_rows

#: The Celery task that draws a file's pictures, and how the keys begin of rows owed by an upload alone.
PICTURES = "dokumen.pratinjau"
UPLOADED = "unggahan:"


class Chain(Protocol):
    """A locked permohonan, as far as its history depends on it."""

    permohonan_id: UUID
    sequence: int
    chain: str


def record(
    s: Transaction,
    file: LockedPermohonan,
    kind: PeristiwaKind,
    data: Json,
    *,
    actor: UUID | None,
    peran: str | None,
    now: datetime,
    change: Json | None = None,
    words: Json | None = None,
    also: Rows | None = None,
) -> None:
    """Append a peristiwa and apply ``change`` to the permohonan, in one statement.

    ``data`` holds ids, codes and hashes alone; of one who acts in another's place it names that other. ``words`` are
    what people wrote; they are kept beside it with the name and title of an officer who acts, and bound by a salted
    hash. ``also`` are further rows of the same act; they go along in that statement. The relay is woken at commit
    when one of them is an outbox row. ``file`` must be locked; its chain moves on.
    """
    deed = Deed(file=file, kind=kind, data=data, actor=actor, peran=peran, change=change, words=words)
    record_many(flushed(s), [deed], also, now=now)


def _acting(file: LockedPermohonan, actor: UUID | None, peran: str | None) -> Json:
    """Name and title of the officer who acts, as of today. The applicant is known by role, the system has none."""
    applicant = actor == file.pemohon_id and file.sop.by_applicant
    if actor is None or applicant or file.acting_name is None:
        return {}
    return {"nama": file.acting_name, "sebagai": file.acting_as or (Peran(peran).name if peran else "")}


def _seal(words: Json) -> Json:
    """The words with the salt and the seal they are kept under; nothing for no words."""
    if not words:
        return {}
    salt = secrets.token_hex(16)
    return {"salt": salt, "words": words, "seal": seal(salt, words)}


def _kept_words(file: Chain, sealed: Json) -> Json:
    """The row in which the words are kept."""
    place: Json = {"permohonan_id": file.permohonan_id, "sequence": file.sequence}
    return {**place, "salt": sealed["salt"], "words": sealed["words"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What happened to a locked file, as ``record`` takes it: its next peristiwa, and what it changes."""

    file: Chain
    kind: PeristiwaKind
    data: Json
    actor: UUID | None = None
    peran: str | None = None
    change: Json | None = None
    words: Json | None = None


_EVENTS = inserting(
    Peristiwa, "permohonan_id", "sequence", "kind", "at", "actor", "peran", "data", "previous_hash", "hash"
)
_WORDS = inserting(PeristiwaWords, "permohonan_id", "sequence", "salt", "words")


def record_many(conn: Connection, deeds: Sequence[Deed], also: Rows | None = None, *, now: datetime) -> None:
    """Append these peristiwa in their order and change their files, with ``also`` further rows, in one statement.

    Its text is the same however many files there are. A file may come several times, as it was when it was locked.
    """
    events, words = list[Json](), list[Json]()
    ends = dict[UUID, tuple[int, str]]()
    for deed in deeds:
        file = deed.file
        file.sequence, file.chain = ends.get(file.permohonan_id, (file.sequence, file.chain))
        event, sealed = _next_row(deed, now)
        ends[file.permohonan_id] = (file.sequence, file.chain)
        events.append(event)
        if sealed:
            words.append(_kept_words(deed.file, sealed))
    changed = tuple(sorted({column for deed in deeds for column in deed.change or ()}))
    parts = {_files(changed): _moved_on(deeds), _EVENTS: events, _WORDS: words}
    write_rows(conn, together(also or {}, parts), now=now)


def _next_row(deed: Deed, now: datetime) -> tuple[Json, Json]:
    """The row of its peristiwa, and its words with salt and seal; moves the file's chain on."""
    data, words = deed.data, deed.words or {}
    if deed.actor is not None and isinstance(deed.file, LockedPermohonan):
        words = {**_acting(deed.file, deed.actor, deed.peran), **words}
        data = data | ({"on_behalf": str(deed.file.replaces)} if deed.file.replaces else {})
    if sealed := _seal(words):
        data = {**data, "words": sealed["seal"]}
    return next_event(deed.file, deed.kind, data, actor=deed.actor, peran=deed.peran, now=now), sealed


def _moved_on(deeds: Sequence[Deed]) -> list[Json]:
    """One row per file, however much happened to it: how far its history goes now, and all that changes."""
    tally = Counter(deed.file.permohonan_id for deed in deeds)
    changes = defaultdict[UUID, Json](dict)
    for deed in deeds:
        changes[deed.file.permohonan_id] |= deed.change or {}
    files = {deed.file.permohonan_id: deed.file for deed in deeds}
    return [
        {"id": i, "sequence": file.sequence, "chain": file.chain, "deeds": tally[i], "change": changes[i]}
        for i, file in files.items()
    ]


@cache
def _files(changed: tuple[str, ...]) -> RowsPart:
    """The part that moves permohonan on. A column that the change of a file leaves out stays there what it is."""
    named = ", ".join(changed)  # names of columns from our own code, as in ``sets``
    change = f", ({named}) = (SELECT {named} FROM jsonb_populate_record(p, r.change))" if changed else ""  # noqa: S608
    return RowsPart(
        "moved_permohonan",
        "permohonan",
        "UPDATE permohonan p SET last_sequence = r.sequence, chain = r.chain, version = p.version + r.deeds,"  # noqa: S608
        f" changed_at = %(now)s{change}"
        " FROM jsonb_to_recordset(%(moved_permohonan)s::jsonb)"
        " AS r (id uuid, sequence int, chain text, deeds int, change jsonb) WHERE p.id = r.id RETURNING 1",
    )


def next_event(
    file: Chain, kind: PeristiwaKind, data: Json, *, actor: UUID | None, peran: str | None, now: datetime
) -> Json:
    """The row of the next peristiwa; moves the file's chain on."""
    before, sequence = file.chain, file.sequence + 1
    row = {
        "permohonan_id": file.permohonan_id,
        "sequence": sequence,
        "kind": kind,
        "at": now,
        "actor": actor,
        "peran": peran,
        "data": data,
    }
    file.sequence, file.chain = sequence, chain_hash(before, row)
    return {**row, "previous_hash": before, "hash": file.chain}


def outbox_row(
    task: str, antrean: Peran | str, key: str, *, permohonan_id: UUID, tugas_id: UUID | None, now: datetime
) -> Rows:
    """The outbox row to write; a second one with the same ``key`` fails the transaction."""
    ids: Json = {"permohonan_id": permohonan_id, "tugas_id": tugas_id}
    return new_rows(Outbox, {"task": task, "antrean": str(antrean), "key": key, **ids, "created_at": now})


def pictures_owed(permohonan_id: UUID, key: str, now: datetime) -> Rows:
    """The outbox row for what a file has to show and is not drawn yet: a worker draws, a page only takes."""
    return outbox_row(PICTURES, "dokumen", key, permohonan_id=permohonan_id, tugas_id=None, now=now)
