"""What is known of the office as a whole when its readiness is judged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pipeline.rules.notices.rules import Channel, NoticeStatus

#: Where an office keeps the public half of the key of its backups, below its data folder.
BACKUP_KEY = "kunci/cadangan.pub"


class OfficeEventKind(StrEnum):
    """What the office declared or reached."""

    UJI_COBA = "uji_coba"
    UJI_COBA_SELESAI = "uji_coba_selesai"
    DIBUKA = "dibuka"  # all that it must have was there for the first time


@dataclass(frozen=True, slots=True)
class OfficeEntry:
    """One of them, with the name of who did it; empty: it came about by itself."""

    kind: OfficeEventKind
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TriedMessage:
    """The last test message of a channel."""

    channel: Channel
    status: NoticeStatus
    sent_at: datetime
    delivered_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of all SOPs in force: how many, how many of them are yet to be tried, and what is wrong with them."""

    total: int
    waiting: int
    errors: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """What the settings and the data folder say; known without the database."""

    now: datetime
    demo: bool
    signer: str  # BSrE's host; "": certificates made here
    channels: Collection[Channel]  # those that leave the house
    scanner: bool
    backup_at: datetime | None
    backup_key: bool  # its public half is here


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFacts:
    """What only the database knows, as far as warnings need it."""

    today: date
    administrators: int  # who can log in today
    years: Collection[int]  # those with a table of holidays


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningFacts:
    """All of it: what the checklist is made of."""

    machine: MachineFacts
    people: PeopleFacts
    office: str  # its name
    sample: Sequence[str]  # what its file still has of the sample
    place: str  # "Kota Contoh"
    elsewhere: Mapping[str, Sequence[str]]  # permits in force whose file names other towns -> those
    vacant: Sequence[str]  # desks without anybody
    waiting: Sequence[str]  # those whose people have accounts, and set no password yet
    trial: OfficeEntry | None  # in force
    unsigned: Mapping[str, Sequence[str]]  # desks that sign, where nobody can in this trial -> who holds them
    tried: Sequence[TriedMessage]


def trial_of(entries: Sequence[OfficeEntry]) -> OfficeEntry | None:
    """The trial in force after these entries, oldest first."""
    last = [entry for entry in entries if entry.kind is not OfficeEventKind.DIBUKA][-1:]
    return last[0] if last and last[0].kind is OfficeEventKind.UJI_COBA else None


def was_trial(entries: Sequence[OfficeEntry], moment: datetime) -> bool:
    """Whether a trial was in force at that moment."""
    return trial_of([entry for entry in entries if entry.at <= moment]) is not None


def has_opened(entries: Sequence[OfficeEntry]) -> bool:
    """Whether the office had all that it must have, once."""
    return any(entry.kind is OfficeEventKind.DIBUKA for entry in entries)
