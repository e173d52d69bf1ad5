"""How ready the office is: what it declared, what its settings, tables and folders say of it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection, extract, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import SQLAlchemyError

from pipeline.channels import alive
from pipeline.clock import now as office_now
from pipeline.db import connection, read_once
from pipeline.documents.signing.local import LocalSigner
from pipeline.kantor import DEFAULT
from pipeline.kantor.office import kantor, kantor_file
from pipeline.models import Libur, Notice, OfficeEvent, Penugasan, Person
from pipeline.queries.desk.vacancies import read_vacancies
from pipeline.queries.people.accounts import can_work, holds_on, read_waiting
from pipeline.roles import Peran
from pipeline.rules.notices.rules import Channel, Kind, NoticeStatus
from pipeline.rules.opening.checklist import NO_SIGNER, NOT_OPEN, Item, missing, sample_left
from pipeline.rules.opening.facts import (
    BACKUP_KEY,
    MachineFacts,
    OfficeEntry,
    OfficeEventKind,
    OpeningFacts,
    PeopleFacts,
    TriedMessage,
    has_opened,
    trial_of,
    was_trial,
)
from pipeline.rules.opening.places import other_places
from pipeline.rules.opening.warnings import Finding, machine_findings, people_findings
from pipeline.settings import Settings, settings
from pipeline.sop.registry import SOPS
from pipeline.text import date_at

BACKUP_STATE = "cadangan.json"


def read_entries(conn: Connection) -> tuple[OfficeEntry, ...]:
    """All that the office declared or reached, oldest first."""
    return read_once(conn, ("office_event",), _read_entries)


def _read_entries(conn: Connection) -> tuple[OfficeEntry, ...]:
    query = (
        select(OfficeEvent.kind, func.coalesce(Person.name, "").label("actor"), OfficeEvent.at)
        .outerjoin(Person, Person.id == OfficeEvent.actor)
        .order_by(OfficeEvent.id)
    )
    return tuple(OfficeEntry(OfficeEventKind(r.kind), r.actor, r.at) for r in conn.execute(query))


def read_trial() -> OfficeEntry | None:
    """The trial in force: declared, not ended, and nobody signs through BSrE. A demo needs none."""
    if settings().demo or settings().bsre:
        return None
    with connection() as conn:
        return trial_of(read_entries(conn))


def shown_trial() -> OfficeEntry | None:
    """The same for the frame of a page, which is drawn also when the database cannot be asked."""
    try:
        return read_trial()
    except SQLAlchemyError:
        return None


def papers_of_trial(conn: Connection, sent_at: datetime | None) -> bool:
    """Whether the papers of a file sent then say that they are of a trial. Answers the same for ever."""
    return not settings().demo and sent_at is not None and was_trial(read_entries(conn), sent_at)


def issued_in_trial(conn: Connection, provider: str | None, moments: Iterable[datetime | None]) -> bool:
    """Whether a document bears a certificate made here and one of its moments was of a trial. The same for ever.

    ``moments``: when its file was sent, when signing began, when it was issued.
    """
    if settings().demo or provider != LocalSigner.name:
        return False
    entries = read_entries(conn)
    return any(moment is not None and was_trial(entries, moment) for moment in moments)


def read_closed(now: datetime) -> str:
    """Why applicants may not send: the office never had all it must have, or nobody signs. A demo: ""."""
    if settings().demo:
        return ""
    with connection() as conn:
        return why_closed(read_entries(conn), now)


def why_closed(entries: Sequence[OfficeEntry], now: datetime) -> str:
    """The same of a production office with these entries."""
    if has_opened(entries):
        return "" if has_signer(entries) else NO_SIGNER
    return "" if is_ready(now) else NOT_OPEN


def has_signer(entries: Sequence[OfficeEntry]) -> bool:
    """Whether somebody signs here: BSrE, or certificates of a demo or of a trial."""
    return settings().demo or settings().bsre is not None or trial_of(entries) is not None


def is_ready(now: datetime) -> bool:
    """Whether the office has all that it must have."""
    return not missing(read_facts(now))


def read_lacking(now: datetime) -> tuple[Item, ...]:
    """What keeps this office from opening; nothing in a demo, nor once it was open."""
    if settings().demo:
        return ()
    with connection() as conn:
        return () if has_opened(read_entries(conn)) else missing(read_facts(now))


def read_facts(now: datetime) -> OpeningFacts:
    """All that the checklist is made of, but for the papers, which take longer to try."""
    with connection() as conn:
        trial, tried, people = trial_of(read_entries(conn)), _tried(conn), _people(conn, now)
        unsigned = _unsigned(conn, people.today) if trial and not settings().demo and not settings().bsre else {}
    vacant = {v.peran: v.sentence for v in read_vacancies(people.today, SOPS.values()) if v.current}
    waiting = read_waiting(people.today, vacant) if vacant else {}
    return OpeningFacts(
        machine=read_machine(settings(), now),
        people=people,
        office=kantor().own.in_full,
        place=kantor().place,
        elsewhere={sop.name: towns for sop in SOPS.values() if (towns := other_places(sop, kantor().kota))},
        sample=tuple(sample_left(kantor(), kantor_file() != DEFAULT)),
        vacant=tuple(sentence for peran, sentence in vacant.items() if peran not in waiting),
        waiting=tuple(f"Meja {p.name} menunggu kata sandi: {', '.join(waiting[p])}." for p in vacant if p in waiting),
        trial=trial,
        unsigned=unsigned,
        tried=tried,
    )


def read_machine(s: Settings, now: datetime) -> MachineFacts:
    """What is known without the database. ``now``: the real clock's, for the backup."""
    return MachineFacts(
        now=now,
        demo=s.demo,
        signer=(urlsplit(s.bsre.url).hostname or "") if s.bsre else "",
        channels=alive(s) - {Channel.LONCENG},
        scanner=bool(s.scanner),
        backup_at=read_backup(s),
        backup_key=_has_backup_key(s),
    )


