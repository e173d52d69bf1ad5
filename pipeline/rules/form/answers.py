"""One answer of the form, by its kind: cleaned, checked, and brought to one way of writing. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from pipeline.errors import AlurIzinError
from pipeline.sop.values import Isian, IsianKind
from pipeline.tanggal import is_iso_date, read_month
from pipeline.text import clean_line

_DIGIT_SEPARATORS = re.compile(r"[\s.\-]")
_PHONE_SEPARATORS = re.compile(r"[\s.()\-‐-―]")
_AREA = re.compile(r"^(\(?0[0-9]{2,3}\)?)\s*/")  # 0511/4772233; any other slash stands between two numbers
_ABROAD = re.compile(r"\+(?!62|0)[1-9][0-9]{6,14}")
_PHONE = re.compile(r"(?:(?:\+|00)?620?|\+?0|00(?=8)|(?=8))([1-9][0-9]{6,11})")
_EMAIL = re.compile(r"[a-z0-9_%+'-]+(?:\.[a-z0-9_%+'-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_EMAIL_LENGTH_AT_MOST = 254
_AHU = re.compile(
    r"AHU[\s.-]*([0-9]{1,10})[\s.]*AH[\s.]*([0-9]{2})[\s.]*([0-9]{2})[\s.]*(?:TAHUN|THN|TH)[\s.]*([0-9]{4})"
)
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


class InvalidIsian(AlurIzinError):
    """Isian ini perlu diperbaiki."""


def parse_phone(teks: str) -> str:
    """A telephone number: ``62…`` from 08…, 8…, +62… or 0062…, and ``+…`` of any other country. Raises InvalidIsian."""
    angka = _PHONE_SEPARATORS.sub("", _AREA.sub(r"\1", clean_line(teks)))
    if _ABROAD.fullmatch(angka):
        return angka
    if cocok := _PHONE.fullmatch(angka):
        return f"62{cocok[1]}"
    raise InvalidIsian(
        "Nomor telepon belum benar. Tulis satu nomor seperti 0812 3456 7890, 0511 123456, +65 6123 4567."
    )


def parse_email(teks: str) -> str:
    """An e-mail address in small letters. Raises InvalidIsian."""
    surel = clean_line(teks).lower()
    if len(surel) > _EMAIL_LENGTH_AT_MOST or not _EMAIL.fullmatch(surel):
        raise InvalidIsian("Alamat surel belum benar. Tulis seperti nama@contoh.id.")
    return surel


def parse_date(teks: str) -> date:
    """A date from 2026-11-25, 25-11-2026, 25/11/2026, 25 Nopember 2026, 25-XI-2026, … Raises InvalidIsian."""
    tahun, bulan, hari = _date_parts(_AROUND_DATE.sub("", clean_line(teks).lower()).strip())
    try:
        hasil = date(int(tahun), int(read_month(bulan) or bulan), int(hari))
    except ValueError:
        raise InvalidIsian("Tanggal ini tidak ada di kalender. Periksa tanggal dan bulannya.") from None
    if hasil.year not in _YEAR:
        raise InvalidIsian(f"Periksa tahunnya: {hasil.year} di luar {_YEAR[0]}-{_YEAR[-1]}.")
    return hasil


def _date_parts(kecil: str) -> tuple[str, str, str]:
    """Year, month and day as written; two digits after two digits are day and month, as everybody here writes them."""
    if cocok := _YMD.fullmatch(kecil):
        return cocok[1], cocok[3], cocok[4]
    if cocok := _DMY.fullmatch(kecil) or _D_MONTH_Y.fullmatch(kecil):
        return cocok[3], cocok[2], cocok[1]
    if cocok := _MONTH_D_Y.fullmatch(kecil):
        return cocok[3], cocok[1], cocok[2]
    raise InvalidIsian("Tanggal belum terbaca. Tulis tanggal, bulan dan tahun empat angka, seperti 25-11-2026.")


def is_odd_ahu(teks: str) -> bool:
    """Whether a number of a Kemenkumham decree is not written as those of today are; older ones took many forms."""
    return any(c.isdigit() for c in teks) and not _AHU.fullmatch(teks.upper())


def printable(teks: str) -> str:
    """The text as every paper can print it: ㎡ becomes m2. Raises InvalidIsian for emoji, which none can."""
    biasa = "".join(unicodedata.normalize("NFKC", c) if _is_picture(c) else c for c in teks)
    if gambar := "".join(dict.fromkeys(c for c in biasa if _is_picture(c))):
        raise InvalidIsian(f"Hapus {gambar} dari isian ini: gambar dan emoji tidak dapat dicetak pada surat.")
    return biasa


def unprintable(teks: str) -> str | None:
    """The sentence about a text that no paper can print; None for one that can."""
    try:
        printable(teks)
    except InvalidIsian as e:
        return str(e)
    return None


def _is_picture(c: str) -> bool:
    """Emoji, dingbats, keycaps and skin tones."""
    return (unicodedata.category(c) == "So" and c >= "\u2190") or c == "\u20e3" or "\U0001f3fb" <= c <= "\U0001f3ff"


def _text(isian: Isian, teks: str) -> str:
    teks = printable(teks)
    if len(teks) > isian.paling_panjang:
        raise InvalidIsian(f"Terlalu panjang: {len(teks)} huruf, paling banyak {isian.paling_panjang}.")
    if not any(c.isalnum() for c in teks):
        raise InvalidIsian("Tulis dengan huruf atau angka.")
    return teks


def _choice(isian: Isian, teks: str) -> str:
    if teks in isian.henti:
        raise InvalidIsian(isian.henti[teks])
    if teks not in isian.pilihan:
        raise InvalidIsian("Pilih salah satu jawaban yang tersedia.")
    return teks


def choices(isian: Isian, jawaban: Sequence[str]) -> tuple[str, ...]:
    chosen = {_choice(isian, teks) for j in jawaban if (teks := clean_line(j))}
    return tuple(nilai for nilai in isian.pilihan if nilai in chosen)


def _date(isian: Isian, teks: str) -> str:
    return parse_date(teks).isoformat()


def _count(isian: Isian, teks: str) -> str:
    teks = re.sub(r"\s*(?:orang|jiwa|anak)$", "", teks, flags=re.IGNORECASE)
    angka = teks.replace(".", "") if _THOUSANDS.fullmatch(teks) else teks.replace(" ", "")
    if not _digits(angka):
        raise InvalidIsian("Tulis dengan angka saja, misalnya 25.")
    angka = angka.lstrip("0") or "0"
    if len(angka) > isian.paling_panjang:
        raise InvalidIsian(f"Angka ini terlalu besar, paling banyak {isian.paling_panjang} angka.")
    return angka


def parse_nik(teks: str) -> str:
    """The 16 digits of a NIK. Raises InvalidIsian."""
    nik = _exact_digits(clean_line(teks), "NIK", 16)
    hari, bulan, tahun = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    hari -= 40 if hari > 40 else 0  # women's day of birth is written plus 40
    if not any(is_iso_date(f"{century + tahun}-{bulan:02}-{hari:02}") for century in (1900, 2000)):
        raise InvalidIsian("NIK belum benar: angka ke-7 sampai ke-12 bukan tanggal lahir. Periksa lagi pada KTP.")
    if int(nik[:2]) < 11 or nik.endswith("0000"):
        raise InvalidIsian("NIK belum benar. Periksa lagi 16 angka pada KTP.")
    return nik


def _npwp(isian: Isian, teks: str) -> str:
    return _exact_digits(teks, "NPWP", 15, 16)


def _nib(isian: Isian, teks: str) -> str:
    return _exact_digits(teks, "NIB", 13)


def _telephone(isian: Isian, teks: str) -> str:
    return parse_phone(teks)


def _email(isian: Isian, teks: str) -> str:
    return parse_email(teks)


def _coordinates(isian: Isian, teks: str) -> str:
    cocok = _COORDINATES.fullmatch(teks.replace("\N{MINUS SIGN}", "-"))
    if not cocok:
        raise InvalidIsian("Titik koordinat belum terbaca. Tulis lintang dan bujur seperti -3.4400, 114.8400.")
    lintang, longitude = (bagian.replace(",", ".") for bagian in cocok.groups())
    if _within(longitude, _LATITUDE) and _within(lintang, _LONGITUDE):
        raise InvalidIsian("Lintang dan bujur tertukar. Tulis lintang lebih dulu, seperti -3.4400, 114.8400.")
    if not (_within(lintang, _LATITUDE) and _within(longitude, _LONGITUDE)):
        raise InvalidIsian("Titik koordinat di luar Indonesia. Tulis lintang dan bujur seperti -3.4400, 114.8400.")
    return f"{_seven_decimals(lintang)}, {_seven_decimals(longitude)}"


def _ahu(isian: Isian, teks: str) -> str:
    """Today's form in one way of writing; anything else with a number in it as typed, for an officer to compare."""
    if cocok := _AHU.fullmatch(teks.upper()):
        nomor, css_class, jenis, tahun = cocok.groups()
        return f"AHU-{nomor}.AH.{css_class}.{jenis}.Tahun {tahun}"
    if not any(c.isdigit() for c in teks):
        raise InvalidIsian("Salin nomornya dari SK pengesahan, seperti AHU-0012948.AH.01.04.Tahun 2018.")
    return _text(isian, teks)


