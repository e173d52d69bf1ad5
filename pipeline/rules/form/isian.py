"""What people type into the form: each answer brought to one way of writing, the whole checked when it is sent. Pure.

``parse_isian`` looks at one answer while a draft is saved; ``check_content`` at the whole form.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.rules.form.answers import (
    PARSERS,
    InvalidIsian,
    choices,
    parse_date,
    parse_email,
    parse_nik,
    parse_phone,
)
from pipeline.sop.values import CaseData, Isian, IsianKind, Sop, Syarat
from pipeline.tanggal import tanggal
from pipeline.text import clean_line, clean_paragraph

__all__ = [
    "InvalidIsian",
    "check_content",
    "parse_date",
    "parse_email",
    "parse_isian",
    "parse_nik",
    "parse_phone",
    "years_before",
]


def parse_isian(isian: Isian, raw: str | Sequence[str]) -> str | tuple[str, ...]:
    """The answer as it is kept: clean text, digits only, ISO dates, ``62…`` telephone numbers.

    A multiple choice gives a tuple in the order of the form. Nothing typed gives "" or (), whether mandatory or not.
    A date may come in three parts (day, month, year). Raises InvalidIsian with the sentence to show.
    """
    jawaban = [raw] if isinstance(raw, str) else list(raw)
    if isian.jenis is IsianKind.BANYAK:
        return choices(isian, jawaban)
    if isian.jenis is IsianKind.TANGGAL and len(jawaban) == 3 and any(jawaban):
        jawaban = ["-".join(bagian.strip() for bagian in jawaban)]
    if len([j for j in jawaban if j.strip()]) > 1:
        raise InvalidIsian("Isi dengan satu jawaban saja.")
    satu = next((j for j in jawaban if j.strip()), "")
    teks = clean_paragraph(satu) if isian.jenis is IsianKind.PARAGRAF else clean_line(satu)
    return PARSERS[isian.jenis](isian, teks) if teks else ""


def check_content(sop: Sop, isi: CaseData, *, today: date) -> dict[str, str]:
    """kode -> sentence for everything missing or wrong at submission; empty = fine. Only what the case is asked for."""
    errors: dict[str, str] = {}
    for isian in sop.isian_for(isi):
        try:
            _check(isian, isi, today)
        except InvalidIsian as error:
            errors[isian.kode] = str(error)
    return _too_old(sop, isi, today) | errors


def _check(isian: Isian, isi: CaseData, today: date) -> None:
    raw = isi.get(isian.kode, "")
    nilai = parse_isian(isian, raw)
    if not nilai and isian.required_for(isi):
        raise InvalidIsian(_missing(isian))
    if isian.lampau and isinstance(nilai, str) and nilai and date.fromisoformat(nilai) > today:
        raise InvalidIsian("Tanggal ini belum tiba. Periksa tahunnya.")


def _missing(isian: Isian) -> str:
    if isian.label.endswith("?"):
        return f"Belum dijawab: {isian.label}"
    if isian.jenis in (IsianKind.PILIHAN, IsianKind.BANYAK):
        return f"{isian.label} belum dipilih."
    return "Centang persetujuan ini." if isian.jenis is IsianKind.SETUJU else f"{isian.label} belum diisi."


def _too_old(sop: Sop, isi: CaseData, today: date) -> dict[str, str]:
    """Documents older than the SOP allows, by the date typed for them."""
    requested: Mapping[str, Syarat] = {s.kode: s for s in sop.syarat_for(isi)}
    errors: dict[str, str] = {}
    for umur in (u for u in sop.kebijakan.umur_dokumen if u.syarat in requested):
        bertanggal = _date_or_none(isi.get(umur.isian, ""))
        if bertanggal and bertanggal < years_before(today, umur.tahun):
            errors[umur.isian] = (
                f"{requested[umur.syarat].nama} bertanggal {tanggal(bertanggal)}, sudah lebih dari {umur.tahun} tahun. "
                "Mintalah yang baru, lalu unggah dan tulis tanggalnya."
            )
    return errors


def _date_or_none(nilai: str | tuple[str, ...]) -> date | None:
    try:
        return parse_date(nilai) if isinstance(nilai, str) else None
    except InvalidIsian:
        return None


def years_before(hari: date, tahun: int) -> date:
    """The same day some years earlier; 29 February becomes 28 February where there is none."""
    try:
        return hari.replace(year=hari.year - tahun)
    except ValueError:
        return hari.replace(year=hari.year - tahun, day=28)
