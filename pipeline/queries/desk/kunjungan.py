"""The visits of a file, by its history alone: where it was, from when to when, and what was written when it left."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from pipeline.models.tugas import TOGETHER
from pipeline.queries.records.files import history_of
from pipeline.roles import Peran
from pipeline.rules.history.fold import fold
from pipeline.rules.history.replay import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """One visit of a langkah, as its peristiwa tell it."""

    langkah: str
    peran: Peran
    created_at: datetime
    started_at: datetime
    tenggat: datetime | None
    closed_at: datetime | None
    keputusan: str | None
    beside: bool  # other desks had it at the same time


def visits_of(conn: Connection, permohonan_id: UUID) -> list[Visited]:
    """In the order they were made, the open one last. A history that does not hold has none: nothing is made up."""
    history = history_of(conn, permohonan_id)
    if not all(entry.linked for entry in history):
        return []
    try:
        tugas = fold(entry.event for entry in history).get("tugas", {})
    except (KeyError, ValueError):  # ``alurizin verify`` says what is wrong with it
        return []
    return [_visited(row) for row in tugas.values()]


def _visited(row: Row) -> Visited:
    came, began = _time(row["created_at"]), _time(row["started_at"])
    assert came  # noqa: S101 - the fold gives both to every tugas
    assert began  # noqa: S101
    return Visited(
        langkah=str(row["langkah"]),
        peran=Peran(str(row["peran"])),
        created_at=came,
        started_at=began,
        tenggat=_time(row["tenggat"]),
        closed_at=_time(row["closed_at"]),
        keputusan=str(row["keputusan"]) if row["keputusan"] else None,
        beside=row["branch"] != TOGETHER,
    )


def _time(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
