"""The officers' accounts, the roles they hold and what hangs on them, for the administrator."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, or_, select
from sqlalchemy.orm import aliased

from pipeline.db import connection
from pipeline.errors import NotFound
from pipeline.kantor.office import desks
from pipeline.models import Account, Penugasan, Permohonan, Person, Tugas
from pipeline.queries.paging import read_page
from pipeline.roles import Peran, full_title


@dataclass(frozen=True, slots=True, kw_only=True)
class PetugasAccount:
    """An officer: how they log in, and their roles on that day, with title."""

    account_id: UUID
    person_id: UUID
    name: str
    nip: str | None
    nik_known: bool
    identifier: str
    active: bool
    has_password: bool  # the owner has set a password
    proven: bool  # and read what was sent to the address, so notices go there
    peran: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contacts:
    """Where the letters of an account go."""

    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPeran:
    """An assignment of a person: in force, coming or over on the day that was asked about."""

    id: UUID
    account_id: UUID | None
    person_id: UUID
    name: str
    peran: Peran
    jabatan: str
    basis: str  # definitif, plt or plh
    replaces: str | None
    assignment_letter: str | None
    letter_sha256: str | None
    start_date: date
    end_date: date | None
    now_in_force: bool
    upcoming: bool

    @property
    def full_title(self) -> str:
        """The title, as a substitute's when it is one."""
        return full_title(self.jabatan, self.basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPermohonan:
    """A file in somebody's hands."""

    nomor: str
    pemegang: str
    peran: Peran


_holder = aliased(Person)


def read_account(hari: date, *, page: int) -> tuple[tuple[PetugasAccount, ...], bool]:
    """A page of the officers by name, and whether more follow."""
    query = _account().where(Account.petugas).order_by(Person.name, Person.id)
    with connection() as conn:
        rows, more = read_page(conn, query, page)
        return _with_roles(conn, rows, hari), more


def contacts_of(account_id: UUID) -> Contacts:
    """Of an account that is there."""
    with connection() as conn:
        return Contacts(*conn.execute(select(Account.email, Account.phone).where(Account.id == account_id)).one())


def officer_of(email: str) -> UUID:
    """The person of an officer's open account. Raises NotFound."""
    this = (Account.email == email.lower(), Account.petugas, Account.active)
    with connection() as conn:
        found = conn.scalar(select(Account.person_id).where(*this))
    if found is None:
        raise NotFound(f"Tidak ada akun petugas terbuka dengan surel {email}. Periksa lagi surelnya.")
    return found


def read_one_account(account_id: UUID, hari: date) -> PetugasAccount:
    """One officer's account. Raises NotFound."""
    with connection() as conn:
        rows = conn.execute(_account().where(Account.petugas, Account.id == account_id)).all()
        if not rows:
            raise NotFound
        return _with_roles(conn, rows, hari)[0]


def read_peran_of_person(person_id: UUID, hari: date) -> tuple[PersonPeran, ...]:
    """Every role a person has, had or will have; the newest first."""
    with connection() as conn:
        rows = conn.execute(
            select_peran().where(Penugasan.person_id == person_id).order_by(Penugasan.start_date.desc())
        )
        return tuple(as_peran(r, hari) for r in rows)


def read_one_peran(penugasan_id: UUID, hari: date) -> PersonPeran:
    """One assignment. Raises NotFound."""
    with connection() as conn:
        row = conn.execute(select_peran().where(Penugasan.id == penugasan_id)).first()
    if row is None:
        raise NotFound
    return as_peran(row, hari)


def read_held_permohonan(person_id: UUID, peran: Peran | None = None) -> tuple[HeldPermohonan, ...]:
    """The open files this person has taken (in one role), by number."""
    query = (
        select(Permohonan.nomor, Permohonan.pemegang, Tugas.peran)
        .join(Permohonan, Permohonan.id == Tugas.permohonan_id)
        .where(Tugas.taken_by == person_id, Tugas.closed_at.is_(None))
        .order_by(Permohonan.nomor)
    )
    if peran is not None:
        query = query.where(Tugas.peran == peran)
    with connection() as conn:
        return tuple(
            HeldPermohonan(nomor=r.nomor or "", pemegang=r.pemegang, peran=Peran(r.peran)) for r in conn.execute(query)
        )


def read_single_peran(person_id: UUID, hari: date) -> tuple[Peran, ...]:
    """The desks that nobody else with an open account holds on that day: without this person their files wait."""
    with connection() as conn:
        own = set(conn.scalars(select(Penugasan.peran).where(Penugasan.person_id == person_id, holds_on(hari))))
        others = select(Penugasan.peran).where(Penugasan.person_id != person_id, holds_on(hari), can_work())
        filled = set(conn.scalars(others.distinct()))
    return tuple(p for p in desks() if p in own - filled)


def holds_on(hari: date | ColumnElement[date]) -> ColumnElement[bool]:
    """An assignment holds on this day."""
    return and_(Penugasan.start_date <= hari, or_(Penugasan.end_date.is_(None), Penugasan.end_date >= hari))


def can_work() -> ColumnElement[bool]:
    """The person of an assignment has an open account, and has set its password: before, nobody can log in to it."""
    return exists().where(
        Account.person_id == Penugasan.person_id, Account.petugas, Account.active, Account.password.is_not(None)
    )


def read_waiting(hari: date, desks: Collection[Peran]) -> Mapping[Peran, Sequence[str]]:
    """Who holds these desks on that day with an open account whose password they have not set yet, by name."""
    query = (
        select(Penugasan.peran, Person.name)
        .join(Person, Person.id == Penugasan.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(Penugasan.peran.in_([str(desk) for desk in desks]), holds_on(hari))
        .where(Account.petugas, Account.active, Account.password.is_(None))
        .distinct()
        .order_by(Person.name)
    )
    waiting: dict[Peran, list[str]] = {}
    with connection() as conn:
        for peran, name in conn.execute(query):
            waiting.setdefault(Peran(peran), []).append(name)
    return waiting


def select_peran() -> Select[*tuple[object, ...]]:
    """Assignments with the names they are about, for ``as_peran``."""
    return (
        select(
            Penugasan.id,
            Account.id.label("account_id"),
            Penugasan.person_id,
            Person.name,
            Penugasan.peran,
            Penugasan.jabatan,
            Penugasan.basis,
            _holder.name.label("replaces"),
            Penugasan.assignment_letter,
            Penugasan.letter_sha256,
            Penugasan.start_date,
            Penugasan.end_date,
        )
        .join(Person, Person.id == Penugasan.person_id)
        .outerjoin(Account, and_(Account.person_id == Penugasan.person_id, Account.petugas))
        .outerjoin(_holder, _holder.id == Penugasan.replaces)
    )


def as_peran(r: Row[*tuple[object, ...]], hari: date) -> PersonPeran:
    """A row of ``select_peran``, as it stands on that day."""
    start, until = r.start_date, r.end_date
    return PersonPeran(
        id=r.id,
        account_id=r.account_id,
        person_id=r.person_id,
        name=r.name,
        peran=Peran(r.peran),
        jabatan=r.jabatan,
        basis=r.basis,
        replaces=r.replaces,
        assignment_letter=r.assignment_letter,
        letter_sha256=r.letter_sha256,
        start_date=start,
        end_date=until,
        now_in_force=start <= hari and (until is None or until >= hari),
        upcoming=start > hari,
    )


def _account() -> Select[*tuple[object, ...]]:
    query = select(
        Account.id.label("account_id"),
        Person.id,
        Person.name,
        Person.nip,
        Person.nik_index,
        Account.email,
        Account.phone,
        Account.active,
        Account.password.is_not(None).label("has_password"),
        case((Account.email.is_not(None), Account.email_proven), else_=Account.phone_proven).label("proven"),
    )
    return query.join(Person, Person.id == Account.person_id)


def _with_roles(conn: Connection, rows: Sequence[Row[*tuple[object, ...]]], hari: date) -> tuple[PetugasAccount, ...]:
    held = select(Penugasan.person_id, Penugasan.peran, Penugasan.basis).where(
        Penugasan.person_id.in_([r.id for r in rows]), holds_on(hari)
    )
    peran: dict[UUID, tuple[str, ...]] = {}
    for t in conn.execute(held.order_by(Penugasan.start_date)):
        peran[t.person_id] = (*peran.get(t.person_id, ()), full_title(Peran(t.peran).name, t.basis))
    return tuple(
        PetugasAccount(
            account_id=r.account_id,
            person_id=r.id,
            name=r.name,
            nip=r.nip,
            nik_known=r.nik_index is not None,
            identifier=r.email or r.phone or "",
            active=r.active,
            has_password=r.has_password,
            proven=r.proven,
            peran=peran.get(r.id, ()),
        )
        for r in rows
    )
