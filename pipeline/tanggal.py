"""Dates, times and lengths of time in Indonesian words, as the office writes them. Pure."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = "Asia/Makassar"
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
    kata: nomor
    for nomor, (nama, lain, roman) in enumerate(zip(MONTHS, _OTHER_MONTHS, ROMAN, strict=True), start=1)
    for kata in (nama.lower(), *lain.split(), roman.lower())
}
_FIGURE = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas",
)  # fmt: skip
_UNIT = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"), (10, "puluh"))
_A_DAY = timedelta(days=1)
_END = datetime(9999, 1, 1, tzinfo=UTC)  # the same day has a date in every zone


def tanggal(hari: date) -> str:
    """ "25 November 2026"."""
    return f"{hari.day} {MONTHS[hari.month - 1]} {hari.year}"


def read_month(kata: str) -> int | None:
    """The number of a month from any way people write its name: "Nopember", "agt", "XI"."""
    return _MONTH_NUMBER.get(kata.lower())


def hari_tanggal(hari: date) -> str:
    """ "Rabu 25 November 2026"."""
    return f"{DAYS[hari.weekday()]} {tanggal(hari)}"


def weekday_date_in_words(hari: date) -> str:
    """For a BAP: "Rabu, tanggal dua puluh lima bulan November tahun dua ribu dua puluh enam"."""
    bulan = MONTHS[hari.month - 1]
    return f"{DAYS[hari.weekday()]}, tanggal {in_words(hari.day)} bulan {bulan} tahun {in_words(hari.year)}"


def date_at(saat: datetime, zone: str = ZONE) -> date:
    """The date on the office's wall at that moment."""
    return _local(saat, zone).date()


def jam(saat: datetime, zone: str = ZONE) -> str:
    """ "14.05"."""
    return f"{_local(saat, zone):%H.%M}"


def waktu(saat: datetime, zone: str = ZONE) -> str:
    """ "25 November 2026 14.05 WITA"."""
    lokal = _local(saat, zone)
    return f"{tanggal(lokal)} {lokal:%H.%M %Z}"


def in_words(n: int) -> str:
    """A whole number in words: 1100 is "seribu seratus"."""
    if n < 0:
        return f"minus {in_words(-n)}"
    if n < len(_FIGURE):
        return _FIGURE[n]
    if n < 20:
        return f"{_FIGURE[n - 10]} belas"
    besar, nama = next(s for s in _UNIT if n >= s[0])
    banyak, sisa = divmod(n, besar)
    # Only ten, hundred and thousand take "se-": sejuta is spoken, satu juta is written.
    kepala = f"se{nama}" if banyak == 1 and besar <= 1000 else f"{in_words(banyak)} {nama}"
    return f"{kepala} {in_words(sisa)}" if sisa else kepala


def lama(panjang: timedelta, *, detik: bool = False) -> str:
    """A length of time to the minute (or second), days of 24 hours: "4 hari 2 jam"; less than that says so."""
    bagian = _units(*divmod(panjang, _A_DAY))
    if detik and (n := panjang.seconds % 60):
        bagian.append(f"{n} detik")
    return " ".join(bagian) or _tiny(panjang)


def time_worked(hari: int, lebih: timedelta) -> str:
    """So many hari kerja and office time of one more: "3 hari 2 jam"; at most the two largest units are told."""
    return " ".join(_units(hari, lebih)[:2]) or _tiny(lebih)


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


def _local(saat: datetime, zone: str) -> datetime:
    if saat.tzinfo is None:
        raise ValueError(f"waktu tanpa zona: {saat.isoformat()}")
    return saat.astimezone(ZoneInfo(zone))


def _units(hari: int, lebih: timedelta) -> list[str]:
    hours_, menit = divmod(lebih // timedelta(minutes=1), 60)
    return [f"{n} {nama}" for n, nama in ((hari, "hari"), (hours_, "jam"), (menit, "menit")) if n]


def _tiny(panjang: timedelta) -> str:
    return "kurang dari 1 menit" if panjang else "0 menit"
