"""The journal of what was erased: in the database, and in a file beside the data that a restore does not take back."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from pipeline.db import connection, writing
from pipeline.disk import make_folder
from pipeline.json import Json
from pipeline.models import Erasure
from pipeline.settings import settings


class Ground(StrEnum):
    """Why documents are erased."""

    RETENSI = "retensi"  # kept as long as they have to be
    PERMINTAAN = "permintaan"  # of whom they are about
    KELIRU = "keliru"  # they should never have been kept


def is_erased(permohonan_id: UUID, sha256: str) -> bool:
    """Whether this document of an application was erased, or all of them."""
    with connection() as conn:
        this = (Erasure.permohonan_id == permohonan_id, or_(Erasure.sha256.is_(None), Erasure.sha256 == sha256))
        return bool(conn.scalar(select(func.count()).where(*this)))


def journal_path() -> Path:
    """The file: a line for each erasure. Backups take it as it is now; a restore brings the newest there is."""
    return settings().data / "penghapusan.jsonl"


def note_erasures(rows: list[Json]) -> None:
    """Write them down before anything is destroyed, in the file first: what stands there is done again after a
    restore."""
    path = journal_path()
    make_folder(path.parent)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as f:
        f.writelines(json.dumps({k: _plain(v) for k, v in row.items()}) + "\n" for row in rows)
        f.flush()
        os.fsync(f.fileno())
    _remember(rows)


def read_back() -> int:
    """Take what the file says and the database does not know into the database; returns how many."""
    return _remember(list(_lines()))


def _remember(rows: list[Json]) -> int:
    if not rows:
        return 0
    with writing() as conn:
        return len(conn.execute(upsert(Erasure).on_conflict_do_nothing().returning(Erasure.id), rows).all())


def _lines() -> Iterator[Json]:
    try:
        text = journal_path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            row = json.loads(line)
            yield {
                "id": UUID(row["id"]),
                "permohonan_id": UUID(row["permohonan_id"]),
                "sha256": row["sha256"],
                "ground": Ground(row["ground"]),
                "actor": UUID(row["actor"]) if row["actor"] else None,
                "at": datetime.fromisoformat(row["at"]),
            }
        except (ValueError, LookupError, TypeError):  # the end of a line that a power cut has torn
            continue


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str) else str(value)
