"""What the office clock is made of: limits, hours, holidays, and the walk over the open spans of a calendar. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.errors import DefinitionError

SEHARI = timedelta(days=1)
TEN_YEARS = 3653  # days
_SUM = re.compile(r"(\d+)\s*(hari|jam|menit)(?:\s+kerja)?", re.IGNORECASE | re.ASCII)
_IN_BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Limit:
    """Time the office gives itself: hari kerja first, then office minutes."""

    hari: int = 0
    menit: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.hari <= TEN_YEARS and 0 <= self.menit <= TEN_YEARS * 1440):
            raise DefinitionError(f"Batas waktu {self.hari} hari {self.menit} menit di luar 0 sampai 10 tahun.")

    @classmethod
    def parse(cls, teks: str) -> "Limit":
        """Read the words of a SOP, like "4 Hari 1 Jam 13 Menit (5 Hari)"; what stands in brackets is a remark.

        Raises DefinitionError for words that are not a time.
        """
        without_brackets = _IN_BRACKETS.sub(" ", teks)
        temuan = _SUM.findall(without_brackets)
        jumlah = {unit.lower(): int(angka) for angka, unit in temuan}
        if not temuan or len(jumlah) != len(temuan) or _SUM.sub("", without_brackets).strip():
            raise DefinitionError(f'Waktu "{teks}" tidak terbaca. Tulis seperti "10 Menit" atau "4 Hari 1 Jam".')
        return cls(jumlah.get("hari", 0), 60 * jumlah.get("jam", 0) + jumlah.get("menit", 0))

    def __add__(self, lain: "Limit") -> "Limit":
        return Limit(self.hari + lain.hari, self.menit + lain.menit)

    def __str__(self) -> str:
        jam, menit = divmod(self.menit, 60)
        bagian = [f"{n} {unit}" for n, unit in ((self.hari, "hari"), (jam, "jam"), (menit, "menit")) if n]
        return " ".join(bagian) or "0 menit"

    def quote(self, added_days: int = 0) -> str:
        """As people are told of it: "4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja"."""
        kerja = str(self).replace(" hari", " hari kerja")
        if not added_days:
            return kerja
        hari = "hari" if self.hari else "hari kerja"
        return f"{kerja}, diperpanjang {added_days} {hari} menjadi {(self + Limit(hari=added_days)).quote()}"


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``mulai`` up to, not including, ``sampai``; empty when ``sampai`` is not later. Both aware."""

    mulai: datetime
    sampai: datetime


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """One stretch of office hours on the wall clock, up to and not including ``sampai``."""

    mulai: time
    sampai: time


Hours = Mapping[int, tuple[WorkingHours, ...]]  # weekday (Monday = 0) -> stretches; a weekday left out is closed


@dataclass(frozen=True, slots=True)
class Musim:
    """Other hours from one date through another (Ramadan); they replace the ordinary week altogether."""

    start_date: date
    end_date: date
    jam: Hours
    nama: str = ""


Span = tuple[datetime, datetime]  # open time in UTC, not empty


@dataclass(frozen=True, slots=True)
class OfficeCalendar:
    """When the office is open: its hours as the wall clock of its zone shows them, its holidays, its seasons.

    A value: change it with ``dataclasses.replace``. Raises DefinitionError when it contradicts itself.
    """

    zone: str
    jam: Hours
    libur: Mapping[date, str] = field(default_factory=dict)
    musim: tuple[Musim, ...] = ()
    _zona: ZoneInfo = field(init=False, repr=False, compare=False)
    _open: dict[date, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "_zona", ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError) as e:
            raise DefinitionError(f'Zona waktu "{self.zone}" tidak dikenal. Tulis seperti "Asia/Makassar".') from e
        for jam in (self.jam, *(m.jam for m in self.musim)):
            _check_hours(jam)
        _check_seasons(self.musim)

    def local(self, saat: datetime) -> datetime:
        """The moment on the office's wall clock. Raises ValueError for a naive datetime."""
        return utc(saat).astimezone(self._zona)

    def time_at(self, hari: date) -> tuple[WorkingHours, ...]:
        """The hours of that date; none on a holiday or a closed weekday."""
        if hari in self.libur:
            return ()
        jam = next((m.jam for m in self.musim if m.start_date <= hari <= m.end_date), self.jam)
        return jam.get(hari.weekday(), ())

    def buka(self, hari: date) -> tuple[Span, ...]:
        """The open spans of that local date in order, as UTC."""
        span = self._open.get(hari)
        if span is None:
            span = self._open[hari] = tuple(_spans_of(hari, self.time_at(hari), self._zona))
        return span


