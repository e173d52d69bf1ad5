"""What is wrong with the people: accounts and roles against their own histories, and acts against the roles held."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from pipeline.kantor.office import desks
from pipeline.models import Person
from pipeline.queries.records.files import Records
from pipeline.queries.records.persons import read_persons
from pipeline.rules.history.person import PersonHistory, ever_held, problems
from pipeline.text import date_at

PAGE = 200


def check_people(conn: Connection) -> Iterator[str]:
    """Every person, page by page."""
    last: UUID | None = None
    while ids := _page(conn, last):
        yield from check_persons(conn, ids)
        last = ids[-1]


def check_persons(conn: Connection, ids: Collection[UUID]) -> Iterator[str]:
    """The same for these."""
    for person_id, person in read_persons(conn, ids).items():
        yield from (f"orang {person_id}: {what}" for what in problems(person))


def check_actors(conn: Connection, records: Records, also: Collection[UUID]) -> Iterator[str]:
    """Whoever acted on one file, and ``also`` these, are who they are said to be."""
    persons = read_persons(conn, persons_in([records]) | set(also))
    for person_id, person in persons.items():
        yield from (f"orang {person_id}: {what}" for what in problems(person))
    yield from check_roles(records, persons)


def persons_in(files: Collection[Records]) -> set[UUID]:
    """Everybody who acted on these files, and in whose place."""
    rows = [row for records in files for row in records.rows("peristiwa").values()]
    places = [row["data"].get("on_behalf") for row in rows if isinstance(row["data"], dict)]
    return {who for name in (*(row["actor"] for row in rows), *places) if (who := _uuid(name))}


def _uuid(name: object) -> UUID | None:
    """Nobody, where it names none: then the chain is broken there, which its own check says."""
    try:
        return UUID(str(name))
    except ValueError:
        return None


def check_roles(records: Records, persons: Mapping[UUID, PersonHistory]) -> Iterator[str]:
    """Whoever acted at a desk held its role that day, by their own history: also where the row is gone again.

    Its applicant withdraws a file from whatever desk it lies on.
    """
    pemohon = records.permohonan["pemohon_id"]
    for row in records.rows("peristiwa").values():
        actor, peran, at = row["actor"], row["peran"], row["at"]
        if actor in (None, pemohon) or peran not in desks() or not isinstance(at, datetime):
            continue
        person = persons.get(UUID(str(actor)))
        if person is None or not ever_held(person, str(peran), date_at(at)):
            yield f"peristiwa {row['sequence']} ({row['kind']}): pelakunya tidak pernah memegang peran {peran} hari itu"


def _page(conn: Connection, last: UUID | None) -> Sequence[UUID]:
    query = select(Person.id).order_by(Person.id).limit(PAGE)
    return conn.scalars(query if last is None else query.where(Person.id > last)).all()
