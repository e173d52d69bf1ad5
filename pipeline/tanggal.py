"""Dates, times and lengths of time in Indonesian words, as the office writes them. Pure."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONA = "Asia/Makassar"
HARI = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
BULAN = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
#: Other ways of writing them: old spellings, short forms, English; and Roman numbers, in their order.
_BULAN_LAIN = (
    "jan january djanuari", "feb peb february pebruari", "mar mrt march", "apr", "may", "jun june djuni",
    "jul july djuli", "agt ags agu agus agust aug august", "sep sept", "okt oct october", "nov nop nopember",
    "des dec december",
)  # fmt: skip
ROMAWI = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_NOMOR_BULAN = {
    kata: nomor
    for nomor, (nama, lain, romawi) in enumerate(zip(BULAN, _BULAN_LAIN, ROMAWI, strict=True), start=1)
    for kata in (nama.lower(), *lain.split(), romawi.lower())
}
_ANGKA = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas",
)  # fmt: skip
_SATUAN = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"), (10, "puluh"))
_SEHARI = timedelta(days=1)
_AKHIR = datetime(9999, 1, 1, tzinfo=UTC)  # the same day has a date in every zone


def tanggal(hari: date) -> str:
    """ "25 November 2026"."""
    return f"{hari.day} {BULAN[hari.month - 1]} {hari.year}"


def read_bulan(kata: str) -> int | None:
    """The number of a month from any way people write its name: "Nopember", "agt", "XI"."""
    return _NOMOR_BULAN.get(kata.lower())


def hari_tanggal(hari: date) -> str:
    """ "Rabu 25 November 2026"."""
    return f"{HARI[hari.weekday()]} {tanggal(hari)}"


def hari_tanggal_kata(hari: date) -> str:
    """For a BAP: "Rabu, tanggal dua puluh lima bulan November tahun dua ribu dua puluh enam"."""
    bulan = BULAN[hari.month - 1]
    return f"{HARI[hari.weekday()]}, tanggal {terbilang(hari.day)} bulan {bulan} tahun {terbilang(hari.year)}"


def tanggal_di(saat: datetime, zona: str = ZONA) -> date:
    """The date on the office's wall at that moment."""
    return _local(saat, zona).date()


def jam(saat: datetime, zona: str = ZONA) -> str:
    """ "14.05"."""
    return f"{_local(saat, zona):%H.%M}"


def waktu(saat: datetime, zona: str = ZONA) -> str:
    """ "25 November 2026 14.05 WITA"."""
    lokal = _local(saat, zona)
    return f"{tanggal(lokal)} {lokal:%H.%M %Z}"


def terbilang(n: int) -> str:
    """A whole number in words: 1100 is "seribu seratus"."""
    if n < 0:
        return f"minus {terbilang(-n)}"
    if n < len(_ANGKA):
        return _ANGKA[n]
    if n < 20:
        return f"{_ANGKA[n - 10]} belas"
    besar, nama = next(s for s in _SATUAN if n >= s[0])
    banyak, sisa = divmod(n, besar)
    # Only ten, hundred and thousand take "se-": sejuta is spoken, satu juta is written.
    kepala = f"se{nama}" if banyak == 1 and besar <= 1000 else f"{terbilang(banyak)} {nama}"
    return f"{kepala} {terbilang(sisa)}" if sisa else kepala


def lama(panjang: timedelta, *, detik: bool = False) -> str:
    """A length of time to the minute (or second), days of 24 hours: "4 hari 2 jam"; less than that says so."""
    bagian = _units(*divmod(panjang, _SEHARI))
    if detik and (n := panjang.seconds % 60):
        bagian.append(f"{n} detik")
    return " ".join(bagian) or _tiny(panjang)


def lama_kerja(hari: int, lebih: timedelta) -> str:
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
        return min(datetime.fromisoformat(written), _AKHIR)
    except ValueError:
        return _AKHIR


def _local(saat: datetime, zona: str) -> datetime:
    if saat.tzinfo is None:
        raise ValueError(f"waktu tanpa zona: {saat.isoformat()}")
    return saat.astimezone(ZoneInfo(zona))


def _units(hari: int, lebih: timedelta) -> list[str]:
    jam_, menit = divmod(lebih // timedelta(minutes=1), 60)
    return [f"{n} {nama}" for n, nama in ((hari, "hari"), (jam_, "jam"), (menit, "menit")) if n]


def _tiny(panjang: timedelta) -> str:
    return "kurang dari 1 menit" if panjang else "0 menit"
