"""One answer of the form, by its kind: cleaned, checked, and brought to one way of writing. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from pipeline.rules.form.refused_answer import InvalidIsian, RefusedAnswer
from pipeline.sop.values import Isian
from pipeline.sop.words import IsianKind
from pipeline.text import clean_line, is_iso_date, read_month

_DIGIT_SEPARATORS = re.compile(r"[\s.\-]")
_PHONE_SEPARATORS = re.compile(r"[\s.()\-‐-―]")
_AREA = re.compile(r"^(\(?0[0-9]{2,3}\)?)\s*/")  # 0511/4772233; any other slash stands between two numbers
_ABROAD = re.compile(r"\+(?!62|0)[1-9][0-9]{6,14}")
_PHONE = re.compile(r"(?:(?:\+|00)?620?|\+?0|00(?=8)|(?=8))([1-9][0-9]{6,11})")
_EMAIL = re.compile(r"[a-z0-9_%+'-]+(?:\.[a-z0-9_%+'-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_EMAIL_LENGTH_AT_MOST = 254
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_DEGREE = r"(-?[0-9]{1,3}(?:[.,][0-9]+)?)"
_COORDINATES = re.compile(rf"{_DEGREE}(?:\s*[,;]\s*|\s+){_DEGREE}")
_LATITUDE, _LONGITUDE = (-11.1, 6.2), (94.9, 141.1)  # Indonesia
_YMD = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_DMY = re.compile(r"([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{4})")
_D_MONTH_Y = re.compile(r"([0-9]{1,2})\s*[-/.,]?\s*([a-z]+)\.?\s*[-/.,]?\s*([0-9]{4})")
_MONTH_D_Y = re.compile(r"([a-z]+)\.?\s*([0-9]{1,2})\s*,?\s*([0-9]{4})")
_AROUND_DATE = re.compile(
    r"^(?:(?:hari|tanggal|tgl|senin|selasa|rabu|kamis|jum.?at|sabtu|minggu|ahad)\b[\s,.:]*)+|(?<=\s)(?:bulan|tahun)\s|\.$"
)
_YEAR = range(1900, 2101)


def parse_phone(text: str) -> str:
    """A telephone number: ``62…`` from 08…, 8…, +62… or 0062…, and ``+…`` of any other country. Raises InvalidIsian."""
    figure = _PHONE_SEPARATORS.sub("", _AREA.sub(r"\1", clean_line(text)))
    if _ABROAD.fullmatch(figure):
        return figure
    if fits := _PHONE.fullmatch(figure):
        return f"62{fits[1]}"
    raise InvalidIsian(RefusedAnswer.PHONE)


def parse_email(text: str) -> str:
    """An e-mail address in small letters. Raises InvalidIsian."""
    email = clean_line(text).lower()
    if len(email) > _EMAIL_LENGTH_AT_MOST or not _EMAIL.fullmatch(email):
        raise InvalidIsian(RefusedAnswer.EMAIL)
    return email


def parse_date(text: str) -> date:
    """A date from 2026-11-25, 25-11-2026, 25/11/2026, 25 Nopember 2026, 25-XI-2026, … Raises InvalidIsian."""
    year, month, hari = _date_parts(_AROUND_DATE.sub("", clean_line(text).lower()).strip())
    try:
        result = date(int(year), int(read_month(month) or month), int(hari))
    except ValueError:
        raise InvalidIsian(RefusedAnswer.DATE_IMPOSSIBLE) from None
    if result.year not in _YEAR:
        raise InvalidIsian(RefusedAnswer.DATE_YEAR, year=result.year, first=_YEAR[0], last=_YEAR[-1])
    return result


def _date_parts(small: str) -> tuple[str, str, str]:
    """Year, month and day as written; two digits after two digits are day and month, as everybody here writes them."""
    if fits := _YMD.fullmatch(small):
        return fits[1], fits[3], fits[4]
    if fits := _DMY.fullmatch(small) or _D_MONTH_Y.fullmatch(small):
        return fits[3], fits[2], fits[1]
    if fits := _MONTH_D_Y.fullmatch(small):
        return fits[3], fits[1], fits[2]
    raise InvalidIsian(RefusedAnswer.DATE_UNREAD)


def printable(text: str) -> str:
    """The text as every paper can print it: ㎡ becomes m2. Raises InvalidIsian for emoji, which none can."""
    ordinary = "".join(unicodedata.normalize("NFKC", c) if _is_picture(c) else c for c in text)
    if picture := "".join(dict.fromkeys(c for c in ordinary if _is_picture(c))):
        raise InvalidIsian(RefusedAnswer.PICTURE, picture=picture)
    return ordinary


def unprintable(text: str) -> str | None:
    """The sentence about a text that no paper can print; None for one that can."""
    try:
        printable(text)
    except InvalidIsian as error:
        return str(error)
    return None


def _is_picture(c: str) -> bool:
    """Emoji, dingbats, keycaps and skin tones."""
    return (unicodedata.category(c) == "So" and c >= "\u2190") or c == "\u20e3" or "\U0001f3fb" <= c <= "\U0001f3ff"


def _text(isian: Isian, text: str) -> str:
    text = printable(text)
    if len(text) > isian.max_length:
        raise InvalidIsian(RefusedAnswer.TOO_LONG, length=len(text), at_most=isian.max_length)
    if not any(c.isalnum() for c in text):
        raise InvalidIsian(RefusedAnswer.NO_WORDS)
    if isian.usual and (usual := isian.usual.read(text)):
        return usual
    if isian.shape is None:
        return text
    if (shaped := isian.shape.read(text)) is None:
        raise InvalidIsian(RefusedAnswer.SHAPE, words=isian.shape.words)
    return shaped


def _choice(isian: Isian, text: str) -> str:
    if text in isian.stops:
        raise InvalidIsian(RefusedAnswer.STOPS, stop=isian.stops[text])
    if text not in isian.choices:
        raise InvalidIsian(RefusedAnswer.NO_CHOICE)
    return text


def choices(isian: Isian, answer: Sequence[str]) -> tuple[str, ...]:
    chosen = {_choice(isian, text) for j in answer if (text := clean_line(j))}
    return tuple(value for value in isian.choices if value in chosen)


def _date(isian: Isian, text: str) -> str:
    return parse_date(text).isoformat()


def _count(isian: Isian, text: str) -> str:
    text = re.sub(r"\s*(?:orang|jiwa|anak)$", "", text, flags=re.IGNORECASE)
    figure = text.replace(".", "") if _THOUSANDS.fullmatch(text) else text.replace(" ", "")
    if not _digits(figure):
        raise InvalidIsian(RefusedAnswer.NO_NUMBER)
    figure = figure.lstrip("0") or "0"
    if len(figure) > isian.max_length:
        raise InvalidIsian(RefusedAnswer.TOO_LARGE, at_most=isian.max_length)
    return figure


def parse_nik(text: str) -> str:
    """The 16 digits of a NIK. Raises InvalidIsian."""
    nik = _exact_digits(clean_line(text), "NIK", 16)
    hari, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    hari -= 40 if hari > 40 else 0  # women's day of birth is written plus 40
    if not any(is_iso_date(f"{century + year}-{month:02}-{hari:02}") for century in (1900, 2000)):
        raise InvalidIsian(RefusedAnswer.NIK_BIRTH)
    if int(nik[:2]) < 11 or nik.endswith("0000"):
        raise InvalidIsian(RefusedAnswer.NIK_WRONG)
    return nik


def _fixed_digits(isian: Isian, text: str) -> str:
    return _exact_digits(text, isian.label, *isian.lengths)


def is_nip(text: str) -> bool:
    """Whether it has the 18 digits of an officer's number, however they are spaced."""
    figure = _DIGIT_SEPARATORS.sub("", text)
    return len(figure) == 18 and _digits(figure)


