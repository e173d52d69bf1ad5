"""Writing the history: one peristiwa per act, chained per permohonan, in the statement that changes the permohonan."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CTE, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.functions import Function

from pipeline.hashing import link
from pipeline.models import Outbox, Peristiwa, Permohonan
from pipeline.models.base import Json
from pipeline.roles import Peran
from pipeline.services.locking import File

#: The Celery task that draws a file's pictures, and how the keys begin of rows owed by an upload alone.
PICTURES = "dokumen.pratinjau"
UPLOADED = "unggahan:"


def record(
    s: Session,
    file: File,
    jenis: str,
    data: Json,
    *,
    oleh: UUID | None,
    peran: str | None,
    now: datetime,
    perubahan: Json | None = None,
    also: tuple[UpdateBase, ...] = (),
) -> None:
    """Append a peristiwa and apply ``perubahan`` to the permohonan, in one statement.

    ``also`` are further inserts of the same act; they go along in that statement. The relay is woken at commit when one
    of them is an outbox row. ``file`` must be locked; its chain moves on.
    """
    event = next_event(file, jenis, data, oleh=oleh, peran=peran, now=now)
    permohonan = (
        update(Permohonan)
        .where(Permohonan.id == file.permohonan_id)
        .values(urut_peristiwa=file.urut, rantai=file.rantai, versi=Permohonan.versi + 1, diubah_pada=now)
        .values(perubahan or {})
    )
    parts = [permohonan, insert(Peristiwa).values(event), *also]
    wakes = any(p.entity_description["entity"] is Outbox for p in also)  # its ``table`` is an annotated copy
    s.execute(select(_wake() if wakes else func.now()).add_cte(*(_cte(p, n) for n, p in enumerate(parts))))


def next_event(file: File, jenis: str, data: Json, *, oleh: UUID | None, peran: str | None, now: datetime) -> Json:
    """The row of the next peristiwa; moves the file's chain on."""
    sebelum, urut = file.rantai, file.urut + 1
    row = {
        "permohonan_id": file.permohonan_id,
        "urut": urut,
        "jenis": jenis,
        "pada": now,
        "oleh": oleh,
        "peran": peran,
        "data": data,
    }
    file.urut, file.rantai = urut, chain_hash(sebelum, row)
    return {**row, "sebelum": sebelum, "hash": file.rantai}


def chain_hash(sebelum: str, row: Json) -> str:
    """What ``hash`` of a peristiwa row must be; the same for one just made and one read back."""
    pada = row["pada"]
    plain = {k: row[k] for k in ("urut", "jenis", "peran", "data")}
    plain["permohonan_id"] = str(row["permohonan_id"])
    plain["oleh"] = str(row["oleh"]) if row["oleh"] else None
    plain["pada"] = f"{pada:%Y-%m-%dT%H:%M:%S.%f}Z"
    return link(sebelum, plain)


def outbox_row(
    task: str, antrean: Peran | str, key: str, *, permohonan_id: UUID, tugas_id: UUID | None, now: datetime
) -> UpdateBase:
    """The insert of an outbox row; a second one with the same ``key`` fails the transaction."""
    return insert(Outbox).values(
        task=task, antrean=str(antrean), kunci=key, permohonan_id=permohonan_id, tugas_id=tugas_id, dibuat_pada=now
    )


def pictures_owed(permohonan_id: UUID, key: str, now: datetime) -> UpdateBase:
    """The outbox row for what a file has to show and is not drawn yet: a worker draws, a page only takes."""
    return outbox_row(PICTURES, "dokumen", key, permohonan_id=permohonan_id, tugas_id=None, now=now)


def _cte(part: UpdateBase, n: int) -> CTE:
    return part.returning(next(iter(part.table.primary_key))).cte(f"bagian_{n}")


def _wake() -> Function[object]:
    return func.pg_notify("outbox", "")