def _consent(isian: Isian, teks: str) -> str:
    if teks != "ya":
        raise InvalidIsian("Centang persetujuan ini atau biarkan kosong.")
    return teks


#: For each kind: (isian, clean text that is not empty) -> what is kept.
PARSERS: Mapping[IsianKind, Callable[[Isian, str], str]] = {
    IsianKind.TEKS: _text,
    IsianKind.PARAGRAF: _text,
    IsianKind.PILIHAN: _choice,
    IsianKind.TANGGAL: _date,
    IsianKind.ANGKA: _count,
    IsianKind.NIK: lambda _, teks: parse_nik(teks),
    IsianKind.NPWP: _npwp,
    IsianKind.NIB: _nib,
    IsianKind.TELEPON: _telephone,
    IsianKind.SUREL: _email,
    IsianKind.KOORDINAT: _coordinates,
    IsianKind.AHU: _ahu,
    IsianKind.SETUJU: _consent,
}


def _digits(teks: str) -> bool:
    """ASCII digits only: other scripts' digits look alike and compare unequal."""
    return teks.isascii() and teks.isdigit()


def _exact_digits(teks: str, nama: str, *panjang: int) -> str:
    angka = _DIGIT_SEPARATORS.sub("", teks)
    boleh = " atau ".join(str(p) for p in panjang)
    if not _digits(angka):
        raise InvalidIsian(f"{nama} hanya berisi angka. Tulis {boleh} angka.")
    if len(angka) not in panjang:
        raise InvalidIsian(f"{nama} harus {boleh} angka; yang Anda tulis {len(angka)} angka.")
    if not angka.strip("0"):
        raise InvalidIsian(f"{nama} belum benar. Periksa lagi angkanya.")
    return angka


def _within(teks: str, span: tuple[float, float]) -> bool:
    return span[0] <= float(teks) <= span[1]


def _seven_decimals(teks: str) -> str:
    """About a centimetre; phones write fifteen."""
    utuh, _, fraction = teks.partition(".")
    return f"{utuh}.{fraction[:7]}" if fraction else utuh