def _nip(isian: Isian, text: str) -> str:
    if not is_nip(text):
        raise InvalidIsian(RefusedAnswer.NIP_LENGTH)
    return text


def _telephone(isian: Isian, text: str) -> str:
    return parse_phone(text)


def _email(isian: Isian, text: str) -> str:
    return parse_email(text)


def _coordinates(isian: Isian, text: str) -> str:
    fits = _COORDINATES.fullmatch(text.replace("\N{MINUS SIGN}", "-"))
    if not fits:
        raise InvalidIsian(RefusedAnswer.PLACE_UNREAD)
    latitude, longitude = (figure.replace(",", ".") for figure in fits.groups())
    if _within(longitude, _LATITUDE) and _within(latitude, _LONGITUDE):
        raise InvalidIsian(RefusedAnswer.PLACE_SWAPPED)
    if not (_within(latitude, _LATITUDE) and _within(longitude, _LONGITUDE)):
        raise InvalidIsian(RefusedAnswer.PLACE_ABROAD)
    return f"{_seven_decimals(latitude)}, {_seven_decimals(longitude)}"


def _consent(isian: Isian, text: str) -> str:
    if text != "ya":
        raise InvalidIsian(RefusedAnswer.CONSENT_ODD)
    return text


#: For each kind: (isian, clean text that is not empty) -> what is kept.
PARSERS: Mapping[IsianKind, Callable[[Isian, str], str]] = {
    IsianKind.TEKS: _text,
    IsianKind.PARAGRAF: _text,
    IsianKind.PILIHAN: _choice,
    IsianKind.TANGGAL: _date,
    IsianKind.ANGKA: _count,
    IsianKind.ANGKA_TETAP: _fixed_digits,
    IsianKind.NIK: lambda _, text: parse_nik(text),
    IsianKind.NIP: _nip,
    IsianKind.TELEPON: _telephone,
    IsianKind.SUREL: _email,
    IsianKind.KOORDINAT: _coordinates,
    IsianKind.SETUJU: _consent,
}


def _digits(text: str) -> bool:
    """ASCII digits only: other scripts' digits look alike and compare unequal."""
    return text.isascii() and text.isdigit()


def _exact_digits(text: str, name: str, *length: int) -> str:
    figure = _DIGIT_SEPARATORS.sub("", text)
    allowed = tuple(str(p) for p in length)
    if not _digits(figure):
        raise InvalidIsian(RefusedAnswer.DIGITS_ONLY, what=name, lengths=allowed)
    if len(figure) not in length:
        raise InvalidIsian(RefusedAnswer.DIGITS_COUNT, what=name, lengths=allowed, length=len(figure))
    if not figure.strip("0"):
        raise InvalidIsian(RefusedAnswer.DIGITS_ZERO, what=name)
    return figure


def _within(text: str, span: tuple[float, float]) -> bool:
    return span[0] <= float(text) <= span[1]


def _seven_decimals(text: str) -> str:
    """About a centimetre; phones write fifteen."""
    intact, _, fraction = text.partition(".")
    return f"{intact}.{fraction[:7]}" if fraction else intact
