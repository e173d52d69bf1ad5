"""The only writer of transitions: close the tugas, put the file on the next desk, record it, and owe the next message.

One statement writes everything, however many files move; what was before was read when they were locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection

from pipeline.calendar.due import Interval, OfficeCalendar
from pipeline.calendar.pauses import write_pauses
from pipeline.db import Transaction, flushed
from pipeline.errors import DecidedAlready
from pipeline.json import Json
from pipeline.models.tugas import TOGETHER
from pipeline.roles import Peran
from pipeline.rules import transitions
from pipeline.rules.deadlines import Promise, VisitClock, promise
from pipeline.rules.direction import Said
from pipeline.rules.history.kinds import PeristiwaKind
from pipeline.rules.transitions import CaseFacts, Keputusan, Status, Transition
from pipeline.rules.visiting import Visit
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.record import Deed, outbox_row, record_many
from pipeline.services.records.sets import Rows, RowsGone, together
from pipeline.services.records.tugas_parts import ENDED, begun
from pipeline.services.records.visits import Beside, End, Past, Visits, bound, next_visit, past, read_shared
from pipeline.sop.values import Langkah, case_data
from pipeline.sop.words import Arah


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A keputusan on a locked file, and what else is written with it.

    ``change`` adds to the permohonan, ``note`` and ``words`` to the peristiwa; ``also`` are further rows.
    """

    file: LockedPermohonan
    keputusan: Keputusan
    actor: UUID | None
    change: Json = field(default_factory=dict)
    note: Json = field(default_factory=dict)
    words: Json = field(default_factory=dict)
    also: Rows = field(default_factory=dict)


def route(s: Transaction, decided: Decided, *, now: datetime) -> Transition:
    """Decide on the locked file and move it."""
    return route_many(s, [decided], now=now)[0]


def route_many(s: Transaction, decided: Sequence[Decided], *, now: datetime) -> list[Transition]:
    """Decide on these locked files and move them. Raises DecidedAlready; then nothing may be committed."""
    if not decided:
        return []
    conn = flushed(s)
    visits = _visits(conn, decided, now)
    ruled = [_rule(d, of_file) for d, of_file in zip(decided, visits, strict=True)]
    moves = [_Move(d, t, of_file, now) for d, t, of_file in zip(decided, ruled, visits, strict=True)]
    try:
        record_many(conn, [m.deed for m in moves], together(*(m.rows for m in moves)), now=now)
    except RowsGone as error:
        raise DecidedAlready from error
    return ruled


def _visits(conn: Connection, decided: Sequence[Decided], now: datetime) -> list[Visits]:
    """What the tugas of each file tell. Where several desks have one, they are read once more under its lock: who had
    to wait for it does not see in the lock's own statement what the other has decided meanwhile."""
    shared = {d.file.permohonan_id: _end(d) for d in decided if d.file.sop.side_of(d.file.langkah)}
    read = read_shared(conn, shared, now) if shared else {}
    return [read.get(d.file.permohonan_id) or Visits(past(d.file, d.keputusan.kind, d.actor, now)) for d in decided]


class _Move:
    """What a keputusan does: the end of this tugas, the begin of the next, and what the peristiwa tells."""

    def __init__(self, d: Decided, transition: Transition, visits: Visits, now: datetime) -> None:
        file, riwayat = d.file, visits.past
        following = [_Next(file, transition, code, riwayat, now) for code in transition.opened]
        ended_too = visits.beside if transition.close else []  # taken back while several desks had it
        changes = _changes(file, transition, riwayat, now)
        told = _event(file, d.keputusan, transition, changes) | _opened(following)
        if ended_too:
            told["ditutup"] = [str(b.id) for b in ended_too]
        self.deed = Deed(
            file=file,
            kind=PeristiwaKind.KEPUTUSAN,
            data={**told, **d.note},
            actor=d.actor,
            peran=file.peran,
            change={**changes, **d.change},
            words={**_words(d.keputusan), **d.words},
        )
        self.rows = together(_closed(d, ended_too, now), *(n.rows for n in following), d.also)


def _closed(d: Decided, also: Sequence[Beside], now: datetime) -> Rows:
    """The end of the tugas, and of those that end with it."""
    how: Json = {
        "closed_at": now,
        "keputusan": d.keputusan.kind,
        "reason": d.keputusan.reason.strip() or None,
        "actor": d.actor,
        "acting_as": d.file.acting_as,
        "back_to": _end(d).back_to,
    }
    tugas = [(d.file.tugas_id, d.file.tugas_version), *((b.id, b.version) for b in also)]
    return {ENDED: [{"id": id_, "version": version, **how} for id_, version in tugas]}


def _end(d: Decided) -> End:
    """Where several desks have the file at the same time it is kept which way each of them sent it back."""
    back_to = d.keputusan.target if d.file.sop.side_of(d.file.langkah) else None
    return End(d.file.tugas_id, d.keputusan.kind, d.actor, back_to)


def _rule(d: Decided, visits: Visits) -> Transition:
    return transitions.decide(d.file.sop, d.file.langkah.code, d.keputusan, _facts(d.file, visits))


def _facts(file: LockedPermohonan, visits: Visits) -> CaseFacts:
    """The finished tugas end with the very one that is decided now."""
    return CaseFacts(
        data=case_data(file.content),
        arah=Arah(file.arah) if file.arah else None,
        asking_langkah=file.asking_langkah,
        changed=file.hash_when_asked != bound(file),
        said=tuple(Said(p.langkah, p.keputusan, p.back_to) for p in visits.past[:-1]),
        beside=tuple(sorted((b.langkah for b in visits.beside), key=file.sop.position)),
    )


