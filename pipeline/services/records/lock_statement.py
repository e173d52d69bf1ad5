"""The statement that locks a permohonan and one of its tugas, and reads all that the guards need."""

from typing import TypeAlias

from sqlalchemy import Date, and_, bindparam, case, cast, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONPATH, aggregate_order_by
from sqlalchemy.orm import aliased

from pipeline.models import (
    Approval,
    Berkas,
    Calendar,
    Draft,
    DraftAuthor,
    FilledForm,
    Penugasan,
    Permohonan,
    Person,
    Tugas,
    WrappedKey,
)
from pipeline.roles import Basis
from pipeline.services.people.sessions import living_session

#: What is read of a finished visit, in this order.
VISIT = (
    "langkah",
    "kunjungan",
    "started_at",
    "created_at",
    "closed_at",
    "keputusan",
    "actor",
    "jeda",
    "asking_langkah",
    "hash_when_asked",
    "added_days",
    "tenggat_number",
    "tenggat",
)

VisitRow: TypeAlias = tuple[
    str, int, str, str, str, str, str | None, list[object], str | None, str | None, int, int, str | None
]

_today = bindparam("hari", type_=Date)
_person = bindparam("orang", type_=Penugasan.person_id.type)
_decider, _holder = aliased(Person), aliased(Person)

#: The assignment by which the acting person sits at this desk today; a definitive one before a substitute's. Held, so
#: that who ends it waits for the act that was begun by it.
_desk = (
    select(
        case(
            (Penugasan.basis == Basis.DEFINITIF, Penugasan.jabatan),
            else_=func.concat(func.initcap(Penugasan.basis), ". ", Penugasan.jabatan, " menggantikan ", _holder.name),
        ).label("acting_as"),
        Penugasan.replaces,
        _holder.nik_index.label("replaced_nik"),
    )
    .outerjoin(_holder, _holder.id == Penugasan.replaces)
    .where(
        Penugasan.person_id == _person,
        Penugasan.peran == Tugas.peran,
        Penugasan.start_date <= _today,
        or_(Penugasan.end_date.is_(None), Penugasan.end_date >= _today),
    )
    .order_by(Penugasan.basis)
    .limit(1)
    .with_for_update(read=True, of=Penugasan)
    .correlate(Tugas)
    .lateral("meja")
)

#: Whether the acting person, or whom they stand in for, has a part in the approvals of this draft already.
_has_approved = exists().where(
    Approval.draft_id == Draft.id,
    Approval.voided_at.is_(None),
    or_(
        Approval.person_id.in_((_person, _desk.c.replaces)),
        Approval.on_behalf_of.in_((_person, _desk.c.replaces)),
    ),
)

#: Whether words of theirs stand in it.
_has_written = exists().where(DraftAuthor.draft_id == Draft.id, DraftAuthor.person_id.in_((_person, _desk.c.replaces)))

#: Who decided, or has it. A subquery: one who had to wait for the lock sees it of the row as it is now; a joined row
#: would be that of before, or none.
_in_hand = (
    select(_decider.name)
    .where(_decider.id == func.coalesce(Tugas.actor, Tugas.taken_by))
    .correlate(Tugas)
    .scalar_subquery()
)
_acting_name = select(Person.name).where(Person.id == _person).scalar_subquery()
_acting_nik = select(Person.nik_index).where(Person.id == _person).scalar_subquery()
_in_force = (Berkas.permohonan_id == Permohonan.id, Berkas.replaced_at.is_(None))
_of_berkas = (
    select(func.jsonb_agg(func.jsonb_build_array(Berkas.syarat, Berkas.sha256)))
    .where(*_in_force)
    .correlate(Permohonan)
    .scalar_subquery()
)
_as_received = (
    select(func.jsonb_agg(func.jsonb_build_array(Berkas.syarat, Berkas.original_sha256)))
    .where(*_in_force, Berkas.signed)
    .correlate(Permohonan)
    .scalar_subquery()
)
_pictures = (
    select(func.jsonb_path_query_array(func.jsonb_agg(FilledForm.content), cast("$[*].foto[*].sha256", JSONPATH)))
    .where(FilledForm.permohonan_id == Permohonan.id)
    .correlate(Permohonan)
    .scalar_subquery()
)

