"""Taking hold of a file: one statement that locks the permohonan and its tugas and reads all the guards need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Date, RowMapping, and_, bindparam, case, cast, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session, aliased

from pipeline.calendar.due import OfficeCalendar
from pipeline.errors import DecidedAlready, NaskahChanged, NotAuthorised, NotFound, SessionEnded, TakenAlready
from pipeline.models import Approval, Bap, Berkas, Calendar, Draft, DraftAuthor, Penugasan, Permohonan, Person, Tugas
from pipeline.queries.calendar import in_force
from pipeline.roles import Basis, Peran
from pipeline.rules.transitions import Seen, Status
from pipeline.services.people.actor import Petugas
from pipeline.services.people.identity import names_one_of, persons_named
from pipeline.services.people.sessions import living_session, session_params
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Langkah, Sop
from pipeline.text import date_at


@dataclass(slots=True, kw_only=True)
class File:
    """A locked permohonan with one of its tugas. ``version``, ``sequence`` and ``chain`` move on with every act."""

    permohonan_id: UUID
    sop: Sop
    nomor: str | None
    pemohon_id: UUID
    status: str
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
    tugas_id: UUID
    langkah: Langkah
    kunjungan: int
    peran: str
    automatic: bool
    ready: bool
    tugas_version: int
    for_person: UUID | None  # who had it before
    asked_langkah: str | None
    asked_hash: str | None
    taken_by: UUID | None
    closed_tugas: bool
    in_hand: str | None  # name of who decided it, or has taken it
    draft_id: UUID | None
    naskah_hash: str | None
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


_decider = aliased(Person)
_P, _T, _D, _N = Permohonan, Tugas, Draft, Penugasan

_days = bindparam("hari", type_=Date)
_person = bindparam("orang", type_=_N.person_id.type)

_main = aliased(Person)
#: The assignment by which the acting person sits at this desk today; a definitive one before a substitute's. Held, so
#: that who ends it waits for the act that was begun by it.
_desk = (
    select(
        case(
            (_N.basis == Basis.DEFINITIF, _N.jabatan),
            else_=func.concat(func.initcap(_N.basis), ". ", _N.jabatan, " menggantikan ", _main.name),
        ).label("acting_as"),
        _N.replaces,
        _main.nik_index.label("replaced_nik"),
    )
    .outerjoin(_main, _main.id == _N.replaces)
    .where(
        _N.person_id == _person,
        _N.peran == _T.peran,
        _N.start_date <= _days,
        or_(_N.end_date.is_(None), _N.end_date >= _days),
    )
    .order_by(_N.basis)
    .limit(1)
    .with_for_update(read=True, of=_N)
    .correlate(_T)
    .lateral("meja")
)
#: Whether the acting person, or whom they stand in for, has a part in the approvals of this draft already.
_consent = exists().where(
    Approval.draft_id == _D.id,
    Approval.voided_at.is_(None),
    or_(
        Approval.person_id.in_((_person, _desk.c.replaces)),
        Approval.on_behalf_of.in_((_person, _desk.c.replaces)),
    ),
)
#: Whether words of theirs stand in it.
_written = exists().where(DraftAuthor.draft_id == _D.id, DraftAuthor.person_id.in_((_person, _desk.c.replaces)))

#: Who decided, or has it. A subquery: one who had to wait for the lock sees it of the row as it is now; a joined row
#: would be that of before, or none.
_in_hand = (
    select(_decider.name).where(_decider.id == func.coalesce(_T.actor, _T.taken_by)).correlate(_T).scalar_subquery()
)

_acting_name = select(Person.name).where(Person.id == _person).scalar_subquery()
_acting_nik = select(Person.nik_index).where(Person.id == _person).scalar_subquery()

#: What the kept files of a draft are called beside the codes of documents; pictures of the BAP are ``PHOTO``.
NASKAH, PHOTO = ("naskah", "templat"), "foto"
_in_force = (Berkas.permohonan_id == _P.id, Berkas.replaced_at.is_(None))
_of_berkas = (
    select(func.jsonb_agg(func.jsonb_build_array(Berkas.syarat, Berkas.sha256)))
    .where(*_in_force)
    .correlate(_P)
    .scalar_subquery()
)
_as_received = (
    select(func.jsonb_agg(func.jsonb_build_array(Berkas.syarat, Berkas.original_sha256)))
    .where(*_in_force, Berkas.signed)
    .correlate(_P)
    .scalar_subquery()
)
_pictures = (
    select(func.jsonb_path_query_array(Bap.content, cast("$.foto[*].sha256", JSONPATH)))
    .where(Bap.permohonan_id == _P.id)
    .correlate(_P)
    .scalar_subquery()
)

#: The NIP that the BAP and the Rekomendasi name, as typed, and those of the acting person and whom they stand in for.
#: Asked now: a NIP may have been noted with a person after the draft was made.
_bap_nips = (
    select(
        func.jsonb_path_query_array(Bap.content, cast("$.tim[*].nip", JSONPATH)).op("||")(
            func.jsonb_path_query_array(Bap.content, cast("$.rekomendasi.penandatangan_nip", JSONPATH))
        )
    )
    .where(Bap.permohonan_id == _P.id)
    .correlate(_P)
    .scalar_subquery()
)
_acting_nips = (
    select(func.array_agg(Person.nip))
    .where(Person.id.in_((_person, _desk.c.replaces)), Person.nip.is_not(None))
    .correlate(_desk)
    .scalar_subquery()
)

_lock = (
    select(
        _P.id,
        _P.sop,
        _P.sop_version,
        _P.nomor,
        _P.pemohon_id,
        _P.status,
        _P.arah,
        _P.content,
        _P.content_digest,
        _P.sent_at,
        _P.complete_at,
        _P.closed_at,
        _P.last_sequence,
        _P.chain,
        _P.tenggat.label("promise_due"),
        _P.tenggat_number.label("promise_number"),
        _T.id.label("tugas_id"),
        _T.langkah,
        _T.kunjungan,
        _T.peran,
        _T.automatic,
        _T.ready_at,
        _T.version,
        _T.for_person,
        _T.asked_langkah,
        _T.asked_hash,
        _T.taken_by,
        _T.closed_at.label("tugas_closed_at"),
        _in_hand.label("in_hand"),
        _D.id.label("draft_id"),
        _D.naskah_hash,
        _D.docx_sha256,
        _D.templat_sha256,
        _of_berkas.label("of_berkas"),
        _as_received.label("as_received"),
        _pictures.label("pictures"),
        _acting_name.label("acting_name"),
        _acting_nik.label("acting_nik"),
        _desk.c.acting_as,
        _desk.c.replaces,
        _desk.c.replaced_nik,
        _written.label("has_written"),
        _bap_nips.label("bap_nips"),
        _acting_nips.label("acting_nips"),
        _consent.label("already_approved"),
        living_session.scalar_subquery().label("session_id"),
        select(Calendar.version).scalar_subquery().label("calendar_version"),
        select(Calendar.digest).scalar_subquery().label("calendar_digest"),
    )
    .join(_T, _T.permohonan_id == _P.id)
    .outerjoin(_desk, true())
    .outerjoin(_D, and_(_D.permohonan_id == _P.id, _D.voided_at.is_(None)))
    .with_for_update(of=(_P, _T))
)
_NOBODY = UUID(int=0)


def lock_tugas(
    s: Session, tugas_id: UUID, *, person_id: UUID | None, session_id: str | None = None, now: datetime
) -> File:
    """Lock a tugas and its permohonan until the transaction ends, for who acts by this session.

    Raises NotFound, SessionEnded.
    """
    return _one(s, _T.id == tugas_id, person_id, session_id, now)


def lock_open_tugas(
    s: Session, permohonan_id: UUID, *, person_id: UUID | None, session_id: str | None = None, now: datetime
) -> File:
    """Lock a permohonan with the tugas that is open, or the last one of a closed file.

    Raises NotFound, SessionEnded.
    """
    s.execute(select(_P.id).where(_P.id == permohonan_id).with_for_update())  # or ``last`` is that of before the wait
    last = select(_T.id).where(_T.permohonan_id == permohonan_id).order_by(_T.closed_at.desc().nulls_first()).limit(1)
    return _one(s, _T.id == last.scalar_subquery(), person_id, session_id, now)


def _one(s: Session, which: ColumnElement[bool], person_id: UUID | None, session_id: str | None, now: datetime) -> File:
    params = {**session_params(session_id, person_id or _NOBODY), "hari": date_at(now)}
    row = s.execute(_lock.where(which), params).mappings().first()
    if row is None:
        raise NotFound
    if row["session_id"] != session_id:
        raise SessionEnded
    sop = get_sop(row["sop"], row["sop_version"])
    now_in_force = in_force(s.connection(), row["calendar_version"], row["calendar_digest"])
    return File(
        permohonan_id=row["id"],
        sop=sop,
        nomor=row["nomor"],
        pemohon_id=row["pemohon_id"],
        status=row["status"],
        arah=row["arah"],
        content=row["content"],
        content_digest=row["content_digest"],
        sent_at=row["sent_at"],
        complete_at=row["complete_at"],
        promise_due=row["promise_due"],
        promise_number=row["promise_number"],
        closed_at=row["closed_at"],
        sequence=row["last_sequence"],
        chain=row["chain"],
        tugas_id=row["tugas_id"],
        langkah=sop[row["langkah"]],
        kunjungan=row["kunjungan"],
        peran=row["peran"],
        automatic=row["automatic"],
        ready=row["ready_at"] is not None,
        tugas_version=row["version"],
        for_person=row["for_person"],
        asked_langkah=row["asked_langkah"],
        asked_hash=row["asked_hash"],
        taken_by=row["taken_by"],
        closed_tugas=row["tugas_closed_at"] is not None,
        in_hand=row["in_hand"],
        draft_id=row["draft_id"],
        naskah_hash=row["naskah_hash"],
        acting_name=row["acting_name"],
        acting_nik=row["acting_nik"],
        acting_as=row["acting_as"],
        replaces=row["replaces"],
        replaced_nik=row["replaced_nik"],
        has_written=row["has_written"] or names_one_of(row["bap_nips"] or (), row["acting_nips"] or ()),
        kept=_kept(row),
        already_approved=row["already_approved"],
        calendar=now_in_force.calendar,
        calendar_version=now_in_force.version,
    )


def _kept(row: RowMapping) -> tuple[tuple[str, str], ...]:
    """What a desk relies on: the documents in force, the pictures of the BAP, the draft and its template."""
    berkas = [(str(code), str(sha256)) for code, sha256 in (*(row["of_berkas"] or ()), *(row["as_received"] or ()))]
    photo = [(PHOTO, str(sha256)) for sha256 in row["pictures"] or ()]
    draft = [] if row["draft_id"] is None else [*zip(NASKAH, (row["docx_sha256"], row["templat_sha256"]), strict=True)]
    return (*berkas, *photo, *draft)


#: Whoever began something may not finish it: logged out, without the role, or the file is in other hands.
NO_LONGER_MAY_ACT = (SessionEnded, NotAuthorised, TakenAlready)


def guard_desk(file: File, actor: Petugas) -> None:
    """The tugas is open, on a desk of this person, not in a colleague's hands, and not the person's own application."""
    if file.peran != actor.peran:
        raise NotFound
    if file.acting_as is None:
        raise NotAuthorised("Anda tidak memegang peran meja ini hari ini. Hubungi administrator bila ini keliru.")
    if file.status == Status.DIBATALKAN:
        raise DecidedAlready("Permohonan ini sudah dibatalkan pemohonnya.")
    if file.closed_tugas:
        raise DecidedAlready(_decided_by(file))
    _guard_own(file, actor)
    if file.taken_by not in (None, actor.person_id):
        raise TakenAlready(f"Berkas ini sedang dikerjakan {file.in_hand}.")
    if file.automatic:
        raise TakenAlready("Berkas ini sedang diperiksa sistem. Muat ulang halaman sebentar lagi.")


def _guard_own(file: File, actor: Petugas) -> None:
    """Nobody decides on an application that is theirs, or that names them, under whatever account."""
    if file.pemohon_id == actor.person_id:
        raise NotAuthorised("Ini permohonan Anda sendiri, jadi harus diputus petugas lain.")
    if file.acting_nik in persons_named(file.content, file.sop):
        raise NotAuthorised(
            "Ini permohonan Anda sendiri: NIK Anda tercantum di dalamnya. Petugas lain yang memutusnya."
        )


def guard_applicant(file: File, actor: UUID) -> None:
    """The application is this applicant's, and lies with them."""
    if file.pemohon_id != actor:
        raise NotFound
    if file.status == Status.DIBATALKAN:
        raise DecidedAlready("Permohonan ini sudah Anda batalkan, jadi tidak dapat diubah atau dikirim lagi.")
    if file.closed_tugas or file.peran != Peran.PEMOHON:
        raise DecidedAlready("Permohonan ini sudah dikirim dan tidak dapat diubah kecuali dikembalikan kepada Anda.")


def guard_seen(file: File, seen: Seen) -> None:
    """Nobody approves what they did not have on screen."""
    naskah = file.naskah_hash if file.langkah.approval else None
    if seen.version != file.tugas_version or (naskah is not None and seen.naskah_hash != naskah):
        raise NaskahChanged


def _decided_by(file: File) -> str | None:
    return f"Berkas ini sudah diputus {file.in_hand}." if file.in_hand else None
