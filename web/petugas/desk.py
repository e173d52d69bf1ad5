"""What every page at a desk needs: the file before the officer, in which role they act, and how much time is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from flask import get_template_attribute, request
from markupsafe import Markup

from pipeline.calendar.due import Interval, OfficeCalendar, in_days, remaining, usual_day
from pipeline.queries.calendar import calendar_in_force
from pipeline.queries.desk.content import IsianAnswer
from pipeline.queries.desk.times import budget_of, explain_due
from pipeline.queries.desk.tugas import DeskTugas, read_desk_tugas
from pipeline.queries.machinery import silent
from pipeline.rules.deadlines import clock_of
from pipeline.rules.transitions import may_refuse
from pipeline.services.people.actor import Petugas
from pipeline.sop.values import Langkah
from pipeline.sop.words import IsianKind, KeputusanKind
from pipeline.text import moment_in_words, time_worked
from web.auth import acting_in, current_peran
from web.forms import Form
from web.petugas import bp
from web.sessions import current_session

Choice = tuple[str, str]  # what is posted, and its label


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
    body: Markup  # the sum it came from


def time_left(item: HasTenggat, now: datetime) -> TimeLeft | None:
    """How much office time is left, and the sum the tenggat came from; None where there is no tenggat."""
    if item.tenggat is None:
        return None
    calendar = current_calendar()
    left = remaining(calendar, now, item.tenggat)
    clock = clock_of(item)
    half = budget_of(calendar, clock) / 2
    color = "red" if now >= item.tenggat else "green" if left > half else "yellow"
    limit = item.langkah.limit.quote(item.added_days)
    body = _tenggat_body(item.tenggat, limit, explain_due(calendar, clock), clock.before_extension(calendar))
    return TimeLeft(remaining_words(calendar, now, item.tenggat, left), color, body)


@lru_cache(maxsize=4096)
def _tenggat_body(at: datetime, limit: str, explanation: str, formerly: datetime | None) -> Markup:
    """A queue shows the same ones again and again."""
    return _draw("tenggat_body", at, limit, explanation, formerly)


def remaining_words(calendar: OfficeCalendar, now: datetime, tenggat: datetime, left: timedelta) -> str:
    """Office time left in the days of the calendar itself, however long they are; negative when overdue."""
    if not left:
        return "! Waktu habis" if now >= tenggat else "Sisa 0 menit"
    words = time_worked(*in_days(calendar, min(now, tenggat), abs(left)))
    return f"! Lewat {words}" if now >= tenggat else f"Sisa {words}"


def current_calendar() -> OfficeCalendar:
    """The calendar in force: of who is logged in, as it was when the request began."""
    caller = current_session().caller
    return caller.calendar.calendar if caller else calendar_in_force()


def keputusan_choices(tugas: DeskTugas) -> dict[str, str]:
    """keputusan -> its label, for each outcome the SOP gives this langkah; signing has a page of its own."""
    langkah, targets = tugas.langkah, tuple(return_targets(tugas).values())
    choices: dict[str, str] = {} if langkah.signature else {langkah.keputusan: langkah.button}
    if may_refuse(tugas.permohonan.sop, langkah, tugas.permohonan.arah):
        choices[KeputusanKind.TOLAK] = "Kirim rekomendasi tolak" if langkah.sets_arah else "Tolak permohonan"
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
    caller = current_session().caller
    return silent(caller.alive if caller else frozenset())


@bp.app_template_global()
def decision_fields(form: Form, choices: Mapping[str, str], targets: Mapping[str, str], ask_pemohon: bool) -> Markup:
    """The fields of the decision form. Those of an empty one are the same at each look: they are drawn once."""
    if form.values or form.errors:
        return _draw("drawn_decision_fields", form, choices, targets, ask_pemohon)
    return _empty_fields(tuple(choices.items()), tuple(targets.items()), ask_pemohon)


@lru_cache(maxsize=256)
def _empty_fields(choices: tuple[Choice, ...], targets: tuple[Choice, ...], ask_pemohon: bool) -> Markup:
    return _draw("drawn_decision_fields", Form(), dict(choices), dict(targets), ask_pemohon)


@bp.app_template_global()
def request_fields(form: Form, kind: str, code: str, name: str) -> Markup:
    """The fields that ask the applicant to put something right: a page has fifty, and most are empty."""
    if form.values or form.errors:
        return _draw("drawn_request", form, kind, code, name)
    return _empty_request(kind, code, name)


@lru_cache(maxsize=4096)
def _empty_request(kind: str, code: str, name: str) -> Markup:
    return _draw("drawn_request", Form(), kind, code, name)


def _draw(macro: str, *values: object) -> Markup:
    drawn = get_template_attribute("petugas/parts.html", macro)(*values)
    return Markup(drawn)  # noqa: S704 - a template's own words, escaped there


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
