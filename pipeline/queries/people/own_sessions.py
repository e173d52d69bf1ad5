"""Where somebody is logged in, for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from pipeline.db import connection
from pipeline.models import WebSession
from pipeline.queries.people.caller import Until


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """A session that is alive: by which device, from where, since when, last seen when."""

    key: str
    device: str
    address: str
    since: datetime
    seen: datetime
    entering: bool  # its password was right, its code did not come yet
    current: bool


def read_own_sessions(account_id: UUID, session_id: str | None, alive: Until) -> Sequence[OwnSession]:
    """The living sessions of an account, the one that asks first."""
    row = WebSession
    query: Select[*tuple[object, ...]] = (
        select(row.key, row.device, row.address, row.created_at, row.last_at, row.entering)
        .where(row.account_id == account_id, row.created_at > alive.created, row.last_at > alive.last)
        .order_by(row.key != session_id, row.last_at.desc())
    )
    with connection() as conn:
        return [
            OwnSession(
                key=r.key,
                device=r.device,
                address=r.address,
                since=r.created_at,
                seen=r.last_at,
                entering=r.entering,
                current=r.key == session_id,
            )
            for r in conn.execute(query)
        ]
