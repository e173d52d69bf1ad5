"""The calendar as the office keeps it, and the changes an administrator makes to it: checked, told in words. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import pairwise
from types import MappingProxyType

from pipeline.calendar.due import Musim, OfficeCalendar, WorkingHours
from pipeline.calendar.hours import Hours
from pipeline.calendar.national import NationalHoliday
from pipeline.errors import InputInvalid
from pipeline.text import DAYS, date_in_words, office_zone, weekday_and_date

DEFAULT, KANTOR = "bawaan", "kantor"  # Libur.source
NAME_LENGTH_AT_MOST = 120
ADD_AT_ONCE = 40
MUSIM_LENGTH_AT_MOST = 120  # days
FIRST_YEAR, LAST_YEAR = 2020, 2100
_HOURS = r"(\d{1,2})[.:](\d{2})"
_SPAN = re.compile(rf"{_HOURS}\s*(?:-|–|—|s\.?d\.?|sampai)\s*{_HOURS}", re.ASCII | re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;]*(?:dan)?[\s,;]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CalendarContent:
    """Everything the office's calendar says: days off by date, the usual week, seasons by date."""

    libur: Mapping[date, NationalHoliday]
    hours: Hours
    musim: tuple[Musim, ...] = ()

    def office(self) -> OfficeCalendar:
        """The calendar that deadlines are computed with."""
        return OfficeCalendar(office_zone(), self.hours, {h: x.name for h, x in self.libur.items()}, self.musim)


@dataclass(frozen=True, slots=True)
class AddLibur:
    """More days off, of the office's own."""

    hari: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class RemoveLibur:
    """A day off that is none."""

    day: date


@dataclass(frozen=True, slots=True)
class MoveLibur:
    """A day off whose date became another one; the new date is certain."""

    source: date
    target: date


@dataclass(frozen=True, slots=True)
class EnsureLibur:
    """Computed dates that have been decided as they are."""

    day: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class ChangeHours:
    """Other usual hours."""

    hours: Hours


@dataclass(frozen=True, slots=True)
class SaveMusim:
    """A season, new or in place of the one that began on ``old``."""

    musim: Musim
    old: date | None = None


@dataclass(frozen=True, slots=True)
class RemoveMusim:
    """The season that begins on this date, taken out."""

    start: date


Change = AddLibur | RemoveLibur | MoveLibur | EnsureLibur | ChangeHours | SaveMusim | RemoveMusim


def apply(content: CalendarContent, change: Change) -> CalendarContent:
    """The calendar after the change. Raises InputInvalid with the sentences by field."""
    return _APPLY[type(change)](content, change)


def parse_hours(text: Mapping[int, str]) -> Hours:
    """Hours per weekday (Monday = 0) as typed: "07.30-12.00 13.00-16.00"; empty for a closed day.

    Raises InputInvalid keyed ``jam-<weekday>``, or ``jam-0`` when no day is left.
    """
    hours, errors = {}, {}
    for hari, written in text.items():
        try:
            hours[hari] = _parse_day(written, DAYS[hari])
        except InputInvalid as error:
            errors[f"jam-{hari}"] = str(error)
    if not errors and not any(hours.values()):
        errors["jam-0"] = "Paling sedikit satu hari harus punya jam kerja. Isi jam untuk hari kantor buka."
    if errors:
        raise InputInvalid(errors)
    return MappingProxyType({h: j for h, j in sorted(hours.items()) if j})


def time_text(hours: Iterable[WorkingHours]) -> str:
    """Hours of a day as they are typed."""
    return " ".join(f"{j.start:%H.%M}-{j.until:%H.%M}" for j in hours)


def _parse_day(text: str, hari: str) -> tuple[WorkingHours, ...]:
    parts = list(_SPAN.finditer(text))
    if not all(_BETWEEN.fullmatch(remaining) for remaining in _SPAN.sub("\0", text).split("\0")):
        raise InputInvalid({}, f"Jam {hari} belum terbaca. Tulis seperti 07.30-12.00 13.00-16.00, atau kosongkan.")
    hours = []
    for m in parts:
        a, b, c, d = (int(x) for x in m.groups())
        if a > 23 or c > 23 or b > 59 or d > 59:
            raise InputInvalid({}, f"Jam {hari} memuat {m[0]}, yang bukan jam. Tulis antara 00.00 dan 23.59.")
        hours.append(WorkingHours(time(a, b), time(c, d)))
    _check_day(hours, hari)
    return tuple(hours)


def _check_day(hours: list[WorkingHours], hari: str) -> None:
    for j in hours:
        if j.start >= j.until:
            raise InputInvalid({}, f"Jam {hari} {time_text([j])}: jam selesai harus sesudah jam mulai.")
    for a, b in pairwise(hours):
        if b.start < a.until:
            raise InputInvalid({}, f"Jam {hari} bertumpang tindih: {time_text([a])} dan {time_text([b])}.")
        if b.start == a.until:
            raise InputInvalid(
                {}, f"Jam {hari} tidak punya istirahat pada {b.start:%H.%M}. Tulis satu rentang, atau beri jeda."
            )


