"""A new office key: the keys of all documents are wrapped anew, no document is written again.

Killed anywhere, both versions are in the file, each row says by which one it was wrapped, and the next call goes on.
"""

from datetime import date
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, update

from pipeline.db import connection, writing
from pipeline.kantor.office_key import OfficeKeys, add_version, drop_older_versions, office_keys
from pipeline.models import WrappedKey
from pipeline.sealing.keys import CHANGE_OF_OFFICE_KEY, about, rewrap_own

BATCH: Final = 500


def change_office_key(today: date) -> int:
    """Change to a new version, or finish a change that was begun. Returns how many keys it has wrapped anew."""
    with writing() as conn:
        _alone(conn)  # who has wrapped by the older one has committed; who comes later meets the new one
        office = add_version(today)
    rewrap_own(office)
    done = 0
    while wrapped := _rewrap(office):
        done += wrapped
    with writing() as conn:
        _alone(conn)
        if not _left(conn, office.newest):
            drop_older_versions()
    return done


def count_older() -> int:
    """Keys that are still wrapped by an older version."""
    with connection() as conn:
        return _left(conn, office_keys().newest)


def _alone(conn: Connection) -> None:
    conn.execute(select(func.pg_advisory_xact_lock(CHANGE_OF_OFFICE_KEY)))


def _left(conn: Connection, newest: int) -> int:
    return conn.scalar(select(func.count()).select_from(WrappedKey).where(WrappedKey.office_version != newest)) or 0


def _rewrap(office: OfficeKeys) -> int:
    """One batch, in a transaction of its own."""
    older = (
        select(WrappedKey.permohonan_id, WrappedKey.number, WrappedKey.office_version, WrappedKey.wrapped)
        .where(WrappedKey.office_version != office.newest)
        .limit(BATCH)
        .with_for_update()
    )
    with writing() as conn:
        rows = []
        for owner, number, before, wrapped in conn.execute(older):
            what = about(owner, number)
            version, anew = office.wrap(office.unwrap(before, wrapped, what), what)
            rows.append({"owner": owner, "which": number, "version": version, "anew": anew})
        if rows:
            conn.execute(_WRAP, rows)
    return len(rows)


_WRAP = (
    update(WrappedKey)
    .where(WrappedKey.permohonan_id == bindparam("owner"), WrappedKey.number == bindparam("which"))
    .values(office_version=bindparam("version"), wrapped=bindparam("anew"))
)
