"""The time an office gives itself, and how it is read from the words of an SOP. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from pipeline.errors import DefinitionError

TEN_YEARS = 3653  # days


@dataclass(frozen=True, slots=True)
class Limit:
    """Time the office gives itself: hari kerja first, then office minutes."""

    hari: int = 0
    minutes: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.hari <= TEN_YEARS and 0 <= self.minutes <= TEN_YEARS * 1440):
            raise DefinitionError(f"Batas waktu {self.hari} hari {self.minutes} menit di luar 0 sampai 10 tahun.")

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """What ``read_time`` reads. Raises DefinitionError for words that are not a time."""
        return read_time(text).limit

    def __add__(self, other: "Limit") -> "Limit":
        return Limit(self.hari + other.hari, self.minutes + other.minutes)

    def __str__(self) -> str:
        hours, minutes = divmod(self.minutes, 60)
        parts = [f"{n} {unit}" for n, unit in ((self.hari, "hari"), (hours, "jam"), (minutes, "menit")) if n]
        return " ".join(parts) or "0 menit"

    def quote(self, added_days: int = 0) -> str:
        """As people are told of it: "4 hari kerja, diperpanjang 2 hari menjadi 6 hari kerja"."""
        kerja = str(self).replace(" hari", " hari kerja")
        if not added_days:
            return kerja
        hari = "hari" if self.hari else "hari kerja"
        return f"{kerja}, diperpanjang {added_days} {hari} menjadi {(self + Limit(hari=added_days)).quote()}"


@dataclass(frozen=True, slots=True)
class ReadTime:
    """The limit that some words give; ``notes`` say how words were read that may have meant something else."""

    limit: Limit
    notes: tuple[str, ...] = ()


_UNITS = {
    "menit": "menit mnt mnit", "jam": "jam", "hari": "hari hr hk", "minggu": "minggu mgg mggu",
    "bulan": "bulan bln", "tahun": "tahun thn", "detik": "detik dtk",
}  # fmt: skip
_UNIT = {word: unit for unit, every in _UNITS.items() for word in every.split()}
_NUMBER = r"\d+(?:[.,]\d+)?"
_EVERY_UNIT = "|".join(sorted(_UNIT, key=len, reverse=True))
_TERM = re.compile(rf"(?:(\d+)\s*(?:x|×|kali)\s*)?({_NUMBER})\s*({_EVERY_UNIT})\b\.?(?:\s*kerja\b)?", re.ASCII)
_PARTED = re.compile(r"[1-9]\d*\.\d{3}", re.ASCII)
_CALENDAR_DAYS = re.compile(r"\bkalender\b")
_BARE = re.compile(rf"\s*({_NUMBER})\s*", re.ASCII)
_BETWEEN_TERMS = re.compile(r"(?:[\s,;:+&]|\bdan\b|\blebih\b)*")
_RANGE = re.compile(r"\s*(?:[-–—~]|\bs\s*[./]\s*d\b\.?|\bsd\b|\bsampai(?:\s+dengan)?\b|\bhingga\b|\batau\b)\s*")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::[0-5]\d)?", re.ASCII)
_AT_MOST = re.compile(
    r"\b(?:tidak (?:lebih dari|melebihi)|paling lama"
    r"|(?:paling|se)\s*-?\s*lambat(?:\s*-\s*lambatnya)?|selama(?:\s*-\s*lamanya)?|maksimal|maksimum"
    r"|ma(?:ks|x)\b\.?|dalam(?: waktu)?|waktu)\s*:?|[<≤]"
)
_ABOUT = re.compile(r"\b(?:kurang lebih|lebih kurang|sekitar|kira-kira|rata-rata|minimal|minimum)\b|\+/-|±|[>≥]")
_FIGURE = dict(
    zip("nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas".split(), range(12), strict=True)
) | {"seratus": 100}
_TIMES = {"puluh": 10, "ratus": 100}
_SPELLING = "|".join([*_FIGURE, *_TIMES, "belas", "setengah"])
_SPELLED = re.compile(rf"\b(?:{_SPELLING})(?:\s+(?:{_SPELLING}))*\b")
_ONE = re.compile(r"\bse\s*-?\s*(menit|jam|hari|minggu|bulan)\b")
_HALF = re.compile(r"(?:(\d+)\s*)?(?:½|(?<![\d/])1/2(?![\d/]))", re.ASCII)


def read_time(text: str, unit: str = "") -> ReadTime:
    """Read words like "4 Hari 1 Jam 13 Menit (5 Hari)"; what stands in brackets is a remark, unless it is an "at most".

    "1-3 hari" is the longer, "1 hari (maksimal 3 hari)" as well, "paling lama 5 hari" five, "2 x 24 jam" two days, a
    minggu five hari kerja; jam are office hours. ``unit`` counts a number without one. Raises DefinitionError for what
    is no time, or one of no fixed length.
    """
    if (most := _at_most_in_brackets(text, unit)) is not None:
        return most
    words = _plain(_IN_BRACKETS.sub(" ", text))
    if clock := _CLOCK.fullmatch(words):
        return ReadTime(Limit(0, 60 * int(clock[1]) + int(clock[2])), (f'"{text}" dibaca sebagai jam dan menit.',))
    notes = [f'"{text}" hanya kira-kira; dibaca sebagai batas.'] if _ABOUT.search(words) else []
    sides = _RANGE.split(_ABOUT.sub(" ", words))
    if len(sides) > 2 or not all(side.strip() for side in sides):
        raise _unread(text)
    last, used = _side(sides[-1], unit, text)
    if len(sides) == 1:
        return ReadTime(last.limit, (*notes, *last.notes))
    first, _ = _side(sides[0], used, text)
    longer = max(first, last, key=lambda read: (read.limit.hari, read.limit.minutes))
    return ReadTime(longer.limit, (*notes, f'"{text}": dipakai yang terlama, {longer.limit}.', *longer.notes))


def _at_most_in_brackets(text: str, unit: str) -> ReadTime | None:
    """ "1 hari (maksimal 3 hari)" is three days; None where no bracket says such a thing."""
    remarks = [m[0][1:-1] for m in _IN_BRACKETS.finditer(text) if _AT_MOST.search(m[0].lower())]
    usual = _IN_BRACKETS.sub(" ", text).strip()
    if not (remarks and usual):
        return None
    read, unread = [read_time(usual, unit)], list[str]()
    for remark in remarks:
        try:
            read.append(read_time(remark, unit))
        except DefinitionError:  # also words that name no time, as "dalam hal lengkap"
            unread += [f'"{text}": yang dalam kurung tidak dibaca.'] if re.search(r"\d", remark) else []
    longer = max(read, key=lambda one: (one.limit.hari, one.limit.minutes))
    chosen = [f'"{text}": dipakai yang terlama, {longer.limit}.'] if len(read) > 1 else []
    return ReadTime(longer.limit, tuple(dict.fromkeys((*chosen, *unread, *read[0].notes, *longer.notes))))


def _unread(text: str, remedy: str = 'Tulis seperti "10 Menit" atau "4 Hari 1 Jam".') -> DefinitionError:
    return DefinitionError(f'Waktu "{text}" tidak terbaca. {remedy}')


def _plain(text: str) -> str:
    """Lower case, every number in figures, without the words that only say "at most"."""
    words = " ".join(text.lower().split())
    words = _ONE.sub(r"1 \1", words)
    words = _HALF.sub(lambda m: f"{m[1] or 0},5", words)
    words = _SPELLED.sub(lambda m: _figures(m[0]), words)
    if "antara" in words:
        words = words.replace("antara", " ").replace(" dan ", " - ")
    return _AT_MOST.sub(" ", words).strip(" .")


def _figures(spelled: str) -> str:
    """ "dua puluh lima" -> "25", "satu setengah" -> "1,5"."""
    total, last, half = 0, 0, ""
    for word in spelled.split():
        if word == "setengah":
            half = ",5"
        elif word in _TIMES:
            total, last = total + (last or 1) * _TIMES[word], 0
        elif word == "belas":
            last += 10
        else:
            total, last = total + last, _FIGURE[word]
    return f"{total + last}{half}"


def _side(side: str, unit: str, text: str) -> tuple[ReadTime, str]:
    """One end of a range, or the whole; and the unit its first number is counted in."""
    if (bare := _BARE.fullmatch(side)) and unit:
        side = f"{bare[1]} {unit}"
    terms = [match.groups() for match in _TERM.finditer(side)]
    units = [_UNIT[word] for _, _, word in terms]
    if _CALENDAR_DAYS.search(side):
        raise _unread(text, "Kantor menghitung hari kerja: tulis jumlah hari kerjanya.")
    if not terms or len(set(units)) != len(units) or not _BETWEEN_TERMS.fullmatch(_TERM.sub("", side)):
        raise _unread(text)
    limit, notes = Limit(), list[str]()
    for (times, number, _), name in zip(terms, units, strict=True):
        part = _term(int(times) if times else None, _amount(number), name, text)
        limit += part.limit
        notes += part.notes
        if _thousands(number):
            notes.append(f'"{text}": {number} dibaca sebagai {_amount(number)}.')
    return ReadTime(limit, tuple(notes)), units[0]


def _amount(number: str) -> Fraction:
    """ "1,5" and "1.5" are one and a half; a dot before three figures parts the thousands, but not "0.500"."""
    whole, dot, rest = number.replace(",", ".", 1).partition(".")
    return Fraction(whole + rest) if _thousands(number) else Fraction(whole + dot + (rest or ""))


def _thousands(number: str) -> bool:
    return _PARTED.fullmatch(number) is not None


def _term(times: int | None, amount: Fraction, unit: str, text: str) -> ReadTime:
    if times is not None and unit == "jam" and amount == 24:
        return ReadTime(Limit(times), (f'"{text}": 24 jam dibaca satu hari kerja.',))
    total = amount * (1 if times is None else times)
    if unit in ("bulan", "tahun"):
        raise _unread(text, f"Panjang satu {unit} tidak tentu: tulis jumlah hari kerjanya.")
    if unit in ("hari", "minggu"):
        days = total * (5 if unit == "minggu" else 1)
        if days.denominator != 1:
            raise _unread(text, 'Tulis bagian dari sehari dalam jam, seperti "4 Jam".')
        return ReadTime(Limit(int(days)), tuple(_week(unit, text)))
    minutes = total * {"jam": Fraction(60), "menit": Fraction(1), "detik": Fraction(1, 60)}[unit]
    rounded = () if minutes.denominator == 1 else (f'"{text}" dibulatkan ke atas menjadi {ceil(minutes)} menit.',)
    full_day = (f'"{text}" dibaca {ceil(minutes) // 60} jam kerja, bukan sehari.',) if minutes >= 1440 else ()
    return ReadTime(Limit(0, ceil(minutes)), (*rounded, *full_day))


def _week(unit: str, text: str) -> Iterator[str]:
    if unit == "minggu":
        yield f'"{text}": satu minggu dibaca lima hari kerja.'
