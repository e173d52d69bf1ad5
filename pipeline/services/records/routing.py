"""The only writer of transitions: close the tugas, put the file on the next desk, record it, and owe the next message.

Three statements, whoever decided: read the visits, close this tugas, and one that writes everything else.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

from pipeline.calendar.due import Interval, OfficeCalendar
from pipeline.calendar.pauses import write_pauses
from pipeline.errors import DecidedAlready
from pipeline.json import Json
from pipeline.models import Approval, Tugas
from pipeline.roles import Peran
from pipeline.rules import transitions
from pipeline.rules.deadlines import Promise, VisitClock, promise
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import CaseFacts, Keputusan, Status, Transition, Visit
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.record import outbox_row, record
from pipeline.services.records.visits import Past, bound, next_visit, read_visits
from pipeline.sop.values import Langkah, case_data
from pipeline.sop.words import Arah


def route(
    s: Session,
    file: LockedPermohonan,
    keputusan: Keputusan,
    *,
    actor: UUID | None,
    now: datetime,
    change: Json | None = None,
    note: Json | None = None,
    words: Json | None = None,
    also: tuple[UpdateBase, ...] = (),
) -> Transition:
    """Decide on the locked file and move it.

    ``change`` adds to the permohonan, ``note`` and ``words`` to the peristiwa.
    """
    transition = transitions.decide(file.sop, file.langkah.code, keputusan, _facts(file))
    riwayat = read_visits(s, file, transition, actor, now)
    _close(s, file, keputusan, actor, now)
    following = None if transition.close else _Next(file, transition, riwayat, now)
    changes = _changes(file, transition, riwayat, now)
    data: Json = {**_event(file, keputusan, transition, changes), **(following.event if following else {})}
    record(
        s,
        file,
        PeristiwaKind.KEPUTUSAN,
        {**data, **(note or {})},
        actor=actor,
        peran=file.peran,
        now=now,
        change={**changes, **(change or {})},
        words={**_words(keputusan), **(words or {})},
        also=(*also, *(following.inserts if following else ())),
    )
    return transition


def _facts(file: LockedPermohonan) -> CaseFacts:
    return CaseFacts(
        data=case_data(file.content),
        arah=Arah(file.arah) if file.arah else None,
        asking_langkah=file.asking_langkah,
        changed=file.hash_when_asked != bound(file),
    )


def _close(s: Session, file: LockedPermohonan, keputusan: Keputusan, actor: UUID | None, now: datetime) -> None:
    """End the tugas. The condition repeats what the lock already ensures: an open tugas ends once."""
    closed = s.execute(
        update(Tugas)
        .where(Tugas.id == file.tugas_id, Tugas.closed_at.is_(None), Tugas.version == file.tugas_version)
        .values(
            closed_at=now,
            keputusan=keputusan.kind,
            reason=keputusan.reason.strip() or None,
            actor=actor,
            acting_as=file.acting_as,
            version=file.tugas_version + 1,
        )
        .returning(Tugas.id)
    ).first()
    if closed is None:
        raise DecidedAlready


class _Next:
    """The tugas on the next desk: its row, its message, and what the peristiwa tells of it."""

    def __init__(self, file: LockedPermohonan, transition: Transition, riwayat: Sequence[Past], now: datetime) -> None:
        kunjungan = next_visit(file, transition, riwayat, now)
        langkah = file.sop[transition.target]
        tugas_id = uuid4()
        own = transition.direct and kunjungan.for_person is not None  # a person here asked: it is theirs to read
        automatic = langkah.automatic is not None and not transition.back and not own
        due_times = deadlines(file.calendar, langkah, kunjungan)
        tugas = insert(Tugas).values(
            id=tugas_id,
            permohonan_id=file.permohonan_id,
            langkah=langkah.code,
            kunjungan=kunjungan.kunjungan,
            peran=langkah.peran,
            automatic=automatic,
            expedited=kunjungan.expedited,
            for_person=kunjungan.for_person,
            asking_langkah=kunjungan.asking_langkah,
            hash_when_asked=kunjungan.hash_when_asked,
            created_at=now,
            started_at=kunjungan.started_at,
            jeda=write_pauses(kunjungan.jeda),
            **due_times,
            added_days=kunjungan.added_days,
            tenggat_number=kunjungan.tenggat_number,
            calendar_version=file.calendar_version,
            version=1,
        )
        ids = {"permohonan_id": file.permohonan_id, "tugas_id": tugas_id}
        message = outbox_row(langkah.task_name, langkah.peran, f"sop:{tugas_id}", **ids, now=now)
        self.inserts = (tugas, message)
        self.event: Json = {
            "tugas_baru": str(tugas_id),
            "peran": langkah.peran,
            "otomatis": automatic,
            "tenggat": _iso(due_times["tenggat"]),
            **_visit_event(kunjungan),
        }


def _visit_event(v: Visit) -> Json:
    """What the peristiwa tells of a visit: what makes it differ from a first one, begun now."""
    data: Json = {"kunjungan_baru": v.kunjungan, "mulai": v.started_at.isoformat()}
    rest: Json = {
        "jeda": write_pauses(v.jeda),
        "added_days": v.added_days,
        "tenggat_number": v.tenggat_number,
        "didahulukan": v.expedited,
        "for_person": str(v.for_person) if v.for_person else None,
        "asking_langkah": v.asking_langkah,
        "hash_when_asked": v.hash_when_asked,
    }
    return data | {name: value for name, value in rest.items() if value}


def _iso(moment: object) -> str | None:
    return moment.isoformat() if isinstance(moment, datetime) else None


def deadlines(calendar: OfficeCalendar, langkah: Langkah, kunjungan: Visit) -> Json:
    """When this visit is due, and when its first level of escalation falls due; the sweep passes over those given.

    The applicant's own steps have neither.
    """
    if langkah.peran is Peran.PEMOHON:
        return {"tenggat": None, "eskalasi_at": None}
    clock = VisitClock(langkah, kunjungan.started_at, kunjungan.jeda, kunjungan.added_days)
    return {"tenggat": clock.due(calendar).at, "eskalasi_at": next(clock.levels(calendar)).at}


def _changes(file: LockedPermohonan, transition: Transition, riwayat: Sequence[Past], now: datetime) -> Json:
    """What the transition changes on the permohonan."""
    close = transition.close
    changes: Json = {
        "status": transition.status,
        "langkah": None if close else transition.target,
        "arah": transition.arah,
        "closed_at": now if close else None,
    }
    if (
        not (close or file.complete_at) and file.sop.position(transition.target) > 1
    ):  # past the first desk, or it is skipped
        changes |= {"complete_at": now, **_promise(file, promise(file.sop, now))}
    elif file.complete_at and file.langkah.peran is Peran.PEMOHON and not close:
        stays = _at_applicant(file, riwayat)
        changes |= _promise(file, promise(file.sop, file.complete_at, stays))
        # Without this stay it is due otherwise only when the calendar changed while the file lay with the applicant.
        without = promise(file.sop, file.complete_at, stays[:-1])
        changes["tenggat_number"] = file.promise_number + (without.due(file.calendar).at != file.promise_due)
    if transition.status is not Status.BERJALAN:  # with the applicant, signed or closed: nobody in the office is late
        changes["eskalasi_at"] = None
    return changes


def _promise(file: LockedPermohonan, promised: Promise) -> Json:
    """When the whole file is due to the public, and when its first warning falls due."""
    return {
        "tenggat": promised.due(file.calendar).at,
        "eskalasi_at": next(promised.levels(file.calendar)).at,
    }


def _at_applicant(file: LockedPermohonan, riwayat: Sequence[Past]) -> Sequence[Interval]:
    """When the file lay with the applicant."""
    return [Interval(p.created_at, p.closed_at) for p in riwayat if file.sop[p.langkah].peran is Peran.PEMOHON]


def _event(file: LockedPermohonan, keputusan: Keputusan, transition: Transition, changes: Json) -> Json:
    """What the peristiwa of a decision tells: enough to fold the state from, and no word a person wrote."""
    data: Json = {
        "tugas": str(file.tugas_id),
        "dari": transition.source,
        "kunjungan": file.kunjungan,
        "keputusan": transition.keputusan,
        "ke": transition.target,
        "status": transition.status,
        "arah": transition.arah,
        "langsung": transition.direct,
    }
    if keputusan.requests:
        data["permintaan"] = len(keputusan.requests)
    if "tenggat" in changes:
        data["janji"] = _iso(changes["tenggat"])
    return data


def _words(keputusan: Keputusan) -> Json:
    """What was written with a decision: the reason, and the items the applicant has to put right."""
    words: Json = {}
    if reason := keputusan.reason.strip():
        words["alasan"] = reason
    if keputusan.requests:
        words["permintaan"] = [
            [p.kind, p.code, p.note.strip(), p.said.kept() if p.said else None] for p in keputusan.requests
        ]
    return words


def approved(file: LockedPermohonan) -> Json:
    """What the peristiwa tells of that approval."""
    return {"setuju_naskah": file.naskah_hash}


def approval(file: LockedPermohonan, actor: UUID, now: datetime) -> UpdateBase:
    """The insert of an approval of the draft on the table. A tugas ends once, so its approval carries its id."""
    return insert(Approval).values(
        id=file.tugas_id,
        permohonan_id=file.permohonan_id,
        draft_id=file.draft_id,
        langkah=file.langkah.code,
        person_id=actor,
        on_behalf_of=file.replaces,
        acting_as=file.acting_as,
        at=now,
    )
