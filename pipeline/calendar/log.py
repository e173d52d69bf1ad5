"""A change of the calendar as its log keeps it: every changed entry before and after, and the same in words. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from pipeline.calendar.edit import DEFAULT, CalendarContent
from pipeline.calendar.hours import Hours
from pipeline.json import Json
from pipeline.tanggal import DAYS, hari_tanggal, tanggal


def plain(isi: CalendarContent) -> Json:
    """The whole calendar as JSON values: ``{"libur": {...}, "jam": {...}, "musim": {...}}``."""
    return {
        "libur": {
            h.isoformat(): {"nama": x.nama, "sumber": x.sumber, "perkiraan": x.perkiraan}
            for h, x in sorted(isi.libur.items())
        },
        "jam": hours(isi.jam),
        "musim": {
            m.start_date.isoformat(): {"nama": m.nama, "sampai": m.end_date.isoformat(), "jam": hours(m.jam)}
            for m in isi.musim
        },
    }


def hours(jam: Hours) -> Json:
    """Weekday "0".."6" -> [["07:30", "12:00"], …]."""
    return {str(h): [[f"{j.mulai:%H:%M}", f"{j.sampai:%H:%M}"] for j in p] for h, p in sorted(jam.items()) if p}


def differences(lama: CalendarContent, baru: CalendarContent) -> tuple[Json, Json]:
    """Only the entries that changed, before and after."""
    sebelum, sesudah = plain(lama), plain(baru)
    kedua = [(k, _entries(sebelum, k), _entries(sesudah, k)) for k in sebelum]
    return (
        {k: different for k, a, b in kedua if (different := {n: v for n, v in a.items() if b.get(n) != v})},
        {k: different for k, a, b in kedua if (different := {n: v for n, v in b.items() if a.get(n) != v})},
    )


def replayed(log: Iterable[tuple[Mapping[str, object], Mapping[str, object]]]) -> Json:
    """The whole calendar after these changes (before, after), in their order, from an empty one."""
    told: dict[str, Json] = {"libur": {}, "jam": {}, "musim": {}}
    for sebelum, sesudah in log:
        for bagian, entries in told.items():
            for gone in _entries(sebelum, bagian):
                entries.pop(gone, None)
            entries.update(_entries(sesudah, bagian))
    return dict(told)


def describe(sebelum: Mapping[str, object], sesudah: Mapping[str, object]) -> tuple[str, ...]:
    """A logged change in Indonesian, one sentence per entry; days off that come with the product are one."""
    return (
        *_holidays(_entries(sebelum, "libur"), _entries(sesudah, "libur")),
        *_week(_entries(sebelum, "jam"), _entries(sesudah, "jam")),
        *_seasons(_entries(sebelum, "musim"), _entries(sesudah, "musim")),
    )


def _holidays(lama: Json, baru: Json) -> Iterator[str]:
    if not lama and baru and all(_fields(b).get("sumber") == DEFAULT for b in baru.values()):
        tahun = sorted({min(baru)[:4], max(baru)[:4]})
        yield f"{len(baru)} hari libur bawaan tahun {' sampai '.join(tahun)}"
        return
    for hari in sorted({*lama, *baru}):
        a, b, kata = _fields(lama.get(hari)), _fields(baru.get(hari)), hari_tanggal(date.fromisoformat(hari))
        if not a:
            yield f"Libur ditambah: {kata}, {b.get('nama')}"
        elif not b:
            yield f"Libur dihapus: {kata}, {a.get('nama')}"
        elif a.get("perkiraan") and not b.get("perkiraan"):
            yield f"Dipastikan: {kata}, {b.get('nama')}"
        else:
            yield f"Libur diubah: {kata}, {a.get('nama')} menjadi {b.get('nama')}"


def _week(lama: Json, baru: Json) -> Iterator[str]:
    if not lama and len(baru) > 1:
        yield "Jam kantor: " + "; ".join(f"{DAYS[int(hari)]} {_spans(jam)}" for hari, jam in sorted(baru.items()))
        return
    for hari in sorted({*lama, *baru}):
        yield f"Jam {DAYS[int(hari)]}: {_spans(lama.get(hari))} menjadi {_spans(baru.get(hari))}"


def _seasons(lama: Json, baru: Json) -> Iterator[str]:
    for mulai in sorted({*lama, *baru}):
        a, b = _fields(lama.get(mulai)), _fields(baru.get(mulai))
        kata = "Musim ditambah" if not a else "Musim dihapus" if not b else "Musim diubah"
        satu = b or a
        sampai = tanggal(date.fromisoformat(str(satu.get("sampai"))))
        yield f"{kata}: {satu.get('nama')}, {tanggal(date.fromisoformat(mulai))} sampai {sampai}"


def _entries(nilai: Mapping[str, object], bagian: str) -> Json:
    return _fields(nilai.get(bagian))


def _fields(nilai: object) -> Json:
    return {str(k): v for k, v in nilai.items()} if isinstance(nilai, dict) else {}


def _spans(nilai: object) -> str:
    """[["07:30", "12:00"], …] -> "07.30-12.00 …"."""
    fragment = [f"{a}-{b}".replace(":", ".") for a, b in nilai] if isinstance(nilai, list) else []
    return " ".join(fragment) or "tutup"
