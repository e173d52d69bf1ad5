"""A tenggat told as the sum it came from, in Indonesian and on the office's clock. Pure.

It walks the calendar itself rather than describe a result, so a test can hold the words against ``calendar.due``.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, islice, pairwise

from pipeline.calendar.hours import A_DAY, OfficeCalendar, Span, open_spans, utc, working_days
from pipeline.calendar.limit import Limit
from pipeline.text import DAYS, MONTHS, length_in_words, weekday_and_date

_AT_MOST = 14  # parts of one sum; the middle of a longer one is left out
_ZERO = timedelta()


def explain(calendar: OfficeCalendar, start: datetime, limit: Limit, jeda: Sequence[Span], at: datetime) -> str:
    """The sum behind ``at``; ``jeda`` in UTC, in order and apart. Seconds are told, fractions of them are not."""
    begin = utc(start).replace(microsecond=0)
    if not limit.hari:
        text = f"{limit} kerja dari {_since(calendar, begin)}{_minutes(calendar, begin, limit.minutes)}"
    else:
        text, end = _days(calendar, begin, limit.hari)
        if limit.minutes:
            text += f", lalu {Limit(minutes=limit.minutes)} kerja{_minutes(calendar, end, limit.minutes)}"
    return text + _pauses(calendar, utc(start), jeda, at)


def _days(calendar: OfficeCalendar, begin: datetime, count: int) -> tuple[str, datetime]:
    """The counted days, and the end of the last one."""
    arrived = _arrival(calendar, begin)
    accepted = calendar.local(arrived).date()
    office_days = list(islice(working_days(calendar, accepted + A_DAY), count))
    name = {h: f"{_short(h, before)} ({n})" for n, (before, h) in enumerate(pairwise([accepted, *office_days]), 1)}
    end = calendar.open_spans(office_days[-1])[-1][1]
    outside = f" (tiba {_moment(calendar.local(begin))}, di luar jam kerja)" if arrived > begin else ""
    total = ", ".join(_shorten(_timeline(calendar, accepted + A_DAY, office_days[-1], name)))
    local = calendar.local(end)
    text = f"{count} hari kerja sesudah {weekday_and_date(accepted)}{outside}: {total}"
    return f"{text}, akhir jam kerja {_clock(local)} {local:%Z}", end


def _minutes(calendar: OfficeCalendar, begin: datetime, minutes: int) -> str:
    """The minutes taken from each day, and where they end."""
    used: dict[date, list[Span]] = {}
    for start, until in _first(open_spans(calendar, begin), timedelta(minutes=minutes)):
        used.setdefault(calendar.local(start).date(), []).append((start, until))
    if not used:
        return ""
    name = {hari: _taken(calendar, hari, span) for hari, span in used.items()}
    total = "; ".join(_shorten(_timeline(calendar, min(name), max(name), name)))
    end = calendar.local(used[max(used)][-1][1])
    return f": {total}, sampai {_clock(end)} {end:%Z}"


def _pauses(calendar: OfficeCalendar, start: datetime, jeda: Sequence[Span], at: datetime) -> str:
    hit = [(max(a, start), min(b, at)) for a, b in jeda if a < at and b > start]
    if not hit:
        return ""
    every = length_in_words(sum((b - a for a, b in hit), _ZERO))
    kantor = length_in_words(sum((y - x for a, b in hit for x, y in open_spans(calendar, a, b)), _ZERO))
    times = f" {len(hit)} kali, seluruhnya" if len(hit) > 1 else ""
    local = calendar.local(at)
    tenggat = f"{weekday_and_date(local)} {_clock(local)} {local:%Z}"
    return f"; berhenti{times} {every} ({kantor} jam kerja) selama berkas di luar meja ini, menjadi {tenggat}"


def _timeline(calendar: OfficeCalendar, since: date, until: date, name: Mapping[date, str]) -> Iterator[str]:
    """One part for every named day and holiday; closed days in a row are one part."""
    hari = [since + n * A_DAY for n in range((until - since).days + 1)]
    for own, cluster in groupby(hari, lambda h: h if h in name or h in calendar.libur else None):
        if own is None:
            close = list(cluster)
            yield DAYS[close[0].weekday()] if len(close) == 1 else _closed(close)
        else:
            yield name.get(own) or f"{_long(own)} libur ({calendar.libur[own]})"


def _closed(close: list[date]) -> str:
    name = _long if len(close) > 6 else lambda h: DAYS[h.weekday()]
    return f"{name(close[0])}-{name(close[-1])}"


def _taken(calendar: OfficeCalendar, hari: date, span: list[Span]) -> str:
    between = [f"{_clock(calendar.local(b))}-{_clock(calendar.local(a))}" for (_, b), (a, _) in pairwise(span) if b < a]
    lunch = f" (istirahat {', '.join(between)})" if between else ""
    return f"{length_in_words(sum((b - a for a, b in span), _ZERO), seconds=True)} {_long(hari)}{lunch}"


def _first(span: Iterator[Span], count: timedelta) -> Iterator[Span]:
    """The spans up to that much time."""
    while count > _ZERO:
        start, until = next(span)
        until = min(until, start + count)
        count -= until - start
        yield start, until


def _arrival(calendar: OfficeCalendar, begin: datetime) -> datetime:
    return next(open_spans(calendar, begin))[0]


def _since(calendar: OfficeCalendar, begin: datetime) -> str:
    arrived = _arrival(calendar, begin)
    local = calendar.local(begin)
    outside = f" (di luar jam kerja, dihitung sejak {_moment(calendar.local(arrived))})" if arrived > begin else ""
    return f"{weekday_and_date(local)} {_clock(local)}{outside}"


def _shorten(parts: Iterator[str]) -> list[str]:
    every = list(parts)
    return every if len(every) <= _AT_MOST else [*every[:6], "…", *every[-6:]]


def _moment(local: datetime) -> str:
    return f"{_long(local)} {_clock(local)}"


def _clock(local: datetime) -> str:
    return f"{local:%H.%M.%S}" if local.second else f"{local:%H.%M}"


def _long(hari: date) -> str:
    return f"{DAYS[hari.weekday()]} {hari.day} {MONTHS[hari.month - 1]}"


def _short(hari: date, before: date) -> str:
    """Names the month only when it is another than that of the day named before."""
    return _long(hari) if hari.month != before.month else f"{DAYS[hari.weekday()]} {hari.day}"
