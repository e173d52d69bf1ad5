"""Login sessions as rows: revocable at once, JSON only, found by a hash of the cookie.

These services take the real clock, not the office's: moving the demo's clock must log nobody out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import connection
from pipeline.errors import SessionEnded
from pipeline.hashing import keyed_index
from pipeline.models import Akun, Orang, Sesi
from pipeline.models.base import Json
from pipeline.settings import settings

ALIVE = timedelta(hours=10)
SILENT = timedelta(minutes=30)
#: The last sign of life is written at most this often, so that reading a page is not a write.
REFRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class User:
    """Who is logged in, by which account."""

    akun_id: UUID
    orang_id: UUID
    nama: str
    petugas: bool
    sesi: str | None = None  # key of the session they are logged in by
    proven: datetime | None = None  # since when the password they have just proved is in force


@dataclass(frozen=True, slots=True)
class ActiveSession:
    """What a living session holds."""

    data: Json
    pengguna: User | None


def load_session(cookie: str, *, now: datetime) -> ActiveSession | None:
    """The session of a cookie; None when it does not exist, was idle too long, or its account was closed."""
    query = (
        select(Sesi.data, Sesi.akun_id, Sesi.terakhir_pada, Akun.orang_id, Akun.petugas, Akun.aktif, Orang.nama)
        .outerjoin(Akun, Akun.id == Sesi.akun_id)
        .outerjoin(Orang, Orang.id == Akun.orang_id)
        .where(Sesi.kunci == _key(cookie), Sesi.dibuat_pada > now - ALIVE, Sesi.terakhir_pada > now - SILENT)
    )
    with connection() as conn:
        row = conn.execute(query).one_or_none()
        if row is None or (row.akun_id is not None and not row.aktif):
            return None
        if row.terakhir_pada < now - REFRESH:
            conn.execute(update(Sesi).where(Sesi.kunci == _key(cookie)).values(terakhir_pada=now))
    pengguna = User(row.akun_id, row.orang_id, row.nama, row.petugas, _key(cookie)) if row.akun_id else None
    return ActiveSession(row.data, pengguna)


def create_session(
    cookie: str, data: Json, akun_id: UUID, *, proven: datetime | None = None, replaces: str | None, now: datetime
) -> bool:
    """Begin a session; the one it replaces (before a login) ends in the same transaction.

    ``proven``: since when the password that was proved is in force. False, and no session, when it was replaced while
    this login was on its way; who replaces it holds the account's row, so that one of the two comes after the other.
    """
    akun = select(Akun.id).where(Akun.id == akun_id).with_for_update(read=True)
    if proven is not None:
        akun = akun.where(Akun.sandi_diubah_pada == proven)
    with connection() as conn:
        if replaces:
            _end(conn, replaces)
        if conn.scalar(akun) is None:
            return False
        values = {"kunci": _key(cookie), "akun_id": akun_id, "data": data, "dibuat_pada": now, "terakhir_pada": now}
        conn.execute(insert(Sesi).values(values))
        return True


def keep_session(cookie: str, data: Json, *, now: datetime) -> bool:
    """Keep the data of a session. False when it was ended meanwhile: an ended session stays ended."""
    with connection() as conn:
        update_data = update(Sesi).where(Sesi.kunci == _key(cookie)).values(data=data, terakhir_pada=now)
        return conn.execute(update_data).rowcount == 1


def end_session(cookie: str) -> None:
    """End one session."""
    with connection() as conn:
        _end(conn, cookie)


#: The session of an act, if the acting person may still act by it. It is held until the act is over: whatever takes
#: the right away (logout, a new password, a closed account) ends the session, and so comes before the act or after it.
living_session = (
    select(Sesi.kunci)
    .join(Akun, Akun.id == Sesi.akun_id)
    .where(
        Sesi.kunci == bindparam("sesi", type_=Sesi.kunci.type),
        Sesi.dibuat_pada > bindparam("sesi_dibuat", type_=Sesi.dibuat_pada.type),
        Sesi.terakhir_pada > bindparam("sesi_terakhir", type_=Sesi.terakhir_pada.type),
        Akun.orang_id == bindparam("orang", type_=Akun.orang_id.type),
        Akun.aktif,
    )
    .with_for_update(read=True, key_share=True, of=Sesi)
)


def session_params(sesi: str | None, orang_id: UUID) -> dict[str, object]:
    """The parameters of ``living_session``."""
    now = real_now()
    return {"sesi": sesi, "sesi_dibuat": now - ALIVE, "sesi_terakhir": now - SILENT, "orang": orang_id}


def guard_session(s: Session | Connection, sesi: str | None, orang_id: UUID) -> None:
    """The session this person acts by is alive in this transaction; None acts by none. Raises SesiBerakhir."""
    if sesi is not None and s.scalar(living_session, session_params(sesi, orang_id)) is None:
        raise SessionEnded


def end_all_sessions(conn: Connection, akun_id: UUID) -> None:
    """End every session of an account, in the transaction of what ends them."""
    conn.execute(delete(Sesi).where(Sesi.akun_id == akun_id))


def sweep_session(*, now: datetime) -> int:
    """Delete the sessions that nobody can use any more; returns how many."""
    dead = or_(Sesi.dibuat_pada <= now - ALIVE, Sesi.terakhir_pada <= now - SILENT)
    with connection() as conn:
        return conn.execute(delete(Sesi).where(dead)).rowcount


def _end(conn: Connection, cookie: str) -> None:
    conn.execute(delete(Sesi).where(Sesi.kunci == _key(cookie)))


def _key(cookie: str) -> str:
    """What is kept of a cookie; made with the office's key, so that no row written into the table opens a session."""
    return keyed_index(settings().secret_key, "sesi", cookie)
