"""What people type into the form: cleaned, checked, and brought to one way of writing. Pure.

``parse_isian`` looks at one answer while a draft is saved; ``check_isi`` at the whole form when it is sent.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from pipeline.errors import AlurIzinError
from pipeline.sop import CaseData, Isian, JenisIsian, Sop, Syarat
from pipeline.tanggal import BULAN, tanggal

#: Categories no answer needs: control, format (bidi overrides, zero width), surrogates, private use, unassigned.
_BUANG = {"Cc", "Cf", "Cs", "Co", "Cn"}
_PEMISAH_ANGKA = re.compile(r"[\s.\-]")
_PEMISAH_TELEPON = re.compile(r"[\s.\-()/]")
_TELEPON = re.compile(r"62[1-9][0-9]{6,11}")
_SUREL = re.compile(r"[a-z0-9_%+'-]+(?:\.[a-z0-9_%+'-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_SUREL_PALING_PANJANG = 254
_AHU = re.compile(r"AHU\s*-\s*([0-9]{1,10})\.AH\.([0-9]{2})\.([0-9]{2})\.?\s*TAHUN\s*([0-9]{4})")
_RIBUAN = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_DERAJAT = r"(-?[0-9]{1,3}(?:[.,][0-9]+)?)"
_KOORDINAT = re.compile(rf"{_DERAJAT}(?:\s*[,;]\s*|\s+){_DERAJAT}")
_LINTANG, _BUJUR = (-11.1, 6.2), (94.9, 141.1)  # Indonesia
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DMY = re.compile(r"([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,2}|[a-z]+)\s*[-/. ]\s*([0-9]{4})")
_BULAN = {nama.lower(): no for no, nama in enumerate(BULAN, start=1)}
_TAHUN = range(1900, 2101)


class IsianSalah(AlurIzinError):
    """Isian ini perlu diperbaiki."""


def parse_isian(isian: Isian, mentah: str | Sequence[str]) -> str | tuple[str, ...]:
    """The answer as it is kept: clean text, digits only, ISO dates, ``62…`` telephone numbers.

    A multiple choice gives a tuple in the order of the form. Nothing typed gives "" or (), whether mandatory or not.
    A date may come in three parts (day, month, year). Raises IsianSalah with the sentence to show.
    """
    jawaban = [mentah] if isinstance(mentah, str) else list(mentah)
    if isian.jenis is JenisIsian.BANYAK:
        return _choices(isian, jawaban)
    if isian.jenis is JenisIsian.TANGGAL and len(jawaban) == 3 and any(jawaban):
        jawaban = ["-".join(bagian.strip() for bagian in jawaban)]
    if len([j for j in jawaban if j.strip()]) > 1:
        raise IsianSalah("Isi dengan satu jawaban saja.")
    satu = next((j for j in jawaban if j.strip()), "")
    teks = clean_paragraph(satu) if isian.jenis is JenisIsian.PARAGRAF else clean_line(satu)
    return _PARSERS[isian.jenis](isian, teks) if teks else ""


def check_isi(sop: Sop, isi: CaseData, *, hari_ini: date) -> dict[str, str]:
    """kode -> sentence for everything missing or wrong at submission; empty = fine. Only what the case is asked for."""
    errors: dict[str, str] = {}
    for isian in sop.isian_untuk(isi):
        try:
            _check(isian, isi, hari_ini)
        except IsianSalah as error:
            errors[isian.kode] = str(error)
    return _too_old(sop, isi, hari_ini) | errors


def clean_line(teks: str) -> str:
    """One line: NFC, no control or invisible characters, single spaces."""
    satu_baris = " ".join(teks.split())
    bersih = "".join(c for c in satu_baris if unicodedata.category(c) not in _BUANG)
    return " ".join(unicodedata.normalize("NFC", bersih).split())


def clean_paragraph(text: str) -> str:
    """The same line by line, with at most one empty line between two."""
    cleaned = "\n".join(clean_line(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", cleaned).strip("\n")


def parse_telepon(teks: str) -> str:
    """A telephone number as ``62…``, from 08…, 8…, +62… or 0062…. Raises IsianSalah."""
    angka = _PEMISAH_TELEPON.sub("", clean_line(teks)).removeprefix("+").removeprefix("00")
    if angka.startswith("62"):
        angka = angka[2:]
    nomor = "62" + angka.removeprefix("0")
    if not _TELEPON.fullmatch(nomor):
        raise IsianSalah("Nomor telepon belum benar. Tulis seperti 0812 3456 7890.")
    return nomor


def parse_surel(teks: str) -> str:
    """An e-mail address in small letters. Raises IsianSalah."""
    surel = clean_line(teks).lower()
    if len(surel) > _SUREL_PALING_PANJANG or not _SUREL.fullmatch(surel):
        raise IsianSalah("Alamat surel belum benar. Tulis seperti nama@contoh.id.")
    return surel


def parse_tanggal(teks: str) -> date:
    """A date from 2026-11-25, 25-11-2026, 25/11/2026 or 25 November 2026. Raises IsianSalah."""
    kecil = clean_line(teks).lower()
    if cocok := _ISO.fullmatch(kecil):
        tahun, bulan, hari = cocok.groups()
    elif cocok := _DMY.fullmatch(kecil):
        hari, bulan, tahun = cocok.groups()
    else:
        raise IsianSalah("Tanggal belum terbaca. Tulis tanggal, bulan dan tahun empat angka, seperti 25-11-2026.")
    try:
        hasil = date(int(tahun), _BULAN.get(bulan) or int(bulan), int(hari))
    except ValueError:
        raise IsianSalah("Tanggal ini tidak ada di kalender. Periksa tanggal dan bulannya.") from None
    if hasil.year not in _TAHUN:
        raise IsianSalah(f"Periksa tahunnya: {hasil.year} di luar {_TAHUN[0]}-{_TAHUN[-1]}.")
    return hasil


def _check(isian: Isian, isi: CaseData, hari_ini: date) -> None:
    mentah = isi.get(isian.kode, "")
    nilai = parse_isian(isian, mentah)
    if not nilai and isian.wajib_untuk(isi):
        raise IsianSalah(_missing(isian))
    if isian.lampau and isinstance(nilai, str) and nilai and date.fromisoformat(nilai) > hari_ini:
        raise IsianSalah("Tanggal ini belum tiba. Periksa tahunnya.")


def _missing(isian: Isian) -> str:
    if isian.label.endswith("?"):
        return f"Belum dijawab: {isian.label}"
    if isian.jenis in (JenisIsian.PILIHAN, JenisIsian.BANYAK):
        return f"{isian.label} belum dipilih."
    return "Centang persetujuan ini." if isian.jenis is JenisIsian.SETUJU else f"{isian.label} belum diisi."


def _too_old(sop: Sop, isi: CaseData, hari_ini: date) -> dict[str, str]:
    """Documents older than the SOP allows, by the date typed for them."""
    diminta: Mapping[str, Syarat] = {s.kode: s for s in sop.syarat_untuk(isi)}
    errors: dict[str, str] = {}
    for umur in (u for u in sop.kebijakan.umur_dokumen if u.syarat in diminta):
        bertanggal = _date_or_none(isi.get(umur.isian, ""))
        if bertanggal and bertanggal < years_before(hari_ini, umur.tahun):
            errors[umur.isian] = (
                f"{diminta[umur.syarat].nama} bertanggal {tanggal(bertanggal)}, sudah lebih dari {umur.tahun} tahun. "
                "Mintalah yang baru, lalu unggah dan tulis tanggalnya."
            )
    return errors


def _date_or_none(nilai: str | tuple[str, ...]) -> date | None:
    try:
        return parse_tanggal(nilai) if isinstance(nilai, str) else None
    except IsianSalah:
        return None


def years_before(hari: date, tahun: int) -> date:
    """The same day some years earlier; 29 February becomes 28 February where there is none."""
    try:
        return hari.replace(year=hari.year - tahun)
    except ValueError:
        return hari.replace(year=hari.year - tahun, day=28)


def _text(isian: Isian, teks: str) -> str:
    if len(teks) > isian.paling_panjang:
        raise IsianSalah(f"Terlalu panjang: {len(teks)} huruf, paling banyak {isian.paling_panjang}.")
    if not any(c.isalnum() for c in teks):
        raise IsianSalah("Tulis dengan huruf atau angka.")
    return teks


def _choice(isian: Isian, teks: str) -> str:
    if teks in isian.henti:
        raise IsianSalah(isian.henti[teks])
    if teks not in isian.pilihan:
        raise IsianSalah("Pilih salah satu jawaban yang tersedia.")
    return teks


def _choices(isian: Isian, jawaban: Sequence[str]) -> tuple[str, ...]:
    dipilih = {_choice(isian, teks) for j in jawaban if (teks := clean_line(j))}
    return tuple(nilai for nilai in isian.pilihan if nilai in dipilih)


def _date(isian: Isian, teks: str) -> str:
    return parse_tanggal(teks).isoformat()


def _count(isian: Isian, teks: str) -> str:
    angka = teks.replace(".", "") if _RIBUAN.fullmatch(teks) else teks.replace(" ", "")
    if not _digits(angka):
        raise IsianSalah("Tulis dengan angka saja, misalnya 25.")
    angka = angka.lstrip("0") or "0"
    if len(angka) > isian.paling_panjang:
        raise IsianSalah(f"Angka ini terlalu besar, paling banyak {isian.paling_panjang} angka.")
    return angka


def parse_nik(teks: str) -> str:
    """The 16 digits of a NIK. Raises IsianSalah."""
    nik = _exact_digits(clean_line(teks), "NIK", 16)
    hari, bulan, tahun = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    hari -= 40 if hari > 40 else 0  # women's day of birth is written plus 40
    if not any(_exists(abad + tahun, bulan, hari) for abad in (1900, 2000)):
        raise IsianSalah("NIK belum benar: angka ke-7 sampai ke-12 bukan tanggal lahir. Periksa lagi pada KTP.")
    if int(nik[:2]) < 11 or nik.endswith("0000"):
        raise IsianSalah("NIK belum benar. Periksa lagi 16 angka pada KTP.")
    return nik


def _npwp(isian: Isian, teks: str) -> str:
    return _exact_digits(teks, "NPWP", 15, 16)


def _telephone(isian: Isian, teks: str) -> str:
    return parse_telepon(teks)


def _email(isian: Isian, teks: str) -> str:
    return parse_surel(teks)


def _coordinates(isian: Isian, teks: str) -> str:
    cocok = _KOORDINAT.fullmatch(teks.replace("\N{MINUS SIGN}", "-"))
    if not cocok:
        raise IsianSalah("Titik koordinat belum terbaca. Tulis lintang dan bujur seperti -3.4400, 114.8400.")
    lintang, bujur = (bagian.replace(",", ".") for bagian in cocok.groups())
    if _within(bujur, _LINTANG) and _within(lintang, _BUJUR):
        raise IsianSalah("Lintang dan bujur tertukar. Tulis lintang lebih dulu, seperti -3.4400, 114.8400.")
    if not (_within(lintang, _LINTANG) and _within(bujur, _BUJUR)):
        raise IsianSalah("Titik koordinat di luar Indonesia. Tulis lintang dan bujur seperti -3.4400, 114.8400.")
    return f"{_seven_decimals(lintang)}, {_seven_decimals(bujur)}"


def _ahu(isian: Isian, teks: str) -> str:
    cocok = _AHU.fullmatch(teks.upper())
    if not cocok:
        raise IsianSalah("Nomor SK pengesahan belum benar. Tulis seperti AHU-0012948.AH.01.04.Tahun 2018.")
    nomor, kelas, jenis, tahun = cocok.groups()
    return f"AHU-{nomor}.AH.{kelas}.{jenis}.Tahun {tahun}"


def _consent(isian: Isian, teks: str) -> str:
    if teks != "ya":
        raise IsianSalah("Centang persetujuan ini atau biarkan kosong.")
    return teks


#: For each kind: (isian, clean text that is not empty) -> what is kept.
_PARSERS: Mapping[JenisIsian, Callable[[Isian, str], str]] = {
    JenisIsian.TEKS: _text,
    JenisIsian.PARAGRAF: _text,
    JenisIsian.PILIHAN: _choice,
    JenisIsian.TANGGAL: _date,
    JenisIsian.ANGKA: _count,
    JenisIsian.NIK: lambda _, teks: parse_nik(teks),
    JenisIsian.NPWP: _npwp,
    JenisIsian.NIB: lambda _, teks: _exact_digits(teks, "NIB", 13),
    JenisIsian.TELEPON: _telephone,
    JenisIsian.SUREL: _email,
    JenisIsian.KOORDINAT: _coordinates,
    JenisIsian.AHU: _ahu,
    JenisIsian.SETUJU: _consent,
}


def _digits(teks: str) -> bool:
    """ASCII digits only: other scripts' digits look alike and compare unequal."""
    return teks.isascii() and teks.isdigit()


def _exact_digits(teks: str, nama: str, *panjang: int) -> str:
    angka = _PEMISAH_ANGKA.sub("", teks)
    boleh = " atau ".join(str(p) for p in panjang)
    if not _digits(angka):
        raise IsianSalah(f"{nama} hanya berisi angka. Tulis {boleh} angka.")
    if len(angka) not in panjang:
        raise IsianSalah(f"{nama} harus {boleh} angka; yang Anda tulis {len(angka)} angka.")
    if not angka.strip("0"):
        raise IsianSalah(f"{nama} belum benar. Periksa lagi angkanya.")
    return angka


def _exists(tahun: int, bulan: int, hari: int) -> bool:
    try:
        date(tahun, bulan, hari)
    except ValueError:
        return False
    return True


def _within(teks: str, rentang: tuple[float, float]) -> bool:
    return rentang[0] <= float(teks) <= rentang[1]


def _seven_decimals(teks: str) -> str:
    """About a centimetre; phones write fifteen."""
    utuh, _, pecahan = teks.partition(".")
    return f"{utuh}.{pecahan[:7]}" if pecahan else utuh
