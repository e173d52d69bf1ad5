"""Login sessions as rows: revocable at once, JSON only, found by a hash of the cookie.

These services take the real clock, not the office's: moving the demo's clock must log nobody out.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from pipeline.clock import real_now
from pipeline.db import connection, writing
from pipeline.errors import SessionEnded
from pipeline.hashing import keyed_index
from pipeline.json import Json
from pipeline.models import Account, WebSession
from pipeline.queries.people.caller import Caller, Until, read_caller
from pipeline.settings import settings

ALIVE = timedelta(hours=10)
SILENT = timedelta(minutes=30)
#: The last sign of life is written at most this often, so that reading a page is not a write.
REFRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class User:
    """Who is logged in, by which account."""

    account_id: UUID
    person_id: UUID
    name: str
    petugas: bool
    session_id: str | None = None  # key of the session they are logged in by
    proven: datetime | None = None  # since when the password they have just proved is in force
    awaits_code: bool = False  # beside it


@dataclass(frozen=True, slots=True)
class Origin:
    """By which device a session was begun, in words, and where, shortened: for its owner to know it again."""

    device: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ActiveSession:
    """A living session, and whose it is: of ``entering`` the password is proved, and not yet the code beside it."""

    user: User | None
    caller: Caller
    entering: User | None = None


def alive_at(now: datetime) -> Until:
    """From when on a session counts as alive. ``now`` is the real clock."""
    return Until(now - ALIVE, now - SILENT)


def load_session(cookie: str, *, hari: date, now: datetime) -> ActiveSession | None:
    """The session of a cookie; None when it does not exist, was idle too long, or its account was closed.

    ``hari``: the day in the office, whose roles they have.
    """
    key = _key(cookie)
    with connection() as conn:
        caller = read_caller(conn, key, alive_at(now), hari=hari, now=now)
    if caller is None:
        return None
    if caller.last_at < now - REFRESH:
        with writing() as conn:
            conn.execute(_TOUCH, {"sesi": key, "last": now})
    if caller.account_id is None:
        return ActiveSession(None, caller)
    who = User(caller.account_id, caller.person_id, caller.name, caller.petugas, key)
    return ActiveSession(None, caller, who) if caller.entering else ActiveSession(who, caller)


_TOUCH = (
    update(WebSession)
    .where(WebSession.key == bindparam("sesi", type_=WebSession.key.type))
    .values(last_at=bindparam("last", type_=WebSession.last_at.type))
)


def create_session(
    cookie: str,
    data: Json,
    account_id: UUID,
    *,
    proven: datetime | None = None,
    entering: bool = False,
    continues: bool = False,
    replaces: str | None,
    origin: Origin = Origin(),
    now: datetime,
) -> bool:
    """Begin a session; the one it replaces (before a login) ends in the same transaction.

    ``proven``: since when the password that was proved is in force. False, and no session, when it was replaced while
    this login was on its way; who replaces it holds the account's row, so that one of the two comes after the other.
    ``continues``: neither is there one when the session it replaces was ended meanwhile.
    """
    account = select(Account.id).where(Account.id == account_id).with_for_update(read=True)
    if proven is not None:
        account = account.where(Account.password_changed_at == proven)
    with writing() as conn:
        known = conn.scalar(account) is not None
        ended = _end(conn, replaces) if replaces else False
        if not known or (continues and not ended):
            return False
        values = {"key": _key(cookie), "account_id": account_id, "data": data, "created_at": now, "last_at": now}
        whence = {"entering": entering, "device": origin.device, "address": origin.address}
        conn.execute(insert(WebSession).values(values | whence))
        return True


def keep_session(cookie: str, data: Json, *, now: datetime) -> bool:
    """Keep the data of a session. False when it was ended meanwhile: an ended session stays ended."""
    with writing() as conn:
        update_data = update(WebSession).where(WebSession.key == _key(cookie)).values(data=data, last_at=now)
        return conn.execute(update_data).rowcount == 1


def end_session(cookie: str) -> None:
    """End one session."""
    with writing() as conn:
        _end(conn, cookie)


#: The session of an act, if the acting person may still act by it. It is held until the act is over: whatever takes
#: the right away (logout, a new password, a closed account) ends the session, and so comes before the act or after it.
living_session = (
    select(WebSession.key)
    .join(Account, Account.id == WebSession.account_id)
    .where(
        WebSession.key == bindparam("sesi", type_=WebSession.key.type),
        WebSession.created_at > bindparam("sesi_dibuat", type_=WebSession.created_at.type),
        WebSession.last_at > bindparam("sesi_terakhir", type_=WebSession.last_at.type),
        Account.person_id == bindparam("orang", type_=Account.person_id.type),
        Account.active,
        WebSession.entering == bindparam("entering", type_=WebSession.entering.type),
    )
    .with_for_update(read=True, key_share=True, of=WebSession)
)


def session_params(session_id: str | None, person_id: UUID, *, entering: bool = False) -> dict[str, object]:
    """The parameters of ``living_session``."""
    now = real_now()
    alive = {"sesi_dibuat": now - ALIVE, "sesi_terakhir": now - SILENT, "entering": entering}
    return {"sesi": session_id, "orang": person_id, **alive}


def guard_session(s: Session | Connection, session_id: str | None, person_id: UUID, *, entering: bool = False) -> None:
    """The session this person acts by is alive in this transaction; None acts by none. Raises SessionEnded.

    ``entering``: it is one that still waits for the code; every other act wants one that does not.
    """
    params = session_params(session_id, person_id, entering=entering)
    if session_id is not None and s.scalar(living_session, params) is None:
        raise SessionEnded


def end_all_sessions(conn: Connection, account_id: UUID) -> None:
    """End every session of an account, in the transaction of what ends them."""
    conn.execute(delete(WebSession).where(WebSession.account_id == account_id))


def close_session(user: User, key: str) -> bool:
    """End one of one's own sessions by its key; False when there is none such (any more)."""
    return _close(user, WebSession.key == key) == 1


def close_others(user: User) -> int:
    """End one's own sessions but the one this is asked by; returns how many."""
    return _close(user, WebSession.key != user.session_id)


def _close(user: User, which: ColumnElement[bool]) -> int:
    """The account's row first: two sessions that end each other come one after the other."""
    with writing() as conn:
        conn.execute(select(Account.id).where(Account.id == user.account_id).with_for_update())
        guard_session(conn, user.session_id, user.person_id)
        return conn.execute(delete(WebSession).where(WebSession.account_id == user.account_id, which)).rowcount


def sweep_session(*, now: datetime) -> int:
    """Delete the sessions that nobody can use any more; returns how many."""
    dead = or_(WebSession.created_at <= now - ALIVE, WebSession.last_at <= now - SILENT)
    with writing() as conn:
        return conn.execute(delete(WebSession).where(dead)).rowcount


def _end(conn: Connection, cookie: str) -> bool:
    return conn.execute(delete(WebSession).where(WebSession.key == _key(cookie))).rowcount == 1


def _key(cookie: str) -> str:
    """What is kept of a cookie; made with the office's key, so that no row written into the table opens a session."""
    return keyed_index(settings().secret_key, "sesi", cookie)
