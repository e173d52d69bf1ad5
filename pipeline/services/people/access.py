"""Reading personal data leaves a row (UU 27/2022 art. 31): who, what, of which file, for what, when. Never the data.

And so does being refused. Each is a transaction of its own: it stays, whatever became of what it tells of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, func, insert, literal, select

from pipeline.db import writing
from pipeline.models import AccessRefused, Berkas, DataAccess, Permohonan, Tugas, Upload
from pipeline.services.people.actor import Petugas

#: The pages of a document are asked for one by one: one look is one row. So is one refusal, however often it is tried.
ONE_LOOK = timedelta(minutes=1)
#: Names of ids in an address -> the file they belong to.
_OWNERS = {
    "permohonan_id": (Permohonan.id, Permohonan.id),
    "tugas_id": (Tugas.permohonan_id, Tugas.id),
    "berkas_id": (Berkas.permohonan_id, Berkas.id),
    "upload_id": (Upload.permohonan_id, Upload.id),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that was no: to whom, in which roles, and what was asked for."""

    actor: UUID
    peran: str
    method: str
    rule: str
    ids: Mapping[str, object]  # of the address, by name
    status: int
    incident: str


def record_access(permohonan_id: UUID, what: str, purpose: str, *, actor: Petugas, now: datetime) -> None:
    """Record that ``actor`` opens ``what`` ("berkas KTP"), committed before the bytes are sent.

    The same look within ONE_LOOK is one row. ``now`` is the real clock.
    """
    new = (permohonan_id, actor.person_id, str(actor.peran), what, purpose, now)
    columns = (
        DataAccess.permohonan_id,
        DataAccess.actor,
        DataAccess.peran,
        DataAccess.what,
        DataAccess.purpose,
        DataAccess.at,
    )
    seen = exists().where(
        DataAccess.permohonan_id == permohonan_id,
        DataAccess.actor == actor.person_id,
        DataAccess.peran == str(actor.peran),
        DataAccess.what == what,
        DataAccess.purpose == purpose,
        DataAccess.at > now - ONE_LOOK,
    )
    values = select(*(literal(n, k.type) for n, k in zip(new, columns, strict=True))).where(~seen)
    with writing() as conn:
        _one_at_a_time(conn, f"akses {actor.person_id}")
        conn.execute(insert(DataAccess).from_select([k.key for k in columns], values))


def record_refusal(refusal: Refusal, *, now: datetime) -> None:
    """Record that somebody was refused. ``now`` is the real clock.

    The same refusal within ONE_LOOK is one row; ids that belong to no file are all the same, so that guessing at
    them fills nothing.
    """
    plain = {"actor": refusal.actor, "peran": refusal.peran, "method": refusal.method, "rule": refusal.rule}
    with writing() as conn:
        _one_at_a_time(conn, f"akses {refusal.actor}")
        file = conn.scalar(select(_file(refusal.ids)))
        same = (getattr(AccessRefused, k) == v for k, v in {**plain, "status": refusal.status}.items())
        seen = exists().where(
            *same, AccessRefused.permohonan_id.is_not_distinct_from(file), AccessRefused.at > now - ONE_LOOK
        )
        if not conn.scalar(select(seen)):
            values = {**plain, "status": refusal.status, "incident": refusal.incident, "at": now}
            conn.execute(insert(AccessRefused).values(permohonan_id=file, **values))


def _one_at_a_time(conn: Connection, who: str) -> None:
    """The pages of a document are asked for all at once, and each looks whether its look is on record."""
    conn.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(who, 0))))


def _file(ids: Mapping[str, object]) -> ColumnElement[UUID]:
    """The file that the ids of an address belong to, if there is one."""
    known = (
        select(owner).where(key == ids[name]).scalar_subquery() for name, (owner, key) in _OWNERS.items() if name in ids
    )
    return func.coalesce(*known, None)
