"""A tenggat told as the sum it came from, in Indonesian and on the office's clock. Pure.

It walks the calendar itself rather than describe a result, so a test can hold the words against ``calendar.due``.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, islice, pairwise

from pipeline.calendar.hours import SEHARI, Limit, OfficeCalendar, Span, open_spans, utc, working_days
from pipeline.tanggal import DAYS, MONTHS, hari_tanggal, lama

_AT_MOST = 14  # parts of one sum; the middle of a longer one is left out
_ZERO = timedelta()


def explain(kalender: OfficeCalendar, mulai: datetime, limit: Limit, jeda: Sequence[Span], at: datetime) -> str:
    """The sum behind ``at``; ``jeda`` in UTC, in order and apart. Seconds are told, fractions of them are not."""
    awal = utc(mulai).replace(microsecond=0)
    if not limit.hari:
        teks = f"{limit} kerja dari {_since(kalender, awal)}{_minutes(kalender, awal, limit.menit)}"
    else:
        teks, akhir = _days(kalender, awal, limit.hari)
        if limit.menit:
            teks += f", lalu {Limit(menit=limit.menit)} kerja{_minutes(kalender, akhir, limit.menit)}"
    return teks + _pauses(kalender, utc(mulai), jeda, at)


def _days(kalender: OfficeCalendar, awal: datetime, banyak: int) -> tuple[str, datetime]:
    """The counted days, and the end of the last one."""
    tiba = _arrival(kalender, awal)
    diterima = kalender.local(tiba).date()
    office_days = list(islice(working_days(kalender, diterima + SEHARI), banyak))
    nama = {h: f"{_short(h, sebelum)} ({n})" for n, (sebelum, h) in enumerate(pairwise([diterima, *office_days]), 1)}
    akhir = kalender.buka(office_days[-1])[-1][1]
    outside = f" (tiba {_moment(kalender.local(awal))}, di luar jam kerja)" if tiba > awal else ""
    jumlah = ", ".join(_shorten(_timeline(kalender, diterima + SEHARI, office_days[-1], nama)))
    lokal = kalender.local(akhir)
    teks = f"{banyak} hari kerja sesudah {hari_tanggal(diterima)}{outside}: {jumlah}"
    return f"{teks}, akhir jam kerja {_clock(lokal)} {lokal:%Z}", akhir


def _minutes(kalender: OfficeCalendar, awal: datetime, menit: int) -> str:
    """The minutes taken from each day, and where they end."""
    terpakai: dict[date, list[Span]] = {}
    for mulai, sampai in _first(open_spans(kalender, awal), timedelta(minutes=menit)):
        terpakai.setdefault(kalender.local(mulai).date(), []).append((mulai, sampai))
    if not terpakai:
        return ""
    nama = {hari: _taken(kalender, hari, span) for hari, span in terpakai.items()}
    jumlah = "; ".join(_shorten(_timeline(kalender, min(nama), max(nama), nama)))
    akhir = kalender.local(terpakai[max(terpakai)][-1][1])
    return f": {jumlah}, sampai {_clock(akhir)} {akhir:%Z}"


def _pauses(kalender: OfficeCalendar, mulai: datetime, jeda: Sequence[Span], at: datetime) -> str:
    hit = [(max(a, mulai), min(b, at)) for a, b in jeda if a < at and b > mulai]
    if not hit:
        return ""
    semua = lama(sum((b - a for a, b in hit), _ZERO))
    kantor = lama(sum((y - x for a, b in hit for x, y in open_spans(kalender, a, b)), _ZERO))
    kali = f" {len(hit)} kali, seluruhnya" if len(hit) > 1 else ""
    lokal = kalender.local(at)
    tenggat = f"{hari_tanggal(lokal)} {_clock(lokal)} {lokal:%Z}"
    return f"; berhenti{kali} {semua} ({kantor} jam kerja) selama berkas di luar meja ini, menjadi {tenggat}"


def _timeline(kalender: OfficeCalendar, dari: date, sampai: date, nama: Mapping[date, str]) -> Iterator[str]:
    """One part for every named day and holiday; closed days in a row are one part."""
    hari = [dari + n * SEHARI for n in range((sampai - dari).days + 1)]
    for own, cluster in groupby(hari, lambda h: h if h in nama or h in kalender.libur else None):
        if own is None:
            tutup = list(cluster)
            yield DAYS[tutup[0].weekday()] if len(tutup) == 1 else _closed(tutup)
        else:
            yield nama.get(own) or f"{_long(own)} libur ({kalender.libur[own]})"


def _closed(tutup: list[date]) -> str:
    nama = _long if len(tutup) > 6 else lambda h: DAYS[h.weekday()]
    return f"{nama(tutup[0])}-{nama(tutup[-1])}"


def _taken(kalender: OfficeCalendar, hari: date, span: list[Span]) -> str:
    between = [f"{_clock(kalender.local(b))}-{_clock(kalender.local(a))}" for (_, b), (a, _) in pairwise(span) if b < a]
    istirahat = f" (istirahat {', '.join(between)})" if between else ""
    return f"{lama(sum((b - a for a, b in span), _ZERO), detik=True)} {_long(hari)}{istirahat}"


def _first(span: Iterator[Span], banyak: timedelta) -> Iterator[Span]:
    """The spans up to that much time."""
    while banyak > _ZERO:
        mulai, sampai = next(span)
        sampai = min(sampai, mulai + banyak)
        banyak -= sampai - mulai
        yield mulai, sampai


def _arrival(kalender: OfficeCalendar, awal: datetime) -> datetime:
    return next(open_spans(kalender, awal))[0]


def _since(kalender: OfficeCalendar, awal: datetime) -> str:
    tiba = _arrival(kalender, awal)
    lokal = kalender.local(awal)
    outside = f" (di luar jam kerja, dihitung sejak {_moment(kalender.local(tiba))})" if tiba > awal else ""
    return f"{hari_tanggal(lokal)} {_clock(lokal)}{outside}"


def _shorten(bagian: Iterator[str]) -> list[str]:
    semua = list(bagian)
    return semua if len(semua) <= _AT_MOST else [*semua[:6], "…", *semua[-6:]]


def _moment(lokal: datetime) -> str:
    return f"{_long(lokal)} {_clock(lokal)}"


def _clock(lokal: datetime) -> str:
    return f"{lokal:%H.%M.%S}" if lokal.second else f"{lokal:%H.%M}"


def _long(hari: date) -> str:
    return f"{DAYS[hari.weekday()]} {hari.day} {MONTHS[hari.month - 1]}"


def _short(hari: date, sebelum: date) -> str:
    """Names the month only when it is another than that of the day named before."""
    return _long(hari) if hari.month != sebelum.month else f"{DAYS[hari.weekday()]} {hari.day}"
