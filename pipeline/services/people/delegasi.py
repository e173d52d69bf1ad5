"""Who stands in for whom, and what happens to the work of those who leave: nothing strands."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, exists, func, or_, select, text
from sqlalchemy.orm import Session

from pipeline.db import unit_of_work
from pipeline.errors import InputInvalid, NotAuthorised, NotFound
from pipeline.json import Json
from pipeline.kantor.office import desks
from pipeline.models import Account, Penugasan, Tugas
from pipeline.queries.people.accounts import holds_on
from pipeline.roles import Basis, Peran
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.services.people.actor import Petugas
from pipeline.services.people.guards import guard_admin, holds_any
from pipeline.services.people.scans import use_scan
from pipeline.services.people.sessions import end_all_sessions
from pipeline.services.records.alone import More, endless, in_batches
from pipeline.services.records.locking import lock_many
from pipeline.services.records.persons import note_person
from pipeline.services.records.record import Deed, record_many
from pipeline.services.records.sets import changing
from pipeline.text import date_at

AT_LONGEST = timedelta(days=365)
_FREE = changing(Tugas, "taken_by", "taken_at")
_held = bindparam("held", type_=ARRAY(Tugas.id.type))
OWN = "Anda tidak dapat memberi peran kepada diri sendiri. Minta administrator lain."
SEPARATE = "Administrator tidak memutus berkas, jadi tidak dapat memegang peran meja pada tanggal yang sama."


def delegate(
    *,
    recipient: UUID,
    replaces: UUID,
    peran: Peran,
    basis: str,
    assignment_letter: str,
    scan: UUID | None,
    start_date: date,
    end_date: date,
    actor: Petugas,
    now: datetime,
) -> UUID:
    """Let a person act as Plt ('plt') or Plh ('plh') of another's role, both dates included. Returns the assignment.

    Raises InputInvalid with a sentence per field: nobody grants themselves a role, a substitute has no substitute, and
    one role of one person has one substitute at a time. A ``scan`` is one that was examined and accepted.
    """
    errors = delegation_problems(recipient, replaces, peran, basis, assignment_letter, start_date, end_date, actor, now)
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        if errors:
            raise InputInvalid(errors)
        replaced = _stood_in_for(s, recipient, replaces, peran, basis, start_date, end_date)
        penugasan = Penugasan(
            id=uuid4(),
            person_id=recipient,
            peran=peran,
            jabatan=replaced.jabatan,
            basis=basis,
            assignment_letter=assignment_letter.strip(),
            letter_sha256=use_scan(s, scan, actor),
            replaces=replaces,
            start_date=start_date,
            end_date=end_date,
            created_by=actor.person_id,
            created_at=now,
        )
        return _begin(s, penugasan, actor, now)


def _begin(s: Session, penugasan: Penugasan, actor: Petugas, now: datetime) -> UUID:
    s.add(penugasan)
    data = {
        "penugasan": penugasan.id,
        "peran": penugasan.peran,
        "dasar": penugasan.basis,
        "menggantikan": penugasan.replaces,
        "start_date": penugasan.start_date,
        "end_date": penugasan.end_date,
    }
    note_person(s, penugasan.person_id, "delegasi", data, actor=actor.person_id, now=now)
    return penugasan.id


def end_assignment(penugasan_id: UUID, *, end_date: date, actor: Petugas, now: datetime) -> None:
    """A person leaves a role (moved, retired, back from leave); their claimed files go back to the queue that day.

    It only ever shortens an assignment, and takes back nothing that was done: yesterday is the earliest end.
    """
    with unit_of_work() as s:
        penugasan = _assignment(s, penugasan_id, actor, now)
        if problem := _bad_end(penugasan, end_date, now):
            raise InputInvalid({"end_date": problem})
        data = {
            "penugasan": penugasan_id,
            "peran": penugasan.peran,
            "dasar": penugasan.basis,
            "semula": penugasan.end_date,
            "end_date": end_date,
        }
        penugasan.end_date = end_date
        note_person(s, penugasan.person_id, "peran_diakhiri", data, actor=actor.person_id, now=now)
    release_stranded(now=now)


def cancel_assignment(penugasan_id: UUID, *, actor: Petugas, now: datetime) -> None:
    """Take back an assignment that has not begun. Raises InputInvalid for one that has: it is ended instead."""
    with unit_of_work() as s:
        penugasan = _assignment(s, penugasan_id, actor, now)
        if penugasan.start_date <= date_at(now):
            raise InputInvalid({"end_date": "Peran ini sudah dimulai. Isi tanggal berakhirnya."})
        data = {
            "penugasan": penugasan_id,
            "peran": penugasan.peran,
            "dasar": penugasan.basis,
            "start_date": penugasan.start_date,
            "end_date": penugasan.end_date,
        }
        s.delete(penugasan)
        note_person(s, penugasan.person_id, "peran_dibatalkan", data, actor=actor.person_id, now=now)


def deactivate(account_id: UUID, *, actor: Petugas, now: datetime) -> int:
    """Close an account: its sessions end and its claimed files go back to their queues. Returns how many files."""
    with unit_of_work() as s:
        guard_admin(s, actor, now)
        account = officer_account(s, account_id)
        if account.person_id == actor.person_id:
            raise NotAuthorised("Akun sendiri hanya dapat ditutup administrator lain.")
        if account.active:
            account.active = False
            note_person(s, account.person_id, "akun_ditutup", {"akun": account_id}, actor=actor.person_id, now=now)
        end_all_sessions(s.connection(), account_id)
    return release_stranded(now=now)


def release_stranded(*, now: datetime, more: More = endless) -> int:
    """Put back every claimed file whose holder no longer holds the role, or has no open account. Returns how many.

    A file that somebody acts on right now is left for the next sweep.
    """
    with unit_of_work() as s:
        ids = s.scalars(
            select(Tugas.id).where(Tugas.closed_at.is_(None), Tugas.taken_by.is_not(None), _gone(date_at(now)))
        ).all()
    return in_batches(ids, partial(_release, now), failed="berkas terlantar tidak terlepas", more=more)


def _release(now: datetime, tugas_ids: Sequence[UUID]) -> int:
    with unit_of_work() as s:
        files = [f for f in lock_many(s, tugas_ids, now=now) if not f.closed_tugas and f.taken_by is not None]
        held = [f.tugas_id for f in files]
        gone = set(s.scalars(select(Tugas.id).where(Tugas.id == any_(_held), _gone(date_at(now))), {"held": held}))
        stranded = [f for f in files if f.tugas_id in gone]
        deeds = [
            Deed(file=f, kind=PeristiwaKind.DILEPAS, data={"tugas": str(f.tugas_id)}, peran=f.peran) for f in stranded
        ]
        free: list[Json] = [{"id": f.tugas_id, "taken_by": None, "taken_at": None} for f in stranded]
        record_many(s.connection(), deeds, {_FREE: free}, now=now)
        return len(stranded)


def _gone(hari: date) -> ColumnElement[bool]:
    """The holder of the tugas lacks its role today, or an account to work with."""
    holds = exists().where(Penugasan.person_id == Tugas.taken_by, Penugasan.peran == Tugas.peran, holds_on(hari))
    works = exists().where(Account.person_id == Tugas.taken_by, Account.active)
    return or_(~holds, ~works)


def _assignment(s: Session, penugasan_id: UUID, actor: Petugas, now: datetime) -> Penugasan:
    """Lock an assignment that this administrator may change. Raises NotFound, NotAuthorised."""
    guard_admin(s, actor, now)
    penugasan = s.get(Penugasan, penugasan_id, with_for_update=True)
    if penugasan is None:
        raise NotFound
    if penugasan.person_id == actor.person_id:
        raise NotAuthorised("Peran sendiri hanya dapat diubah administrator lain.")
    return penugasan


def _bad_end(penugasan: Penugasan, until: date, now: datetime) -> str:
    """Why an assignment cannot end on this day; empty when it can."""
    current = penugasan.end_date
    if until < penugasan.start_date:
        return "Tanggal akhir tidak boleh sebelum tanggal mulai."
    if until < date_at(now) - timedelta(days=1):
        return "Tanggal akhir paling awal kemarin: yang sudah dikerjakan dengan peran ini tetap sah."
    if current is not None and until > current:
        return "Tanggal akhir tidak dapat diundur. Buat penugasan baru dengan surat perintah baru."
    return ""


def officer_account(s: Session, account_id: UUID) -> Account:
    """Lock the account of an officer. Raises NotFound."""
    account = s.get(Account, account_id, with_for_update=True)
    if account is None or not account.petugas:
        raise NotFound
    return account


def delegation_problems(
    recipient: UUID,
    replaces: UUID,
    peran: Peran,
    basis: str,
    letter: str,
    start: date,
    until: date,
    actor: Petugas,
    now: datetime,
) -> dict[str, str]:
    """What is wrong with a delegation by itself, by field, before the other assignments are looked at.

    Raises NotAuthorised for who gives it to themselves: that is no slip of the pen, and goes on record.
    """
    errors: dict[str, str] = {}
    if recipient == replaces:
        errors["kepada"] = "Pilih orang lain: seseorang tidak dapat menggantikan dirinya sendiri."
    elif recipient == actor.person_id:
        raise NotAuthorised(OWN)
    if peran not in desks():
        errors["peran"] = "Peran ini tidak dapat didelegasikan."
    if basis not in {Basis.PLT, Basis.PLH}:
        errors["dasar"] = "Pilih Plt. atau Plh."
    if not letter.strip():
        errors["assignment_letter"] = "Isi nomor surat perintah."
    if until < max(start, date_at(now)):
        errors["end_date"] = "Tanggal akhir harus hari ini atau sesudahnya, dan tidak sebelum tanggal mulai."
    elif until - start > AT_LONGEST:
        errors["end_date"] = "Pendelegasian paling lama satu tahun. Perbarui dengan surat perintah baru."
    return errors


def _stood_in_for(
    s: Session, recipient: UUID, replaces: UUID, peran: Peran, basis: str, start: date, until: date
) -> Penugasan:
    """The assignment that may be stood in for on these days. Raises InputInvalid beside the other assignments.

    Two administrators granting at once are put in a row, so that the second sees the first's grant.
    """
    s.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"{replaces}:{peran}"})
    definitive = _definitive(s, replaces, peran, start, None if basis == Basis.PLT else until)
    if definitive is None:
        raise InputInvalid({"menggantikan": "Orang ini tidak memegang peran itu selama tanggal tersebut."})
    if _overlaps(s, replaces, peran, start, until):
        raise InputInvalid({"start_date": "Sudah ada pengganti untuk peran ini pada tanggal tersebut."})
    if holds_any(s, recipient, (Peran.ADMIN,), start, until):
        raise InputInvalid({"kepada": SEPARATE})
    return definitive


def _definitive(s: Session, person_id: UUID, peran: Peran, start: date, until: date | None) -> Penugasan | None:
    """The definitive assignment that is stood in for: to ``until``, or (a Plt in a vacant post) one that has ended."""
    query = select(Penugasan).where(
        Penugasan.person_id == person_id,
        Penugasan.peran == peran,
        Penugasan.basis == Basis.DEFINITIF,
        Penugasan.start_date <= start,
    )
    if until is not None:
        query = query.where(func.coalesce(Penugasan.end_date, until) >= until)
    return s.scalar(query.order_by(Penugasan.start_date.desc()).limit(1))


def _overlaps(s: Session, replaces: UUID, peran: Peran, start: date, until: date) -> bool:
    return (
        s.scalar(
            select(Penugasan.id).where(
                Penugasan.replaces == replaces,
                Penugasan.peran == peran,
                Penugasan.start_date <= until,
                Penugasan.end_date >= start,
            )
        )
        is not None
    )
