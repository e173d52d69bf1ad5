"""What every page at a desk needs: the file before the officer, in which role they act, and how much time is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from flask import g, request

from pipeline.calendar.due import Interval, OfficeCalendar, in_days, remaining, usual_day
from pipeline.clock import real_now
from pipeline.queries.calendar import calendar_in_force
from pipeline.queries.desk.content import IsianAnswer
from pipeline.queries.desk.times import explain_due
from pipeline.queries.desk.tugas import DeskTugas, read_desk_tugas
from pipeline.queries.operator import read_heartbeat
from pipeline.rules.deadlines import clock_of
from pipeline.services.people.actor import Petugas
from pipeline.sop.values import Langkah
from pipeline.sop.words import IsianKind, KeputusanKind
from pipeline.text import moment_in_words, time_worked
from web.auth import acting_in, current_peran
from web.petugas import bp


class HasTenggat(Protocol):
    """Something with a tenggat: a row of the queue or the file itself."""

    @property
    def langkah(self) -> Langkah: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def jeda(self) -> tuple[Interval, ...]: ...
    @property
    def tenggat(self) -> datetime | None: ...
    @property
    def added_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """A tenggat in words: never by colour alone."""

    word: str  # "Sisa 2 menit", "! Lewat 6 menit"
    color: str  # green, yellow, red
    at: datetime
    limit: str  # "4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja"
    explanation: str
    formerly: datetime | None  # before a superior added days


def time_left(item: HasTenggat, now: datetime) -> TimeLeft | None:
    """How much office time is left, and the sum the tenggat came from; None where there is no tenggat."""
    if item.tenggat is None:
        return None
    calendar = current_calendar()
    left = remaining(calendar, now, item.tenggat)
    clock = clock_of(item)
    half = clock.budget(calendar) / 2
    color = "red" if now >= item.tenggat else "green" if left > half else "yellow"
    limit = item.langkah.limit.quote(item.added_days)
    words = remaining_words(calendar, now, item.tenggat, left)
    return TimeLeft(words, color, item.tenggat, limit, explain_due(calendar, clock), clock.before_extension(calendar))


def remaining_words(calendar: OfficeCalendar, now: datetime, tenggat: datetime, left: timedelta) -> str:
    """Office time left in the days of the calendar itself, however long they are; negative when overdue."""
    if not left:
        return "! Waktu habis" if now >= tenggat else "Sisa 0 menit"
    words = time_worked(*in_days(calendar, min(now, tenggat), abs(left)))
    return f"! Lewat {words}" if now >= tenggat else f"Sisa {words}"


def current_calendar() -> OfficeCalendar:
    """The calendar in force, read once per request."""
    if "calendar" not in g:
        g.calendar = calendar_in_force()
    calendar: OfficeCalendar = g.calendar
    return calendar


def keputusan_choices(tugas: DeskTugas) -> dict[str, str]:
    """keputusan -> its label, for each outcome the SOP gives this langkah; signing has a page of its own."""
    langkah, targets = tugas.langkah, tuple(return_targets(tugas).values())
    choices: dict[str, str] = {} if langkah.signature else {langkah.keputusan: langkah.button}
    if langkah.sets_arah:
        choices[KeputusanKind.TOLAK] = "Kirim rekomendasi tolak"
    if targets:
        only_one = len(targets) == 1
        choices[KeputusanKind.KEMBALIKAN] = f"Kembalikan ke {targets[0]}" if only_one else "Kembalikan untuk diperbaiki"
    return choices


def return_targets(tugas: DeskTugas) -> dict[str, str]:
    """kode -> the desk a return may go to."""
    sop = tugas.permohonan.sop
    return {code: f"{sop[code].peran.name} (langkah {sop[code].no})" for code in tugas.langkah.returns_to}


def my_tugas(tugas_id: UUID) -> DeskTugas:
    """The tugas of one of my roles. Raises NotFound."""
    return read_desk_tugas(tugas_id, current_peran())


def acting_as(tugas: DeskTugas) -> Petugas:
    """Me, in the role this file lies with."""
    return acting_in(tugas.peran)


def search_text() -> str:
    """What is looked for, without what PostgreSQL cannot hold."""
    return "".join(c for c in request.args.get("cari", "") if c.isprintable()).strip()


def silent_parts() -> Sequence[str]:
    """The parts of the system that have given no sign of life, in words; for the banner of staff pages."""
    return [t.description for t in read_heartbeat(now=real_now()) if not t.alive]


@bp.app_template_filter("time_worked")
def office_time_worked(length: timedelta) -> str:
    """A length of office time in working days as long as this office's: "2 hari 3 jam"."""
    return time_worked(*divmod(length, usual_day(current_calendar())))


@bp.app_template_filter("iso_time")
def iso_time(text: str) -> str:
    """A moment kept as ISO text, in words; as it is when it cannot be read."""
    try:
        return moment_in_words(datetime.fromisoformat(text))
    except ValueError:
        return text


def mask_nik(answer: IsianAnswer) -> str:
    """An answer as lists show it: of a NIK only the first six and the last four digits."""
    value = answer.value
    return f"{value[:6]}******{value[-4:]}" if answer.isian.kind is IsianKind.NIK and len(value) == 16 else value
