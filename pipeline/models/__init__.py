"""What the office keeps. One file per subject; the tables repeat the rules of the services (CHECK, partial unique)."""

from pipeline.models.base import Base, metadata
from pipeline.models.calendar import Calendar, CalendarChange, Libur, OfficeHoursRow
from pipeline.models.notices import Notice
from pipeline.models.office import OfficeEvent
from pipeline.models.paper import PaperChange, PaperDecree, PaperUpload, SeriesStart
from pipeline.models.people import (
    AT_COUNTER,
    AccessAttempt,
    Account,
    AccountChange,
    AccountLetter,
    LetterKind,
    Penugasan,
    Person,
    SecondFactor,
    WebSession,
)
from pipeline.models.permohonan import Berkas, CorrectionRequest, Permohonan, Upload
from pipeline.models.sk import Approval, Draft, DraftAuthor, FilledForm, NomorRegister, Sk
from pipeline.models.system import (
    DailyHead,
    DailyLeaf,
    DailyPace,
    DamagedFile,
    Erasure,
    Lease,
    Outbox,
    PaceDay,
    Pulse,
    Restoration,
    WrappedKey,
)
from pipeline.models.tugas import AccessRefused, DataAccess, Eskalasi, Examined, Peristiwa, PeristiwaWords, Tugas

__all__ = [
    "AT_COUNTER",
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
    "Erasure",
    "Eskalasi",
    "Examined",
    "FilledForm",
    "Lease",
    "LetterKind",
    "Libur",
    "NomorRegister",
    "Notice",
    "OfficeEvent",
    "OfficeHoursRow",
    "Outbox",
    "PaceDay",
    "PaperChange",
    "PaperDecree",
    "PaperUpload",
    "Penugasan",
    "Peristiwa",
    "PeristiwaWords",
    "Permohonan",
    "Person",
    "Pulse",
    "Restoration",
    "SecondFactor",
    "SeriesStart",
    "Sk",
    "Tugas",
    "Upload",
    "WebSession",
    "WrappedKey",
    "metadata",
]
