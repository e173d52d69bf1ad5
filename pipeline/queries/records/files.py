"""The records of files as they lie in the tables, and their histories: one statement for any number of files.

One statement is one snapshot: what it says of a file is of one moment, while others work on it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Connection, DateTime, Select, bindparam, func, select, union_all
from sqlalchemy import literal as word
from sqlalchemy.dialects.postgresql import JSONB

from pipeline.db import Constant, connection, read_once
from pipeline.hashing import digest
from pipeline.models import (
    Approval,
    Base,
    Berkas,
    CorrectionRequest,
    DailyLeaf,
    Draft,
    DraftAuthor,
    Eskalasi,
    Examined,
    FilledForm,
    Peristiwa,
    PeristiwaWords,
    Permohonan,
    Sk,
    Tugas,
)
from pipeline.rules.history.chain import Entry, follow
from pipeline.rules.history.replay import Row, Tables
from pipeline.text import read_moment

_TABLES: Final[tuple[type[Base], ...]] = (
    Permohonan, Tugas, Berkas, CorrectionRequest, FilledForm, Draft, DraftAuthor, Approval, Sk, Eskalasi, Peristiwa,
    Examined, DailyLeaf,
)  # fmt: skip
_TIMES: Final[Mapping[str, frozenset[str]]] = {
    t.__tablename__: frozenset(c.name for c in t.__table__.columns if isinstance(c.type, DateTime)) for t in _TABLES
}
#: What tells the rows of a table apart within a file; their id where nothing is said.
_KEYS: Final[Mapping[str, Callable[[Row], object]]] = {
    "permohonan": lambda _: "",
    "filled_form": lambda r: r["form"],
    "eskalasi": lambda r: f"{r['langkah']}:{r['kunjungan']}:{r['tenggat_number']}:{r['level']}",
    "draft_author": lambda r: f"{r['draft_id']}:{r['person_id']}",
    "daily_leaf": lambda r: f"{r['number']}:{r['place']}",
    "peristiwa": lambda r: r["sequence"],
}
#: The verdicts of a visit are bound whole, by what each of them says.
_VERDICT: Final = ("sequence", "kind", "code", "result", "said")


@dataclass(slots=True)
class Records:
    """Everything the tables say about one file."""

    tables: Tables = field(default_factory=dict)

    @property
    def permohonan(self) -> Row:
        return self.tables["permohonan"][""]

    def rows(self, table: str) -> Mapping[str, Row]:
        return self.tables.get(table, {})

    def history(self) -> list[Entry]:
        """Its peristiwa, oldest first."""
        return list(follow(sorted(self.rows("peristiwa").values(), key=lambda r: int(str(r["sequence"])))))


def read_records(conn: Connection, ids: Collection[UUID]) -> dict[UUID, Records]:
    """The records of these files; one that does not exist is left out."""
    found: dict[UUID, Records] = defaultdict(Records)
    for table, permohonan_id, row in conn.execute(_query(ids)):
        for name in _TIMES[table]:
            row[name] = read_moment(str(row[name])) if row[name] else None
        key = str(_KEYS[table](row) if table in _KEYS else row["id"])
        found[permohonan_id].tables.setdefault(table, {})[key] = row
    for records in found.values():
        if verdicts := records.tables.get("pemeriksaan"):
            records.tables["pemeriksaan"] = _by_tugas(verdicts.values())
    return {k: r for k, r in found.items() if r.rows("permohonan")}


def read_history(permohonan_id: UUID) -> list[Entry]:
    """The history of a file, oldest first, each peristiwa with its words and whether it is as it was written."""
    with connection() as conn:
        return history_of(conn, permohonan_id)


def history_of(conn: Connection, permohonan_id: UUID) -> list[Entry]:
    """The same for who has a connection."""
    return list(read_once(conn, ("history", permohonan_id), partial(_history, permohonan_id)))


def _history(permohonan_id: UUID, conn: Connection) -> tuple[Entry, ...]:
    return tuple(follow(dict(r) for r in _HISTORY(conn, permohonan_id=permohonan_id).mappings()))


_HISTORY: Final = Constant(
    select(
        Peristiwa.permohonan_id,
        Peristiwa.sequence,
        Peristiwa.kind,
        Peristiwa.at,
        Peristiwa.actor,
        Peristiwa.peran,
        Peristiwa.data,
        Peristiwa.previous_hash,
        Peristiwa.hash,
        PeristiwaWords.salt,
        PeristiwaWords.words,
    )
    .outerjoin(
        PeristiwaWords,
        (PeristiwaWords.permohonan_id == Peristiwa.permohonan_id) & (PeristiwaWords.sequence == Peristiwa.sequence),
    )
    .where(Peristiwa.permohonan_id == bindparam("permohonan_id", type_=Peristiwa.permohonan_id.type))
    .order_by(Peristiwa.sequence)
)


def _by_tugas(verdicts: Collection[Row]) -> dict[str, Row]:
    said: dict[str, list[Row]] = defaultdict(list)
    for v in sorted(verdicts, key=lambda v: int(str(v["sequence"]))):
        said[str(v["tugas_id"])].append({name: v[name] for name in _VERDICT})
    at = {str(v["tugas_id"]): v["at"] for v in sorted(verdicts, key=lambda v: str(v["at"]))}
    return {tugas_id: {"verdict": digest(rows), "at": at[tugas_id]} for tugas_id, rows in said.items()}


def _query(ids: Collection[UUID]) -> "CompoundSelect[str, UUID, Row]":
    return union_all(*(_part(t).where(_owner(t).in_(ids)) for t in _TABLES))


def _part(table: type[Base]) -> "Select[str, UUID, Row]":
    source = Base.metadata.tables[table.__tablename__]
    row: ColumnElement[Row] = func.to_jsonb(source.table_valued(), type_=JSONB)
    named = word(table.__tablename__)
    if table is Examined:
        return select(named, Tugas.permohonan_id, row).join_from(source, Tugas, Tugas.id == Examined.tugas_id)
    if table is DraftAuthor:
        return select(named, Draft.permohonan_id, row).join_from(source, Draft, Draft.id == DraftAuthor.draft_id)
    if table is Peristiwa:
        words = func.jsonb_build_object("salt", PeristiwaWords.salt, "words", PeristiwaWords.words, type_=JSONB)
        own = (PeristiwaWords.permohonan_id == Peristiwa.permohonan_id) & (
            PeristiwaWords.sequence == Peristiwa.sequence
        )
        return select(named, Peristiwa.permohonan_id, row.concat(words)).outerjoin_from(source, PeristiwaWords, own)
    return select(named, _owner(table), row)


def _owner(table: type[Base]) -> ColumnElement[UUID]:
    columns = table.__table__.columns
    if table is DailyLeaf:
        return columns["owner_id"]
    if table in (Examined, DraftAuthor):
        columns = (Tugas if table is Examined else Draft).__table__.columns
    return columns["id"] if table is Permohonan else columns["permohonan_id"]