class _Next:
    """The tugas on the next desk: its row, its message, and what the peristiwa tells of it."""

    def __init__(
        self, file: LockedPermohonan, transition: Transition, code: str, riwayat: Sequence[Past], now: datetime
    ) -> None:
        kunjungan = next_visit(file, transition, code, riwayat, now)
        langkah = file.sop[code]
        side = bool(file.sop.side_of(langkah))
        tugas_id = uuid4()
        own = transition.direct and kunjungan.for_person is not None  # a person here asked: it is theirs to read
        automatic = langkah.waits or (langkah.automatic is not None and not transition.back and not own)
        due_times = deadlines(file.calendar, langkah, kunjungan)
        tugas: Json = {
            "id": tugas_id,
            "permohonan_id": file.permohonan_id,
            "branch": langkah.code if side else TOGETHER,
            "langkah": langkah.code,
            "peran": langkah.peran,
            "automatic": automatic,
            "created_at": now,
            **_of_visit(kunjungan),
            **due_times,
            "calendar_version": file.calendar_version,
            "ready_at": None if automatic else now,  # a person's desk needs nothing prepared
            "version": 1,
        }
        ids = {"permohonan_id": file.permohonan_id, "tugas_id": tugas_id}
        message = outbox_row(langkah.task_name, langkah.peran, f"sop:{tugas_id}", **ids, now=now)
        self.code, self.rows = code, together(begun(tugas), message)
        self.event: Json = {
            "tugas_baru": str(tugas_id),
            "peran": langkah.peran,
            "otomatis": automatic,
            "siap": not automatic,
            "tenggat": _iso(due_times["tenggat"]),
            **_visit_event(kunjungan),
            **({"branch": langkah.code} if side else {}),
        }


def _opened(following: Sequence[_Next]) -> Json:
    """What the peristiwa tells of the tugas that begin: the first beside the decision, the others in a list."""
    if not following:
        return {}
    others: list[Json] = [{"langkah": n.code, **n.event} for n in following[1:]]
    return {**following[0].event, **({"bersama": others} if others else {})}


def _of_visit(v: Visit) -> Json:
    """What the row of a tugas has of its visit."""
    return {
        "kunjungan": v.kunjungan,
        "started_at": v.started_at,
        "jeda": write_pauses(v.jeda),
        "added_days": v.added_days,
        "tenggat_number": v.tenggat_number,
        "expedited": v.expedited,
        "for_person": v.for_person,
        "asking_langkah": v.asking_langkah,
        "hash_when_asked": v.hash_when_asked,
    }


def _visit_event(v: Visit) -> Json:
    """What the peristiwa tells of a visit: what makes it differ from a first one, begun now."""
    told = _of_visit(v) | {"didahulukan": v.expedited, "for_person": str(v.for_person) if v.for_person else None}
    rest = ("jeda", "added_days", "tenggat_number", "didahulukan", "for_person", "asking_langkah", "hash_when_asked")
    differs = {name: told[name] for name in rest if told[name]}
    return {"kunjungan_baru": v.kunjungan, "mulai": v.started_at.isoformat(), **differs}


def _iso(moment: object) -> str | None:
    return moment.isoformat() if isinstance(moment, datetime) else None


def deadlines(calendar: OfficeCalendar, langkah: Langkah, kunjungan: Visit) -> Json:
    """When this visit is due, and when its first level of escalation falls due; the sweep passes over those given.

    The applicant's own steps have neither; of a time that only has to pass nobody is told.
    """
    if langkah.peran == Peran.PEMOHON:
        return {"tenggat": None, "eskalasi_at": None}
    clock = VisitClock(langkah, kunjungan.started_at, kunjungan.jeda, kunjungan.added_days)
    upcoming = None if langkah.waits else next(clock.levels(calendar)).at
    return {"tenggat": clock.due(calendar).at, "eskalasi_at": upcoming}


def _changes(file: LockedPermohonan, transition: Transition, riwayat: Sequence[Past], now: datetime) -> Json:
    """What the transition changes on the permohonan."""
    close = transition.close
    changes: Json = {
        "status": transition.status,
        "langkah": None if close else transition.target,
        "arah": transition.arah,
        "closed_at": now if close else None,
    }
    first_desk = 1 if file.sop.by_applicant else 0
    passed = not (close or transition.rests) and file.sop.position(transition.target) > first_desk  # or it is skipped
    if passed and not file.complete_at:
        changes |= {"complete_at": now, **_promise(file, promise(file.sop, now))}
    elif file.complete_at and file.sop.fills(file.langkah) and not close:
        stays = _at_applicant(file, riwayat)
        changes |= _promise(file, promise(file.sop, file.complete_at, stays))
        # Without this stay it is due otherwise only when the calendar changed while the file lay with the applicant.
        without = promise(file.sop, file.complete_at, stays[:-1])
        changes["tenggat_number"] = file.promise_number + (without.due(file.calendar).at != file.promise_due)
    if transition.status is not Status.BERJALAN:  # with the applicant, signed or closed: the promise is kept or waits
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
    return [Interval(p.created_at, p.closed_at) for p in riwayat if file.sop[p.langkah].peran == Peran.PEMOHON]


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
    if transition.rests:
        data["menunggu"] = True
    if keputusan.target and file.sop.side_of(file.langkah):
        data["back_to"] = keputusan.target
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
