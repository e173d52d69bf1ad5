"""Taking hold of a file: the permohonan and one of its tugas are locked until the transaction ends."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Connection, RowMapping, any_, bindparam, select

from pipeline.calendar.due import OfficeCalendar
from pipeline.db import Constant, Transaction, flushed
from pipeline.errors import NotFound, SessionEnded
from pipeline.models import Permohonan, Tugas
from pipeline.queries.calendar import in_force
from pipeline.sealing.keys import know_keys
from pipeline.sealing.nik import open_nik
from pipeline.services.people.identity import names_one_of
from pipeline.services.people.sessions import session_params
from pipeline.services.records.lock_statement import VisitRow, lock_statement
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Langkah, Sop
from pipeline.text import date_at


@dataclass(slots=True, kw_only=True)
class Arrival:
    """A permohonan at one of its tugas."""

    permohonan_id: UUID
    tugas_id: UUID
    sop: Sop
    langkah: Langkah
    nomor: str | None
    pemohon_id: UUID
    status: str
    kunjungan: int
    peran: str
    automatic: bool
    for_person: UUID | None  # who had it before


@dataclass(slots=True, kw_only=True)
class LockedPermohonan(Arrival):
    """A locked permohonan with one of its tugas. ``version``, ``sequence`` and ``chain`` move on with every act."""

    arah: str | None
    content: Mapping[str, object]
    content_digest: str
    sent_at: datetime | None
    complete_at: datetime | None
    closed_at: datetime | None
    promise_due: datetime | None  # tenggat of the whole file
    promise_number: int  # how often the calendar moved it
    sequence: int
    chain: str
    ready: bool
    tugas_version: int
    started_at: datetime
    created_at: datetime
    jeda: Sequence[object]
    added_days: int
    tenggat: datetime | None
    tenggat_number: int
    visits: Sequence[VisitRow]  # the finished ones, oldest first; ``visits.past`` reads them
    asking_langkah: str | None
    hash_when_asked: str | None
    taken_by: UUID | None
    closed_tugas: bool
    in_hand: str | None  # name of who decided it, or has taken it
    draft_id: UUID | None
    naskah_hash: str | None
    draft_kind: str | None
    draft_content: str | None  # content_digest it was drafted from
    acting_name: str | None  # of the acting person, as of now
    acting_nik: str | None  # index of their NIK
    acting_as: str | None  # title of the acting person in the tugas' role today; None: not theirs
    replaces: UUID | None  # whom they stand in for, as Plt or Plh
    replaced_nik: str | None  # index of that person's NIK
    has_written: bool  # one of the two wrote part of what this draft says
    kept: tuple[tuple[str, str], ...]  # what and sha256 of each kept file that a desk relies on
    already_approved: bool  # the acting person has approved this draft
    calendar: OfficeCalendar  # in force when the file was locked
    calendar_version: int


#: What the kept files of a draft are called beside the codes of documents; pictures of the BAP are ``PHOTO``.
TEMPLAT, PHOTO = "templat", "foto"
NASKAH = ("naskah", TEMPLAT)


_NOBODY = UUID(int=0)
#: What is in the row under the very name it has here.
_AS_READ = (
    "nomor",
    "pemohon_id",
    "status",
    "arah",
    "content",
    "content_digest",
    "sent_at",
    "complete_at",
    "promise_due",
    "promise_number",
    "closed_at",
    "chain",
    "tugas_id",
    "kunjungan",
    "peran",
    "automatic",
    "for_person",
    "asking_langkah",
    "hash_when_asked",
    "taken_by",
    "in_hand",
    "draft_id",
    "naskah_hash",
    "draft_kind",
    "draft_content",
    "acting_name",
    "acting_nik",
    "acting_as",
    "replaces",
    "replaced_nik",
    "already_approved",
    "started_at",
    "created_at",
    "jeda",
    "added_days",
    "tenggat",
    "tenggat_number",
)


def lock_tugas(
    s: Transaction, tugas_id: UUID, *, person_id: UUID | None, session_id: str | None = None, now: datetime
) -> LockedPermohonan:
    """Lock a tugas and its permohonan until the transaction ends, for who acts by this session.

    Raises NotFound, SessionEnded.
    """
    return _one(flushed(s), _TUGAS, tugas_id, person_id, session_id, now)


def lock_latest_tugas(
    s: Transaction, permohonan_id: UUID, *, person_id: UUID | None, session_id: str | None = None, now: datetime
) -> LockedPermohonan:
    """Lock a permohonan with the tugas that is open, or the last one of a closed file.

    Raises NotFound, SessionEnded.
    """
    conn = flushed(s)
    _HOLD(conn, which=permohonan_id)  # first, or the last tugas is that of before the wait
    return _one(conn, _LATEST, permohonan_id, person_id, session_id, now)


def lock_many(
    s: Transaction, tugas_ids: Sequence[UUID], *, now: datetime, wait: bool = False
) -> list[LockedPermohonan]:
    """Lock these tugas and their permohonan for the system, in one statement, in the order of their ids.

    A file that somebody acts on right now is waited for, or left out: who waits for none is waited for by none.
    """
    one = len(tugas_ids) == 1  # found by its key alone, it is not planned anew each time
    lock = (_TUGAS if wait else _TUGAS_FREE) if one else (_MANY if wait else _MANY_FREE)
    which = tugas_ids[0] if one else list(tugas_ids)
    params = {**session_params(None, _NOBODY), "hari": date_at(now), "which": which}
    conn = flushed(s)
    return [_locked(conn, row) for row in lock(conn, **params).mappings().all()]


_which = bindparam("which", type_=Tugas.id.type)
_of_many = lock_statement.where(Tugas.id == any_(bindparam("which", type_=ARRAY(Tugas.id.type)))).order_by(Tugas.id)
_last = (
    select(Tugas.id)
    .where(Tugas.permohonan_id == _which)
    .order_by(Tugas.closed_at.desc().nulls_first())
    .limit(1)
    .scalar_subquery()
)
_HOLD = Constant(select(Permohonan.id).where(Permohonan.id == _which).with_for_update())
_TUGAS = Constant(lock_statement.where(Tugas.id == _which))
_TUGAS_FREE = Constant(
    lock_statement.where(Tugas.id == _which).with_for_update(of=(Permohonan, Tugas), skip_locked=True)
)
_LATEST = Constant(lock_statement.where(Tugas.id == _last))
_MANY = Constant(_of_many)
_MANY_FREE = Constant(_of_many.with_for_update(of=(Permohonan, Tugas), skip_locked=True))


def _one(
    conn: Connection, lock: Constant, which: UUID, person_id: UUID | None, session_id: str | None, now: datetime
) -> LockedPermohonan:
    params = {**session_params(session_id, person_id or _NOBODY), "hari": date_at(now), "which": which}
    row = lock(conn, **params).mappings().first()
    if row is None:
        raise NotFound
    if row["session_id"] != session_id:
        raise SessionEnded
    return _locked(conn, row)


def _locked(conn: Connection, row: RowMapping) -> LockedPermohonan:
    sop = get_sop(row["sop"], row["sop_version"])
    known = {name: row[name] for name in _AS_READ}
    known["content"] = open_nik(row["id"], row["content"])
    know_keys(row["id"], row["document_keys"] or ())
    now_in_force = in_force(conn, row["calendar_version"], row["calendar_digest"])
    return LockedPermohonan(
        **known,
        permohonan_id=row["id"],
        sop=sop,
        sequence=row["last_sequence"],
        langkah=sop[row["langkah"]],
        ready=row["ready_at"] is not None,
        tugas_version=row["version"],
        closed_tugas=row["tugas_closed_at"] is not None,
        visits=row["visits"] or (),
        has_written=row["has_written"] or names_one_of(_nips(sop, row["form_nips"] or ()), row["acting_nips"] or ()),
        kept=_kept(row),
        calendar=now_in_force.calendar,
        calendar_version=now_in_force.version,
    )


def _nips(sop: Sop, of_forms: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    """What may be a NIP in a form whose people may not approve what is made with it."""
    for code, typed in of_forms:
        form = sop.form(code)
        if form is None or not form.may_approve:
            yield from typed


def _kept(row: RowMapping) -> tuple[tuple[str, str], ...]:
    """What a desk relies on: the documents in force, the pictures in forms, the draft and its template."""
    berkas = [(str(code), str(sha256)) for code, sha256 in (*(row["of_berkas"] or ()), *(row["as_received"] or ()))]
    photo = [(PHOTO, str(sha256)) for sha256 in row["pictures"] or ()]
    draft = [] if row["draft_id"] is None else [*zip(NASKAH, (row["docx_sha256"], row["templat_sha256"]), strict=True)]
    return (*berkas, *photo, *draft)
