"""People as they lie in the tables, and their histories: one statement for any number of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, func, select, union_all
from sqlalchemy import literal as word
from sqlalchemy.dialects.postgresql import JSONB

from pipeline.models import Account, AccountChange, Base, DailyLeaf, Penugasan, Person, SecondFactor
from pipeline.rules.history.person import PersonHistory, Row

#: Each table, and the column that says whose row it is.
_OWNERS: Mapping[type[Base], ColumnElement[UUID]] = {
    table: table.__table__.columns[column]
    for table, column in (
        (Person, "id"),
        (Account, "person_id"),
        (Penugasan, "person_id"),
        (AccountChange, "person_id"),
        (DailyLeaf, "owner_id"),
    )
}


def read_persons(conn: Connection, ids: Collection[UUID]) -> dict[UUID, PersonHistory]:
    """These people; one that does not exist is left out."""
    found: dict[UUID, PersonHistory] = defaultdict(PersonHistory)
    for table, person_id, row in conn.execute(_query(ids)):
        person = found[person_id]
        match table:
            case "orang":
                person.person = row
            case "akun":
                person.account[str(row["id"])] = row
            case "second_factor":
                person.code[str(row["account_id"])] = row
            case "penugasan":
                person.roles[str(row["id"])] = row
            case "perubahan_akun":
                person.history.append(row)
            case _:
                person.leaves.append(row)
    for person in found.values():
        person.history.sort(key=lambda row: int(str(row["sequence"])))
    return {k: p for k, p in found.items() if p.person}


def _query(ids: Collection[UUID]) -> "CompoundSelect[str, UUID, Row]":
    theirs = _OWNERS[Account]
    of_codes = _part(SecondFactor, theirs).join(Account, Account.id == SecondFactor.account_id).where(theirs.in_(ids))
    return union_all(*(_part(table, owner).where(owner.in_(ids)) for table, owner in _OWNERS.items()), of_codes)


def _part(table: type[Base], owner: ColumnElement[UUID]) -> "Select[str, UUID, Row]":
    row: ColumnElement[Row] = func.to_jsonb(Base.metadata.tables[table.__tablename__].table_valued(), type_=JSONB)
    return select(word(table.__tablename__), owner, row)