#: [number, version of the office key, wrapped]: so that the guards need not ask for them.
_document_keys = (
    select(func.jsonb_agg(func.jsonb_build_array(WrappedKey.number, WrappedKey.office_version, WrappedKey.wrapped)))
    .where(WrappedKey.permohonan_id == Permohonan.id)
    .correlate(Permohonan)
    .scalar_subquery()
)

#: [form, [what may be a NIP in it, as typed]], and the NIP of the acting person and of whom they stand in for. Asked
#: now: a NIP may have been noted with a person after the draft was made.
_MAYBE_NIP = cast('strict $.** ? (@.type() == "string" && @ like_regex "^[0-9 .-]{18,40}$")', JSONPATH)
_form_nips = (
    select(
        func.jsonb_agg(
            func.jsonb_build_array(FilledForm.form, func.jsonb_path_query_array(FilledForm.content, _MAYBE_NIP))
        )
    )
    .where(FilledForm.permohonan_id == Permohonan.id)
    .correlate(Permohonan)
    .scalar_subquery()
)
_acting_nips = (
    select(func.array_agg(Person.nip))
    .where(Person.id.in_((_person, _desk.c.replaces)), Person.nip.is_not(None))
    .correlate(_desk)
    .scalar_subquery()
)

#: The finished visits of the file, oldest first. One who had to wait for the lock misses none: as long as the locked
#: tugas is open, no other one of its file has been finished; of desks side by side ``read_shared`` tells.
_before = aliased(Tugas)
_visits = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.jsonb_build_array(*(getattr(_before, name) for name in VISIT)),
                _before.closed_at,
                _before.created_at,
            )
        )
    )
    .where(_before.permohonan_id == Permohonan.id, _before.closed_at.is_not(None))
    .correlate(Permohonan)
    .scalar_subquery()
)

#: One row: the permohonan, one of its tugas, the draft, and what the guards ask about who acts.
lock_statement = (
    select(
        Permohonan.id,
        Permohonan.sop,
        Permohonan.sop_version,
        Permohonan.nomor,
        Permohonan.pemohon_id,
        Permohonan.status,
        Permohonan.arah,
        Permohonan.content,
        Permohonan.content_digest,
        Permohonan.sent_at,
        Permohonan.complete_at,
        Permohonan.closed_at,
        Permohonan.last_sequence,
        Permohonan.chain,
        Permohonan.tenggat.label("promise_due"),
        Permohonan.tenggat_number.label("promise_number"),
        Tugas.id.label("tugas_id"),
        Tugas.langkah,
        Tugas.kunjungan,
        Tugas.peran,
        Tugas.automatic,
        Tugas.ready_at,
        Tugas.version,
        Tugas.for_person,
        Tugas.asking_langkah,
        Tugas.hash_when_asked,
        Tugas.taken_by,
        Tugas.closed_at.label("tugas_closed_at"),
        Tugas.started_at,
        Tugas.created_at,
        Tugas.jeda,
        Tugas.added_days,
        Tugas.tenggat,
        Tugas.tenggat_number,
        _visits.label("visits"),
        _in_hand.label("in_hand"),
        Draft.id.label("draft_id"),
        Draft.naskah_hash,
        Draft.kind.label("draft_kind"),
        Draft.content_digest.label("draft_content"),
        Draft.docx_sha256,
        Draft.templat_sha256,
        _of_berkas.label("of_berkas"),
        _as_received.label("as_received"),
        _pictures.label("pictures"),
        _document_keys.label("document_keys"),
        _acting_name.label("acting_name"),
        _acting_nik.label("acting_nik"),
        _desk.c.acting_as,
        _desk.c.replaces,
        _desk.c.replaced_nik,
        _has_written.label("has_written"),
        _form_nips.label("form_nips"),
        _acting_nips.label("acting_nips"),
        _has_approved.label("already_approved"),
        living_session.scalar_subquery().label("session_id"),
        select(Calendar.version).scalar_subquery().label("calendar_version"),
        select(Calendar.digest).scalar_subquery().label("calendar_digest"),
    )
    .join(Tugas, Tugas.permohonan_id == Permohonan.id)
    .outerjoin(_desk, true())
    .outerjoin(Draft, and_(Draft.permohonan_id == Permohonan.id, Draft.voided_at.is_(None)))
    .with_for_update(of=(Permohonan, Tugas))
)
