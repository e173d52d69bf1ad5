"""What the office keeps. One file per subject; the tables repeat the rules of the services (CHECK, partial unique)."""

from pipeline.models.base import Base, metadata
from pipeline.models.calendar import Calendar, CalendarChange, Libur, OfficeHoursRow
from pipeline.models.notices import Notice
from pipeline.models.people import (
    AccessAttempt,
    Account,
    AccountChange,
    AccountLetter,
    LetterKind,
    Penugasan,
    Person,
    WebSession,
)
from pipeline.models.permohonan import Berkas, CorrectionRequest, Permohonan, Upload
from pipeline.models.sk import Approval, Draft, DraftAuthor, FilledForm, NomorRegister, Sk
from pipeline.models.system import (
    DailyHead,
    DailyLeaf,
    DailyPace,
    DamagedFile,
    Lease,
    Outbox,
    PaceDay,
    Pulse,
    Restoration,
)
from pipeline.models.tugas import AccessRefused, DataAccess, Eskalasi, Examined, Peristiwa, PeristiwaWords, Tugas

__all__ = [
    "AccessAttempt",
    "AccessRefused",
    "Account",
    "AccountChange",
    "AccountLetter",
    "Approval",
    "Base",
    "Berkas",
    "Calendar",
    "CalendarChange",
    "CorrectionRequest",
    "DailyHead",
    "DailyLeaf",
    "DailyPace",
    "DamagedFile",
    "DataAccess",
    "Draft",
    "DraftAuthor",
    "Eskalasi",
    "Examined",
    "FilledForm",
    "Lease",
    "LetterKind",
    "Libur",
    "NomorRegister",
    "Notice",
    "OfficeHoursRow",
    "Outbox",
    "PaceDay",
    "Penugasan",
    "Peristiwa",
    "PeristiwaWords",
    "Permohonan",
    "Person",
    "Pulse",
    "Restoration",
    "Sk",
    "Tugas",
    "Upload",
    "WebSession",
    "metadata",
]
