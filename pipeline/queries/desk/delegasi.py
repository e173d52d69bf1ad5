"""Who stands in for whom, who could, and which files a superior may give to another person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select

from pipeline.db import connection
from pipeline.errors import NotFound
from pipeline.kantor.office import desks
from pipeline.models import Account, Penugasan, Permohonan, Person, Tugas
from pipeline.queries.people.accounts import PersonPeran, as_peran, can_work, holds_on, select_peran
from pipeline.queries.records.facts import Facts, open_facts_of
from pipeline.roles import Basis, Peran
from pipeline.rules.transitions import Status
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Langkah
from pipeline.text import date_in_words

#: A post that fell vacant longer ago than this has a successor, or the office does without.
VACANT_AT_MOST = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subordinate:
    """An open tugas on a desk, and who could have it instead."""

    tugas_id: UUID
    permohonan_id: UUID
    nomor: str
    langkah: Langkah
    automatic: bool
    taken_by: str | None
    candidate: tuple[tuple[UUID, str], ...]  # who holds the desk's role today, but the one who has the file


def read_delegasi(hari: date) -> tuple[PersonPeran, ...]:
    """The substitutions in force or to come, by their beginning."""
    query = select_peran().where(Penugasan.basis != Basis.DEFINITIF, Penugasan.end_date >= hari)
    with connection() as conn:
        return tuple(as_peran(r, hari) for r in conn.execute(query.order_by(Penugasan.start_date, Penugasan.id)))


def read_substitute(hari: date) -> tuple[tuple[UUID, str], ...]:
    """Who may stand in: the officers with an open account who are no administrators. Id and name with roles."""
    roles = func.string_agg(Penugasan.jabatan, ", ").label("jabatan")
    admin = select(Penugasan.person_id).where(Penugasan.peran == Peran.ADMIN, holds_on(hari))
    query = (
        select(Person.id, Person.name, roles)
        .join(Account, Account.person_id == Person.id)
        .outerjoin(Penugasan, (Penugasan.person_id == Person.id) & holds_on(hari))
        .where(Account.petugas, Account.active, Person.id.not_in(admin))
        .group_by(Person.id)
        .order_by(Person.name, Person.id)
    )
    with connection() as conn:
        return tuple((r.id, f"{r.name} ({r.jabatan})" if r.jabatan else r.name) for r in conn.execute(query))


def read_main(hari: date) -> tuple[tuple[Peran, UUID, str], ...]:
    """Whom one may stand in for: role, person and words; the posts that fell vacant lately are among them."""
    query = (
        select(Penugasan.peran, Penugasan.person_id, Person.name, Penugasan.jabatan, Penugasan.end_date)
        .join(Person, Person.id == Penugasan.person_id)
        .where(
            Penugasan.basis == Basis.DEFINITIF,
            Penugasan.peran.in_([str(p) for p in desks()]),
            or_(Penugasan.end_date.is_(None), Penugasan.end_date >= hari - VACANT_AT_MOST),
        )
        .order_by(Person.name, Penugasan.start_date)
    )
    with connection() as conn:
        rows = sorted(conn.execute(query), key=lambda r: -desks().index(Peran(r.peran)))
    return tuple((Peran(r.peran), r.person_id, _in_words(r.name, r.jabatan, r.end_date)) for r in rows)


def _langkah(row: Facts) -> Langkah:
    return get_sop(row.sop, row.sop_version)[row.langkah]


def read_subordinate(permohonan_id: UUID, superiors: Collection[Peran], hari: date) -> Subordinate | None:
    """The open tugas of an application on a desk below one of these roles; None when it is closed, or elsewhere."""
    with connection() as conn:
        opened = [r for r in open_facts_of(conn, permohonan_id) if r.peran not in (None, Peran.PEMOHON)]
        row = next((r for r in opened if _langkah(r).superior in superiors), None)
        if row is None:
            return None
        about = {"peran": row.peran, "hari": hari, "taken_by": row.taken_by, "pemohon_id": row.pemohon_id}
        candidate = tuple((r.id, r.name) for r in conn.execute(_CANDIDATES, about))
    return Subordinate(
        tugas_id=row.tugas_id,
        permohonan_id=permohonan_id,
        nomor=row.nomor or "",
        automatic=row.automatic,
        langkah=_langkah(row),
        taken_by=row.taker_name,
        candidate=candidate,
    )


#: Who holds a role on a day, but the one who has the file and the one who asked for it.
_CANDIDATES: Final = (
    select(Person.id, Person.name)
    .join(Penugasan, Penugasan.person_id == Person.id)
    .where(
        Penugasan.peran == bindparam("peran", type_=Penugasan.peran.type),
        holds_on(bindparam("hari", type_=Penugasan.start_date.type)),
        can_work(),
        Person.id.is_distinct_from(bindparam("taken_by", type_=Person.id.type)),
        Person.id != bindparam("pemohon_id", type_=Person.id.type),
    )
    .distinct()
    .order_by(Person.name)
)


def read_gone(tugas_id: UUID) -> tuple[Peran | None, str]:
    """The superior of a desk that has the file no more, and why it has not. Raises NotFound."""
    query = (
        select(Tugas.langkah, Permohonan.sop, Permohonan.sop_version, Permohonan.status)
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .where(Tugas.id == tugas_id)
    )
    with connection() as conn:
        row = conn.execute(query).first()
    if row is None:
        raise NotFound
    langkah = get_sop(row.sop, row.sop_version)[row.langkah]
    if row.status == Status.DIBATALKAN:
        return langkah.superior, "Permohonan ini sudah dibatalkan pemohonnya."
    return langkah.superior, f"Berkas ini sudah tidak di meja {langkah.peran.name}."


def read_permohonan_of(tugas_id: UUID) -> UUID:
    """The application a tugas belongs to. Raises NotFound."""
    with connection() as conn:
        permohonan_id = conn.scalar(select(Tugas.permohonan_id).where(Tugas.id == tugas_id))
    if permohonan_id is None:
        raise NotFound
    return permohonan_id


def _in_words(name: str, jabatan: str, until: date | None) -> str:
    return f"{name}, {jabatan}" + (f" (s.d. {date_in_words(until)})" if until else "")
