"""A change of the calendar as its log keeps it: every changed entry before and after, and the same in words. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from pipeline.calendar.edit import DEFAULT, CalendarContent
from pipeline.calendar.hours import Hours
from pipeline.json import Json
from pipeline.text import DAYS, date_in_words, weekday_and_date


def plain(content: CalendarContent) -> Json:
    """The whole calendar as JSON values: ``{"libur": {...}, "jam": {...}, "musim": {...}}``."""
    return {
        "libur": {
            h.isoformat(): {"nama": x.name, "sumber": x.source, "perkiraan": x.estimate}
            for h, x in sorted(content.libur.items())
        },
        "jam": hours(content.hours),
        "musim": {
            m.start_date.isoformat(): {"nama": m.name, "sampai": m.end_date.isoformat(), "jam": hours(m.hours)}
            for m in content.musim
        },
    }


def hours(hours: Hours) -> Json:
    """Weekday "0".."6" -> [["07:30", "12:00"], …]."""
    return {str(h): [[f"{j.start:%H:%M}", f"{j.until:%H:%M}"] for j in p] for h, p in sorted(hours.items()) if p}


def differences(old: CalendarContent, new: CalendarContent) -> tuple[Json, Json]:
    """Only the entries that changed, before and after."""
    before, after = plain(old), plain(new)
    second = [(k, _entries(before, k), _entries(after, k)) for k in before]
    return (
        {k: different for k, a, b in second if (different := {n: v for n, v in a.items() if b.get(n) != v})},
        {k: different for k, a, b in second if (different := {n: v for n, v in b.items() if a.get(n) != v})},
    )


def replayed(log: Iterable[tuple[Mapping[str, object], Mapping[str, object]]]) -> Json:
    """The whole calendar after these changes (before, after), in their order, from an empty one."""
    told: dict[str, Json] = {"libur": {}, "jam": {}, "musim": {}}
    for before, after in log:
        for section, entries in told.items():
            for gone in _entries(before, section):
                entries.pop(gone, None)
            entries.update(_entries(after, section))
    return dict(told)


def describe(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    """A logged change in Indonesian, one sentence per entry; days off that come with the product are one."""
    return (
        *_holidays(_entries(before, "libur"), _entries(after, "libur")),
        *_week(_entries(before, "jam"), _entries(after, "jam")),
        *_seasons(_entries(before, "musim"), _entries(after, "musim")),
    )


def _holidays(old: Json, new: Json) -> Iterator[str]:
    if not old and new and all(_fields(b).get("sumber") == DEFAULT for b in new.values()):
        year = sorted({min(new)[:4], max(new)[:4]})
        yield f"{len(new)} hari libur bawaan tahun {' sampai '.join(year)}"
        return
    for hari in sorted({*old, *new}):
        a, b, word = _fields(old.get(hari)), _fields(new.get(hari)), weekday_and_date(date.fromisoformat(hari))
        if not a:
            yield f"Libur ditambah: {word}, {b.get('nama')}"
        elif not b:
            yield f"Libur dihapus: {word}, {a.get('nama')}"
        elif a.get("perkiraan") and not b.get("perkiraan"):
            yield f"Dipastikan: {word}, {b.get('nama')}"
        else:
            yield f"Libur diubah: {word}, {a.get('nama')} menjadi {b.get('nama')}"


def _week(old: Json, new: Json) -> Iterator[str]:
    if not old and len(new) > 1:
        yield "Jam kantor: " + "; ".join(f"{DAYS[int(hari)]} {_spans(hours)}" for hari, hours in sorted(new.items()))
        return
    for hari in sorted({*old, *new}):
        yield f"Jam {DAYS[int(hari)]}: {_spans(old.get(hari))} menjadi {_spans(new.get(hari))}"


def _seasons(old: Json, new: Json) -> Iterator[str]:
    for start in sorted({*old, *new}):
        a, b = _fields(old.get(start)), _fields(new.get(start))
        word = "Musim ditambah" if not a else "Musim dihapus" if not b else "Musim diubah"
        one = b or a
        until = date_in_words(date.fromisoformat(str(one.get("sampai"))))
        yield f"{word}: {one.get('nama')}, {date_in_words(date.fromisoformat(start))} sampai {until}"


def _entries(value: Mapping[str, object], section: str) -> Json:
    return _fields(value.get(section))


def _fields(value: object) -> Json:
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else {}


def _spans(value: object) -> str:
    """[["07:30", "12:00"], …] -> "07.30-12.00 …"."""
    fragment = [f"{a}-{b}".replace(":", ".") for a, b in value] if isinstance(value, list) else []
    return " ".join(fragment) or "tutup"
