"""The calendar as the office keeps it, and the changes an administrator makes to it: checked, told in words. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import pairwise
from types import MappingProxyType

from pipeline.calendar.due import Musim, OfficeCalendar, WorkingHours
from pipeline.calendar.hours import Hours
from pipeline.calendar.national import Libur
from pipeline.errors import InputInvalid
from pipeline.tanggal import DAYS, ZONE, hari_tanggal, tanggal

DEFAULT, KANTOR = "bawaan", "kantor"  # Libur.sumber
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

    libur: Mapping[date, Libur]
    jam: Hours
    musim: tuple[Musim, ...] = ()

    def office(self) -> OfficeCalendar:
        """The calendar that deadlines are computed with."""
        return OfficeCalendar(ZONE, self.jam, {h: x.nama for h, x in self.libur.items()}, self.musim)


@dataclass(frozen=True, slots=True)
class AddLibur:
    """More days off, of the office's own."""

    hari: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class RemoveLibur:
    """A day off that is none."""

    tanggal: date


@dataclass(frozen=True, slots=True)
class MoveLibur:
    """A day off whose date became another one; the new date is certain."""

    dari: date
    ke: date


@dataclass(frozen=True, slots=True)
class PastikanLibur:
    """Computed dates that have been decided as they are."""

    tanggal: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class ChangeHours:
    """Other usual hours."""

    jam: Hours


@dataclass(frozen=True, slots=True)
class SaveMusim:
    """A season, new or in place of the one that began on ``lama``."""

    musim: Musim
    lama: date | None = None


@dataclass(frozen=True, slots=True)
class RemoveMusim:
    """The season that begins on this date, taken out."""

    mulai: date


Change = AddLibur | RemoveLibur | MoveLibur | PastikanLibur | ChangeHours | SaveMusim | RemoveMusim


def apply(isi: CalendarContent, perubahan: Change) -> CalendarContent:
    """The calendar after the change. Raises InputInvalid with the sentences by field."""
    return _APPLY[type(perubahan)](isi, perubahan)


def parse_hours(teks: Mapping[int, str]) -> Hours:
    """Hours per weekday (Monday = 0) as typed: "07.30-12.00 13.00-16.00"; empty for a closed day.

    Raises InputInvalid keyed ``jam-<weekday>``, or ``jam-0`` when no day is left.
    """
    jam, errors = {}, {}
    for hari, tertulis in teks.items():
        try:
            jam[hari] = _parse_day(tertulis, DAYS[hari])
        except InputInvalid as e:
            errors[f"jam-{hari}"] = str(e)
    if not errors and not any(jam.values()):
        errors["jam-0"] = "Paling sedikit satu hari harus punya jam kerja. Isi jam untuk hari kantor buka."
    if errors:
        raise InputInvalid(errors)
    return MappingProxyType({h: j for h, j in sorted(jam.items()) if j})


def time_text(jam: Iterable[WorkingHours]) -> str:
    """Hours of a day as they are typed."""
    return " ".join(f"{j.mulai:%H.%M}-{j.sampai:%H.%M}" for j in jam)


def _parse_day(teks: str, hari: str) -> tuple[WorkingHours, ...]:
    bagian = list(_SPAN.finditer(teks))
    if not all(_BETWEEN.fullmatch(sisa) for sisa in _SPAN.sub("\0", teks).split("\0")):
        raise InputInvalid({}, f"Jam {hari} belum terbaca. Tulis seperti 07.30-12.00 13.00-16.00, atau kosongkan.")
    jam = []
    for m in bagian:
        a, b, c, d = (int(x) for x in m.groups())
        if a > 23 or c > 23 or b > 59 or d > 59:
            raise InputInvalid({}, f"Jam {hari} memuat {m[0]}, yang bukan jam. Tulis antara 00.00 dan 23.59.")
        jam.append(WorkingHours(time(a, b), time(c, d)))
    _check_day(jam, hari)
    return tuple(jam)


def _check_day(jam: list[WorkingHours], hari: str) -> None:
    for j in jam:
        if j.mulai >= j.sampai:
            raise InputInvalid({}, f"Jam {hari} {time_text([j])}: jam selesai harus sesudah jam mulai.")
    for a, b in pairwise(jam):
        if b.mulai < a.sampai:
            raise InputInvalid({}, f"Jam {hari} bertumpang tindih: {time_text([a])} dan {time_text([b])}.")
        if b.mulai == a.sampai:
            raise InputInvalid(
                {}, f"Jam {hari} tidak punya istirahat pada {b.mulai:%H.%M}. Tulis satu rentang, atau beri jeda."
            )


