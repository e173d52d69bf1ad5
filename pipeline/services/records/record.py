"""Writing the history: one peristiwa per act, chained per permohonan, in the statement that changes the permohonan."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import CTE, bindparam, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.functions import Function

from pipeline.hashing import chain_hash, seal
from pipeline.json import Json
from pipeline.models import Outbox, Peristiwa, PeristiwaWords, Permohonan
from pipeline.roles import Peran
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.records.locking import LockedPermohonan

#: The Celery task that draws a file's pictures, and how the keys begin of rows owed by an upload alone.
PICTURES = "dokumen.pratinjau"
UPLOADED = "unggahan:"


def record(
    s: Session,
    file: LockedPermohonan,
    kind: PeristiwaKind,
    data: Json,
    *,
    actor: UUID | None,
    peran: str | None,
    now: datetime,
    change: Json | None = None,
    words: Json | None = None,
    also: tuple[UpdateBase, ...] = (),
) -> None:
    """Append a peristiwa and apply ``change`` to the permohonan, in one statement.

    ``data`` holds ids, codes and hashes alone; of one who acts in another's place it names that other. ``words`` are
    what people wrote; they are kept beside it with the name and title of an officer who acts, and bound by a salted
    hash. ``also`` are further inserts of the same act; they go along in that statement. The relay is woken at commit
    when one of them is an outbox row. ``file`` must be locked; its chain moves on.
    """
    sealed = _seal({**_acting(file, actor, peran), **(words or {})})
    data = {**data, "words": sealed["seal"]} if sealed else data
    if actor is not None and file.replaces is not None:
        data = {**data, "on_behalf": str(file.replaces)}
    event = next_event(file, kind, data, actor=actor, peran=peran, now=now)
    permohonan = (
        update(Permohonan)
        .where(Permohonan.id == file.permohonan_id)
        .values(last_sequence=file.sequence, chain=file.chain, version=Permohonan.version + 1, changed_at=now)
        .values(change or {})
    )
    parts = [permohonan, insert(Peristiwa).values(event), *also]
    if sealed:
        parts.append(_keep_words(file, sealed))
    wakes = any(p.entity_description["entity"] is Outbox for p in also)  # its ``table`` is an annotated copy
    s.execute(select(_wake() if wakes else func.now()).add_cte(*(_cte(p, n) for n, p in enumerate(parts))))


def _acting(file: LockedPermohonan, actor: UUID | None, peran: str | None) -> Json:
    """Name and title of the officer who acts, as of today. The applicant is known by role, the system has none."""
    if actor is None or actor == file.pemohon_id or file.acting_name is None:
        return {}
    return {"nama": file.acting_name, "sebagai": file.acting_as or (Peran(peran).name if peran else "")}


def _seal(words: Json) -> Json:
    """The words with the salt and the seal they are kept under; nothing for no words."""
    if not words:
        return {}
    salt = secrets.token_hex(16)
    return {"salt": salt, "words": words, "seal": seal(salt, words)}


def _keep_words(file: LockedPermohonan, sealed: Json) -> UpdateBase:
    return insert(PeristiwaWords).values(
        permohonan_id=file.permohonan_id, sequence=file.sequence, salt=sealed["salt"], words=sealed["words"]
    )


class Chain(Protocol):
    """A locked permohonan, as far as its history depends on it."""

    permohonan_id: UUID
    sequence: int
    chain: str


def record_many(s: Session, kind: PeristiwaKind, events: Sequence[tuple[Chain, Json]], *, now: datetime) -> None:
    """Append the system's peristiwa of one kind to many locked files, in two statements however many they are."""
    rows = [next_event(chain, kind, data, actor=None, peran=None, now=now) for chain, data in events]
    ends = [{"file": c.permohonan_id, "end": c.sequence, "end_hash": c.chain} for c, _ in events]
    conn = s.connection()
    conn.execute(insert(Peristiwa), rows)
    conn.execute(
        update(Permohonan)
        .where(Permohonan.id == bindparam("file"))
        .values(
            last_sequence=bindparam("end"),
            chain=bindparam("end_hash"),
            version=Permohonan.version + 1,
            changed_at=now,
        ),
        ends,
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
) -> UpdateBase:
    """The insert of an outbox row; a second one with the same ``key`` fails the transaction."""
    return insert(Outbox).values(
        task=task, antrean=str(antrean), key=key, permohonan_id=permohonan_id, tugas_id=tugas_id, created_at=now
    )


def pictures_owed(permohonan_id: UUID, key: str, now: datetime) -> UpdateBase:
    """The outbox row for what a file has to show and is not drawn yet: a worker draws, a page only takes."""
    return outbox_row(PICTURES, "dokumen", key, permohonan_id=permohonan_id, tugas_id=None, now=now)


def _cte(part: UpdateBase, n: int) -> CTE:
    return part.returning(next(iter(part.table.primary_key))).cte(f"bagian_{n}")


def _wake() -> Function[object]:
    return func.pg_notify("outbox", "")