def utc(saat: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for a naive datetime."""
    # Needed before any comparison: two datetimes of one zone compare by wall clock, wrong across a DST change.
    if saat.tzinfo is None:
        raise ValueError(f"waktu tanpa zona: {saat.isoformat()}")
    return saat.astimezone(UTC)


def working_days(kalender: OfficeCalendar, dari: date) -> Iterator[date]:
    """The dates with office hours from ``dari`` on, without end.

    Raises DefinitionError after ten years without any.
    """
    tutup = 0
    while tutup <= TEN_YEARS:
        if kalender.buka(dari):
            tutup = 0
            yield dari
        else:
            tutup += 1
        dari += SEHARI
    raise DefinitionError(f"Kalender kantor tidak punya jam kerja selama 10 tahun sebelum {dari.isoformat()}.")


def open_spans(kalender: OfficeCalendar, mulai: datetime, sampai: datetime | None = None) -> Iterator[Span]:
    """The open spans between two UTC moments, cut to fit; without ``sampai`` they never end."""
    hari = kalender.local(mulai).date()
    for tanggal in working_days(kalender, hari) if sampai is None else _dates(hari, kalender.local(sampai).date()):
        for awal, akhir in kalender.buka(tanggal):
            a, b = max(awal, mulai), akhir if sampai is None else min(akhir, sampai)
            if a < b:
                yield a, b


def merge(distance: Iterable[Interval]) -> list[Span]:
    """The intervals in UTC, in order, those that overlap or touch made one, the empty ones gone."""
    hasil: list[Span] = []
    for mulai, sampai in sorted((utc(i.mulai), utc(i.sampai)) for i in distance):
        if mulai >= sampai:
            continue
        if hasil and mulai <= hasil[-1][1]:
            hasil[-1] = hasil[-1][0], max(hasil[-1][1], sampai)
        else:
            hasil.append((mulai, sampai))
    return hasil


def _dates(dari: date, sampai: date) -> Iterator[date]:
    while dari <= sampai:
        yield dari
        dari += SEHARI


def _spans_of(hari: date, jam: tuple[WorkingHours, ...], zone: ZoneInfo) -> Iterator[Span]:
    """Wall clock hours as UTC spans, also on the day the clock is put forward or back."""
    if not jam:
        return
    midnight = datetime.combine(hari, time(), zone)
    shift, new_shift = _offset(midnight), _offset(midnight + SEHARI)
    if shift == new_shift:
        yield from (_span(hari, j, shift) for j in jam)
        return
    ganti = _change(midnight.astimezone(UTC), shift, zone)
    yield from ((a, min(b, ganti)) for a, b in (_span(hari, j, shift) for j in jam) if a < ganti)
    yield from ((max(a, ganti), b) for a, b in (_span(hari, j, new_shift) for j in jam) if b > ganti)


def _span(hari: date, jam: WorkingHours, shift: timedelta) -> Span:
    return datetime.combine(hari, jam.mulai, UTC) - shift, datetime.combine(hari, jam.sampai, UTC) - shift


def _change(awal: datetime, shift: timedelta, zone: ZoneInfo) -> datetime:
    """The minute of the day from ``awal`` at which the offset is no longer ``shift``."""
    menit = [awal + timedelta(minutes=m) for m in range(26 * 60)]
    return menit[bisect_left(menit, True, key=lambda saat: _offset(saat.astimezone(zone)) != shift)]


def _offset(lokal: datetime) -> timedelta:
    return lokal.utcoffset() or timedelta()


def _check_hours(jam: Hours) -> None:
    for hari, fragment in jam.items():
        if hari not in range(7):
            raise DefinitionError(f"Hari {hari} tidak ada: Senin = 0 sampai Minggu = 6.")
        batas = [t for p in fragment for t in (p.mulai, p.sampai)]
        if any(t.tzinfo for t in batas) or any(p.mulai >= p.sampai for p in fragment) or batas != sorted(batas):
            raise DefinitionError(f"Jam kerja hari ke-{hari + 1} harus berurutan dan tidak bertumpang tindih.")


def _check_seasons(musim: tuple[Musim, ...]) -> None:
    if any(m.start_date > m.end_date for m in musim):
        raise DefinitionError("Musim jam kerja berakhir sebelum mulai.")
    urut = sorted(musim, key=lambda m: m.start_date)
    if any(a.end_date >= b.start_date for a, b in pairwise(urut)):
        raise DefinitionError("Dua musim jam kerja bertumpang tindih tanggalnya.")