def read_backup(s: Settings) -> datetime | None:
    """When the last backup was made, as it left word in the data folder."""
    try:
        said = json.loads((s.data / BACKUP_STATE).read_text(encoding="utf-8"))
        at = datetime.fromisoformat(said["at"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _has_backup_key(s: Settings) -> bool:
    try:
        return (s.data / BACKUP_KEY).is_file()
    except OSError:
        return False


def read_findings(now: datetime) -> tuple[Finding, ...]:
    """Everything that should not stay as it is. ``now``: the real clock's."""
    with connection() as conn:
        people = _people(conn, office_now())
    return (*machine_findings(read_machine(settings(), now)), *people_findings(people))


def _people(conn: Connection, now: datetime) -> PeopleFacts:
    """One statement: years with holidays, and under 0 how many administrators there are."""
    today = date_at(now)
    years = select(extract("year", Libur.day), literal(1)).distinct()
    admin = select(literal(0), func.count(Penugasan.person_id.distinct()))
    admin = admin.where(Penugasan.peran == str(Peran.ADMIN), holds_on(today), can_work())
    found = {int(year): count for year, count in conn.execute(union_all(years, admin))}
    return PeopleFacts(today=today, administrators=found.pop(0, 0), years=frozenset(found))


def _unsigned(conn: Connection, today: date) -> Mapping[str, Sequence[str]]:
    """The desks that sign and have nobody who has a certificate, with those who hold them."""
    desks = sorted({langkah.peran for sop in SOPS.values() for langkah in sop.langkah if langkah.signature})
    query = (
        select(Penugasan.peran, Person.id, Person.name)
        .join(Person, Person.id == Penugasan.person_id)
        .where(Penugasan.peran.in_(list(map(str, desks))), holds_on(today), can_work())
        .distinct()
        .order_by(Person.name)
    )
    holders = conn.execute(query).all()
    signer = LocalSigner(settings().data / "tte")
    certified = {r.peran for r in holders if signer.knows(str(r.id))}
    return {desk.name: [r.name for r in holders if r.peran == desk] for desk in desks if desk not in certified}


def _tried(conn: Connection) -> Sequence[TriedMessage]:
    """The last test message of each channel."""
    query = (
        select(Notice.channel, Notice.status, Notice.created_at, Notice.delivered_at, func.coalesce(Notice.error, ""))
        .where(Notice.kind == Kind.PESAN_UJI)
        .ext(distinct_on(Notice.channel))
        .order_by(Notice.channel, Notice.created_at.desc())
    )
    return tuple(TriedMessage(Channel(r[0]), NoticeStatus(r[1]), r[2], r[3], r[4]) for r in conn.execute(query))