def _add(isi: CalendarContent, p: AddLibur) -> CalendarContent:
    if not p.hari:
        raise InputInvalid({"tanggal": "Tulis tanggal hari libur yang ditambahkan."})
    if len(p.hari) > ADD_AT_ONCE:
        raise InputInvalid({"sampai": f"Paling banyak {ADD_AT_ONCE} hari sekali tambah."})
    libur = dict(isi.libur)
    for hari, nama in p.hari:
        _check_date(hari, "tanggal")
        if hari in libur:
            raise InputInvalid({"tanggal": f"{hari_tanggal(hari)} sudah libur: {libur[hari].nama}."})
        if not nama or len(nama) > NAME_LENGTH_AT_MOST:
            raise InputInvalid({"nama": f"Tulis nama hari liburnya, paling panjang {NAME_LENGTH_AT_MOST} huruf."})
        libur[hari] = Libur(hari, nama, KANTOR, perkiraan=False)
    return replace(isi, libur=libur)


def _remove(isi: CalendarContent, p: RemoveLibur) -> CalendarContent:
    _existing(isi, p.tanggal)
    return replace(isi, libur={h: x for h, x in isi.libur.items() if h != p.tanggal})


def _move(isi: CalendarContent, p: MoveLibur) -> CalendarContent:
    lama = _existing(isi, p.dari)
    _check_date(p.ke, "ke")
    if p.ke != p.dari and p.ke in isi.libur:
        raise InputInvalid({"ke": f"{hari_tanggal(p.ke)} sudah libur: {isi.libur[p.ke].nama}."})
    libur = {h: x for h, x in isi.libur.items() if h != p.dari}
    libur[p.ke] = replace(lama, tanggal=p.ke, perkiraan=False)
    return replace(isi, libur=libur)


def _confirm(isi: CalendarContent, p: PastikanLibur) -> CalendarContent:
    if not p.tanggal:
        raise InputInvalid({"tanggal": "Tidak ada tanggal perkiraan yang perlu dipastikan."})
    libur = dict(isi.libur)
    for hari in p.tanggal:
        libur[hari] = replace(_existing(isi, hari), perkiraan=False)
    return replace(isi, libur=libur)


def _hours(isi: CalendarContent, p: ChangeHours) -> CalendarContent:
    return replace(isi, jam=p.jam)


def _season(isi: CalendarContent, p: SaveMusim) -> CalendarContent:
    baru, lain = p.musim, [m for m in isi.musim if m.start_date != p.lama]
    if p.lama is not None and len(lain) == len(isi.musim):
        raise InputInvalid({"start_date": "Musim ini sudah tidak ada. Muat ulang halaman kalender."})
    if not baru.nama or len(baru.nama) > NAME_LENGTH_AT_MOST:
        raise InputInvalid(
            {"nama": f"Beri nama musim ini, misalnya Ramadan 1448 H, paling panjang {NAME_LENGTH_AT_MOST} huruf."}
        )
    _check_date(baru.start_date, "start_date")
    _check_date(baru.end_date, "end_date")
    panjang = (baru.end_date - baru.start_date).days
    if not 0 <= panjang < MUSIM_LENGTH_AT_MOST:
        urutan = f"Tanggal akhir tidak boleh sebelum tanggal mulai, dan musim paling lama {MUSIM_LENGTH_AT_MOST} hari."
        raise InputInvalid({"end_date": urutan})
    for m in lain:
        if m.start_date <= baru.end_date and baru.start_date <= m.end_date:
            raise InputInvalid({"start_date": f"Tanggalnya bertumpang tindih dengan {m.nama} ({season_dates(m)})."})
    return replace(isi, musim=tuple(sorted((*lain, baru), key=lambda m: m.start_date)))


def _drop_season(isi: CalendarContent, p: RemoveMusim) -> CalendarContent:
    tinggal = tuple(m for m in isi.musim if m.start_date != p.mulai)
    if len(tinggal) == len(isi.musim):
        raise InputInvalid({"lama": "Musim ini sudah tidak ada. Muat ulang halaman kalender."})
    return replace(isi, musim=tinggal)


def _existing(isi: CalendarContent, hari: date) -> Libur:
    if hari not in isi.libur:
        raise InputInvalid({"tanggal": f"{hari_tanggal(hari)} bukan hari libur. Muat ulang halaman kalender."})
    return isi.libur[hari]


def _check_date(hari: date, kode: str) -> None:
    if not FIRST_YEAR <= hari.year <= LAST_YEAR:
        raise InputInvalid({kode: f"Tahun {hari.year} di luar kalender. Periksa tahunnya."})


def season_dates(musim: Musim) -> str:
    """From when to when, in words."""
    return f"{tanggal(musim.start_date)} sampai {tanggal(musim.end_date)}"


_APPLY: Mapping[type, Callable[..., CalendarContent]] = {
    AddLibur: _add,
    RemoveLibur: _remove,
    MoveLibur: _move,
    PastikanLibur: _confirm,
    ChangeHours: _hours,
    SaveMusim: _season,
    RemoveMusim: _drop_season,
}
