"""What a template or a text of the SOP may do to a value before it is printed. Pure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pipeline.documents.address import labelled, printed_address
from pipeline.text import date_in_words, in_words, read_date_in_words, weekday_date_in_words


def day_in_words(value: str) -> str:
    """ "6 Maret 2018", however the date is written; anything else as it stands, for a draft of a half-filled form."""
    return date_in_words(day) if (day := read_date_in_words(value)) else value


def _weekday_in_words(value: str) -> str:
    """ "Kamis, tanggal dua puluh enam bulan November tahun dua ribu dua puluh enam"."""
    return weekday_date_in_words(day) if (day := read_date_in_words(value)) else value


def _spelled(value: str | int) -> str:
    """ "1.500" -> "seribu lima ratus"."""
    return in_words(number) if (number := _number(value)) is not None else str(value)


def _money(value: str | int) -> str:
    """ "1500000" -> "Rp1.500.000"."""
    return f"Rp{number:,}".replace(",", ".") if (number := _number(value)) is not None else str(value)


def _capitals(value: str) -> str:
    return value.upper()


def _labelled(value: str, word: str) -> str:
    """The value behind its word, once: "No. 12" and "12" are both "Nomor 12"."""
    return labelled(word, value) if value else ""


def _address(street: str, village: str, district: str, region: str, city: str) -> str:
    """A street with each of its places named once."""
    return printed_address(street, village, district, f"{region} {city}")


def _number(value: str | int) -> int | None:
    digits = str(value).replace(".", "")
    return int(digits) if digits.isascii() and digits.isdigit() else None


#: Name in a template -> what it does.
FILTERS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "tanggal": day_in_words,
        "hari_tanggal": _weekday_in_words,
        "terbilang": _spelled,
        "rupiah": _money,
        "huruf_besar": _capitals,
        "berlabel": _labelled,
        "alamat_lengkap": _address,
    }
)
