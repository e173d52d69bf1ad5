"""Text as the office writes it: typed lines without what nobody sees; dates, times and lengths in words. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

#: The wall clock of the office, until its file has said which one is.
_zone = "Asia/Makassar"
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
#: Other ways of writing them: old spellings, short forms, English; and Roman numbers, in their order.
_OTHER_MONTHS = (
    "jan january djanuari", "feb peb february pebruari", "mar mrt march", "apr", "may", "jun june djuni",
    "jul july djuli", "agt ags agu agus agust aug august", "sep sept", "okt oct october", "nov nop nopember",
    "des dec december",
)  # fmt: skip
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_MONTH_NUMBER = {
    word: nomor
    for nomor, (name, other, roman) in enumerate(zip(MONTHS, _OTHER_MONTHS, ROMAN, strict=True), start=1)
    for word in (name.lower(), *other.split(), roman.lower())
}
_FIGURE = (
    "nol",
    "satu",
    "dua",
    "tiga",
    "empat",
    "lima",
    "enam",
    "tujuh",
    "delapan",
    "sembilan",
    "sepuluh",
    "sebelas",
)
_UNIT = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"), (10, "puluh"))
_A_DAY = timedelta(days=1)
_END = datetime(9999, 1, 1, tzinfo=UTC)  # the same day has a date in every zone


def office_zone() -> str:
    """The zone of the office's wall clock, as computers call it."""
    return _zone


def set_office_zone(zone: str) -> None:
    """Said once, by whoever reads the office's file."""
    global _zone
    _zone = zone


def date_in_words(hari: date) -> str:
    """ "25 November 2026"."""
    return f"{hari.day} {MONTHS[hari.month - 1]} {hari.year}"


def read_date_in_words(text: str) -> date | None:
    """The date in "25 November 2026", or in ISO text; None for anything else."""
    if is_iso_date(text):
        return date.fromisoformat(text)
    found = re.fullmatch(r"([0-9]{1,2}) (\w+) ([0-9]{4})", text)
    month = read_month(found[2]) if found else None
    try:
        return date(int(found[3]), month, int(found[1])) if found and month else None
    except ValueError:
        return None


def local_phone(number: str) -> str:
    """6281234567890 -> 081234567890."""
    return f"0{number[2:]}" if number.startswith("62") else number


def read_month(word: str) -> int | None:
    """The number of a month from any way people write its name: "Nopember", "agt", "XI"."""
    return _MONTH_NUMBER.get(word.lower())


def weekday_and_date(hari: date) -> str:
    """ "Rabu 25 November 2026"."""
    return f"{DAYS[hari.weekday()]} {date_in_words(hari)}"


def weekday_date_in_words(hari: date) -> str:
    """For a BAP: "Rabu, tanggal dua puluh lima bulan November tahun dua ribu dua puluh enam"."""
    month = MONTHS[hari.month - 1]
    return f"{DAYS[hari.weekday()]}, tanggal {in_words(hari.day)} bulan {month} tahun {in_words(hari.year)}"


def date_at(moment: datetime, zone: str | None = None) -> date:
    """The date on the office's wall at that moment."""
    return _local(moment, zone).date()


def clock_in_words(moment: datetime, zone: str | None = None) -> str:
    """ "14.05"."""
    return f"{_local(moment, zone):%H.%M}"


def moment_in_words(moment: datetime, zone: str | None = None) -> str:
    """ "25 November 2026 14.05 WITA"."""
    local = _local(moment, zone)
    return f"{date_in_words(local)} {local:%H.%M %Z}"


def in_words(n: int) -> str:
    """A whole number in words: 1100 is "seribu seratus"."""
    if n < 0:
        return f"minus {in_words(-n)}"
    if n < len(_FIGURE):
        return _FIGURE[n]
    if n < 20:
        return f"{_FIGURE[n - 10]} belas"
    large, name = next(s for s in _UNIT if n >= s[0])
    count, remaining = divmod(n, large)
    # Only ten, hundred and thousand take "se-": sejuta is spoken, satu juta is written.
    head = f"se{name}" if count == 1 and large <= 1000 else f"{in_words(count)} {name}"
    return f"{head} {in_words(remaining)}" if remaining else head


def length_in_words(length: timedelta, *, seconds: bool = False) -> str:
    """A length of time to the minute (or second), days of 24 hours: "4 hari 2 jam"; less than that says so."""
    parts = _units(*divmod(length, _A_DAY))
    if seconds and (n := length.seconds % 60):
        parts.append(f"{n} detik")
    return " ".join(parts) or _tiny(length)


def past_in_words(at: datetime | None, now: datetime) -> str:
    """How long ago, to the minute; to the second within an hour: "4 hari 2 jam", "8 detik"."""
    if at is None:
        return ""
    length = max(now - at, timedelta(seconds=1))
    return length_in_words(length, seconds=length < timedelta(hours=1))


def time_worked(hari: int, extra: timedelta) -> str:
    """So many hari kerja and office time of one more: "3 hari 2 jam"; at most the two largest units are told."""
    return " ".join(_units(hari, extra)[:2]) or _tiny(extra)


def read_iso_date(written: str) -> date:
    """YYYY-MM-DD and nothing else: Python also reads weeks and digits without hyphens. Raises ValueError."""
    hari = date.fromisoformat(written)
    if hari.isoformat() != written:
        raise ValueError(written)
    return hari


def is_iso_date(written: str) -> bool:
    """Whether this is YYYY-MM-DD of a day there is."""
    try:
        read_iso_date(written)
    except ValueError:
        return False
    return True


def read_moment(written: str) -> datetime:
    """A time as PostgreSQL writes it as JSON.

    It also has infinity, BC and the year 20000; none of ours is one of them, so a last one stands for all.
    """
    try:
        return min(datetime.fromisoformat(written), _END)
    except ValueError:
        return _END


def _local(moment: datetime, zone: str | None) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"waktu tanpa zona: {moment.isoformat()}")
    return moment.astimezone(ZoneInfo(zone or _zone))


def _units(hari: int, extra: timedelta) -> list[str]:
    hours_, minutes = divmod(extra // timedelta(minutes=1), 60)
    return [f"{n} {name}" for n, name in ((hari, "hari"), (hours_, "jam"), (minutes, "menit")) if n]


def _tiny(length: timedelta) -> str:
    return "kurang dari 1 menit" if length else "0 menit"


#: Categories no answer needs: control, format (bidi overrides, zero width), surrogates, private use, unassigned.
#: Variation selectors (U+FE00-FE0F) are as invisible.
_DROP = {"Cc", "Cf", "Cs", "Co", "Cn"}


def joined(names: Iterable[str]) -> str:
    """ "A", "A dan B", "A, B dan C", each name once."""
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} dan {last}" if first else last


def clean_line(text: str) -> str:
    """One line: NFC, no control or invisible characters, single spaces."""
    one_line = " ".join(text.split())
    clean = "".join(c for c in one_line if unicodedata.category(c) not in _DROP and not "\ufe00" <= c <= "\ufe0f")
    return " ".join(unicodedata.normalize("NFC", clean).split())


def clean_paragraph(text: str) -> str:
    """The same line by line, with at most one empty line between two."""
    cleaned = "\n".join(clean_line(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", cleaned).strip("\n")
