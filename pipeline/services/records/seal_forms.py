"""NIK that an older version kept in forms as they were typed are sealed; they are read either way meanwhile."""

from typing import Final

from sqlalchemy import Text, cast, func, select, update

from pipeline.db import connection, writing
from pipeline.models import Permohonan
from pipeline.queries.records.holders import holder_of
from pipeline.sealing.nik import open_nik, seal_nik
from pipeline.sop.registry import get_sop
from pipeline.sop.values import case_data

BATCH: Final = 200
_OPEN: Final = cast(Permohonan.content, Text).op("~")('": "[0-9]{16}"')


def count_open_nik() -> int:
    """How many applications have a NIK in the clear."""
    with connection() as conn:
        return conn.scalar(select(func.count()).select_from(Permohonan).where(_OPEN)) or 0


def seal_forms() -> int:
    """Seal them, some hundred in a transaction. Returns how many applications it was about."""
    done = 0
    while sealed := _batch():
        done += sealed
    return done


def _batch() -> int:
    columns = (Permohonan.id, Permohonan.sop, Permohonan.sop_version, Permohonan.content)
    with writing() as conn:
        rows = conn.execute(select(*columns).where(_OPEN).limit(BATCH).with_for_update()).all()
        for row in rows:
            content = open_nik(row.id, row.content)
            marks = holder_of(get_sop(row.sop, row.sop_version), case_data(content))["marks"]
            values = {"content": seal_nik(row.id, content), "marks": marks}
            conn.execute(update(Permohonan).where(Permohonan.id == row.id).values(values))
    return len(rows)
