"""Writing the history of a person: one entry per act upon an account or a role, with what the person is after it."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pipeline.models import AccountChange, Person
from pipeline.queries.records.persons import read_persons
from pipeline.rules.history.person import person_hash, state_of


def note_person(
    s: Session, person_id: UUID, kind: str, data: Mapping[str, object], *, actor: UUID | None, now: datetime
) -> None:
    """Append an entry, in the transaction of the act and after it. Ids and dates of ``data`` become text.

    ``actor`` None: it was done on the server's console.
    """
    s.flush()
    s.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    person, salt = read_persons(s.connection(), [person_id])[person_id], secrets.token_hex(16)
    before, sequence = str(person.person["chain"]), int(str(person.person["sequence"])) + 1
    row = {
        "person_id": person_id,
        "sequence": sequence,
        "kind": kind,
        "data": {k: v if v is None else str(v) for k, v in data.items()},
        "state": state_of(person, salt),
        "actor": actor,
        "at": now,
    }
    chain = person_hash(before, row)
    s.execute(insert(AccountChange).values(**row, previous_hash=before, hash=chain))
    s.execute(update(Person).where(Person.id == person_id).values(sequence=sequence, chain=chain, salt=salt))