def _add(content: CalendarContent, p: AddLibur) -> CalendarContent:
    if not p.hari:
        raise InputInvalid({"tanggal": "Tulis tanggal hari libur yang ditambahkan."})
    if len(p.hari) > ADD_AT_ONCE:
        raise InputInvalid({"sampai": f"Paling banyak {ADD_AT_ONCE} hari sekali tambah."})
    libur = dict(content.libur)
    for hari, name in p.hari:
        _check_date(hari, "tanggal")
        if hari in libur:
            raise InputInvalid({"tanggal": f"{weekday_and_date(hari)} sudah libur: {libur[hari].name}."})
        if not name or len(name) > NAME_LENGTH_AT_MOST:
            raise InputInvalid({"nama": f"Tulis nama hari liburnya, paling panjang {NAME_LENGTH_AT_MOST} huruf."})
        libur[hari] = NationalHoliday(hari, name, KANTOR, estimate=False)
    return replace(content, libur=libur)


def _remove(content: CalendarContent, p: RemoveLibur) -> CalendarContent:
    _existing(content, p.day)
    return replace(content, libur={h: x for h, x in content.libur.items() if h != p.day})


def _move(content: CalendarContent, p: MoveLibur) -> CalendarContent:
    old = _existing(content, p.source)
    _check_date(p.target, "ke")
    if p.target != p.source and p.target in content.libur:
        raise InputInvalid({"ke": f"{weekday_and_date(p.target)} sudah libur: {content.libur[p.target].name}."})
    libur = {h: x for h, x in content.libur.items() if h != p.source}
    libur[p.target] = replace(old, day=p.target, estimate=False)
    return replace(content, libur=libur)


def _confirm(content: CalendarContent, p: EnsureLibur) -> CalendarContent:
    if not p.day:
        raise InputInvalid({"tanggal": "Tidak ada tanggal perkiraan yang perlu dipastikan."})
    libur = dict(content.libur)
    for hari in p.day:
        libur[hari] = replace(_existing(content, hari), estimate=False)
    return replace(content, libur=libur)


def _hours(content: CalendarContent, p: ChangeHours) -> CalendarContent:
    return replace(content, hours=p.hours)


def _season(content: CalendarContent, p: SaveMusim) -> CalendarContent:
    new, other = p.musim, [m for m in content.musim if m.start_date != p.old]
    if p.old is not None and len(other) == len(content.musim):
        raise InputInvalid({"start_date": "Musim ini sudah tidak ada. Muat ulang halaman kalender."})
    if not new.name or len(new.name) > NAME_LENGTH_AT_MOST:
        raise InputInvalid(
            {"nama": f"Beri nama musim ini, misalnya Ramadan 1448 H, paling panjang {NAME_LENGTH_AT_MOST} huruf."}
        )
    _check_date(new.start_date, "start_date")
    _check_date(new.end_date, "end_date")
    length = (new.end_date - new.start_date).days
    if not 0 <= length < MUSIM_LENGTH_AT_MOST:
        order = f"Tanggal akhir tidak boleh sebelum tanggal mulai, dan musim paling lama {MUSIM_LENGTH_AT_MOST} hari."
        raise InputInvalid({"end_date": order})
    for m in other:
        if m.start_date <= new.end_date and new.start_date <= m.end_date:
            raise InputInvalid({"start_date": f"Tanggalnya bertumpang tindih dengan {m.name} ({season_dates(m)})."})
    return replace(content, musim=tuple(sorted((*other, new), key=lambda m: m.start_date)))


def _drop_season(content: CalendarContent, p: RemoveMusim) -> CalendarContent:
    left = tuple(m for m in content.musim if m.start_date != p.start)
    if len(left) == len(content.musim):
        raise InputInvalid({"lama": "Musim ini sudah tidak ada. Muat ulang halaman kalender."})
    return replace(content, musim=left)


def _existing(content: CalendarContent, hari: date) -> NationalHoliday:
    if hari not in content.libur:
        raise InputInvalid({"tanggal": f"{weekday_and_date(hari)} bukan hari libur. Muat ulang halaman kalender."})
    return content.libur[hari]


def _check_date(hari: date, code: str) -> None:
    if not FIRST_YEAR <= hari.year <= LAST_YEAR:
        raise InputInvalid({code: f"Tahun {hari.year} di luar kalender. Periksa tahunnya."})


def season_dates(musim: Musim) -> str:
    """From when to when, in words."""
    return f"{date_in_words(musim.start_date)} sampai {date_in_words(musim.end_date)}"


_APPLY: Mapping[type, Callable[..., CalendarContent]] = {
    AddLibur: _add,
    RemoveLibur: _remove,
    MoveLibur: _move,
    EnsureLibur: _confirm,
    ChangeHours: _hours,
    SaveMusim: _season,
    RemoveMusim: _drop_season,
}
